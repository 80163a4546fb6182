"""Held units: what locked, skip, frozen and firm lines keep of the plan in force, before anything is decided."""

from __future__ import annotations

from backorder.engine.allocation.desk import COMMITTED_UNITS, COUNT_TAKES, FROZEN_UNITS, Desk
from backorder.engine.allocation.serving.cells import use
from backorder.engine.allocation.serving.keep import HELD, keep_rows
from backorder.engine.allocation.serving.kits import assemble, name_source
from backorder.engine.allocation.serving.now import end_of_batch
from backorder.engine.allocation.serving.take import count_units, last_day, ship_together
from backorder.engine.allocation.snapshot import FIRM, LOCKED
from backorder.engine.compiled import kernel


@kernel
def hold_all(desk: Desk, frozen_before: int) -> None:
    """Hold, in this order, the units of locked lines, of skip lines, and frozen units and those of firm lines."""
    unranked = 0  # they sit first
    while unranked < len(desk.lines) and desk.lines[unranked].rank == 0:
        unranked += 1
    for i in range(unranked):
        if desk.lines[i].commitment == LOCKED:
            hold(desk, i, COMMITTED_UNITS, frozen_before)
            desk.lines[i].left = 0
    for i in range(unranked):
        if desk.lines[i].commitment != LOCKED:
            hold(desk, i, COMMITTED_UNITS, frozen_before)
            desk.lines[i].left = 0
    for i in range(unranked, len(desk.lines)):
        line = desk.lines[i]
        if line.current_first < line.current_last:
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
    waits = line.line_complete or line.order >= 0 or line.minimum > 1 or line.kit
    c = line.current_first
    while c < line.current_last and wanted > 0:
        last = end_of_batch(desk, c)
        mark = desk.counts[COUNT_TAKES]
        if desk.current[c].of_item == line.of_item:
            keep_rows(desk, line.of_item, wanted, c, last, frozen_before, by)
        else:
            assemble(desk, i, wanted, name_source(-1, by, False, c, last, frozen_before))
        if waits:
            ship_together(desk, mark, max(last_day(desk, mark), desk.current[c].day))
        wanted -= count_units(desk, mark)
        c = last
