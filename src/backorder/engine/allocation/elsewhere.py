"""Lines of a complete order whose item is decided elsewhere: what they tell their order is known, not found.

A complete order decides once for lines of several items. What a line tells the others is little: whether all that it is owed
could be admitted, whether units of its item were pinned, by when it can be covered whole, and when its last unit ships.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import COMPANION, Desk, Records, records
from backorder.engine.allocation.plan import Companions
from backorder.engine.allocation.policy import LOSE, SKIP
from backorder.engine.allocation.snapshot import NEVER, Snapshot
from backorder.engine.grouping import spread_ranges


def seat_companions(
    elsewhere: Companions, lines: Records, seat: NDArray[np.int64], grouped: NDArray[np.bool_]
) -> Records:
    """Make the record of each line of a complete order; those elsewhere are filled, the others tight until asked."""
    seats = np.sort(seat[grouped])
    lines.companion[seats] = np.arange(len(seats))
    companions = records(len(seats), COMPANION)
    companions.ready_on = NEVER
    companions.last_on = -NEVER
    companions.tight = ~np.isin(lines.strategy[seats], (LOSE, SKIP))  # these never ask their order
    at = lines.companion[seat[elsewhere.line]]
    for name in ("ready_on", "last_on", "whole", "pins", "tight"):
        companions[name][at] = elsewhere.columns()[name]
    return companions


def read_companions(desk: Desk, rows: NDArray[np.int64]) -> Companions:
    """Read what the lines told their orders, sorted by row of the line; `rows` names the row at each seat."""
    line = rows[desk.lines.companion >= 0] if len(desk.companions) else rows[:0]
    known = desk.companions
    told = Companions(line, known.whole, known.pins, known.ready_on, known.last_on, known.tight)
    return told.take(np.argsort(line))


def find_disagreeing(
    snapshot: Snapshot, before: Companions, now: Companions, orders: NDArray[np.int32]
) -> NDArray[np.int32]:
    """List those of the orders of which the lines together say something else than before, or more than is recorded."""
    of_line = snapshot.lines.order
    was = sum_up(before, of_line[before.line], orders)
    told = sum_up(now, of_line[now.line], orders)
    return orders[(was != told).any(axis=1) | (told[:, -1] > 0)]


def sum_up(companions: Companions, order: NDArray[np.int32], orders: NDArray[np.int32]) -> NDArray[np.int64]:
    """Give for each of the orders (sorted) what its lines say together; columns: lines, whole, pins, ready, last, tight."""
    if len(orders) == 0:
        return np.zeros((0, 6), np.int64)
    kept = np.isin(order, orders)
    told, order = companions.take(kept), order[kept]
    at = np.searchsorted(orders, order)
    count = np.bincount(at, minlength=len(orders))
    summed = np.full((len(orders), 6), -NEVER, np.int64)
    summed[:, 0] = count
    parts = (~told.whole, told.pins, told.ready_on, told.last_on, told.tight)
    for column, values in enumerate(parts, 1):
        np.maximum.at(summed[:, column], at, values.astype(np.int64))
    return summed


def link_orders(
    snapshot: Snapshot, linking: NDArray[np.bool_], inside: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """List the rows outside that tie a complete order with a line inside; `linking` marks the lines that tie orders."""
    lines = snapshot.lines
    orders = np.unique(lines.order[inside & linking])
    first = np.searchsorted(lines.order, orders)
    last = np.searchsorted(lines.order, orders, side="right")
    rows = spread_ranges(first, last)
    return rows[linking[rows] & ~inside[rows]]


def find_known(before: Companions, rows: NDArray[np.int64]) -> tuple[Companions, NDArray[np.bool_]]:
    """Find what the lines told their orders before; gives that, and which of the rows told nothing."""
    at = np.searchsorted(before.line, rows)
    known = at < len(before)
    known[known] = before.line[at[known]] == rows[known]
    return before.take(at[known]), ~known
