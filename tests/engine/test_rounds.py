"""The seats of lines: as they rank, but item by item as far as complete orders allow."""

from itertools import groupby, pairwise

import numpy as np
from hypothesis import given

from backorder.engine.allocation.policy import FAIR_SHARE
from backorder.engine.allocation.seating.families import link_kits, number_roots
from backorder.engine.allocation.seating.rank import Ranking, rank_lines
from backorder.engine.allocation.seating.rounds import order_seats
from tests.engine.cases import facts
from tests.engine.facts import Facts, build


def tier_of(ranking: Ranking, place: int) -> tuple[bool, int, int]:
    row = ranking.rows[place]
    strategy = int(ranking.strategy[row])
    return place >= ranking.unranked, strategy, int(ranking.segment[row]) if strategy == FAIR_SHARE else -1


def hold_the_rules_of_seats(case: Facts) -> bool:
    """Hold each rule; gives whether any line sits elsewhere than it ranks."""
    snapshot = build(case)
    ranking = rank_lines(snapshot, case.policy)
    places = order_seats(snapshot, ranking).tolist()
    assert sorted(places) == list(range(len(places)))
    seated = [tier_of(ranking, place) for place in places]
    assert seated == [tier_of(ranking, place) for place in range(len(places))]
    rows = ranking.rows[places]
    family = number_roots(link_kits(snapshot))[snapshot.lines.item[rows]]
    for number in np.unique(family):
        of_family = [place for place, own in zip(places, family == number, strict=True) if own]
        assert of_family == sorted(of_family)
    order = np.where(ranking.grouped[rows], snapshot.lines.order[rows], -1).tolist()
    runs = [number for number, _ in groupby(order) if number >= 0]
    assert len(runs) == len(set(runs))
    assert all(
        here < there
        for here, there, a, b in zip(places, places[1:], order, order[1:], strict=False)
        if a == b >= 0
    )
    return any(there < here for here, there in pairwise(places))


@given(facts("items", "complete", "fair_share", "priority", most=6))
def test_lines_of_an_item_keep_their_ranks_tiers_and_complete_orders_stay_whole(case: Facts) -> None:
    hold_the_rules_of_seats(case)


@given(facts("items", "complete", "skip", "win", "locked", "kits", most=6))
def test_they_do_beside_lines_without_a_rank_and_kits(case: Facts) -> None:
    hold_the_rules_of_seats(case)
