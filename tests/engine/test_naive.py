"""The naive allocator on cases worked out by hand, so that the comparison with it means something."""

from __future__ import annotations

from backorder.engine.allocation.plan import LOST, Reason
from backorder.engine.allocation.policy import FAIR_SHARE, GAIN, WIN, Condition, Guarantee, Policy, Segment
from backorder.engine.allocation.snapshot import ANYWHERE, COMPLETE, FIRM, LINE_COMPLETE, LOCKED
from tests.engine.facts import AS_OF, Facts, Held, OrderLine, Units, build
from tests.engine.naive import Answer, decide
from tests.engine.naive.flow import can_meet
from tests.engine.naive.guarantees import shrink_in_proportion


def answer(facts: Facts) -> Answer:
    return decide(build(facts), facts.policy)


def pegs(facts: Facts) -> list[tuple[int, int, int, int]]:
    """Line row, supply row, quantity, day counted from as_of."""
    return [(line, supply, units, day - AS_OF) for line, supply, units, day in answer(facts).pegs]


def reasons(facts: Facts) -> list[Reason]:
    return [Reason(row[-1]) for row in answer(facts).lines]


def test_overdue_demand_and_a_look_ahead_of_one_day() -> None:
    facts = Facts(
        orders=(OrderLine(1, 1, 75, requested=-5), OrderLine(2, 1, 150)),
        units=(Units(1, 200, arrives=-3), Units(2, 100, arrives=10)),
        policy=Policy(overdue_arrives_in_days=1),
    )
    assert pegs(facts) == [(0, 0, 75, 1), (1, 0, 125, 1), (1, 1, 25, 10)]


def test_first_in_first_out_and_again_when_the_first_is_cancelled() -> None:
    units = (Units(1, 5, arrives=0), Units(2, 5, arrives=5), Units(3, 5, arrives=6))
    orders = tuple(OrderLine(number, 1, 5, requested=-9) for number in (1, 2, 3))
    policy = Policy(handling_days=1)
    assert [day for *_, day in pegs(Facts(orders, units, policy=policy))] == [1, 6, 7]
    assert [day for *_, day in pegs(Facts(orders[1:], units, policy=policy))] == [1, 6]


def test_claims_shrink_in_proportion() -> None:
    assert shrink_in_proportion([100, 50, 50, 200, 300, 100, 200], 500) == [50, 25, 25, 100, 150, 50, 100]
    assert shrink_in_proportion([1, 1, 1], 2) == [1, 1, 0]
    assert shrink_in_proportion([1, 2], 9) == [1, 2]


def test_the_remainder_goes_to_the_next_place() -> None:
    facts = Facts(
        orders=(OrderLine(1, 1, 5),),
        units=(Units(1, 3, place=0), Units(2, 9, place=1)),
        places=((ANYWHERE, None), (ANYWHERE, None)),
    )
    assert pegs(facts) == [(0, 0, 3, 0), (0, 1, 2, 0)]


def test_inbounds_of_10_and_20_for_three_orders_of_10() -> None:
    facts = Facts(
        orders=tuple(OrderLine(number, 1, 10) for number in (1, 2, 3)),
        units=(Units(1, 10, arrives=2), Units(2, 20, arrives=8)),
    )
    assert pegs(facts) == [(0, 0, 10, 2), (1, 1, 10, 8), (2, 1, 10, 8)]


def test_a_receipt_of_5_for_lines_of_3_and_4() -> None:
    facts = Facts(orders=(OrderLine(1, 1, 3), OrderLine(2, 1, 4)), units=(Units(1, 5),))
    assert pegs(facts) == [(0, 0, 3, 0), (1, 0, 2, 0)]
    assert answer(facts).shortages == [(0, ANYWHERE, 2, 1, AS_OF, 0)]


def test_an_earlier_promise_is_not_broken_by_a_later_rush_order() -> None:
    facts = Facts(
        orders=(OrderLine(1, 1, 5, promised=0), OrderLine(2, 1, 5, priority=1)),
        units=(Units(1, 5), Units(2, 5, arrives=4)),
        held=(Held(1, 1, 1, 5, 0),),
    )
    assert pegs(facts) == [(0, 0, 5, 0), (1, 1, 5, 4)]
    assert reasons(facts) == [Reason.ON_HAND, Reason.PROMISE_OF_OTHERS]


def test_a_donor_lends_what_another_supply_replaces() -> None:
    facts = Facts(
        orders=(OrderLine(1, 1, 5, promised=4), OrderLine(2, 1, 5, priority=1)),
        units=(Units(1, 5), Units(2, 5, arrives=4)),
        held=(Held(1, 1, 1, 5, 0),),
    )
    assert pegs(facts) == [(0, 1, 5, 4), (1, 0, 5, 0)]
    (change,) = answer(facts).changes
    assert change[6:] == (int(Reason.AFTER_HIGHER_RANK), 1, False)


def test_where_promises_exceed_supply_the_higher_rank_keeps_its_own() -> None:
    facts = Facts(
        orders=(OrderLine(1, 1, 5, promised=0), OrderLine(2, 1, 5, promised=0)), units=(Units(1, 7),)
    )
    assert pegs(facts) == [(0, 0, 5, 0), (1, 0, 2, 0)]


def test_a_complete_order_takes_the_latest_supply_that_comes_in_time() -> None:
    facts = Facts(
        orders=(
            OrderLine(1, 1, 2, ships=COMPLETE),
            OrderLine(1, 2, 2, item=1),
            OrderLine(2, 1, 2, requested=1),
        ),
        units=(Units(1, 2), Units(2, 2, arrives=6), Units(3, 2, item=1, arrives=7)),
        items=2,
    )
    assert pegs(facts) == [(0, 1, 2, 7), (1, 2, 2, 7), (2, 0, 2, 0)]
    assert reasons(facts) == [Reason.WAITS_FOR_COMPANION, Reason.INBOUND, Reason.ON_HAND]


def test_what_cannot_be_completed_takes_nothing() -> None:
    facts = Facts(orders=(OrderLine(1, 1, 4, ships=LINE_COMPLETE), OrderLine(2, 1, 4)), units=(Units(1, 3),))
    assert pegs(facts) == [(1, 0, 3, 0)]
    assert reasons(facts) == [Reason.WAITS_FOR_COMPANION, Reason.NO_SUPPLY]


def test_a_minimum_takes_the_way_that_covers_most() -> None:
    facts = Facts(
        orders=(OrderLine(1, 1, 6, minimum=3),),
        units=(Units(1, 2), Units(2, 2, arrives=3), Units(3, 2, arrives=5)),
    )
    assert pegs(facts) == [(0, 0, 1, 3), (0, 1, 2, 3), (0, 0, 1, 5), (0, 2, 2, 5)]
    assert reasons(facts) == [Reason.MINIMUM_QUANTITY]


def test_a_kit_and_its_component_share_one_availability() -> None:
    facts = Facts(
        orders=(OrderLine(1, 1, 2, item=0), OrderLine(2, 1, 4, item=1)),
        units=(Units(1, 1, item=0), Units(2, 4, item=1), Units(3, 9, item=2)),
        kits=((0, 1, 2), (0, 2, 1)),
        items=3,
    )
    assert pegs(facts) == [(0, 0, 1, 0), (0, 1, 2, 0), (0, 2, 1, 0), (1, 1, 2, 0)]


def test_a_kit_within_a_kit() -> None:
    facts = Facts(
        orders=(OrderLine(1, 1, 2, item=0),),
        units=(Units(1, 1, item=1), Units(2, 1, item=2, arrives=4), Units(3, 9, item=3)),
        kits=((0, 1, 1), (0, 3, 1), (1, 2, 1)),
        items=4,
    )
    assert pegs(facts) == [(0, 0, 1, 0), (0, 1, 1, 0), (0, 1, 1, 4), (0, 2, 1, 4)]


def test_a_floor_goes_before_rank_and_what_nobody_asks_of_it_is_free() -> None:
    shop = (Condition("channel", one_of=("shop",)),)
    facts = Facts(
        orders=(OrderLine(1, 1, 9, priority=1), OrderLine(2, 1, 4, channel="shop")),
        units=(Units(1, 10),),
        policy=Policy(guarantees=(Guarantee("shop", shop, floor=6),)),
    )
    assert pegs(facts) == [(0, 0, 6, 0), (1, 0, 4, 0)]
    assert reasons(facts) == [Reason.FLOOR_OF_OTHERS, Reason.ON_HAND]


def test_a_ceiling_caps_a_group() -> None:
    shop = (Condition("channel", one_of=("shop",)),)
    facts = Facts(
        orders=(OrderLine(1, 1, 9, channel="shop"), OrderLine(2, 1, 4)),
        units=(Units(1, 10),),
        policy=Policy(guarantees=(Guarantee("shop", shop, ceiling_share=500_000),)),
    )
    assert pegs(facts) == [(0, 0, 5, 0), (1, 0, 4, 0)]
    assert reasons(facts) == [Reason.CEILING, Reason.ON_HAND]


def test_largest_remainder() -> None:
    dealers = Segment("dealers", (), FAIR_SHARE)
    facts = Facts(
        orders=(OrderLine(1, 1, 3), OrderLine(2, 1, 2), OrderLine(3, 1, 1)),
        units=(Units(1, 4),),
        policy=Policy(segments=(dealers,)),
    )
    assert [units for _, _, units, _ in pegs(facts)] == [2, 1, 1]


def test_gain_holds_what_it_has_against_win() -> None:
    web = (Condition("channel", one_of=("web",)),)
    facts = Facts(
        orders=(OrderLine(1, 1, 5, channel="web"), OrderLine(2, 1, 5)),
        units=(Units(1, 5),),
        held=(Held(2, 1, 1, 4, 0),),
        policy=Policy(segments=(Segment("web", web, WIN), Segment("rest", (), GAIN))),
    )
    assert pegs(facts) == [(0, 0, 1, 0), (1, 0, 4, 0)]
    assert answer(facts).exceptions == [(0, WIN, 5, 1, int(Reason.PROMISE_OF_OTHERS))]


def test_held_units_leave_first() -> None:
    facts = Facts(
        orders=(
            OrderLine(1, 1, 5),
            OrderLine(2, 1, 2, commitment=FIRM),
            OrderLine(3, 1, 2, commitment=LOCKED),
        ),
        units=(Units(1, 5),),
        held=(Held(2, 1, 1, 2, 0), Held(3, 1, 1, 2, 0)),
    )
    assert pegs(facts) == [(0, 0, 1, 0), (1, 0, 2, 0), (2, 0, 2, 0)]
    assert [row[0] for row in answer(facts).lines] == [1, 2, 0]


def test_units_that_are_gone_are_lost() -> None:
    facts = Facts(orders=(OrderLine(1, 1, 5),), units=(Units(1, 2),), held=(Held(1, 1, None, 5, 3),))
    assert answer(facts).changes == [(0, LOST, 5, 2, AS_OF + 3, AS_OF, int(Reason.SUPPLY_CHANGED), -1, True)]


def test_a_flow_moves_one_demand_for_another() -> None:
    assert can_meet([(2, [0, 1]), (2, [0])], {0: 2, 1: 2})
    assert not can_meet([(2, [0, 1]), (2, [0]), (1, [0, 1])], {0: 2, 1: 2})
    assert can_meet([], {})
    assert not can_meet([(1, [])], {0: 5})
