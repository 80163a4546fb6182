"""Minimum quantities: every shipment of a line is worth its trip."""

from __future__ import annotations

import numpy as np

from backorder.engine.allocation.desk import COUNT_TAKES, STOPPED_MINIMUM, Desk
from backorder.engine.allocation.serving.kits import next_day
from backorder.engine.allocation.serving.take import ship_together, undo
from backorder.engine.allocation.serving.walk import walk
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import array_kernel, kernel


@kernel
def walk_with_minimum(desk: Desk, i: int, wanted: int, target: int, heed_pins: bool) -> int:
    """Let the plain walk stand if each day's units reach the minimum; else batch the units so that each shipment does."""
    line = desk.lines[i]
    least = min(line.minimum, line.left)
    mark = desk.counts[COUNT_TAKES]
    line.stopped &= ~STOPPED_MINIMUM
    plain = walk(desk, i, wanted, target, line.by, desk.latest, heed_pins)
    stands = every_day_reaches(desk, mark, least)
    if line.kit:  # assembling day by day may waste components
        undo(desk, mark)
        most = walk(desk, i, wanted, line.by, line.by, True, heed_pins)
        undo(desk, mark)
        if stands and most <= plain:
            return walk(desk, i, wanted, target, line.by, desk.latest, heed_pins)
        plain = max(plain, most)
    elif stands:
        return plain
    undo(desk, mark)
    if plain > 0:
        line.stopped |= STOPPED_MINIMUM
    return take_batches(desk, i, wanted, least, heed_pins) if plain >= least else 0


@array_kernel
def count_ready(desk: Desk, i: int, wanted: int, heed_pins: bool) -> tuple[np.ndarray, np.ndarray]:
    """Count the units that can be there by each day."""
    mark = desk.counts[COUNT_TAKES]
    line = desk.lines[i]
    if line.kit:
        days, ready = np.empty(0, np.int64), np.empty(0, np.int64)
        day = next_day(desk, i, -NEVER)
        while day < NEVER and day <= line.by:
            units = walk(desk, i, wanted, day, day, True, heed_pins)
            undo(desk, mark)
            days, ready = np.append(days, day), np.append(ready, units)
            day = next_day(desk, i, day)
        return days, ready
    walk(desk, i, wanted, -NEVER, line.by, False, heed_pins)
    rows = desk.counts[COUNT_TAKES] - mark
    days, ready = np.empty(rows, np.int64), np.empty(rows, np.int64)
    for row in range(rows):
        days[row] = desk.takes[mark + row].day
        ready[row] = desk.takes[mark + row].units + (ready[row - 1] if row else 0)
    undo(desk, mark)
    return days, ready


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


@array_kernel
def take_batches(desk: Desk, i: int, wanted: int, least: int, heed_pins: bool) -> int:
    """Cover most units, end earliest, then ship most on the first day, the second, and so on, each shipment the minimum.

    Taking the earliest units tells how many there can be by each day. One shipment on the day by which all can be there is
    always possible, so an earlier shipment may take whatever leaves nothing, or a shipment's worth, for later. A kit that is
    assembled early may use up what it would not need later: then all of it ships on that day.
    """
    mark = desk.counts[COUNT_TAKES]
    days, ready = count_ready(desk, i, wanted, heed_pins)
    rows = len(days)
    total = ready[rows - 1] if rows else 0
    shipped, last = 0, 0
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
            last = days[row]
    if shipped < total and desk.lines[i].kit:
        undo(desk, mark)
        shipped = walk(desk, i, total, last, last, True, heed_pins)
        ship_together(desk, mark, last)
    return shipped
