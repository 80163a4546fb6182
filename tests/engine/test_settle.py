"""A plan that is put in force stands: decided again, it is the same (the ground on which law L8 rests)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, note
from hypothesis import strategies as st

from backorder.engine.allocation import Plan, Settled, Snapshot, allocate, check, keep_promises, settle
from backorder.engine.allocation.plan import LATER, LOST, Companions, Reason
from backorder.engine.allocation.policy import GAIN, Condition, Policy, Segment
from backorder.engine.allocation.settle import MOST_PASSES, Basis, decide_from, put_in_force, stand_on
from backorder.engine.allocation.snapshot import COMPLETE, NEVER
from tests.engine.cases import facts
from tests.engine.facts import AS_OF, Facts, Held, OrderLine, Units, build, show
from tests.engine.naive import in_force
from tests.engine.test_against_naive import rows_of

NOBODY = np.zeros(0, np.int64)
FEATURES = ("items", "complete", "current", "promises")


def settle_all(snapshot: Snapshot, policy: Policy) -> Settled:
    def promise(plan: Plan) -> np.ndarray:
        return keep_promises(snapshot.lines.promised_on, plan.lines.promised_on)

    return settle(snapshot, policy, Companions.empty(), NOBODY, promise)


def settled(case: Facts) -> Plan:
    plan = settle_all(build(case), case.policy).plan
    assert plan is not None
    return plan


def days(plan: Plan) -> list[int | None]:
    return [None if day == NEVER else day - AS_OF for day in plan.lines.promised_on.tolist()]


def pegs(plan: Plan) -> list[tuple[int, int, int]]:
    return [(line, supply, quantity) for line, supply, quantity, _ in rows_of(plan.pegs)]


@given(facts(*FEATURES, most=8))
def test_decided_again_a_plan_in_force_is_the_same(case: Facts) -> None:
    note(show(case))
    snapshot = build(case)
    first = settle_all(snapshot, case.policy)
    again = settle_all(stand_on(snapshot, first.basis), case.policy)
    assert first.plan is not None
    assert again.plan is not None
    assert again.passes == 1
    for name in ("lines", "pegs", "offers", "shortages", "companions"):
        assert rows_of(getattr(again.plan, name)) == rows_of(getattr(first.plan, name))
    assert len(again.plan.changes) == 0
    repeated = decide_from(snapshot, case.policy, first.basis, NOBODY)
    assert repeated is not None
    assert repeated.hash() == first.plan.hash()


@given(facts(most=10))
def test_every_plan_settles_and_keeps_the_laws(case: Facts) -> None:
    note(show(case))
    snapshot = build(case)
    found = settle_all(snapshot, case.policy)
    assert found.plan is not None
    assert found.passes < MOST_PASSES
    check(snapshot, case.policy, found.plan)


@given(facts(*FEATURES, most=3, lines=5))
def test_the_engine_settles_where_the_naive_allocator_does(case: Facts) -> None:
    note(show(case))
    answer, _ = in_force.settle(case, MOST_PASSES)
    plan = settled(case)
    assert (rows_of(plan.pegs), rows_of(plan.lines)) == (answer.pegs, answer.lines)


@given(facts("current", "gain", most=8))
def test_changes_compare_with_the_plan_that_was_in_force_before(case: Facts) -> None:
    note(show(case))
    once, stands = allocate(build(case), case.policy), settled(case)
    if rows_of(once.pegs) == rows_of(stands.pegs) and rows_of(once.lines) == rows_of(stands.lines):
        assert rows_of(stands.changes) == rows_of(once.changes)
        assert rows_of(stands.exceptions) == rows_of(once.exceptions)


def two_promises_and_one_unit_in_time() -> Facts:
    return Facts(
        orders=(
            OrderLine(1, 1, 1, promised=0),
            OrderLine(2, 1, 2, priority=1, promised=0),
            OrderLine(3, 1, 2, priority=1),
        ),
        units=(Units(1, 1), Units(2, 2, arrives=1)),
    )


def test_a_promise_that_slips_leaves_its_early_unit_to_one_that_can_be_kept() -> None:
    case = two_promises_and_one_unit_in_time()
    once = allocate(build(case), case.policy)
    assert (pegs(once), days(once)) == ([(1, 0, 1), (1, 1, 1), (2, 1, 1)], [None, 1, None])
    assert (pegs(settled(case)), days(settled(case))) == ([(0, 0, 1), (1, 1, 2)], [0, 1, None])


def test_a_promise_that_has_no_day_any_more_still_keeps_what_is_there() -> None:
    case = Facts(
        orders=(OrderLine(1, 1, 2, priority=1), OrderLine(2, 1, 3, promised=0)),
        units=(Units(1, 2),),
        held=(Held(2, 1, None, 1, 0), Held(2, 1, 1, 2, 0)),
    )
    assert (pegs(settled(case)), days(settled(case))) == ([(1, 0, 2)], [None, None])


def test_a_line_that_is_promised_now_is_a_reason_of_others() -> None:
    case = Facts(
        orders=(OrderLine(1, 1, 1, ships=COMPLETE), OrderLine(1, 2, 1), OrderLine(2, 1, 1)),
        units=(Units(1, 1),),
    )
    once, stands = allocate(build(case), case.policy), settled(case)
    assert pegs(once) == pegs(stands) == [(2, 0, 1)]
    assert once.lines.reason.tolist() == [
        Reason.WAITS_FOR_COMPANION,
        Reason.WAITS_FOR_COMPANION,
        Reason.ON_HAND,
    ]
    assert stands.lines.reason.tolist() == [
        Reason.PROMISE_OF_OTHERS,
        Reason.PROMISE_OF_OTHERS,
        Reason.ON_HAND,
    ]


def test_items_elsewhere_are_decided_too_where_their_order_is_promised_another_day() -> None:
    case = Facts(
        orders=(OrderLine(1, 1, 1, ships=COMPLETE, promised=0), OrderLine(1, 2, 1, promised=2)),
        units=(Units(1, 1, arrives=2), Units(2, 1, arrives=2)),
    )
    snapshot, elsewhere = build(case), np.array([1])
    told, promised_on = allocate(snapshot, case.policy).companions, snapshot.lines.promised_on
    stays = settle(snapshot, case.policy, told, elsewhere, lambda _: promised_on)
    assert (stays.plan is None, stays.joined.tolist()) == (False, [])
    moves = settle(snapshot, case.policy, told, elsewhere, lambda _: promised_on.max() + 0 * promised_on)
    assert (moves.plan is None, moves.joined.tolist()) == (True, [1])


def test_changes_name_the_plan_before_all_passes() -> None:
    case = two_promises_and_one_unit_in_time()
    gain = Policy(segments=(Segment("gain", (Condition("channel", one_of=("gain",)),), GAIN),))
    case = replace(
        case,
        orders=(*case.orders, OrderLine(4, 1, 1, item=1, channel="gain")),
        held=(Held(2, 1, 1, 1, 0), Held(2, 1, 2, 1, 1), Held(3, 1, 2, 1, 1), Held(4, 1, None, 1, 4, item=1)),
        items=2,
        policy=gain,
    )
    plan = settled(case)
    assert pegs(plan) == [(0, 0, 1), (1, 1, 2)]
    changes = plan.changes
    assert list(zip(changes.line.tolist(), changes.change.tolist(), strict=True)) == [
        (1, LATER),
        (2, LOST),
        (3, LOST),
    ]
    assert changes.lent_to.tolist() == [0, 1, -1]
    assert [row[:4] for row in rows_of(plan.exceptions)] == [(3, GAIN, 1, 0)]


def test_a_plan_that_stands_is_decided_once() -> None:
    case = Facts(orders=(OrderLine(1, 1, 2),), units=(Units(1, 2),))
    first = settle_all(build(case), case.policy)
    assert first.passes == 2
    assert settle_all(stand_on(build(case), first.basis), case.policy).passes == 1
    moved = replace(case, units=(Units(1, 3),))
    known = replace(moved, held=(Held(1, 1, 1, 2, 0),), orders=(OrderLine(1, 1, 2, promised=0),))
    assert settle_all(build(known), case.policy).passes == 1


def test_lines_decided_elsewhere_keep_plan_and_promise() -> None:
    case = Facts(
        orders=(OrderLine(1, 1, 2), OrderLine(2, 1, 1, item=1, promised=4)),
        units=(Units(1, 2),),
        held=(Held(2, 1, None, 1, 4, item=1),),
        items=2,
    )
    snapshot = build(case)
    before = Basis(snapshot.current, snapshot.lines.promised_on, Companions.empty())
    plan = allocate(snapshot, case.policy)
    after = put_in_force(snapshot, plan, before, np.array([AS_OF, AS_OF + 7]), np.array([1]))
    assert after.promised_on.tolist() == [AS_OF, AS_OF + 4]
    assert [row[0] for row in rows_of(after.current)] == [0, 1]


@given(
    st.lists(st.tuples(st.integers(0, 9) | st.just(NEVER), st.integers(0, 9) | st.just(NEVER)), max_size=9)
)
def test_a_promise_only_becomes_later(pairs: list[tuple[int, int]]) -> None:
    told, planned = np.array(pairs, np.int64).reshape(-1, 2).T
    for was, plan, now in zip(
        told.tolist(), planned.tolist(), keep_promises(told, planned).tolist(), strict=True
    ):
        assert now == (was if plan == NEVER else plan if was == NEVER else max(was, plan))
