"""The reason of each line, found from what stopped it and from who got the units that would have helped."""

from __future__ import annotations

from typing import Any

import numpy as np

from backorder.engine.allocation.desk import (
    COMMITTED_UNITS,
    COUNT_TAKES,
    FROZEN_UNITS,
    IN_FLOOR,
    STOPPED_CEILING,
    STOPPED_COMPANION,
    STOPPED_INBOUND,
    STOPPED_MINIMUM,
    Desk,
)
from backorder.engine.allocation.plan import Reason
from backorder.engine.allocation.policy import FAIR_SHARE, FILL, LOSE, SKIP
from backorder.engine.allocation.serving.take import may_use
from backorder.engine.allocation.snapshot import LOCKED, NEVER
from backorder.engine.compiled import array_kernel, kernel

ON_HAND, INBOUND, AFTER_HIGHER_RANK = int(Reason.ON_HAND), int(Reason.INBOUND), int(Reason.AFTER_HIGHER_RANK)
NO_SUPPLY, NOT_BEFORE_NEEDED_BY = int(Reason.NO_SUPPLY), int(Reason.NOT_BEFORE_NEEDED_BY)
WAITS_FOR_COMPANION, KIT_COMPONENT = int(Reason.WAITS_FOR_COMPANION), int(Reason.KIT_COMPONENT)
MINIMUM_QUANTITY, CEILING = int(Reason.MINIMUM_QUANTITY), int(Reason.CEILING)
FLOOR_OF_OTHERS, PROMISE_OF_OTHERS = int(Reason.FLOOR_OF_OTHERS), int(Reason.PROMISE_OF_OTHERS)
FROZEN, COMMITTED, STRATEGY = int(Reason.FROZEN), int(Reason.COMMITTED), int(Reason.STRATEGY)

LAST = 2**62
NOBODY = -1


@array_kernel
def find_reasons(desk: Desk) -> None:
    """Give each line its reason, as the reference lists them."""
    worst = find_worst_takers(desk)
    held_day, held_how = find_held_days(desk)
    for i in range(len(desk.lines)):
        line, outcome = desk.lines[i], desk.outcomes[i]
        if outcome.units_in_time >= line.quantity:
            outcome.reason = ON_HAND if outcome.hand_units >= line.quantity else INBOUND
            continue
        day = outcome.last_day if outcome.units >= line.quantity else NEVER
        reason = find_own_reason(desk, i, day)
        if reason == NOBODY and held_day[i] == day and is_passed_by(desk, i, day, worst):
            reason = FROZEN if held_how[i] == FROZEN_UNITS else COMMITTED
        if reason == NOBODY and line.blocked_on < day:
            reason = PROMISE_OF_OTHERS
        if reason == NOBODY:
            reason = find_others_reason(desk, i, day, worst)
        if reason == NOBODY:
            reason = find_supply_reason(desk, i, day)
        outcome.reason = reason


@array_kernel
def find_worst_takers(desk: Desk) -> np.ndarray:
    """Find, for each supply, the worst rank that got units of it: in any way, in a floor, frozen, committed.

    A line without a rank counts as the worst of all.
    """
    worst = np.full((4, len(desk.supplies)), NOBODY, np.int64)
    for row in range(desk.counts[COUNT_TAKES]):
        taken = desk.takes[row]
        rank = desk.lines[taken.line].rank
        k = taken.supply
        if rank > worst[0, k]:
            worst[0, k] = rank
        way = 0
        if taken.how == IN_FLOOR:
            way = 1
        elif taken.how == FROZEN_UNITS:
            way = 2
        elif taken.how == COMMITTED_UNITS:
            way = 3
        if way >= 2 and rank == 0:
            rank = LAST
        if way > 0 and rank > worst[way, k]:
            worst[way, k] = rank
    return worst


@array_kernel
def find_held_days(desk: Desk) -> tuple[np.ndarray, np.ndarray]:
    """Find, for each seat, the last day of its own held units, and how they are held; -NEVER if it holds none."""
    day, how = np.full(len(desk.lines), -NEVER, np.int64), np.zeros(len(desk.lines), np.int64)
    for row in range(desk.counts[COUNT_TAKES]):
        taken = desk.takes[row]
        if (taken.how == FROZEN_UNITS or taken.how == COMMITTED_UNITS) and taken.day > day[taken.line]:
            day[taken.line] = taken.day
            how[taken.line] = taken.how
    return day, how


@kernel
def is_passed_by(desk: Desk, i: int, day: int, worst: Any) -> bool:
    """Tell whether a unit that ships before the day is left free, or went to a line that ranks after this one."""
    item = desk.items[desk.lines[i].of_item]
    for k in range(item.first, item.last):
        if desk.supplies[k].day >= day:
            return False
        if may_use(desk, i, k, desk.lines[i].by) and (
            desk.supplies[k].free > 0 or worst[0, k] > desk.lines[i].rank
        ):
            return True
    return False


@kernel
def find_own_reason(desk: Desk, i: int, day: int) -> int:
    """Find what lies in the line itself: its strategy, ceiling, companions, minimum, kit or commitment."""
    line = desk.lines[i]
    if line.commitment == LOCKED:
        return COMMITTED
    if line.strategy == SKIP or line.strategy == FILL or line.strategy == LOSE:
        return STRATEGY
    if line.stopped & STOPPED_CEILING:
        return CEILING
    if line.stopped & STOPPED_COMPANION:
        return WAITS_FOR_COMPANION
    if line.stopped & STOPPED_MINIMUM:
        return MINIMUM_QUANTITY
    if line.kit:
        return KIT_COMPONENT
    if line.stopped & STOPPED_INBOUND and day == NEVER:
        return COMMITTED
    return NOBODY


@kernel
def find_others_reason(desk: Desk, i: int, day: int, worst: Any) -> int:
    """Find who holds a unit that would have helped, though it ranks after this line."""
    line = desk.lines[i]
    item = desk.items[line.of_item]
    found = NOBODY
    for k in range(item.first, item.last):
        if desk.supplies[k].day >= day:
            break
        if not may_use(desk, i, k, desk.lines[i].by):
            continue
        if worst[1, k] > line.rank:
            return FLOOR_OF_OTHERS
        if worst[2, k] > line.rank:
            found = FROZEN
        elif worst[3, k] > line.rank and found != FROZEN:
            found = COMMITTED
        elif line.strategy == FAIR_SHARE and worst[0, k] > line.rank and found == NOBODY:
            found = STRATEGY
    return found


@kernel
def find_supply_reason(desk: Desk, i: int, day: int) -> int:
    """Ask what the line would get alone: then others are before it, or its supply is late, or missing."""
    line = desk.lines[i]
    item = desk.items[line.of_item]
    alone, later = 0, 0
    held_day, alone_day = -NEVER, NEVER
    for c in range(line.current_first, line.current_last):  # what it holds and could not take again stays
        now = desk.current[c]
        if now.held > 0 and not may_use(desk, i, now.supply, line.by):
            alone += now.held
            held_day = max(held_day, now.held_on)
    for k in range(item.first, item.last):
        supply = desk.supplies[k]
        if may_use(desk, i, k, desk.lines[i].by):
            alone += supply.quantity
            if alone >= line.quantity:
                alone_day = max(held_day, supply.day)
                break
        elif may_use(desk, i, k, NEVER):  # but for the day by which it is needed
            later += supply.quantity
    if day == NEVER and alone < line.quantity:
        return NOT_BEFORE_NEEDED_BY if later > 0 else NO_SUPPLY
    return AFTER_HIGHER_RANK if alone_day < day else INBOUND
