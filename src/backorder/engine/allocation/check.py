"""The laws of a plan, checked on every run from the facts and the plan alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.plan import LATER, LOST, Plan, Reason
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.days import available_days, first_days, ship_days
from backorder.engine.allocation.seating.places import Places, tour_places
from backorder.engine.allocation.snapshot import NEVER, ON_HAND_ONLY, Snapshot
from backorder.engine.compiled import kernel
from backorder.engine.grouping import list_by_code, sum_by

PLAIN_REASONS = (
    Reason.ON_HAND,
    Reason.INBOUND,
    Reason.AFTER_HIGHER_RANK,
    Reason.NO_SUPPLY,
    Reason.NOT_BEFORE_NEEDED_BY,
)
"""Reasons that do not explain why a lower rank got a unit that would have helped."""


class LawBroken(Exception):  # noqa: N818 - it is not an input error: a plan that breaks a law is a bug, and is not published
    """A plan that breaks a law."""

    def __init__(self, law: str, message: str) -> None:
        """Keep the law's number beside the message."""
        super().__init__(f"{law}: {message}")
        self.law = law


def check(snapshot: Snapshot, policy: Policy, plan: Plan) -> None:
    """Raise LawBroken if the plan breaks L1, L2, L5 or L6."""
    places = tour_places(snapshot.locations)
    first_day = first_days(snapshot, policy, places)
    check_supplies(snapshot, plan)
    check_lines(snapshot, plan)
    check_changes(snapshot, plan, first_day)
    check_ranks(snapshot, policy, plan, places)


def check_supplies(snapshot: Snapshot, plan: Plan) -> None:
    """L1: for each supply, what is allocated and what is free come to what there is, and neither is negative."""
    taken = sum_by(plan.pegs.supply, plan.pegs.quantity, len(snapshot.supplies))
    wrong = (taken + plan.free != snapshot.supplies.quantity) | (plan.free < 0)
    if wrong.any() or (plan.pegs.quantity <= 0).any():
        row = int(np.argmax(wrong))
        raise LawBroken(
            "L1",
            f"supply {row}: {taken[row]} allocated and {plan.free[row]} free of {snapshot.supplies.quantity[row]}",
        )


def check_lines(snapshot: Snapshot, plan: Plan) -> None:
    """L2: for each line, quantity = allocated + unallocated, and the pegs come to what is allocated."""
    lines, outcome = snapshot.lines, plan.lines
    allocated = outcome.allocated_on_hand + outcome.allocated_inbound
    wrong = (allocated + outcome.unallocated != lines.quantity) | (outcome.unallocated < 0)
    wrong |= (outcome.allocated_on_hand < 0) | (outcome.allocated_inbound < 0)
    pegged = sum_by(plan.pegs.line, plan.pegs.quantity, len(lines))
    kit = np.zeros(snapshot.items, bool)
    kit[snapshot.kits.kit] = True
    wrong |= np.where(kit[lines.item], (pegged > 0) != (allocated > 0), pegged != allocated)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise LawBroken(
            "L2",
            f"line {row}: {lines.quantity[row]} asked, {allocated[row]} allocated, {pegged[row]} pegged, "
            f"{outcome.unallocated[row]} unallocated",
        )


def check_changes(snapshot: Snapshot, plan: Plan, first_day: NDArray[np.int64]) -> None:
    """L5: whoever ships later or gets less than in the plan in force has a row that says why and whether to tell."""
    now, changes = snapshot.current, plan.changes
    if len(now) == 0:
        return
    was = np.full(len(snapshot.lines), -NEVER, np.int64)
    np.maximum.at(was, now.line, np.maximum(now.ships_on, first_day[now.location]))
    ships = np.full(len(snapshot.lines), -NEVER, np.int64)
    np.maximum.at(ships, plan.pegs.line, plan.pegs.ships_on.astype(np.int64))
    listed = np.zeros(len(snapshot.lines), bool)
    listed[changes.line] = True
    held = sum_by(now.line, now.quantity, len(listed))
    kit = np.zeros(snapshot.items, bool)
    kit[snapshot.kits.kit] = True
    parts = kit[snapshot.lines.item]  # of a kit's components not every row is a unit of the line
    parts[now.line[now.item != snapshot.lines.item[now.line]]] = True  # nor of what was a kit once
    moved = find_moved(
        ~listed & ~parts,
        (now.line, now.quantity, np.maximum(now.ships_on, first_day[now.location]).astype(np.int64)),
        (plan.pegs.line, plan.pegs.quantity, plan.pegs.ships_on),
        np.maximum(0, held - snapshot.lines.quantity),
    )
    if moved >= 0:
        raise LawBroken(
            "L5",
            f"line {moved} lost units or ships them later than in the plan in force, and no change says so",
        )
    promise = snapshot.lines.promised_on[changes.line].astype(np.int64)
    promise = np.where(
        promise < NEVER, np.maximum(promise, first_day[snapshot.lines.location[changes.line]]), NEVER
    )
    to_day, from_day = ships[changes.line], was[changes.line]
    tell = (changes.change == LOST) | ((to_day > promise) & (to_day > from_day))
    reason_given = np.isin(changes.reason, [int(reason) for reason in Reason])
    if (tell != changes.tell_customer).any() or not reason_given[
        np.isin(changes.change, (LOST, LATER))
    ].all():
        raise LawBroken(
            "L5",
            f"line {int(changes.line[np.argmax(tell != changes.tell_customer)])} changed without being told",
        )


@kernel
def find_moved(compared: Any, current: Any, pegs: Any, dropped: Any) -> int:
    """Find a line that by some day of the plan in force has fewer units than it had, but for those dropped; -1 if none.

    Rows of both are sorted by line.
    """
    line, quantity, day = current
    peg_line, peg_quantity, peg_day = pegs
    first, peg = 0, 0
    while first < len(line):
        i = line[first]
        last = first
        while last < len(line) and line[last] == i:
            last += 1
        while peg < len(peg_line) and peg_line[peg] < i:
            peg += 1
        for row in range(first, last):
            units = dropped[i]
            at = peg
            while at < len(peg_line) and peg_line[at] == i:
                if peg_day[at] <= day[row]:
                    units += peg_quantity[at]
                at += 1
            for other in range(first, last):
                if day[other] <= day[row]:
                    units -= quantity[other]
            if compared[i] and units < 0:
                return int(i)
        first = last
    return -1


def check_ranks(snapshot: Snapshot, policy: Policy, plan: Plan, places: Places) -> None:
    """L6: no line waits past its requested day for a unit that a lower rank got, unless its reason says why."""
    lines, supplies, outcome = snapshot.lines, snapshot.supplies, plan.lines
    day = ship_days(
        available_days(snapshot, policy), supplies.location, snapshot.closed, policy.handling_days
    )
    worst = np.zeros(len(supplies), np.int64)
    find_worst(worst, plan.pegs.supply, outcome.rank[plan.pegs.line])
    rows, start = list_by_code(supplies.item, snapshot.items)
    waits = (
        ~outcome.in_time
        & (outcome.rank > 0)
        & np.isin(outcome.reason, [int(reason) for reason in PLAIN_REASONS])
    )
    columns = (lines.item, lines.location, lines.needed_by, lines.commitment == ON_HAND_ONLY)
    broken = find_passed_over(
        np.flatnonzero(waits),
        (*columns, outcome.promised_on, outcome.rank),
        (places.tour[supplies.location[rows]], supplies.inbound[rows], day[rows], worst[rows]),
        start,
        (places.tour, places.tour_end),
    )
    if broken >= 0:
        name = Reason(int(outcome.reason[broken])).name
        raise LawBroken(
            "L6",
            f"line {broken} waits ({name}) while a lower rank got a unit that it could have used earlier",
        )


@kernel
def find_worst(worst: Any, supply: Any, rank: Any) -> None:
    """Write, for each supply, the worst rank among its pegs."""
    for row in range(len(supply)):
        worst[supply[row]] = max(worst[supply[row]], rank[row])


@kernel
def find_passed_over(waiting: Any, lines: Any, supplies: Any, start: Any, places: Any) -> int:
    """Find a waiting line for which a worse rank has a unit that it could use before its last day; -1 if there is none.

    Supplies are listed item by item: `start` says where those of each item begin.
    """
    item, place, needed_by, on_hand_only, last, rank = lines
    at, inbound, day, worst = supplies
    tour, tour_end = places
    for i in waiting:
        for k in range(start[item[i]], start[item[i] + 1]):
            if (
                worst[k] > rank[i]
                and day[k] < last[i]
                and day[k] <= needed_by[i]
                and not (on_hand_only[i] and inbound[k])
                and tour[place[i]] <= at[k] < tour_end[place[i]]
            ):
                return i
    return -1
