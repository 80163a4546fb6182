"""Minimum quantities: every shipment of a line is worth its trip."""

from __future__ import annotations

import numpy as np

from backorder.engine.allocation.desk import COUNT_TAKES, STOPPED_MINIMUM, Desk
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.allocation.take import last_day, ship_together, undo
from backorder.engine.allocation.walk import walk
from backorder.engine.compiled import kernel


@kernel
def walk_with_minimum(desk: Desk, i: int, wanted: int, target: int, heed_pins: bool) -> int:
    """Let the plain walk stand if each day's units reach the minimum; else batch the units so that each shipment does."""
    line = desk.lines[i]
    least = min(line.minimum, line.left)
    mark = desk.counts[COUNT_TAKES]
    line.stopped &= ~STOPPED_MINIMUM
    plain = walk(desk, i, wanted, target, line.by, desk.latest, heed_pins)
    if plain == 0 or every_day_reaches(desk, mark, least):
        return plain
    plain_last = last_day(desk, mark)
    undo(desk, mark)
    units = 0
    if plain >= least:
        units = take_batches(desk, i, wanted, least, heed_pins)
    if units < plain or last_day(desk, mark) > plain_last:
        line.stopped |= STOPPED_MINIMUM
    return units


@kernel
def every_day_reaches(desk: Desk, mark: int, least: int) -> bool:
    """Tell whether the units taken since `mark` come to the minimum on each of their days."""
    for row in range(mark, desk.counts[COUNT_TAKES]):
        if count_on_day(desk, mark, desk.takes[row].day) < least:
            return False
    return True


@kernel
def count_on_day(desk: Desk, mark: int, day: int) -> int:
    """Count the line's units since `mark` that ship on this day."""
    units = 0
    for row in range(mark, desk.counts[COUNT_TAKES]):
        if desk.takes[row].day == day:
            units += desk.takes[row].units
    return units


@kernel
def take_batches(desk: Desk, i: int, wanted: int, least: int, heed_pins: bool) -> int:
    """Cover most units, end earliest, then ship most on the first day, the second, and so on, each shipment the minimum.

    Taking the earliest units tells how many there can be by each day. One shipment on the day by which all can be there is
    always possible, so an earlier shipment may take whatever leaves nothing, or a shipment's worth, for later.
    """
    mark = desk.counts[COUNT_TAKES]
    total = walk(desk, i, wanted, -NEVER, desk.lines[i].by, False, heed_pins)
    rows = desk.counts[COUNT_TAKES] - mark
    days, ready = np.empty(rows, np.int64), np.empty(rows, np.int64)  # units that can be there by each day, earliest first
    for row in range(rows):
        days[row] = desk.takes[mark + row].day
        ready[row] = desk.takes[mark + row].units + (ready[row - 1] if row else 0)
    undo(desk, mark)
    shipped = 0
    for row in range(rows):
        if row + 1 < rows and days[row + 1] == days[row]:
            continue
        units = ready[row] - shipped
        if ready[row] < total:
            units = min(units, total - shipped - least)
        if units >= least:
            batch = desk.counts[COUNT_TAKES]
            shipped += walk(desk, i, units, days[row], days[row], True, heed_pins)
            ship_together(desk, batch, days[row])
    return shipped
