"""Admission: which needs are kept, better ranks first, as far as all of them can be met at the same time."""

from __future__ import annotations

from backorder.engine.allocation.desk import COUNT_FULL, COUNT_RESERVATIONS, COUNT_TAKES, Desk
from backorder.engine.allocation.serving.cells import count_room, reserve
from backorder.engine.allocation.serving.hold import keep_current
from backorder.engine.allocation.serving.item_walk import first_after
from backorder.engine.allocation.serving.needs import (
    count_admitted,
    end_of_order,
    first_owed_day,
    keeps_now,
    spread_needs,
)
from backorder.engine.allocation.serving.safe import count_safe, lower_slack
from backorder.engine.allocation.serving.take import count_units, may_use, put_back, undo
from backorder.engine.allocation.serving.walk import walk
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import kernel


@kernel
def admit_lines(desk: Desk, first: int, last: int, promises: bool) -> None:
    """Admit the needs of lines in rank order, without `promises` only those of `gain` and `improve`; then pin what keeps them."""
    i = first
    while i < last:
        end = end_of_order(desk, i)
        if desk.lines[i].need_first < desk.lines[end - 1].need_last and (promises or keeps_now(desk, i)):
            admit(desk, i, end)
        i = end
    for i in range(first, last):
        pin(desk, i)


@kernel
def admit(desk: Desk, first: int, last: int) -> None:
    """Admit the needs of one line, or of the lines of a complete order: these all or none."""
    whole = True
    for i in range(first, last):
        line = desk.lines[i]
        if line.elsewhere:
            whole = whole and desk.companions[line.companion].whole > 0
            continue
        admit_line(desk, i)
        alone = line.order < 0 and not line.line_complete
        if alone and keeps_now(desk, i) and is_short(desk, i):
            release(desk, i, False)
            spread_needs(desk, i)
            admit_line(desk, i)
        admitted = count_admitted(desk, i) == line.left
        whole = whole and admitted
        if line.companion >= 0:
            desk.companions[line.companion].whole = admitted
    for i in range(first, last):
        line = desk.lines[i]
        if line.elsewhere:
            owe_elsewhere(desk, i, whole)
            continue
        units = count_admitted(desk, i)
        together = line.order >= 0 or line.line_complete
        if units < line.left and (together or units < line.minimum):
            whole = False
            together = True
        if together and not whole:
            release(desk, i, False)


@kernel
def owe_elsewhere(desk: Desk, i: int, whole: bool) -> None:
    """Write what a line that is decided elsewhere is owed if its order is."""
    for n in range(desk.lines[i].need_first, desk.lines[i].need_last):
        desk.needs[n].owed = desk.needs[n].wanted if whole else 0


@kernel
def is_short(desk: Desk, i: int) -> bool:
    """Tell whether less was admitted by some day than is owed by then."""
    admitted = 0
    for n in range(desk.lines[i].need_first, desk.lines[i].need_last):
        admitted += desk.needs[n].admitted
        if admitted < desk.needs[n].wanted:
            return True
    return False


@kernel
def admit_line(desk: Desk, i: int) -> None:
    """Admit the needs of one line as units of its item, or as the very units if others cannot stand in for them."""
    if desk.lines[i].kit or desk.lines[i].on_hand_only:
        reserve_units(desk, i)
    else:
        admit_steps(desk, i)


@kernel
def admit_steps(desk: Desk, i: int) -> None:
    """Admit the needs of one line, day by day, as far as supply, place, ceilings and the needs before it allow."""
    line = desk.lines[i]
    room = min(line.left, count_room(desk, line.cell))
    stock = desk.items[line.of_item]
    admitted = 0
    for n in range(line.need_first, line.need_last):
        need = desk.needs[n]
        need.group = last_group(desk, line.of_item, need.day)
        need.admitted = 0
        if stock.owed and need.group >= 0:
            need.admitted = count_safe(
                desk, line.of_item, line.node, need.group, max(0, min(need.wanted, room) - admitted)
            )
            if need.admitted > 0:
                lower_slack(desk, line.of_item, line.node, need.group, need.admitted)
                admitted += need.admitted
    reserve(desk, line.cell, admitted)


@kernel
def last_group(desk: Desk, item: int, day: int) -> int:
    """Find the last ship day of the item that is not after `day`, as its number; -1 if there is none."""
    stock = desk.items[item]
    after = first_after(desk, stock.first, stock.last, day)
    return desk.supplies[after - 1].group if after > stock.first else -1


@kernel
def reserve_units(desk: Desk, i: int) -> None:
    """Set aside the very units that a kit or an on_hand_only line is owed: those of `current` first, then as it would walk."""
    line = desk.lines[i]
    line.reserved_first = line.reserved_last = desk.counts[COUNT_RESERVATIONS]
    if line.need_first == line.need_last:
        return
    room = min(line.left, count_room(desk, line.cell))
    mark = desk.counts[COUNT_TAKES]
    units = 0
    for n in range(line.need_first, line.need_last):
        need = desk.needs[n]
        need.admitted = 0
        wanted = min(need.wanted, room) - units
        if wanted > 0:
            before = desk.counts[COUNT_TAKES]
            keep_current(desk, i, wanted, -1, need.day)
            kept = count_units(desk, before)
            if kept < wanted:
                walk(desk, i, wanted - kept, min(line.due, need.day), need.day, desk.latest, False)
            need.admitted = count_units(desk, before)
            units += need.admitted
    at = desk.counts[COUNT_RESERVATIONS]
    if at + desk.counts[COUNT_TAKES] - mark > len(desk.reservations):
        desk.counts[COUNT_FULL] = 1
        undo(desk, mark)
        return
    for row in range(mark, desk.counts[COUNT_TAKES]):
        desk.reservations[at] = desk.takes[row]
        k = desk.takes[row].supply
        desk.supplies[k].aside += desk.takes[row].quantity
        stock = desk.items[desk.supplies[k].of_item]
        stock.live = min(stock.live, k)  # others must see it, and say why they leave it
        at += 1
    desk.counts[COUNT_TAKES] = mark
    desk.counts[COUNT_RESERVATIONS] = at
    line.reserved_last = at
    reserve(desk, line.cell, units)


@kernel
def pin(desk: Desk, i: int) -> None:
    """Pin the line's units of `current` that keep its need, as many as it is owed."""
    line = desk.lines[i]
    if line.kit or line.on_hand_only:
        return
    for n in range(line.need_first, line.need_last):
        owed = desk.needs[n].admitted
        for c in range(line.current_first, line.current_last):
            now = desk.current[c]
            if owed > 0 and now.supply >= 0 and may_use(desk, i, now.supply, desk.needs[n].day):
                supply = desk.supplies[now.supply]
                units = max(0, min(owed, min(now.left - now.pinned, supply.free - supply.pinned)))
                now.pinned += units
                supply.pinned += units
                owed -= units
                if units > 0:
                    desk.items[line.of_item].has_pins = 1


@kernel
def release(desk: Desk, i: int, still_owed: bool) -> None:
    """Lift the line's need, because its turn has come (what it is owed stays written) or its order cannot be kept whole."""
    line = desk.lines[i]
    units = count_admitted(desk, i)
    reserved = line.kit or line.on_hand_only
    for n in range(line.need_first, line.need_last):
        need = desk.needs[n]
        if need.admitted > 0 and not reserved:
            lower_slack(desk, line.of_item, line.node, need.group, -need.admitted)
        need.owed = need.admitted if still_owed else 0
        need.admitted = 0
    if units == 0:
        return
    reserve(desk, line.cell, -units)
    for c in range(line.current_first, line.current_last):
        if desk.current[c].pinned > 0:
            desk.supplies[desk.current[c].supply].pinned -= desk.current[c].pinned
            desk.current[c].pinned = 0
    for row in range(line.reserved_first, line.reserved_last):
        desk.supplies[desk.reservations[row].supply].aside -= desk.reservations[row].quantity
        put_back(desk, desk.reservations[row])


@kernel
def admit_rest(desk: Desk, i: int, mark: int) -> None:
    """Admit again what the line is still owed after it got the units taken since `mark`."""
    line = desk.lines[i]
    if first_owed_day(desk, i) == NEVER:
        return  # with by_rank nothing is admitted ahead: what it wants stays written
    owed, wanted = 0, 0
    for n in range(line.need_first, line.need_last):
        owed += desk.needs[n].owed
        units = owed
        for row in range(mark, desk.counts[COUNT_TAKES]):
            if desk.takes[row].day <= desk.needs[n].day:
                units -= desk.takes[row].units
        wanted = max(wanted, units)
        desk.needs[n].wanted = wanted
    if wanted > 0:
        admit(desk, i, i + 1)
        pin(desk, i)
