"""From takes to the plan: what each line got, and the pegs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import COUNT_TAKES, Desk
from backorder.engine.allocation.plan import Outcomes, Pegs
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import array_kernel, kernel
from backorder.engine.grouping import list_by_code


@kernel
def sum_takes(desk: Desk) -> None:
    """Sum the takes of each line."""
    for i in range(len(desk.lines)):
        line, outcome = desk.lines[i], desk.outcomes[i]
        outcome.rank = line.rank
        outcome.segment = line.segment
        outcome.strategy = line.strategy
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


def collect_pegs(desk: Desk, position: NDArray[np.int32]) -> Pegs:
    """Sum takes of one line on one supply and day, sorted by line, day, and the output's order of supplies."""
    takes = read_takes(desk)
    rows, start = list_by_code(takes[0], len(desk.lines))
    return Pegs(*merge_takes(rows, start, takes, position))


@array_kernel
def read_takes(desk: Desk) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Read the takes as columns: row of the line, row of the supply, units, day."""
    count = desk.counts[COUNT_TAKES]
    line, supply = np.empty(count, np.int32), np.empty(count, np.int32)
    quantity, day = np.empty(count, np.int64), np.empty(count, np.int32)
    for row in range(count):
        taken = desk.takes[row]
        line[row] = desk.lines[taken.line].row
        supply[row] = desk.supplies[taken.supply].row
        quantity[row] = taken.quantity
        day[row] = taken.day
    return line, supply, quantity, day


@array_kernel
def merge_takes(rows: Any, start: Any, takes: Any, position: Any) -> tuple[np.ndarray, ...]:
    """Sort the takes of each line by day and position and add up equal ones; gives the columns of Pegs."""
    _, supply, quantity, day = takes
    line_of, supply_of = np.empty(len(rows), np.int32), np.empty(len(rows), np.int32)
    units, ships_on = np.empty(len(rows), np.int64), np.empty(len(rows), np.int32)
    pegs = 0
    for i in range(len(start) - 1):
        first, last = start[i], start[i + 1]
        if last - first > 1:
            key = np.empty(last - first, np.int64)
            for at in range(first, last):
                key[at - first] = np.int64(day[rows[at]]) * (1 << 31) + position[supply[rows[at]]]
            rows[first:last] = rows[first:last][np.argsort(key, kind="mergesort")]
        begin = pegs
        for at in range(first, last):
            row = rows[at]
            if pegs > begin and supply_of[pegs - 1] == supply[row] and ships_on[pegs - 1] == day[row]:
                units[pegs - 1] += quantity[row]
                continue
            line_of[pegs] = i
            supply_of[pegs] = supply[row]
            units[pegs] = quantity[row]
            ships_on[pegs] = day[row]
            pegs += 1
    return line_of[:pegs], supply_of[:pegs], units[:pegs], ships_on[:pegs]


@array_kernel
def count_ahead(desk: Desk, by_item: Any, start: Any) -> None:
    """Count, for each ranked line, the units and lines that better ranks ask of its item at a place it can use.

    Two places meet if one is inside the other: so what was asked above the line's place counts, and all inside it.
    """
    anywhere = len(desk.parent)
    at_units, at_lines = (
        np.zeros(anywhere + 1, np.int64),
        np.zeros(anywhere + 1, np.int64),
    )  # asked at exactly this place
    in_units, in_lines = (
        np.zeros(anywhere + 1, np.int64),
        np.zeros(anywhere + 1, np.int64),
    )  # asked at it or inside it
    for item in range(len(start) - 1):
        for at in range(start[item], start[item + 1]):
            i = by_item[at]
            line, outcome = desk.lines[i], desk.outcomes[i]
            if line.rank == 0:
                continue
            place = line.place if line.place >= 0 else anywhere
            outcome.units_ahead, outcome.lines_ahead = in_units[place], in_lines[place]
            at_units[place] += line.quantity
            at_lines[place] += 1
            in_units[place] += line.quantity
            in_lines[place] += 1
            while place != anywhere:
                above = desk.parent[place]
                place = above if above >= 0 else anywhere
                outcome.units_ahead += at_units[place]
                outcome.lines_ahead += at_lines[place]
                in_units[place] += line.quantity
                in_lines[place] += 1
        for at in range(start[item], start[item + 1]):
            place = desk.lines[by_item[at]].place
            while place >= 0:
                at_units[place] = at_lines[place] = in_units[place] = in_lines[place] = 0
                place = desk.parent[place]
        at_units[anywhere] = at_lines[anywhere] = in_units[anywhere] = in_lines[anywhere] = 0
