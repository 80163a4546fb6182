"""Laying the plan in force on the desk, line by line."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import CURRENT, Records, records
from backorder.engine.allocation.snapshot import GONE, Snapshot
from backorder.engine.compiled import kernel
from backorder.engine.grouping import sort_rows


def seat_current(
    snapshot: Snapshot,
    lines: Records,
    seat: NDArray[np.int64],
    supply_seat: NDArray[np.int64],
    first_day: NDArray[np.int64],
) -> Records:
    """Fill the records of the plan in force, line by line, earliest day first."""
    now = snapshot.current
    day = np.maximum(
        now.ships_on.astype(np.int64), first_day[now.location]
    )  # a day that has passed counts as the first
    line = seat[now.line]
    keys = [line, day]
    batch = np.arange(len(now))
    is_part = snapshot.lines.item[now.line] != now.item
    if is_part.any():
        join_batches(batch, np.flatnonzero(is_part), (line, day, now.location))
        keys.append(batch)
    rows = sort_rows(keys, len(now))
    seats = records(len(now), CURRENT)
    columns = (line, now.supply, now.item, now.quantity, day, batch)
    fill_current(seats, lines, rows, columns, (snapshot.supplies.quantity, supply_seat))
    return seats


def join_batches(batch: NDArray[np.int64], parts: NDArray[np.int64], keys: tuple[NDArray[Any], ...]) -> None:
    """Give the parts that a kit line has at one place on one day the number of the first of them; all have their own before."""
    table = np.stack([key[parts].astype(np.int64) for key in keys])
    _, first, which = np.unique(table, axis=1, return_index=True, return_inverse=True)
    batch[parts] = parts[first][which.ravel()]


@kernel
def fill_current(seats: Records, lines: Records, rows: Any, columns: Any, supplies: Any) -> None:
    """Fill the current records and where each line's begin."""
    line, supply, item, quantity, day, batch = columns
    there, supply_seat = supplies
    c = 0
    while c < len(rows):
        i = line[rows[c]]
        lines[i].current_first = c
        while c < len(rows) and line[rows[c]] == i:
            row = rows[c]
            now = seats[c]
            now.line = i
            now.supply = GONE  # a supply with nothing left is as good as gone
            if supply[row] >= 0 and there[supply[row]] > 0:
                now.supply = supply_seat[supply[row]]
            now.of_item = item[row]
            now.quantity = quantity[row]
            now.day = day[row]
            now.batch = batch[row]
            c += 1
        lines[i].current_last = c
