"""Laying the order lines on the desk."""

from __future__ import annotations

from typing import Any

import numpy as np

from backorder.engine.allocation.desk import (
    Records,
)
from backorder.engine.allocation.plan import Companions
from backorder.engine.allocation.policy import FILL, LOSE, SKIP
from backorder.engine.allocation.seating.rank import Ranking
from backorder.engine.allocation.snapshot import LINE_COMPLETE, NEVER, ON_HAND_ONLY, Snapshot
from backorder.engine.compiled import kernel


def list_line_columns(snapshot: Snapshot, ranking: Ranking, elsewhere: Companions) -> tuple[Any, Any, Any]:
    """List the columns that the seats take, by row: what is asked, flags, and what ranking chose."""
    lines = snapshot.lines
    columns = (
        lines.item,
        lines.location,
        lines.quantity,
        lines.needed_by,
        lines.requested_on,
        lines.promised_on,
    )
    outside = np.zeros(len(lines), bool)
    outside[elsewhere.line] = True
    kinds = (
        lines.commitment,
        lines.ship_policy == LINE_COMPLETE,
        lines.commitment == ON_HAND_ONLY,
        outside,
    )
    order = np.where(ranking.grouped, lines.order, np.int32(-1))
    choices = (ranking.segment, ranking.strategy, order, lines.minimum_quantity)
    return columns, kinds, choices


@kernel
def seat_lines(
    seats: Records, seat: Any, rank: Any, columns: Any, kinds: Any, choices: Any, places: Any, first_day: Any
) -> None:
    """Fill the line records; `seat` names the record of each row, `rank` the rank at each seat."""
    item, location, quantity, needed_by, requested_on, promised_on = columns
    commitment, line_complete, on_hand_only, elsewhere = kinds
    segment, strategy, order, minimum, cell = choices
    tour, tour_end, depth = places
    anywhere = len(tour) - 1
    for row in range(len(seat)):
        line = seats[seat[row]]
        place = location[row] if location[row] >= 0 else anywhere
        line.row = row
        line.rank = rank[seat[row]]
        line.quantity = quantity[row]
        line.left = quantity[row]
        line.minimum = min(minimum[row], quantity[row])
        line.of_item = item[row]
        line.place = location[row]
        line.place_in = tour[place]
        line.place_out = tour_end[place]
        line.depth = depth[place]
        line.due = max(requested_on[row], first_day[place])
        line.by = needed_by[row]
        line.promise = NEVER
        if (
            promised_on[row] < NEVER
            and strategy[row] != SKIP
            and strategy[row] != FILL
            and strategy[row] != LOSE
        ):
            line.promise = max(promised_on[row], first_day[place])
        line.order = order[row]
        line.companion = -1
        line.elsewhere = elsewhere[row]
        line.cell = cell[row]
        line.blocked_on = NEVER
        line.could_on = NEVER
        line.strategy = strategy[row]
        line.segment = segment[row]
        line.commitment = commitment[row]
        line.on_hand_only = on_hand_only[row]
        line.line_complete = line_complete[row] and order[row] < 0
