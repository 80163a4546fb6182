"""What holds for every decision, whatever the facts."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backorder.engine.allocation import allocate, check, partition
from backorder.engine.allocation.plan import Reason
from tests.engine.cases import facts
from tests.engine.facts import Facts, build, sort_units
from tests.engine.naive import decide
from tests.engine.naive.world import World

UNEXPLAINED = {Reason.INBOUND, Reason.NO_SUPPLY, Reason.AFTER_HIGHER_RANK}


@given(facts(most=8), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(case: Facts, chance: random.Random) -> None:
    rows: dict[str, Any] = {}
    for name in ("orders", "units", "held", "kits", "substitutes", "closed"):
        table = list(getattr(case, name))
        chance.shuffle(table)
        rows[name] = tuple(table)
    shuffled = replace(case, **rows)
    plan, again = allocate(build(case), case.policy), allocate(build(shuffled), case.policy)
    assert plan.hash() == again.hash()


@given(facts(most=8))
def test_every_plan_keeps_the_laws(case: Facts) -> None:
    snapshot = build(case)
    check(snapshot, case.policy, allocate(snapshot, case.policy))


@given(facts(most=8))
def test_units_add_up(case: Facts) -> None:
    snapshot = build(case)
    plan = allocate(snapshot, case.policy)
    given_out = [0] * len(snapshot.supplies)
    for supply, units in zip(plan.pegs.supply.tolist(), plan.pegs.quantity.tolist(), strict=True):
        given_out[supply] += units
    free = snapshot.supplies.quantity - given_out
    assert plan.free.tolist() == free.tolist()
    assert (free >= 0).all()
    lines = plan.lines
    asked = lines.allocated_on_hand + lines.allocated_inbound + lines.unallocated
    assert asked.tolist() == snapshot.lines.quantity.tolist()


@given(facts(most=6))
def test_nobody_waits_for_a_unit_of_a_lower_rank_without_a_reason_that_says_so(case: Facts) -> None:
    snapshot = build(case)
    answer = decide(snapshot, case.policy)
    world = World(snapshot, case.policy)
    rank = [row[0] for row in answer.lines]
    for line in world.lines:
        outcome = answer.lines[line.row]
        late, last_day, reason = not outcome[8], outcome[7], Reason(outcome[11])
        if late and rank[line.row] and reason in UNEXPLAINED and not world.is_kit(line):
            for other, supply, _, _ in answer.pegs:
                if rank[other] > rank[line.row] and world.supplies[supply].item == line.item:
                    helps = (
                        world.may_use(line, world.supplies[supply])
                        and world.supplies[supply].ships < last_day
                    )
                    assert not helps, (line.row, other, supply, reason)


@given(facts("places", "due", "needed_by", "priority", most=0), st.data())
def test_more_supply_never_covers_fewer_units(case: Facts, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(case.units) - 1))
    row = case.units[place]
    more = replace(row, quantity=row.quantity + data.draw(st.integers(1, 9)))
    richer = replace(case, units=(*case.units[:place], more, *case.units[place + 1 :]))
    before, after = (allocate(build(given), case.policy).lines.unallocated.sum() for given in (case, richer))
    assert after <= before


@given(facts("items", most=8))
def test_parts_decided_by_themselves_equal_the_whole(case: Facts) -> None:
    snapshot = build(case)
    part_of = partition(snapshot).tolist()
    whole = spell_pegs(case)
    parts = []
    for part in sorted(set(part_of)):
        inside = {item for item in range(case.items) if part_of[item] == part}
        orders = tuple(row for row in case.orders if row.item in inside)
        if orders:
            keys = {(row.order, row.line) for row in orders}
            alone = replace(
                case,
                orders=orders,
                units=tuple(row for row in case.units if row.item in inside),
                held=tuple(row for row in case.held if (row.order, row.line) in keys),
            )
            parts += spell_pegs(alone)
    assert sorted(parts) == sorted(whole)


def spell_pegs(case: Facts) -> list[tuple[int, int, int, int, int]]:
    """Pegs by names, so that they can be compared where row numbers differ."""
    orders = sorted(case.orders, key=lambda row: (row.order, row.line))
    units = sort_units(case)
    pegs = allocate(build(case), case.policy).pegs
    columns = (pegs.line.tolist(), pegs.supply.tolist(), pegs.quantity.tolist(), pegs.ships_on.tolist())
    return [
        (orders[line].order, orders[line].line, units[supply].name, quantity, day)
        for line, supply, quantity, day in zip(*columns, strict=True)
    ]
