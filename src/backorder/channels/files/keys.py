"""Keys as numbers: the natural order of the contract, worked out once for each distinct text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[Any]  # whole numbers; the tables of the engine give each column its type
Rows = NDArray[Any] | slice
ROOM = 2**63


def distinguish(texts: pl.Series) -> tuple[Codes, pl.Series]:
    """Give each row the number of its text, by first appearance, and the distinct texts."""
    coded = texts.cast(pl.Categorical(pl.Categories.random()))
    distinct = coded.unique()
    numbers = distinct.to_physical()
    return coded.to_physical().to_numpy().astype(np.int64), distinct.gather(numbers.arg_sort()).cast(
        pl.String
    )


def encode(texts: pl.Series) -> tuple[Codes, pl.Series]:
    """Give each row the number of its text in the natural order, and the distinct texts in that order."""
    codes, distinct = distinguish(texts)
    order = sort_natural(distinct)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place[codes], distinct.gather(order)


def encode_together(columns: Sequence[pl.Series]) -> tuple[list[Codes], pl.Series]:
    """Give the rows of several columns numbers by one list of distinct texts in the natural order."""
    codes, labels = encode(pl.concat([column.rename("key") for column in columns]))
    ends = np.cumsum([len(column) for column in columns])
    return np.split(codes, ends[:-1]), labels


def sort_natural(texts: pl.Series) -> NDArray[Any]:
    """Order texts: those of digits 0-9 alone first, by value, then the others; equal ones by code point."""
    digits = pl.col("text").str.contains("^[0-9]+$")
    value = pl.when(digits).then(pl.col("text").str.strip_chars_start("0"))
    frame = pl.DataFrame({"text": texts})
    by = [~digits, value.str.len_bytes(), value, pl.col("text")]
    return frame.select(pl.arg_sort_by(by)).to_series().to_numpy()


def sort_rows(keys: Sequence[Codes]) -> Rows:
    """Sort rows by the first key, ties by the next, at last by row; all as they are if that is sorted."""
    packed = pack(keys)
    if bool((packed[1:] >= packed[:-1]).all()):
        return slice(None)
    return np.argsort(packed, kind="stable")


def take(column: pl.Series, rows: Rows) -> pl.Series:
    """Take rows of a column, in their order."""
    return column if isinstance(rows, slice) else column.gather(rows)


def pack(keys: Sequence[Codes]) -> Codes:
    """Make one number of several keys, which sorts as they do."""
    packed, size = keys[0], int(keys[0].max(initial=0)) + 1
    for key in keys[1:]:
        span = int(key.max(initial=0)) + 1
        if size * span >= ROOM:
            _, packed = np.unique(packed, return_inverse=True)
            size = len(packed)
        packed = packed * span + key
        size *= span
    return packed
