"""The order in which lines sit on the desk: as they rank, but item by item as far as complete orders allow.

Lines of items that share nothing may be served in any order, and a machine is several times faster if it stays with one item.
Only a complete order must find all its items as they are when all better ranks have been served. So a tier is cut into rounds: a
complete order opens, for its items, the round after the last one that any of them is in, and the lines behind it follow in that
round. Within one round no two complete orders share an item. The lines of each item keep the order in which they rank.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.policy import FAIR_SHARE
from backorder.engine.allocation.seating.families import link_kits, number_roots
from backorder.engine.allocation.seating.rank import Ranking
from backorder.engine.allocation.snapshot import Snapshot
from backorder.engine.compiled import kernel
from backorder.engine.grouping import sort_rows


def order_seats(snapshot: Snapshot, ranking: Ranking) -> NDArray[np.int64]:
    """Give the place in the ranking of the line at each seat: tier by tier, round by round, complete orders first."""
    rows = ranking.rows
    tier, round_of, who = (np.empty(len(rows), np.int64) for _ in range(3))
    family = number_roots(link_kits(snapshot))[snapshot.lines.item[rows]]
    order = np.where(ranking.grouped[rows], snapshot.lines.order[rows], -1)
    chosen = (ranking.strategy[rows], ranking.segment[rows], ranking.unranked)
    number_rounds((tier, round_of, who), order, family, chosen, np.zeros(snapshot.items, np.int64))
    return sort_rows([tier, round_of, who], len(rows))


@kernel
def number_rounds(keys: Any, order: Any, family: Any, chosen: Any, reached: Any) -> None:
    """Write, for each place in the ranking, its tier, its round, and within that its complete order or the family of its item."""
    tier, round_of, who = keys
    strategy, segment, unranked = chosen
    number, first = 0, 0
    while first < len(order):
        if first > 0 and (
            first == unranked
            or strategy[first] != strategy[first - 1]
            or (strategy[first] == FAIR_SHARE and segment[first] != segment[first - 1])
        ):
            number += 1
        last = first + 1
        if order[first] < 0:
            round_of[first] = reached[family[first]]
            who[first] = len(order) + family[first]
        else:
            while last < len(order) and order[last] == order[first]:
                last += 1
            opened = 0
            for place in range(first, last):
                opened = max(opened, reached[family[place]] + 1)
            for place in range(first, last):
                reached[family[place]] = opened
                round_of[place] = opened
                who[place] = first
        for place in range(first, last):
            tier[place] = number
        first = last
