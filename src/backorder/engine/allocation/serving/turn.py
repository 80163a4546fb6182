"""The turn of a line: its need is lifted, and it takes what its rank, its kind and its ceilings let it."""

from __future__ import annotations

from backorder.engine.allocation.desk import (
    COUNT_BLOCKED_ON,
    COUNT_TAKES,
    IN_FLOOR,
    STOPPED_CEILING,
    STOPPED_INBOUND,
    Desk,
)
from backorder.engine.allocation.policy import FAIR_SHARE, GAIN, IMPROVE
from backorder.engine.allocation.serving.admit import admit_rest, release
from backorder.engine.allocation.serving.cells import count_floor, count_room, use
from backorder.engine.allocation.serving.minimum import walk_with_minimum
from backorder.engine.allocation.serving.needs import first_owed_day, is_kept
from backorder.engine.allocation.serving.take import undo
from backorder.engine.allocation.serving.together import (
    cover_line,
    cover_order,
    fits_ceilings,
    note_companions,
    tighten,
)
from backorder.engine.allocation.serving.walk import walk
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import kernel


@kernel
def serve_line(desk: Desk, i: int, wanted: int) -> int:
    """Let one line take up to `wanted` units; gives how many it got."""
    line = desk.lines[i]
    line.stopped &= ~STOPPED_CEILING
    if line.need_first < line.need_last:
        release(desk, i, True)
    if line.cell >= 0:
        room = count_room(desk, line.cell)
        if room < wanted:
            line.stopped |= STOPPED_CEILING
            wanted = room
    units = 0
    if wanted > 0:
        units = take_by_turn(desk, i, wanted)
    line.left -= units
    if line.cell >= 0:
        use(desk, line.cell, units)
    if line.on_hand_only:
        note_inbound(desk, i)
    return units


@kernel
def has_pins(desk: Desk, i: int) -> bool:
    """Tell whether units of the line's item, or of a component of it, are pinned."""
    item = desk.items[desk.lines[i].of_item]
    found = item.has_pins > 0
    for b in range(item.bill_first, item.bill_last):
        found = found or desk.items[desk.bills[b].of_item].has_pins > 0
    return found


@kernel
def take_by_turn(desk: Desk, i: int, wanted: int) -> int:
    """Take without touching what is pinned to others; only if that breaks the line's own need, take what is safe."""
    line = desk.lines[i]
    mark = desk.counts[COUNT_TAKES]
    day = first_owed_day(desk, i) if line.need_first < line.need_last else NEVER
    target = min(line.due, day)
    if day < NEVER and has_pins(desk, i):
        desk.counts[COUNT_BLOCKED_ON] = NEVER
        units = take_by_kind(desk, i, wanted, target, True)
        if is_kept(desk, i, mark, wanted):
            line.blocked_on = desk.counts[COUNT_BLOCKED_ON]
            return units
        undo(desk, mark)
    desk.counts[COUNT_BLOCKED_ON] = NEVER
    units = take_by_kind(desk, i, wanted, target, False)
    line.blocked_on = desk.counts[COUNT_BLOCKED_ON]
    return units


@kernel
def take_by_kind(desk: Desk, i: int, wanted: int, target: int, heed_pins: bool) -> int:
    """Take as the line ships: together, in shipments of a minimum, or as units are ready."""
    line = desk.lines[i]
    if line.line_complete:
        return cover_line(desk, i, wanted, target, heed_pins)
    if line.minimum > 1:
        return walk_with_minimum(desk, i, wanted, target, heed_pins)
    return walk(desk, i, wanted, target, line.by, desk.latest, heed_pins)


@kernel
def note_inbound(desk: Desk, i: int) -> None:
    """Note on a short on_hand_only line that inbound was free."""
    line = desk.lines[i]
    line.stopped &= ~STOPPED_INBOUND
    if line.on_hand_only and line.left > 0:
        item = desk.items[line.of_item]
        for k in range(item.first, item.last):
            supply = desk.supplies[k]
            if (
                supply.inbound
                and supply.free + supply.aside > 0
                and supply.day <= line.by
                and line.place_in <= supply.tour < line.place_out
            ):
                line.stopped |= STOPPED_INBOUND


@kernel
def serve_order(desk: Desk, first: int, last: int) -> None:
    """Let the lines of a complete order take all their units for one day, or none."""
    target, owed, pins, loose = NEVER, False, False, True
    for i in range(first, last):
        line, companion = desk.lines[i], desk.companions[desk.lines[i].companion]
        loose = (
            loose
            and line.cell < 0
            and line.left == line.quantity
            and line.strategy != GAIN
            and line.strategy != IMPROVE
            and line.strategy != FAIR_SHARE
        )
        if not line.elsewhere:
            release(desk, i, True)
            companion.pins = has_pins(desk, i)
        day = first_owed_day(desk, i)
        owed = owed or day < NEVER
        pins = pins or companion.pins > 0
        target = min(target, min(line.due, day))
    for i in range(first, last):
        desk.companions[desk.lines[i].companion].tight = not loose
    if not fits_ceilings(desk, first, last):
        note_companions(desk, first, last)
        for i in range(first, last):
            note_inbound(desk, i)
        return
    mark = desk.counts[COUNT_TAKES]
    day = NEVER
    if owed and pins:
        day = cover_order(desk, first, last, target, True)
        for i in range(first, last):
            if not desk.lines[i].elsewhere and not is_kept(desk, i, mark, desk.lines[i].left):
                undo(desk, mark)
                day = NEVER
                break
    if day == NEVER:
        if owed and pins:
            tighten(desk, first, last)
        day = cover_order(desk, first, last, target, False)
    for i in range(first, last):
        if day < NEVER:
            use(desk, desk.lines[i].cell, desk.lines[i].left)
            desk.lines[i].left = 0
        note_inbound(desk, i)


@kernel
def serve_in_floor(desk: Desk, first: int, last: int) -> None:
    """Let a line (the lines of a complete order) take up to what is left of its floors; together or a minimum only whole."""
    mark = desk.counts[COUNT_TAKES]
    if desk.lines[first].order >= 0:
        if fits_floors(desk, first, last):
            serve_order(desk, first, last)
    else:
        line = desk.lines[first]
        wanted = min(line.left, count_floor(desk, line.cell))
        if wanted > 0 and (wanted == line.left or not (line.line_complete or line.minimum > 1)):
            units = serve_line(desk, first, wanted)
            if units < line.quantity and line.left > 0:
                admit_rest(desk, first, mark)
    for row in range(mark, desk.counts[COUNT_TAKES]):
        desk.takes[row].how = IN_FLOOR


@kernel
def fits_floors(desk: Desk, first: int, last: int) -> bool:
    """Tell whether the floors of its lines hold the whole order."""
    fits_all = True
    for i in range(first, last):
        left = desk.lines[i].left
        fits_all = fits_all and count_floor(desk, desk.lines[i].cell) >= left
        use(desk, desk.lines[i].cell, left)
    for i in range(first, last):
        use(desk, desk.lines[i].cell, -desk.lines[i].left)
    return fits_all
