"""Items that are tied together: kits and what they are made of share units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.snapshot import Snapshot
from backorder.engine.compiled import array_kernel, kernel


def link_kits(snapshot: Snapshot) -> NDArray[np.int32]:
    """Let each item point towards the smallest of its family: the kits and components that are tied to it."""
    linked = np.arange(snapshot.items, dtype=np.int32)
    join(linked, snapshot.kits.kit, snapshot.kits.component)
    return linked


@kernel
def join(linked: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """Join the items of each pair; each item points towards the smallest of its part."""
    for row in range(len(a)):
        low, high = find_root(linked, a[row]), find_root(linked, b[row])
        if high < low:
            low, high = high, low
        linked[high] = low


@kernel
def find_root(linked: np.ndarray, item: int) -> int:
    """Follow the pointers to the smallest item of the part, shortening the way."""
    while linked[item] != item:
        linked[item] = linked[linked[item]]
        item = linked[item]
    return item


@array_kernel
def number_roots(linked: np.ndarray) -> np.ndarray:
    """Give numbers to the parts in the order of their smallest items."""
    number = np.empty(len(linked), np.int32)
    count = 0
    for item in range(len(linked)):
        root = find_root(linked, item)
        if root == item:
            number[item] = count
            count += 1
        else:
            number[item] = number[root]
    return number
