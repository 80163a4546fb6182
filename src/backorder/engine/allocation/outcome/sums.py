"""What each line got, and the rows of the plan that say so."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import COUNT_TAKES, Desk
from backorder.engine.allocation.plan import Outcomes
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import array_kernel, kernel


@kernel
def sum_takes(desk: Desk) -> None:
    """Sum the takes of each line."""
    for i in range(len(desk.lines)):
        line, outcome = desk.lines[i], desk.outcomes[i]
        outcome.rank = line.rank
        outcome.segment = line.segment
        outcome.strategy = line.strategy
        outcome.units = outcome.hand_units = outcome.units_in_time = 0
        outcome.missing = line.quantity
        outcome.first_day = NEVER
        outcome.last_day = -NEVER
    for row in range(desk.counts[COUNT_TAKES]):
        taken = desk.takes[row]
        outcome = desk.outcomes[taken.line]
        outcome.units += taken.units
        outcome.missing -= taken.units
        outcome.hand_units += taken.hand_units
        if taken.day <= desk.lines[taken.line].due:
            outcome.units_in_time += taken.units
        outcome.first_day = min(outcome.first_day, taken.day)
        outcome.last_day = max(outcome.last_day, taken.day)


def list_outcomes(desk: Desk, seat: NDArray[np.int64]) -> Outcomes:
    """List what came of each line, by row; `seat` names the record of each row."""
    return Outcomes(*read_outcomes(desk, seat))


@array_kernel
def read_outcomes(desk: Desk, seat: Any) -> tuple[np.ndarray, ...]:
    """Read the columns of Outcomes."""
    rows = len(seat)
    rank, segment, strategy = np.empty(rows, np.int64), np.empty(rows, np.int8), np.empty(rows, np.int8)
    on_hand, inbound, missing = np.empty(rows, np.int64), np.empty(rows, np.int64), np.empty(rows, np.int64)
    first_day, last_day, in_time = (
        np.empty(rows, np.int32),
        np.empty(rows, np.int32),
        np.empty(rows, np.bool_),
    )
    units_ahead, lines_ahead = np.empty(rows, np.int64), np.empty(rows, np.int64)
    reason = np.empty(rows, np.int8)
    for row in range(rows):
        outcome = desk.outcomes[seat[row]]
        rank[row] = outcome.rank
        segment[row] = outcome.segment
        strategy[row] = outcome.strategy
        on_hand[row] = outcome.hand_units
        inbound[row] = outcome.units - outcome.hand_units
        missing[row] = outcome.missing
        first_day[row] = outcome.first_day
        last_day[row] = outcome.last_day if outcome.missing <= 0 else NEVER
        in_time[row] = outcome.units_in_time >= outcome.units + outcome.missing
        units_ahead[row] = outcome.units_ahead
        lines_ahead[row] = outcome.lines_ahead
        reason[row] = outcome.reason
    return (
        rank,
        segment,
        strategy,
        on_hand,
        inbound,
        missing,
        first_day,
        last_day,
        in_time,
        units_ahead,
        lines_ahead,
        reason,
    )
