"""The difference between the plan in force and the new one: what changed for whom, why, and whether to tell."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import COUNT_TAKES, Desk
from backorder.engine.allocation.plan import (
    EARLIER,
    FIRST_CAP,
    GAINED,
    LATER,
    LOST,
    Changes,
    Exceptions,
    Outcomes,
    Reason,
)
from backorder.engine.allocation.policy import GAIN, WIN, Policy
from backorder.engine.allocation.seating.seat import Seating
from backorder.engine.allocation.snapshot import NEVER, Snapshot
from backorder.engine.compiled import array_kernel, kernel
from backorder.engine.grouping import list_by_code

NOBODY = -1
UNCHANGED = -1
AFTER_HIGHER_RANK, SUPPLY_CHANGED = int(Reason.AFTER_HIGHER_RANK), int(Reason.SUPPLY_CHANGED)


def compare_plans(snapshot: Snapshot, seating: Seating) -> Changes:
    """Compare the new plan with the one in force, line by line."""
    desk = seating.desk
    if len(desk.current) == 0:
        return Changes.empty()
    by_line, start = list_by_code(desk.takes.line[: desk.counts[COUNT_TAKES]], len(desk.lines))
    kept = count_kept_units(desk, by_line, start)
    gainer = find_gainers(desk, by_line, start)
    compared = (snapshot.lines.promised_on, seating.first_day)
    found = compare_lines(desk, kept, gainer, compared, by_line, start)
    found = found[np.argsort(found[:, 0])]
    line, change, from_quantity, from_day, to_day, reason, lent, tell = found.T
    lent_to = np.where(lent >= 0, seating.rows[lent], NOBODY) if len(seating.rows) else lent
    to_quantity = desk.outcomes.units[seating.seat[line]]
    return Changes(line, change, from_quantity, to_quantity, from_day, to_day, reason, lent_to, tell)


@array_kernel
def count_kept_units(desk: Desk, by_line: Any, start: Any) -> np.ndarray:
    """Count, for each current row, the units that its line has on that supply now; rows of one supply share them in turn."""
    kept = np.zeros(len(desk.current), np.int64)
    for i in range(len(desk.lines)):
        first, last = desk.lines[i].current_first, desk.lines[i].current_last
        for at in range(start[i], start[i + 1]):
            units = desk.takes[by_line[at]].quantity
            for c in range(first, last):
                if desk.current[c].supply == desk.takes[by_line[at]].supply:
                    more = min(units, desk.current[c].quantity - kept[c])
                    kept[c] += more
                    units -= more
    return kept


@array_kernel
def find_gainers(desk: Desk, by_line: Any, start: Any) -> np.ndarray:
    """Find, for each supply, the best-ranked line that has more of it than in the plan in force."""
    gainer = np.full(len(desk.supplies), NOBODY, np.int64)
    for i in range(len(desk.lines)):
        for at in range(start[i], start[i + 1]):
            k = desk.takes[by_line[at]].supply
            more = 0
            for other in range(start[i], start[i + 1]):
                if desk.takes[by_line[other]].supply == k:
                    more += desk.takes[by_line[other]].quantity
            for c in range(desk.lines[i].current_first, desk.lines[i].current_last):
                if desk.current[c].supply == k:
                    more -= desk.current[c].quantity
            if more > 0 and (gainer[k] == NOBODY or desk.lines[i].rank < desk.lines[gainer[k]].rank):
                gainer[k] = i
    return gainer


@array_kernel
def compare_lines(desk: Desk, kept: Any, gainer: Any, compared: Any, by_line: Any, start: Any) -> np.ndarray:
    """Compare the lines; columns: row, change, from quantity, from day, to day, reason, lent to (seat), tell."""
    promised_on, first_day = compared
    pegged = np.zeros(len(desk.supplies), np.int64)
    for c in range(len(desk.current)):
        if desk.current[c].supply >= 0:
            pegged[desk.current[c].supply] += desk.current[c].quantity
    found = np.empty((len(desk.lines), 8), np.int64)
    changes = 0
    for i in range(len(desk.lines)):
        line, outcome = desk.lines[i], desk.outcomes[i]
        had, had_day, lent, moved = 0, -NEVER, NOBODY, False
        for c in range(line.current_first, line.current_last):
            now = desk.current[c]
            if now.quantity == 0:
                continue
            had += now.units
            had_day = max(had_day, now.day)
            if now.supply < 0:
                moved = True
            else:
                supply = desk.supplies[now.supply]
                short = kept[c] < now.quantity
                moved = moved or supply.day > now.day or pegged[now.supply] > supply.quantity
                other = gainer[now.supply]
                if short and other >= 0 and (lent < 0 or desk.lines[other].rank < desk.lines[lent].rank):
                    lent = other
        if had == 0:
            continue
        units, last_day = outcome.units, outcome.last_day
        if units != had:
            change, day, to_day = GAINED if units > had else LOST, had_day, last_day
        elif last_day != had_day:
            change, day, to_day = EARLIER if last_day < had_day else LATER, had_day, last_day
        else:
            change, day, to_day = find_moved_part(desk, i, by_line, start)
        if change == UNCHANGED:
            continue
        reason = int(outcome.reason)
        if moved:
            reason = SUPPLY_CHANGED
        elif lent >= 0 and desk.lines[lent].rank < line.rank:
            reason = AFTER_HIGHER_RANK
        promise = max(promised_on[line.row], first_day[line.place])  # NEVER is later than any
        found[changes, 0], found[changes, 1], found[changes, 2], found[changes, 3] = (
            line.row,
            change,
            had,
            day,
        )
        found[changes, 4] = to_day if units > 0 else NEVER
        found[changes, 5], found[changes, 6] = reason, lent
        found[changes, 7] = change == LOST or (last_day > had_day and last_day > promise)
        changes += 1
    return found[:changes]


@kernel
def find_moved_part(desk: Desk, i: int, by_line: Any, start: Any) -> tuple[int, int, int]:
    """Compare day by day a line whose quantity and last day stay; gives the change and, of the first part that moved, both days."""
    line = desk.lines[i]
    for c in range(line.current_first, line.current_last):  # earliest first
        day = desk.current[c].day
        had = count_held_by(desk, i, day)
        if count_got_by(desk, day, by_line, start[i], start[i + 1]) < had:
            later = NEVER
            for at in range(start[i], start[i + 1]):
                to_day = desk.takes[by_line[at]].day
                if count_got_by(desk, to_day, by_line, start[i], start[i + 1]) >= had:
                    later = min(later, to_day)
            return LATER, day, later
    earlier = NEVER
    for at in range(start[i], start[i + 1]):
        to_day = desk.takes[by_line[at]].day
        if count_got_by(desk, to_day, by_line, start[i], start[i + 1]) > count_held_by(desk, i, to_day):
            earlier = min(earlier, to_day)
    got = count_got_by(desk, earlier, by_line, start[i], start[i + 1])
    for c in range(line.current_first, line.current_last):
        if earlier < NEVER and count_held_by(desk, i, desk.current[c].day) >= got:
            return EARLIER, int(desk.current[c].day), earlier
    return UNCHANGED, NEVER, NEVER


@kernel
def count_held_by(desk: Desk, i: int, day: int) -> int:
    """Count the units of the plan in force that ship by the day."""
    units = 0
    for c in range(desk.lines[i].current_first, desk.lines[i].current_last):
        if desk.current[c].day <= day:
            units += desk.current[c].units
    return units


@kernel
def count_got_by(desk: Desk, day: int, by_line: Any, first: int, last: int) -> int:
    """Count the units that ship by the day now; the line's takes are `first` … `last` of the list."""
    units = 0
    for at in range(first, last):
        if desk.takes[by_line[at]].day <= day:
            units += desk.takes[by_line[at]].units
    return units


def find_exceptions(seating: Seating, policy: Policy, outcomes: Outcomes, changes: Changes) -> Exceptions:
    """List what the policy wants a person to see: caps that are passed, win lines not in time, gain lines worse than now."""
    desk = seating.desk
    late = np.flatnonzero((outcomes.strategy == WIN) & ~outcomes.in_time)
    seats = seating.seat[late]
    tables = [(late, desk.lines.quantity[seats], desk.outcomes.units_in_time[seats])]
    gaining = np.flatnonzero(outcomes.strategy == GAIN)
    if len(gaining) and len(desk.current):
        had, gap = measure_gaps(desk)
        worse = gaining[gap[seating.seat[gaining]] > 0]
        seats = seating.seat[worse]
        tables.append((worse, had[seats], had[seats] - gap[seats]))
    rows, wanted, got = (np.concatenate(columns) for columns in zip(*tables, strict=True))
    table = np.column_stack([rows, outcomes.strategy[rows], wanted, got, outcomes.reason[rows]]).astype(
        np.int64
    )
    table = np.concatenate([list_passed_caps(policy, changes), table[np.argsort(rows)]])
    return Exceptions(*table.T)


def list_passed_caps(policy: Policy, changes: Changes) -> NDArray[np.int64]:
    """List the caps that the changes pass, as rows of Exceptions."""
    worsened = int(((changes.change == LOST) | (changes.change == LATER)).sum())
    notices = int(changes.tell_customer.sum())
    passed = []
    counts = ((policy.max_lines_worsened, worsened), (policy.max_notices, notices))
    for number, (cap, count) in enumerate(counts):
        if 0 <= cap < count:
            passed.append((NOBODY, FIRST_CAP + number, cap, count, int(Reason.CHURN_CAP)))
    return np.array(passed, np.int64).reshape(-1, 5)


@array_kernel
def measure_gaps(desk: Desk) -> tuple[np.ndarray, np.ndarray]:
    """Measure, by seat, the units in the plan in force and the largest number missing from them by any of their days."""
    had, gap = np.zeros(len(desk.lines), np.int64), np.zeros(len(desk.lines), np.int64)
    for i in range(len(desk.lines)):
        for c in range(desk.lines[i].current_first, desk.lines[i].current_last):
            had[i] += desk.current[c].units
    got = np.zeros(len(desk.current), np.int64)  # by current row: units of the line that ship by its day
    for row in range(desk.counts[COUNT_TAKES]):
        line = desk.lines[desk.takes[row].line]
        for c in range(line.current_first, line.current_last):
            if desk.takes[row].day <= desk.current[c].day:
                got[c] += desk.takes[row].units
    for i in range(len(desk.lines)):
        for c in range(desk.lines[i].current_first, desk.lines[i].current_last):
            by_then = 0
            for other in range(desk.lines[i].current_first, desk.lines[i].current_last):
                if desk.current[other].day <= desk.current[c].day:
                    by_then += desk.current[other].units
            gap[i] = max(gap[i], by_then - got[c])
    return had, gap
