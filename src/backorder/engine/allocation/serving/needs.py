"""Needs: what lines are owed before anyone gains, kept possible at every step until their turn.

A promise is a need for all units by its day; `gain` and `improve` need what the plan in force gives them, day by day.
"""

from __future__ import annotations

from backorder.engine.allocation.desk import COUNT_FULL, COUNT_NEEDS, COUNT_TAKES, Desk
from backorder.engine.allocation.policy import GAIN, IMPROVE, SKIP
from backorder.engine.allocation.serving.kits import next_day
from backorder.engine.allocation.snapshot import LOCKED, NEVER
from backorder.engine.compiled import kernel

KEEP_NEVER, KEEP_BY_RANK, KEEP_ALWAYS = range(3)


@kernel
def write_needs(desk: Desk, keep: int) -> None:
    """Write the needs of each line: units wanted by each day, cumulated, days ascending and capped at needed_by."""
    for i in range(len(desk.lines)):
        line = desk.lines[i]
        line.need_first = line.need_last = desk.counts[COUNT_NEEDS]
        if line.left == 0 or line.strategy == SKIP or line.commitment == LOCKED:
            continue
        promises = keep == KEEP_ALWAYS or (keep == KEEP_BY_RANK and not keeps_now(desk, i))
        if line.order >= 0 or line.line_complete:
            write_need_together(desk, i, promises)
        else:
            write_needs_alone(desk, i, promises)


@kernel
def keeps_now(desk: Desk, i: int) -> bool:
    """Tell whether the line never gets less or later than in the plan in force."""
    return desk.lines[i].strategy == GAIN or desk.lines[i].strategy == IMPROVE


@kernel
def write_needs_alone(desk: Desk, i: int, promises: bool) -> None:
    """Write, for each day of the plan in force and the promise day, the larger of the two."""
    line = desk.lines[i]
    promise = min(line.promise, line.by)
    promised = promises and line.promise < NEVER
    units = 0
    if keeps_now(desk, i):
        for c in range(line.current_first, line.current_last):
            day = min(desk.current[c].day, line.by)
            if promised and promise <= day:
                units, promised = line.left, False
                write_need(desk, i, promise, units)
            units = max(units, min(line.left, count_now(desk, i, day)))
            write_need(desk, i, day, units)
    if promised:
        write_need(desk, i, promise, line.left)


@kernel
def count_now(desk: Desk, i: int, day: int) -> int:
    """Count the units that the line has by a day in the plan in force, beyond those of them that are held and ship by then."""
    line = desk.lines[i]
    units = 0
    for c in range(line.current_first, line.current_last):
        if min(desk.current[c].day, line.by) <= day:
            units += desk.current[c].units
        if desk.current[c].held > 0 and desk.current[c].held_on <= day:
            units -= desk.current[c].held
    return units


@kernel
def write_need(desk: Desk, i: int, day: int, units: int) -> None:
    """Add one step to the needs of line `i`, whose turn to write it is; steps of one day are one."""
    line = desk.lines[i]
    at = desk.counts[COUNT_NEEDS]
    if at > line.need_first and desk.needs[at - 1].day == day:
        desk.needs[at - 1].wanted = max(desk.needs[at - 1].wanted, units)
        return
    if at >= len(desk.needs):
        desk.counts[COUNT_FULL] = 1  # the caller starts again with more room
        return
    desk.needs[at].day = day
    desk.needs[at].wanted = units
    desk.needs[at].admitted = 0
    line.need_last = at + 1
    desk.counts[COUNT_NEEDS] = at + 1


@kernel
def write_need_together(desk: Desk, i: int, promises: bool) -> None:
    """Add the one step of a line that ships together: all of it by the day on which it (its order) is promised or has it now."""
    first, last = i, end_of_order(desk, i)
    order = desk.lines[i].order
    while order >= 0 and first > 0 and desk.lines[first - 1].order == order:
        first -= 1
    day, now, by, whole = NEVER, -NEVER, NEVER, keeps_now(desk, i)
    for j in range(first, last):
        line = desk.lines[j]
        if promises:
            day = min(day, line.promise)
        if line.left > 0:
            by = min(by, line.by)
        units = 0
        for c in range(line.current_first, line.current_last):
            units += desk.current[c].units
            now = max(now, desk.current[c].day)
        whole = whole and units >= line.quantity
    if whole:
        day = min(day, now)
    if day < NEVER:
        write_need(desk, i, min(day, by), desk.lines[i].left)


@kernel
def spread_needs(desk: Desk, i: int) -> None:
    """Let what the line is owed stay owed on each later day on which anything ships."""
    line = desk.lines[i]
    first, last = line.need_first, line.need_last
    line.need_first = line.need_last = desk.counts[COUNT_NEEDS]
    for n in range(first, last):
        day = desk.needs[n].day
        until = desk.needs[n + 1].day if n + 1 < last else NEVER
        while day < until and day <= line.by:
            write_need(desk, i, day, desk.needs[n].wanted)
            day = next_day(desk, i, day)


@kernel
def end_of_order(desk: Desk, i: int) -> int:
    """Find the end of the complete order that starts with line `i`; any other line ends behind itself."""
    end = i + 1
    if desk.lines[i].order >= 0:
        while end < len(desk.lines) and desk.lines[end].order == desk.lines[i].order:
            end += 1
    return end


@kernel
def count_admitted(desk: Desk, i: int) -> int:
    """Count the units that the line is owed."""
    units = 0
    for n in range(desk.lines[i].need_first, desk.lines[i].need_last):
        units += desk.needs[n].admitted
    return units


@kernel
def first_owed_day(desk: Desk, i: int) -> int:
    """Name the first day by which the line is owed units; NEVER if it is owed none."""
    for n in range(desk.lines[i].need_first, desk.lines[i].need_last):
        if desk.needs[n].owed > 0:
            return int(desk.needs[n].day)
    return NEVER


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
