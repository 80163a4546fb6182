"""Held units: what locked, skip, frozen and firm lines keep of the plan in force, before anything is decided."""

from __future__ import annotations

from backorder.engine.allocation.cells import use
from backorder.engine.allocation.desk import COMMITTED_UNITS, COUNT_TAKES, FROZEN_UNITS, Desk
from backorder.engine.allocation.kits import count_kits_on_hand
from backorder.engine.allocation.policy import SKIP
from backorder.engine.allocation.snapshot import FIRM, LOCKED
from backorder.engine.allocation.take import count_takeable, count_units, may_use, take, undo
from backorder.engine.compiled import kernel

HELD = -(2**31)
"""Instead of a day: held units stay whatever the line may use."""


@kernel
def hold_all(desk: Desk, frozen_before: int) -> None:
    """Hold, in this order, the units of locked lines, of skip lines, and frozen units and those of firm lines."""
    for i in range(len(desk.lines)):
        if desk.lines[i].commitment == LOCKED:
            hold(desk, i, COMMITTED_UNITS, frozen_before)
            desk.lines[i].left = 0
    for i in range(len(desk.lines)):
        if desk.lines[i].strategy == SKIP and desk.lines[i].commitment != LOCKED:
            hold(desk, i, COMMITTED_UNITS, frozen_before)
            desk.lines[i].left = 0
    for i in range(len(desk.lines)):
        line = desk.lines[i]
        if line.current_first < line.current_last and line.strategy != SKIP and line.commitment != LOCKED:
            hold(desk, i, COMMITTED_UNITS if line.commitment == FIRM else FROZEN_UNITS, frozen_before)


@kernel
def hold(desk: Desk, i: int, how: int, frozen_before: int) -> None:
    """Hold the line's current units, or of them those that are frozen, and count them as covered."""
    mark = desk.counts[COUNT_TAKES]
    keep_current(desk, i, desk.lines[i].left, frozen_before if how == FROZEN_UNITS else -1, HELD)
    for row in range(mark, desk.counts[COUNT_TAKES]):
        desk.takes[row].how = how
    units = count_units(desk, mark)
    desk.lines[i].left -= units
    use(desk, desk.lines[i].cell, units)


@kernel
def keep_current(desk: Desk, i: int, wanted: int, frozen_before: int, by: int) -> None:
    """Take what the line has in the plan in force as far as it is there and ships by the day; of a kit only whole units."""
    line = desk.lines[i]
    if line.kit:
        c = line.current_first
        while c < line.current_last:
            last = c
            while last < line.current_last and desk.current[last].batch == desk.current[c].batch:
                last += 1
            mark = desk.counts[COUNT_TAKES]
            keep_batch(desk, i, c, last, wanted, frozen_before, by)
            wanted -= count_units(desk, mark)
            c = last
        return
    waits = line.line_complete or line.order >= 0 or line.minimum > 1
    for c in range(line.current_first, line.current_last):
        units = min(wanted, count_kept(desk, c, frozen_before, by))
        if units > 0:
            mark = desk.counts[COUNT_TAKES]
            take(desk, i, desk.current[c].supply, units, c)
            wanted -= units
            if waits and desk.counts[COUNT_TAKES] > mark:
                desk.takes[mark].day = max(desk.takes[mark].day, desk.current[c].day)


@kernel
def count_kept(desk: Desk, c: int, frozen_before: int, by: int) -> int:
    """Count the units of one current row that are still there; with `frozen_before`, only if they stay before that day."""
    row = desk.current[c]
    if row.supply < 0:
        return 0
    supply = desk.supplies[row.supply]
    if by != HELD and not may_use(desk, row.line, row.supply, by):
        return 0
    if frozen_before >= 0 and (row.day >= frozen_before or supply.day > row.day):
        return 0
    units = min(row.left, supply.free)
    return units if by == HELD else count_takeable(desk, row.supply, units, False)


@kernel
def keep_batch(desk: Desk, i: int, first: int, last: int, wanted: int, frozen_before: int, by: int) -> None:
    """Keep the whole kits that one place and day of the plan in force still makes."""
    item = desk.lines[i].of_item
    for c in range(first, last):
        units = min(wanted, count_kept(desk, c, frozen_before, by))
        if units > 0 and desk.supplies[desk.current[c].supply].of_item == item:
            mark = desk.counts[COUNT_TAKES]
            take(desk, i, desk.current[c].supply, units, c)
            wanted -= units
            if desk.counts[COUNT_TAKES] > mark:
                desk.takes[mark].day = max(desk.takes[mark].day, desk.current[c].day)
    low, high = 0, wanted
    while low < high:
        middle = (low + high + 1) // 2
        mark = desk.counts[COUNT_TAKES]
        if keep_components(desk, i, first, last, middle, frozen_before, by):
            low = middle
        else:
            high = middle - 1
        undo(desk, mark)
    if low > 0:
        keep_components(desk, i, first, last, low, frozen_before, by)


@kernel
def keep_components(
    desk: Desk, i: int, first: int, last: int, kits: int, frozen_before: int, by: int
) -> bool:
    """Take the components of so many kits from the current rows `first` … `last`; false if some component is not there."""
    item = desk.items[desk.lines[i].of_item]
    mark = desk.counts[COUNT_TAKES]
    day = desk.current[first].day
    b = item.bill_first
    while b < item.bill_last:
        part = desk.bills[b]
        above = kits if part.parent < 0 else desk.deficit[part.parent - item.bill_first]
        missing = above * part.quantity
        for c in range(first, last):
            units = min(missing, count_kept(desk, c, frozen_before, by))
            if units > 0 and desk.supplies[desk.current[c].supply].of_item == part.of_item:
                take(desk, i, desk.current[c].supply, units, c)
                day = max(day, desk.supplies[desk.current[c].supply].day)
                missing -= units
        desk.deficit[b - item.bill_first] = missing
        if missing == 0:
            for inner in range(b + 1, part.end):
                desk.deficit[inner - item.bill_first] = 0
            b = part.end
        elif part.end == b + 1:
            return False
        else:
            b += 1
    if mark < desk.counts[COUNT_TAKES]:
        desk.takes[mark].units = kits
        desk.takes[mark].hand_units = count_kits_on_hand(desk, i, kits, mark)
        for row in range(mark, desk.counts[COUNT_TAKES]):
            desk.takes[row].day = day
    return True
