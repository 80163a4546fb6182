"""Law L8: deciding only what an event touches is deciding everything."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backorder.engine.allocation import Plan, again, allocate, merge
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.snapshot import COMPLETE, LOCKED
from tests.engine.cases import facts
from tests.engine.drawing import days
from tests.engine.facts import Facts, OrderLine, Units, build

TABLES = ("lines", "pegs", "shortages", "changes", "offers", "exceptions", "companions")


def spell(plan: Plan) -> dict[str, list[list[int]]]:
    tables = {name: [column.tolist() for column in getattr(plan, name).columns().values()] for name in TABLES}
    return {**tables, "free": [plan.free.tolist()]}


def decide_both(before: Facts, after: Facts, touched: set[int]) -> int:
    """Decide the facts after an event in both ways, hold them equal, and count the items that were decided again."""
    plan = allocate(build(before), before.policy)
    snapshot = build(after)
    items = np.isin(np.arange(after.items), list(touched))
    revision = again(snapshot, after.policy, plan, items)
    merged = merge(snapshot, after.policy, plan, revision)
    whole = allocate(snapshot, after.policy)
    assert spell(merged) == spell(whole)
    return int(revision.items.sum())


def change_units(case: Facts, place: int, quantity: int, day: int) -> tuple[Facts, set[int]]:
    """A receipt, a loss, or a slipped date."""
    row = case.units[place]
    changed = replace(row, quantity=quantity, arrives=None if row.arrives is None else day)
    return replace(case, units=(*case.units[:place], changed, *case.units[place + 1 :])), {row.item}


def change_order(case: Facts, place: int, quantity: int, day: int) -> tuple[Facts, set[int]]:
    """A customer asks for more, or less, or by another day."""
    row = case.orders[place]
    changed = replace(row, quantity=quantity, requested=day)
    items = {other.item for other in case.orders if other.order == row.order}
    return replace(case, orders=(*case.orders[:place], changed, *case.orders[place + 1 :])), items


def change_held(case: Facts, place: int, quantity: int, day: int) -> tuple[Facts, set[int]]:
    """The plan in force holds more, or less, or by another day; a row of more than nine units is left out."""
    row = case.held[place]
    changed = [replace(row, quantity=quantity, ships=day)] if quantity <= 9 else []
    items = {other.item for other in case.orders if (other.order, other.line) == (row.order, row.line)}
    return replace(case, held=(*case.held[:place], *changed, *case.held[place + 1 :])), {row.item, *items}


CHANGES = {"units": change_units, "orders": change_order, "held": change_held}


@given(facts("complete", "items", most=8), st.data())
def test_an_event_decided_again_gives_the_plan_of_all_facts(case: Facts, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from([name for name in CHANGES if getattr(case, name)]))
    change = CHANGES[table]
    place = data.draw(st.integers(0, len(getattr(case, table)) - 1))
    after, touched = change(case, place, data.draw(st.integers(1, 12)), data.draw(days(0, 9)))
    decide_both(case, after, touched)


def draw_shop(chance: random.Random, promises: str) -> Facts:
    """A shop of 30 items in which complete orders join most items."""
    orders = []
    for order in range(60):
        lines = chance.choice([1, 1, 1, 2, 3])
        promise = chance.randint(0, 9) if promises and chance.random() < 0.6 else None
        orders += [
            OrderLine(
                order,
                line,
                chance.randint(1, 5),
                item=chance.randrange(30),
                requested=chance.randint(0, 6),
                ships=COMPLETE if lines > 1 and line == 0 else 0,
                promised=promise,
            )
            for line in range(lines)
        ]
    units = [
        Units(number, chance.randint(1, 9), item=number % 30, arrives=chance.choice([0, 0, 2, 4, 7, 9]))
        for number in range(60)
    ]
    return Facts(
        tuple(orders),
        tuple(units),
        items=30,
        policy=Policy(peg=chance.choice(["earliest", "latest_in_time"])),
    )


@given(st.randoms(use_true_random=False), st.sampled_from(["promised", ""]))
def test_a_decision_spreads_along_complete_orders(chance: random.Random, promises: str) -> None:
    case = draw_shop(chance, promises)
    place = chance.randrange(len(case.units))
    after, touched = change_units(case, place, chance.randint(1, 12), chance.randint(0, 9))
    decide_both(case, after, touched)


def test_a_decision_spreads_only_while_something_changes() -> None:
    chance = random.Random(11)  # noqa: S311 - it draws shops, not secrets
    decided = []
    for _ in range(40):
        case = draw_shop(chance, "promised")
        place = chance.randrange(len(case.units))
        decided.append(decide_both(case, *change_units(case, place, chance.randint(1, 12), 3)))
    assert min(decided) == 1
    assert max(decided) > 2
    assert sum(decided) < 0.5 * 40 * 30


def test_a_locked_line_elsewhere_makes_its_order_complete() -> None:
    before = Facts(
        orders=(OrderLine(1, 1, 5), OrderLine(1, 2, 1, item=1, ships=COMPLETE, commitment=LOCKED)),
        units=(Units(1, 1, arrives=0), Units(2, 4, arrives=3)),
        items=2,
    )
    after, touched = change_units(before, 0, 2, 0)
    assert touched == {0}
    decide_both(before, after, touched)
