"""The strategy fill: a line keeps at most what it has now, and may lose it."""

from __future__ import annotations

from backorder.engine.allocation.desk import COUNT_BLOCKED_ON, COUNT_TAKES, Desk
from backorder.engine.allocation.serving.cells import count_room, use
from backorder.engine.allocation.serving.fair import takes_parts
from backorder.engine.allocation.serving.hold import keep_current
from backorder.engine.allocation.serving.take import (
    count_takeable,
    count_units,
    last_day,
    may_use,
    ship_together,
    take,
    undo,
)
from backorder.engine.allocation.serving.together import fits_ceilings
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import kernel


@kernel
def fill(desk: Desk, first: int, last: int) -> None:
    """Let one line keep what is left of its current units; one that is not taken in parts, and a complete order, all or none."""
    desk.counts[COUNT_BLOCKED_ON] = NEVER
    if takes_parts(desk, first):
        mark = desk.counts[COUNT_TAKES]
        line = desk.lines[first]
        keep_parts(desk, first, min(line.left, count_room(desk, line.cell)))
        units = count_units(desk, mark)
        line.left -= units
        use(desk, line.cell, units)
        return
    mark = desk.counts[COUNT_TAKES]
    line = desk.lines[first]
    together = line.order >= 0 or line.line_complete
    whole = (
        fits_ceilings(desk, first, last)
        if together
        else count_room(desk, line.cell) >= count_unheld(desk, first)
    )
    by = NEVER
    for i in range(first, last):
        before = desk.counts[COUNT_TAKES]
        wanted = desk.lines[i].left if together else count_unheld(desk, i)
        keep_current(desk, i, wanted, -1, desk.lines[i].by)
        whole = whole and count_units(desk, before) == wanted
        if wanted > 0:
            by = min(by, desk.lines[i].by)
    if not whole or last_day(desk, mark) > by:
        undo(desk, mark)
        return
    if together:
        ship_together(desk, mark, last_day(desk, mark))
    for row in range(mark, desk.counts[COUNT_TAKES]):
        line = desk.lines[desk.takes[row].line]
        line.left -= desk.takes[row].units
        use(desk, line.cell, desk.takes[row].units)


@kernel
def count_unheld(desk: Desk, i: int) -> int:
    """Count the units that the line has in the plan in force and does not hold."""
    units = 0
    for c in range(desk.lines[i].current_first, desk.lines[i].current_last):
        units += desk.current[c].units - desk.current[c].held
    return units


@kernel
def keep_parts(desk: Desk, i: int, wanted: int) -> None:
    """Keep current units that are left; for those whose supply is gone take the earliest that ships no earlier."""
    line = desk.lines[i]
    for c in range(line.current_first, line.current_last):
        k = desk.current[c].supply
        if k >= 0 and may_use(desk, i, k, line.by):
            units = count_takeable(desk, k, min(wanted, desk.current[c].left), False)
            if units > 0:
                take(desk, i, k, units, c)
                wanted -= units
    for c in range(line.current_first, line.current_last):
        if desk.current[c].supply >= 0:
            continue
        missing = min(wanted, desk.current[c].left)
        item = desk.items[line.of_item]
        for k in range(item.first, item.last):
            if missing > 0 and desk.supplies[k].day >= desk.current[c].day and may_use(desk, i, k, line.by):
                units = count_takeable(desk, k, missing, False)
                if units > 0:
                    take(desk, i, k, units, -1)
                    missing -= units
                    wanted -= units
