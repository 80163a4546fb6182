"""A plan that breaks a law is not let through: each law has a plan that breaks only that."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest

from backorder.engine.allocation import LawBroken, Plan, Snapshot, allocate, check
from backorder.engine.allocation.plan import Changes, Reason
from backorder.engine.tables import Table
from tests.engine.facts import Facts, Held, OrderLine, Units, build

Rows = TypeVar("Rows", bound=Table)
FACTS = Facts(
    orders=(
        OrderLine(1, 1, 3, priority=1),
        OrderLine(2, 1, 2, priority=2, promised=0),
        OrderLine(3, 1, 2, priority=3),
    ),
    units=(Units(1, 5), Units(2, 9, arrives=4)),
    held=(Held(2, 1, 1, 2, 0), Held(3, 1, 1, 2, 0)),
)
"""Order 1 takes what order 3 had; order 3 comes later, and is told."""


@pytest.fixture
def facts() -> Snapshot:
    return build(FACTS)


@pytest.fixture
def plan(facts: Snapshot) -> Plan:
    decided = allocate(facts, FACTS.policy)
    check(facts, FACTS.policy, decided)
    return decided


def change(table: Rows, column: str, row: int, value: int) -> Rows:
    values = np.array(table.columns()[column])
    values[row] = value
    return type(table)(**{**table.columns(), column: values})


def refuse(facts: Snapshot, plan: Plan, law: str, says: str) -> None:
    with pytest.raises(LawBroken, match=says) as raised:
        check(facts, FACTS.policy, plan)
    assert raised.value.law == law


def test_l1_units_from_nowhere(facts: Snapshot, plan: Plan) -> None:
    refuse(facts, replace(plan, free=plan.free + 1), "L1", "supply 0: 5 allocated and 1 free of 5")


def test_l1_a_peg_of_nothing(facts: Snapshot, plan: Plan) -> None:
    lines = plan.lines
    pegs = change(plan.pegs, "quantity", 0, 0)
    free = plan.free.copy()
    free[plan.pegs.supply[0]] += plan.pegs.quantity[0]
    refuse(facts, replace(plan, pegs=pegs, free=free, lines=lines), "L1", "allocated and")


def test_l2_a_line_that_does_not_add_up(facts: Snapshot, plan: Plan) -> None:
    lines = change(plan.lines, "unallocated", 1, 1)
    refuse(facts, replace(plan, lines=lines), "L2", "line 1: 2 asked, 2 allocated, 2 pegged, 1 unallocated")


def test_l2_pegs_that_do_not_cover_what_is_allocated(facts: Snapshot, plan: Plan) -> None:
    pegs = change(plan.pegs, "line", 0, 1)
    refuse(facts, replace(plan, pegs=pegs), "L2", "line 0: 3 asked, 3 allocated, 0 pegged, 0 unallocated")


def test_l5_later_and_no_change_says_so(facts: Snapshot, plan: Plan) -> None:
    assert len(plan.changes) == 1
    refuse(facts, replace(plan, changes=Changes.empty()), "L5", "line 2 lost units or ships them later")


def test_l5_lost_units_and_no_change_says_so() -> None:
    poor = replace(FACTS, units=FACTS.units[:1])
    facts = build(poor)
    plan = allocate(facts, poor.policy)
    check(facts, poor.policy, plan)
    refuse(facts, replace(plan, changes=Changes.empty()), "L5", "line 2 lost units or ships them later")


def test_l5_a_customer_who_is_not_told_what_moved(facts: Snapshot, plan: Plan) -> None:
    changes = change(plan.changes, "tell_customer", 0, int(not plan.changes.tell_customer[0]))
    refuse(facts, replace(plan, changes=changes), "L5", "line 2 changed without being told")


def test_l6_a_lower_rank_first_and_no_reason_says_why() -> None:
    promised = Facts(
        orders=(OrderLine(1, 1, 2, priority=1), OrderLine(2, 1, 2, promised=0)),
        units=(Units(1, 2), Units(2, 2, arrives=4)),
    )
    facts = build(promised)
    plan = allocate(facts, promised.policy)
    check(facts, promised.policy, plan)
    assert plan.lines.reason[0] == Reason.PROMISE_OF_OTHERS
    lines = change(plan.lines, "reason", 0, Reason.INBOUND)
    refuse(facts, replace(plan, lines=lines), "L6", "line 0 waits .INBOUND. while a lower rank got a unit")
