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
    batch = number_batches(line, day, now.location, lines.of_item[line] != now.item)
    rows = sort_rows([line, day, batch], len(now))
    seats = records(len(now), CURRENT)
    there = now.supply >= 0
    there[there] = snapshot.supplies.quantity[now.supply[there]] > 0  # nothing left of it is as good as gone
    supply = np.full(len(now), GONE, np.int64)
    supply[there] = supply_seat[now.supply[there]]
    fill_current(seats, lines, rows, (line, supply, now.item, now.quantity, day, batch))
    return seats


def number_batches(
    line: NDArray[np.int64], day: NDArray[np.int64], place: NDArray[np.int32], is_part: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Give each row its own number, and to parts that a kit line has at one place on one day that of the first of them."""
    batch = np.arange(len(line))
    rows = np.flatnonzero(is_part)
    if len(rows):
        keys = np.stack([line[rows], day[rows], place[rows].astype(np.int64)])
        _, first, which = np.unique(keys, axis=1, return_index=True, return_inverse=True)
        batch[rows] = rows[first][which.ravel()]
    return batch


@kernel
def fill_current(seats: Records, lines: Records, rows: Any, columns: Any) -> None:
    """Fill the current records and where each line's begin."""
    line, supply, item, quantity, day, batch = columns
    for i in range(len(lines)):
        lines[i].current_first = lines[i].current_last = 0
    c = 0
    while c < len(rows):
        i = line[rows[c]]
        lines[i].current_first = c
        while c < len(rows) and line[rows[c]] == i:
            row = rows[c]
            now = seats[c]
            now.line = i
            now.supply = supply[row]
            now.of_item = item[row]
            now.quantity = quantity[row]
            now.day = day[row]
            now.batch = batch[row]
            c += 1
        lines[i].current_last = c
