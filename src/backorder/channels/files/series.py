"""Reads a history of demand from one file: which items, which periods, and what was asked in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backorder.channels.files.keys import encode
from backorder.channels.files.numbering import note_duplicates
from backorder.channels.files.parse import EPOCH
from backorder.channels.files.periods import Grid, find_grid
from backorder.channels.files.schemas import Schema
from backorder.channels.files.sums import add_up
from backorder.channels.files.tables import TableFile, read_file
from backorder.engine.allocation.snapshot import MILLION
from backorder.engine.demand import History
from backorder.faults import SHOWN, Faults
from backorder.policy_text.columns import MOST_UNITS, Column, day, texts

HISTORY = Schema(
    "history",
    (
        *texts("sku"),
        day("period", required=True),
        Column(
            "quantity",
            "number",
            "is not a whole number",
            required=True,
            lowest=-MOST_UNITS,
            highest=MOST_UNITS,
        ),
        Column(
            "in_stock",
            "money",
            "is not a share from 0 to 1 with at most six decimals",
            highest=MILLION,
            default=MILLION,
        ),
    ),
    key=("sku", "period"),
    required=True,
)
MOST_PERIODS = 50_000_000
"""Periods of all items together: each takes 16 bytes, and as many again while it is learned from."""


@dataclass(frozen=True)
class Series:
    """What a file tells: the items in the order of their numbers, their history, and the grid of its periods.

    `last` is the number of the last period in the grid. Notes are what its owner should know although it is no fault.
    """

    skus: pl.Series
    history: History
    grid: Grid
    last: int
    notes: tuple[str, ...]


def read_series(path: Path, tell: Callable[[str], None]) -> Series | None:
    """Read a history; None if it has no row. Raises FaultyInputError with every fault."""
    faults = Faults()
    table, note = read_file(path, HISTORY, ((), tell), faults)
    if table is None:
        faults.raise_if_any()
        return None
    codes, skus = encode(table.frame["sku"])
    days = table.frame["period"].to_numpy()
    readable = not faults
    note_duplicates(show_days(table), [codes, days - days.min(initial=0)], faults)
    if not readable or not table.rows:
        faults.raise_if_any()
        return None
    grid = find_grid(days)
    note_off_grid(table, grid, faults)
    faults.raise_if_any()
    asked = table.frame["quantity"].clip(lower_bound=0)
    if (total := add_up(asked)) > MOST_UNITS:
        faults.add(table.file, f"the sum is {total}, more than {MOST_UNITS}", column="quantity")
    number = grid.number(days)
    first = np.full(len(skus), number.max())
    np.minimum.at(first, codes, number)
    lengths = number.max() + 1 - first
    if (periods := int(lengths.sum())) > MOST_PERIODS:
        told = f"{len(skus):,} items from their first period to the last of the table are {periods:,} {grid.length.name}s"
        faults.add(
            table.file, f"{told}; {MOST_PERIODS:,} can be held, so leave out old ones", column="period"
        )
    faults.raise_if_any()
    start = np.append(0, np.cumsum(lengths))
    history = lay_out(
        start, start[codes] + number - first[codes], asked.to_numpy(), table.frame["in_stock"].to_numpy()
    )
    last = int(number.max())
    notes = [*note, *tell_periods(table, grid, (int(number.min()), last), periods), *tell_odd(table)]
    return Series(skus, history, grid, last, tuple(notes))


def lay_out(start: NDArray[Any], rows: NDArray[Any], asked: NDArray[Any], shares: NDArray[Any]) -> History:
    """Lay the rows of a table into the periods of their items; a period without a row asked nothing and was seen."""
    laid, seen = np.zeros(start[-1]), np.ones(start[-1])
    laid[rows] = asked
    seen[rows] = shares / MILLION
    return History(start, laid, seen)


def show_days(table: TableFile) -> TableFile:
    """Give the table with its days as text, as faults show them."""
    readable = pl.col("period").is_between(-EPOCH, 10**6)
    shown = (
        pl.when(readable).then(pl.col("period")).cast(pl.Int32).cast(pl.Date).cast(pl.String).fill_null("")
    )
    return replace(table, frame=table.frame.with_columns(shown.alias("period")))


def note_off_grid(table: TableFile, grid: Grid, faults: Faults) -> None:
    """Note days on which no period begins."""
    days = table.frame["period"].to_numpy()
    rows = np.flatnonzero(~grid.fits(days))
    records = table.frame["record"]
    told = (
        (records[row], f"{date.fromordinal(EPOCH + int(days[row]))} does not fit: {grid.expected()}")
        for row in rows[:SHOWN].tolist()
    )
    faults.add_many(table.file, "period", told, len(rows))


def tell_periods(table: TableFile, grid: Grid, ends: tuple[int, int], periods: int) -> list[str]:
    """Say how the table was understood."""
    first, last = ends
    count = last - first + 1
    name = grid.length.name if count == 1 else f"{grid.length.name}s"
    missing = periods - table.rows
    verbs = ("has", "counts") if missing == 1 else ("have", "count")
    empty = f"; {missing:,} of {periods:,} {verbs[0]} no row and {verbs[1]} as 0" if missing else ""
    return [f"{table.file}: {count:,} {name} from {grid.day(first)} to {grid.day(last)}{empty}"]


def tell_odd(table: TableFile) -> list[str]:
    """Say which rows count otherwise than they read."""
    frame = table.frame
    returned = int((frame["quantity"] < 0).sum())
    unseen = int(((frame["in_stock"] == 0) & (frame["quantity"] > 0)).sum())
    notes = []
    if returned:
        notes.append(
            f"{table.file}: {count_rows(returned)} below 0 (more came back than was asked): 0 is counted"
        )
    if unseen:
        notes.append(
            f"{table.file}: {count_rows(unseen)} above 0 and in_stock 0: what nobody could have is not counted"
        )
    return notes


def count_rows(count: int) -> str:
    """Say how many rows have a quantity of some kind."""
    return f"{count:,} {'row has' if count == 1 else 'rows have'} a quantity"
