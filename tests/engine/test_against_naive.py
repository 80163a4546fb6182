"""The engine equals the naive allocator, on thousands of small cases with every feature in play."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, note

from backorder.engine.allocation import allocate
from backorder.engine.allocation.plan import Plan, Reason
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.tables import Table
from tests.engine.cases import facts
from tests.engine.facts import AS_OF, Facts, build, show
from tests.engine.naive import Answer, decide

TABLES = ("lines", "pegs", "changes", "exceptions", "offers", "shortages")


def rows_of(table: Table) -> list[tuple[Any, ...]]:
    columns = [column.tolist() for column in table.columns().values()]
    return list(zip(*columns, strict=True))


def spell(column: str, value: Any) -> str:
    """Write days as they count from as_of, and reasons by name."""
    if column == "reason":
        return Reason(value).name
    if column.endswith(("_on", "_date")):
        return "" if value == NEVER else str(value - AS_OF)
    return str(value)


def differences(plan: Plan, answer: Answer) -> list[str]:
    """Each table that differs, row by row: the engine's with a minus, the naive one's with a plus."""
    found = []
    for name in TABLES:
        table = getattr(plan, name)
        ours, theirs = rows_of(table), getattr(answer, name)
        if ours == theirs:
            continue
        columns = [item.name for item in fields(table)]
        found.append(f"{name}: {', '.join(columns)}")
        length = max(len(ours), len(theirs))
        for number in range(length):
            pair = [rows[number] if number < len(rows) else None for rows in (ours, theirs)]
            if pair[0] == pair[1]:
                continue
            for sign, row in zip("-+", pair, strict=True):
                if row is not None:
                    cells = [spell(column, value) for column, value in zip(columns, row, strict=True)]
                    found.append(f"  {sign} {number}: {', '.join(cells)}")
    if plan.free.tolist() != answer.free:
        found.append(f"free: - {plan.free.tolist()} + {answer.free}")
    return found


def compare(case: Facts) -> None:
    note(show(case))
    snapshot = build(case)
    answer = decide(snapshot, case.policy)
    found = differences(allocate(snapshot, case.policy), answer)
    assert not found, "engine -, naive +\n" + "\n".join([*found, show(case)])


GROUPS = {
    "pegging": ("places", "due"),
    "ranking": ("rank_keys",),
    "scores": ("score",),
    "needed by": ("needed_by", "due"),
    "promises": ("promises", "current", "priority"),
    "promises at places": ("promises", "current", "places", "keep"),
    "commitments": ("firm", "locked", "on_hand_only", "reserved", "current"),
    "freeze": ("freeze", "current"),
    "strategies": ("win", "gain", "improve", "fill", "lose", "skip"),
    "fair share": ("fair_share",),
    "fair share at places": ("fair_share", "places", "promises"),
    "fair share in guarantees": ("fair_share", "floor", "ceiling", "priority"),
    "guarantees": ("floor", "ceiling"),
    "guarantees in a tree": ("tree", "period"),
    "complete orders": ("complete", "items"),
    "complete orders in tiers": ("items", "complete", "win", "gain", "floor", "keep"),
    "complete orders in fair shares": ("items", "complete", "fair_share", "floor", "priority"),
    "complete orders beside held lines": ("items", "complete", "locked", "skip", "current"),
    "complete lines": ("line_complete",),
    "together beside units set aside": ("line_complete", "complete", "on_hand_only", "promises"),
    "by rank in fair shares": ("fair_share", "promises", "keep", "floor", "priority"),
    "by rank beside units set aside": ("win", "gain", "on_hand_only", "current", "keep"),
    "minimum": ("minimum",),
    "kits": ("kits",),
    "nested kits": ("nested_kits",),
    "kits in force": ("kits", "current", "promises"),
    "offers": ("substitutes",),
}


@pytest.mark.hypothesis  # the mark that `make soak` looks for; an inner function with @given does not set it
@pytest.mark.parametrize("group", GROUPS)
def test_the_engine_equals_the_naive_allocator(group: str) -> None:
    @given(facts(*GROUPS[group]))
    def check(case: Facts) -> None:
        compare(case)

    check()


@given(facts())
def test_the_engine_equals_the_naive_allocator_on_a_few_features(case: Facts) -> None:
    compare(case)


@given(facts(most=12))
def test_the_engine_equals_the_naive_allocator_on_many_features(case: Facts) -> None:
    compare(case)
