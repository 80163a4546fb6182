"""Keeping units of the plan in force."""

from __future__ import annotations

from backorder.engine.allocation.desk import Desk
from backorder.engine.allocation.serving.take import count_takeable, may_use, take
from backorder.engine.compiled import kernel

HELD = -(2**31)
"""Instead of a day: held units stay whatever the line may use."""


@kernel
def keep_rows(desk: Desk, item: int, wanted: int, first: int, last: int, frozen_before: int, by: int) -> int:
    """Keep up to `wanted` units of an item from some rows of the plan in force, as far as they are there; gives how many."""
    kept = 0
    for c in range(first, last):
        if desk.current[c].of_item == item:
            units = min(wanted - kept, count_kept(desk, c, frozen_before, by))
            if units > 0:
                take(desk, desk.current[c].line, desk.current[c].supply, units, c)
                kept += units
    return kept


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
