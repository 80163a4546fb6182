"""The strategy fill: a line keeps at most what it has now, and may lose it."""

from __future__ import annotations

from backorder.engine.allocation.cells import count_room, use
from backorder.engine.allocation.desk import COUNT_BLOCKED_ON, COUNT_TAKES, Desk
from backorder.engine.allocation.fair import takes_parts
from backorder.engine.allocation.hold import keep_current
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.allocation.take import count_takeable, count_units, may_use, take, undo
from backorder.engine.allocation.together import fits_ceilings
from backorder.engine.compiled import kernel


@kernel
def fill(desk: Desk, first: int, last: int) -> None:
    """Let one line, or the lines of a complete order, keep what is left of their current units."""
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
    whole = fits_ceilings(desk, first, last)
    for i in range(first, last):
        before = desk.counts[COUNT_TAKES]
        keep_current(desk, i, desk.lines[i].left, -1, desk.lines[i].by)
        whole = whole and count_units(desk, before) == desk.lines[i].left
        for row in range(before, desk.counts[COUNT_TAKES]):
            whole = whole and desk.takes[row].day <= desk.lines[i].by
    if not whole:
        undo(desk, mark)
        return
    for i in range(first, last):
        use(desk, desk.lines[i].cell, desk.lines[i].left)
        desk.lines[i].left = 0


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
