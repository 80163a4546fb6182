"""Needs: what lines are owed before anyone gains, kept possible at every step until their turn.

A promise is a need for all units by its day; `gain` and `improve` need what the plan in force gives them, day by day.
"""

from __future__ import annotations

from backorder.engine.allocation.cells import count_room, reserve
from backorder.engine.allocation.desk import COUNT_FULL, COUNT_RESERVATIONS, COUNT_TAKES, Desk
from backorder.engine.allocation.hold import keep_current
from backorder.engine.allocation.policy import GAIN, IMPROVE, SKIP
from backorder.engine.allocation.safe import count_safe, lower_slack
from backorder.engine.allocation.snapshot import LOCKED, NEVER
from backorder.engine.allocation.take import count_units, may_use, undo
from backorder.engine.allocation.walk import walk
from backorder.engine.compiled import kernel

KEEP_NEVER, KEEP_BY_RANK, KEEP_ALWAYS = range(3)


@kernel
def write_needs(desk: Desk, keep: int) -> None:
    """Write the needs of each line: units wanted by each day, cumulated, days ascending and capped at needed_by."""
    at = 0
    for i in range(len(desk.lines)):
        line = desk.lines[i]
        line.need_first = line.need_last = at
        if line.left == 0 or line.strategy == SKIP or line.commitment == LOCKED:
            continue
        keeps_now = line.strategy == GAIN or line.strategy == IMPROVE
        promised = line.promise < NEVER and (keep == KEEP_ALWAYS or (keep == KEEP_BY_RANK and not keeps_now))
        if line.order >= 0 or line.line_complete:
            at = write_need_together(desk, i, at, promised, keeps_now)
            continue
        promise = min(line.promise, line.by)
        units = 0
        if keeps_now:
            for c in range(line.current_first, line.current_last):
                day = min(desk.current[c].day, line.by)
                if promised and promise <= day:
                    at = write_need(desk, i, at, promise, line.left)
                    promised = False
                units = min(line.left, units + desk.current[c].units_left)
                at = write_need(desk, i, at, day, units)
        if promised:
            at = write_need(desk, i, at, promise, line.left)
        if units > 0:
            at = write_need(
                desk, i, at, line.by, units
            )  # what it has now and cannot have by its day stays owed


@kernel
def write_need(desk: Desk, i: int, at: int, day: int, units: int) -> int:
    """Add one step to the needs of line `i`; steps of one day are one."""
    line = desk.lines[i]
    if at > line.need_first and desk.needs[at - 1].day == day:
        desk.needs[at - 1].wanted = max(desk.needs[at - 1].wanted, units)
        return at
    desk.needs[at].day = day
    desk.needs[at].wanted = units
    desk.needs[at].admitted = 0
    line.need_last = at + 1
    return at + 1


@kernel
def write_need_together(desk: Desk, i: int, at: int, promised: bool, keeps_now: bool) -> int:
    """Add the one step of a line that ships together: all of it by the day on which it (its order) is promised or has it now."""
    first = last = i
    order = desk.lines[i].order
    while order >= 0 and first > 0 and desk.lines[first - 1].order == order:
        first -= 1
    while order >= 0 and last + 1 < len(desk.lines) and desk.lines[last + 1].order == order:
        last += 1
    day, now, whole = NEVER, -NEVER, keeps_now
    for j in range(first, last + 1):
        line = desk.lines[j]
        if promised:
            day = min(day, line.promise)
        units = 0
        for c in range(line.current_first, line.current_last):
            units += desk.current[c].units_left
            now = max(now, desk.current[c].day)
        whole = whole and units >= line.left
    if whole and now > -NEVER:
        day = min(day, now)
    if day == NEVER:
        return at
    return write_need(desk, i, at, min(day, desk.lines[i].by), desk.lines[i].left)


@kernel
def admit_all(desk: Desk, promises_ahead: bool) -> None:
    """Admit needs in rank order: all of them, or only those of `gain` and `improve`."""
    i = 0
    while i < len(desk.lines):
        last = i + 1
        if desk.lines[i].order >= 0:
            while last < len(desk.lines) and desk.lines[last].order == desk.lines[i].order:
                last += 1
        if desk.lines[i].need_first == desk.lines[last - 1].need_last:
            i = last
            continue
        if promises_ahead or desk.lines[i].strategy == GAIN or desk.lines[i].strategy == IMPROVE:
            admit(desk, i, last)
        i = last


@kernel
def admit(desk: Desk, first: int, last: int) -> None:
    """Admit the needs of one line, or of the lines of a complete order: these all or none."""
    whole = True
    for i in range(first, last):
        whole = admit_alone(desk, i) and whole
    for i in range(first, last):
        line = desk.lines[i]
        if line.elsewhere:
            owe_elsewhere(desk, i, whole)
            continue
        units = count_admitted(desk, i)
        together = line.order >= 0 or line.line_complete
        if 0 < units < line.left and (line.line_complete or units < line.minimum):
            whole = False
            together = True
        if together and not whole:
            release(desk, i, False)
        else:
            pin(desk, i)


@kernel
def admit_alone(desk: Desk, i: int) -> bool:
    """Admit the needs of one line as far as it can be; true if that is all it asks."""
    line = desk.lines[i]
    if line.elsewhere:
        return desk.companions[line.companion].whole > 0
    if line.kit or line.on_hand_only:
        reserve_units(desk, i)
    else:
        admit_line(desk, i)
    whole = count_admitted(desk, i) == line.left
    if line.companion >= 0:
        desk.companions[line.companion].whole = whole
    return bool(whole)


@kernel
def owe_elsewhere(desk: Desk, i: int, whole: bool) -> None:
    """Write what a line that is decided elsewhere is owed if its order is."""
    for n in range(desk.lines[i].need_first, desk.lines[i].need_last):
        desk.needs[n].owed = desk.needs[n].wanted if whole else 0


@kernel
def admit_line(desk: Desk, i: int) -> None:
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
    low, high = desk.items[item].first, desk.items[item].last
    while low < high:
        middle = (low + high) // 2
        if desk.supplies[middle].day <= day:
            low = middle + 1
        else:
            high = middle
    return desk.supplies[low - 1].group if low > desk.items[item].first else -1


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
            keep_current(desk, i, wanted, need.day + 1, need.day)
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
        desk.supplies[desk.takes[row].supply].aside += desk.takes[row].quantity
        at += 1
    desk.counts[COUNT_TAKES] = mark
    desk.counts[COUNT_RESERVATIONS] = at
    line.reserved_last = at
    reserve(desk, line.cell, units)


@kernel
def count_admitted(desk: Desk, i: int) -> int:
    """Count the units that the line is owed."""
    units = 0
    for n in range(desk.lines[i].need_first, desk.lines[i].need_last):
        units += desk.needs[n].admitted
    return units


@kernel
def pin(desk: Desk, i: int) -> None:
    """Pin the line's units of `current` that keep its need, as many as it is owed."""
    line = desk.lines[i]
    owed = count_admitted(desk, i)
    if owed == 0 or line.reserved_first < line.reserved_last:
        return
    by = -NEVER
    for n in range(line.need_first, line.need_last):
        if desk.needs[n].admitted > 0:
            by = desk.needs[n].day
    for c in range(line.current_first, line.current_last):
        k = desk.current[c].supply
        if k >= 0 and may_use(desk, i, k, by):
            units = min(
                owed, min(desk.current[c].left, max(0, desk.supplies[k].free - desk.supplies[k].pinned))
            )
            desk.current[c].pinned = units
            desk.supplies[k].pinned += units
            owed -= units
            if units > 0:
                desk.items[line.of_item].has_pins = 1


@kernel
def release(desk: Desk, i: int, still_owed: bool) -> None:
    """Lift the line's need, because its turn has come (what it is owed stays written) or its order cannot be kept whole."""
    line = desk.lines[i]
    units = count_admitted(desk, i)
    reserved = line.reserved_first < line.reserved_last
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
    give_back_reserved(desk, i)


@kernel
def admit_rest(desk: Desk, i: int, mark: int) -> None:
    """Admit again what the line is still owed after it got the units taken since `mark`."""
    line = desk.lines[i]
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


@kernel
def give_back_reserved(desk: Desk, i: int) -> None:
    """Give the line's reserved units back to their supplies."""
    line = desk.lines[i]
    for row in range(line.reserved_first, line.reserved_last):
        taken = desk.reservations[row]
        supply = desk.supplies[taken.supply]
        supply.free += taken.quantity
        supply.aside -= taken.quantity
        if taken.supply < desk.items[supply.of_item].live:
            desk.items[supply.of_item].live = taken.supply
        if desk.items[supply.of_item].owed:
            lower_slack(desk, supply.of_item, supply.node, supply.group, -taken.quantity)
        if taken.current >= 0:
            desk.current[taken.current].left += taken.quantity


@kernel
def take_reserved(desk: Desk, i: int) -> int:
    """Take exactly the units that were reserved, on their days."""
    line = desk.lines[i]
    units = 0
    for row in range(line.reserved_first, line.reserved_last):
        at = desk.counts[COUNT_TAKES]
        if at >= len(desk.takes):
            desk.counts[COUNT_FULL] = 1
            return units
        taken = desk.reservations[row]
        supply = desk.supplies[taken.supply]
        supply.free -= taken.quantity
        if desk.items[supply.of_item].owed:
            lower_slack(desk, supply.of_item, supply.node, supply.group, taken.quantity)
        if taken.current >= 0:
            desk.current[taken.current].left -= taken.quantity
        desk.takes[at] = taken
        desk.counts[COUNT_TAKES] = at + 1
        units += taken.units
    return units


@kernel
def is_kept(desk: Desk, i: int, mark: int, wanted: int) -> bool:
    """Tell whether the units taken since `mark` meet what the line was owed, as far as `wanted` units can."""
    line = desk.lines[i]
    owed = 0
    for n in range(line.need_first, line.need_last):
        owed += desk.needs[n].owed
        units = 0
        for row in range(mark, desk.counts[COUNT_TAKES]):
            if desk.takes[row].line == i and desk.takes[row].day <= desk.needs[n].day:
                units += desk.takes[row].units
        if units < min(wanted, owed):
            return False
    return True
