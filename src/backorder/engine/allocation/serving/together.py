"""Together, or not yet: complete lines and complete orders take all their units for one day, or none."""

from __future__ import annotations

from backorder.engine.allocation.desk import (
    COUNT_BLOCKED_ON,
    COUNT_TAKES,
    STOPPED_CEILING,
    STOPPED_COMPANION,
    Desk,
)
from backorder.engine.allocation.serving.cells import is_over, use
from backorder.engine.allocation.serving.kits import next_day
from backorder.engine.allocation.serving.take import last_day, ship_together, undo
from backorder.engine.allocation.serving.walk import walk
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import kernel


@kernel
def find_ready_day(desk: Desk, i: int, wanted: int, by: int, heed_pins: bool) -> int:
    """Find the first day by which the line can be covered whole; NEVER if none. Notes when it could have had any unit."""
    mark = desk.counts[COUNT_TAKES]
    units = walk(desk, i, wanted, -NEVER, by, False, heed_pins)
    could = NEVER
    day = last_day(desk, mark) if units >= wanted else NEVER
    for row in range(mark, desk.counts[COUNT_TAKES]):
        could = min(could, desk.takes[row].day)
    desk.lines[i].could_on = could
    undo(desk, mark)
    if desk.lines[i].kit:
        day = find_ready_day_of_kit(desk, i, wanted, by, heed_pins)
    return day


@kernel
def find_ready_day_of_kit(desk: Desk, i: int, wanted: int, by: int, heed_pins: bool) -> int:
    """Find the first day by which so many kits can be there. Assembling day by day may waste components, so each day is tried."""
    mark = desk.counts[COUNT_TAKES]
    day = next_day(desk, i, -NEVER)
    while day < NEVER and day <= by:
        units = walk(desk, i, wanted, day, day, True, heed_pins)
        undo(desk, mark)
        if units >= wanted:
            return day
        day = next_day(desk, i, day)
    return NEVER


@kernel
def cover(desk: Desk, i: int, wanted: int, cut: int, ready: int, heed_pins: bool) -> int:
    """Take all `wanted` units from the latest supplies by the day `cut`, or if that fails by the ready day."""
    mark = desk.counts[COUNT_TAKES]
    for day in (cut, ready):
        if walk(desk, i, wanted, day, day, True, heed_pins) >= wanted:
            return wanted
        undo(desk, mark)
    if walk(desk, i, wanted, -NEVER, ready, False, heed_pins) >= wanted:
        return wanted
    undo(desk, mark)
    return 0


@kernel
def cover_line(desk: Desk, i: int, wanted: int, target: int, heed_pins: bool) -> int:
    """Cover a complete line whole, shipping on one day, or take nothing."""
    line = desk.lines[i]
    mark = desk.counts[COUNT_TAKES]
    line.stopped &= ~STOPPED_COMPANION
    ready = find_ready_day(desk, i, wanted, line.by, heed_pins)
    units = 0
    if wanted >= line.left and ready < NEVER:
        cut = min(target, line.by) if desk.latest and ready <= target else ready
        units = cover(desk, i, wanted, cut, ready, heed_pins)
        ship_together(desk, mark, last_day(desk, mark))
    if line.could_on < (last_day(desk, mark) if units else NEVER):
        line.stopped |= STOPPED_COMPANION
    return units


@kernel
def cover_order(desk: Desk, first: int, last: int, target: int, heed_pins: bool) -> int:
    """Cover all lines of a complete order for one day, or none; gives the day, NEVER if there is none."""
    by = NEVER
    for i in range(first, last):
        by = min(by, desk.lines[i].by)
    ready = -NEVER
    for i in range(first, last):
        companion = desk.companions[desk.lines[i].companion]
        if not desk.lines[i].elsewhere:
            desk.counts[COUNT_BLOCKED_ON] = NEVER
            companion.ready_on = find_ready_day(desk, i, desk.lines[i].left, desk.lines[i].by, heed_pins)
            companion.last_on = -NEVER
            desk.lines[i].blocked_on = desk.counts[COUNT_BLOCKED_ON]
        ready = max(ready, companion.ready_on)
    mark = desk.counts[COUNT_TAKES]
    day = NEVER
    while ready < NEVER and ready <= by:
        cut = min(target, by) if desk.latest and ready <= target else ready
        if cover_lines(desk, first, last, cut, ready, heed_pins):
            day = note_last_days(desk, first, last, mark)
            ship_together(desk, mark, day)
            break
        undo(desk, mark)
        tighten(desk, first, last)
        ready = next_ready_day(desk, first, last, ready)
    for i in range(first, last):
        desk.lines[i].stopped &= ~STOPPED_COMPANION
        if desk.lines[i].could_on < day:
            desk.lines[i].stopped |= STOPPED_COMPANION
    return day


@kernel
def note_last_days(desk: Desk, first: int, last: int, mark: int) -> int:
    """Note the latest day of what each line of the order took; gives the latest of all."""
    for row in range(mark, desk.counts[COUNT_TAKES]):
        companion = desk.companions[desk.lines[desk.takes[row].line].companion]
        companion.last_on = max(companion.last_on, desk.takes[row].day)
    day = -NEVER
    for i in range(first, last):
        day = max(day, desk.companions[desk.lines[i].companion].last_on)
    return day


@kernel
def tighten(desk: Desk, first: int, last: int) -> None:
    """Note that the lines of the order told one another more than their companion records say."""
    for i in range(first, last):
        desk.companions[desk.lines[i].companion].tight = 1


@kernel
def cover_lines(desk: Desk, first: int, last: int, cut: int, ready: int, heed_pins: bool) -> bool:
    """Cover line after line, the narrowest place first: what only it can use is then not taken by those who have a choice."""
    deepest = 0
    for i in range(first, last):
        deepest = max(deepest, desk.lines[i].depth)
    for depth in range(deepest, -1, -1):
        for i in range(first, last):
            left = desk.lines[i].left
            if (
                desk.lines[i].depth == depth
                and left > 0
                and not desk.lines[i].elsewhere
                and cover(desk, i, left, cut, ready, heed_pins) < left
            ):
                return False
    return True


@kernel
def next_ready_day(desk: Desk, first: int, last: int, day: int) -> int:
    """Find the next day on which anything that the order could use ships."""
    found = NEVER
    for i in range(first, last):
        item = desk.items[desk.lines[i].of_item]
        for k in range(item.first, item.last):
            if desk.supplies[k].day > day:
                found = min(found, desk.supplies[k].day)
        for b in range(item.bill_first, item.bill_last):
            part = desk.items[desk.bills[b].of_item]
            for k in range(part.first, part.last):
                if desk.supplies[k].day > day:
                    found = min(found, desk.supplies[k].day)
    return found


@kernel
def note_companions(desk: Desk, first: int, last: int) -> None:
    """Note on each line of an order that takes nothing whether it could have had units."""
    for i in range(first, last):
        desk.counts[COUNT_BLOCKED_ON] = NEVER
        find_ready_day(desk, i, desk.lines[i].left, desk.lines[i].by, False)
        desk.lines[i].blocked_on = desk.counts[COUNT_BLOCKED_ON]
        desk.lines[i].stopped &= ~STOPPED_COMPANION
        if desk.lines[i].could_on < NEVER:
            desk.lines[i].stopped |= STOPPED_COMPANION


@kernel
def fits_ceilings(desk: Desk, first: int, last: int) -> bool:
    """Tell whether the ceilings leave room for all lines of the order; notes it on the lines for which they do not."""
    fits_all = True
    for i in range(first, last):
        use(desk, desk.lines[i].cell, desk.lines[i].left)  # lines of one cell count together
    for i in range(first, last):
        desk.lines[i].stopped &= ~STOPPED_CEILING
        if desk.lines[i].left > 0 and is_over(desk, desk.lines[i].cell):
            desk.lines[i].stopped |= STOPPED_CEILING
            fits_all = False
    for i in range(first, last):
        use(desk, desk.lines[i].cell, -desk.lines[i].left)
    return fits_all
