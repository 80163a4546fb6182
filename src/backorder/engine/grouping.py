"""Sorting many rows by small keys: stable, by counting or by packing several keys into one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.compiled import array_kernel, kernel

COUNTED_BITS = 18


@array_kernel
def list_by_code(code: np.ndarray, codes: int) -> tuple[np.ndarray, np.ndarray]:
    """List the rows by code 0 … codes - 1, keeping their order within one; gives the rows and where each code starts."""
    start = np.zeros(codes + 1, np.int64)
    for c in code:
        start[c + 1] += 1
    for c in range(codes):
        start[c + 1] += start[c]
    place = start.copy()
    rows = np.empty(len(code), np.int64)
    for row in range(len(code)):
        rows[place[code[row]]] = row
        place[code[row]] += 1
    return rows, start


def sum_by(code: NDArray[Any], quantity: NDArray[np.int64], codes: int) -> NDArray[np.int64]:
    """Sum whole numbers by code, exactly."""
    total = np.zeros(codes, np.int64)
    add_by(total, code, quantity)
    return total


@kernel
def add_by(total: Any, code: Any, quantity: Any) -> None:
    """Add each quantity to the total of its code."""
    for row in range(len(code)):
        total[code[row]] += quantity[row]


def spread_ranges(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """List all the numbers of the ranges first … last - 1, range after range."""
    length = last - first
    start = np.cumsum(length) - length
    return np.arange(int(length.sum())) - np.repeat(start, length) + np.repeat(first, length)


def sort_rows(keys: Sequence[NDArray[Any]], length: int) -> NDArray[np.int64]:
    """Sort rows 0 … length - 1 by the first key, ties by the second, and so on, at last by row.

    Keys are packed into one int64 together with the row as long as they fit, and that is sorted: four times faster than
    lexsort on a million rows. What does not fit is sorted in a second pass, least significant part first. A pass over few bits
    counts instead.
    """
    rows = np.arange(length, dtype=np.int64)
    if length < 2:
        return rows
    row_bits = (length - 1).bit_length()
    parts: list[tuple[NDArray[np.int64], int]] = []
    for key in keys:
        low, high = int(key.min()), int(key.max())
        bits = (high - low).bit_length()
        if bits == 0:
            continue
        above = key.astype(np.int64) - low if bits < 63 else np.unique(key, return_inverse=True)[1]
        bits = min(bits, 63)
        if bits > 63 - row_bits:
            half = bits // 2
            parts += [(above >> half, bits - half), (above & ((1 << half) - 1), half)]
        else:
            parts.append((above, bits))
    while parts:
        packed, used = np.zeros(length, np.int64), 0
        while parts and used + parts[-1][1] <= 63 - row_bits:
            part, bits = parts.pop()
            packed |= part << used
            used += bits
        if used <= min(COUNTED_BITS, row_bits):
            rows = rows[list_by_code(packed[rows], 1 << used)[0]]
            continue
        packed = (packed[rows] << row_bits) | np.arange(length)
        packed.sort()
        rows = rows[packed & ((1 << row_bits) - 1)]
    return rows
