"""Deciding until the decision stands: made again with itself in force, it is the same.

The plan in force and the promises are facts of the next decision. A line that is promised a day for the first time is owed it from
then on; one whose promise broke is owed less. So a decision may be made otherwise as soon as it is in force, though nothing has
happened since. What is put in force is therefore decided once more with itself in force, until nothing changes any more. A
plan that stands follows from the facts alone: nobody finds another one by deciding again, be it one item or all of them (law L8).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.again import Step, decide_some
from backorder.engine.allocation.merge import join_tables
from backorder.engine.allocation.outcome.compare import compare_plans, find_exceptions
from backorder.engine.allocation.part import pegs_as_current
from backorder.engine.allocation.plan import Companions, Plan
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.current import seat_current
from backorder.engine.allocation.serving.now import read_current
from backorder.engine.allocation.snapshot import NEVER, Current, Snapshot

MOST_PASSES = 16
"""No search has found facts that need more than a few; should some never settle, the last pass is put in force."""

Promise = Callable[[Plan], NDArray[Any]]
"""Names for each line the promise in force once a plan is: what its customer was told last, or is told now."""


@dataclass(frozen=True)
class Basis:
    """What a decision stands on beside the facts: the plan and the promises in force, and what lines told their orders."""

    current: Current
    promised_on: NDArray[Any]
    told: Companions


@dataclass(frozen=True)
class Settled:
    """A decision that stands, or the lines without whose items it cannot be made."""

    plan: Plan | None  # changes and exceptions compare it with the plan that was in force before
    joined: NDArray[np.int64]  # rows of lines
    basis: Basis  # the plan itself, in force: from it the same is decided
    passes: int


def settle(
    part: Snapshot, policy: Policy, told: Companions, outside: NDArray[np.int64], promise: Promise
) -> Settled:
    """Decide the items of a part as `decide_some` does, put that in force, and decide again, until nothing changes any more.

    `told` is what lines told their orders before, `outside` lists the rows of lines that are decided elsewhere.
    """
    facts, basis, passes = part, Basis(part.current, part.lines.promised_on, told), 0
    while True:
        step = decide_some(facts, policy, basis.told, outside)
        passes += 1
        if step.plan is None:
            return Settled(None, step.joined, basis, passes)
        after = put_in_force(facts, step.plan, basis, promise(step.plan), outside)
        joined = find_owed_otherwise(facts, basis.promised_on, after.promised_on, outside)
        if len(joined):
            return Settled(None, joined, basis, passes)
        if passes == MOST_PASSES or is_same_plan(basis, after):
            return Settled(compare_with(part, facts, policy, step), step.joined, basis, passes)
        facts, basis = stand_on(part, after), after


def decide_from(part: Snapshot, policy: Policy, basis: Basis, outside: NDArray[np.int64]) -> Plan | None:
    """Decide once from what a settled decision stands on: its plan again. None if that needs other items too."""
    facts = stand_on(part, basis)
    step = decide_some(facts, policy, basis.told, outside)
    return None if step.plan is None else compare_with(part, facts, policy, step)


def keep_promises(promised_on: NDArray[Any], planned_on: NDArray[Any]) -> NDArray[Any]:
    """Promise what is planned where nothing is promised or the promise cannot be kept; with no day known the promise still counts."""
    later = np.where(promised_on == NEVER, planned_on, np.maximum(promised_on, planned_on))
    return np.where(planned_on == NEVER, promised_on, later)


def put_in_force(
    facts: Snapshot, plan: Plan, before: Basis, promised_on: NDArray[Any], outside: NDArray[np.int64]
) -> Basis:
    """Give what a decision stands on once the plan and its promises are in force; lines `outside` keep what they have."""
    now = before.current.take(np.isin(before.current.line, outside))
    promised = np.array(promised_on)
    promised[outside] = before.promised_on[outside]
    return Basis(
        join_tables(now, pegs_as_current(facts, plan), "line"),
        promised,
        replace_told(before.told, plan.companions, outside),
    )


def find_owed_otherwise(
    part: Snapshot, before: NDArray[Any], after: NDArray[Any], outside: NDArray[np.int64]
) -> NDArray[np.int64]:
    """List the lines `outside` whose complete order is promised another day: it is owed all its lines by the first of them."""
    order = part.lines.order
    orders = np.unique(order[outside])
    rows = np.flatnonzero(np.isin(order, orders))
    first = np.full((2, len(orders)), NEVER, np.int64)
    for row, promised_on in enumerate((before, after)):
        np.minimum.at(first[row], np.searchsorted(orders, order[rows]), promised_on[rows])
    return outside[np.isin(order[outside], orders[first[0] != first[1]])]


def stand_on(part: Snapshot, basis: Basis) -> Snapshot:
    """Give the facts with this plan and these promises in force."""
    attributes = dict(part.attributes)
    if "promised_on" in attributes:  # the policy mentions it
        attributes["promised_on"] = replace(
            attributes["promised_on"], values=np.asarray(basis.promised_on, np.int64)
        )
    lines = replace(part.lines, promised_on=basis.promised_on)
    return replace(part, lines=lines, current=basis.current, attributes=attributes)


def is_same_plan(one: Basis, other: Basis) -> bool:
    """Tell whether the same plan and the same promises are in force."""
    pairs = zip(one.current.columns().values(), other.current.columns().values(), strict=True)
    return np.array_equal(one.promised_on, other.promised_on) and all(
        np.array_equal(was, now) for was, now in pairs
    )


def replace_told(before: Companions, told: Companions, outside: NDArray[np.int64]) -> Companions:
    """Put what lines told their orders in the place of what they told before; lines `outside` say what they said."""
    kept = before.take(np.isin(before.line, outside))
    return join_tables(kept, told.take(~np.isin(told.line, outside)), "line")


def compare_with(part: Snapshot, facts: Snapshot, policy: Policy, step: Step) -> Plan:
    """Compare the plan with the one that was in force before the first pass, whatever was tried in between."""
    plan, seating = step.plan, step.seating
    assert plan is not None
    assert seating is not None
    if facts is part:
        return plan
    lines = seating.desk.lines.copy()
    lines.current_first = lines.current_last = 0
    before = replace(facts, current=part.current)
    current = seat_current(before, lines, seating.seat, seating.supply_seat, seating.first_day)
    desk = seating.desk._replace(lines=lines, current=current)
    read_current(desk)
    compared = replace(seating, desk=desk)
    changes = compare_plans(part, compared)
    return replace(plan, changes=changes, exceptions=find_exceptions(compared, policy, plan.lines, changes))
