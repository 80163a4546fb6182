"""From takes to the plan: what each line got, and the pegs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import COUNT_TAKES, Desk
from backorder.engine.allocation.plan import Pegs
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import array_kernel
from backorder.engine.grouping import list_by_code


class Sums(NamedTuple):
    """By seat: what a line got."""

    units: NDArray[np.int64]
    hand_units: NDArray[np.int64]
    units_in_time: NDArray[np.int64]
    first_day: NDArray[np.int64]  # NEVER if nothing
    last_day: NDArray[np.int64]  # -NEVER if nothing


@array_kernel
def sum_takes(desk: Desk) -> Sums:
    """Sum the takes of each line."""
    count = len(desk.lines)
    units, hand_units, in_time = (
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
    )
    first_day, last_day = np.full(count, NEVER, np.int64), np.full(count, -NEVER, np.int64)
    for row in range(desk.counts[COUNT_TAKES]):
        taken = desk.takes[row]
        i = taken.line
        units[i] += taken.units
        hand_units[i] += taken.hand_units
        if taken.day <= desk.lines[i].due:
            in_time[i] += taken.units
        first_day[i] = min(first_day[i], taken.day)
        last_day[i] = max(last_day[i], taken.day)
    return Sums(units, hand_units, in_time, first_day, last_day)


def collect_pegs(desk: Desk, position: NDArray[np.int32]) -> Pegs:
    """Sum takes of one line on one supply and day, sorted by line, day, and the output's order of supplies."""
    line, supply, quantity, ships_on = read_takes(desk)
    rows, start = list_by_code(line, len(desk.lines))
    count = merge_pegs(rows, start, (line, supply, quantity, ships_on), position)
    kept = rows[:count]
    return Pegs(line[kept], supply[kept], quantity[kept], ships_on[kept])


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
def merge_pegs(rows: Any, start: Any, pegs: Any, position: Any) -> int:
    """Sort the rows of each line by day and position, add up equal ones, and move those that stay to the front."""
    _, supply, quantity, day = pegs
    kept = 0
    for i in range(len(start) - 1):
        first, last = start[i], start[i + 1]
        if last - first > 1:
            key = np.empty(last - first, np.int64)
            for at in range(first, last):
                key[at - first] = np.int64(day[rows[at]]) * (1 << 31) + position[supply[rows[at]]]
            rows[first:last] = rows[first:last][np.argsort(key, kind="mergesort")]
        begin = kept
        for at in range(first, last):
            row = rows[at]
            before = rows[kept - 1] if kept > begin else -1
            if before >= 0 and supply[before] == supply[row] and day[before] == day[row]:
                quantity[before] += quantity[row]
            else:
                rows[kept] = row
                kept += 1
    return kept


@array_kernel
def count_ahead(desk: Desk, by_item: Any, start: Any) -> tuple[np.ndarray, np.ndarray]:
    """Count, for each ranked line, the units and lines that better ranks ask of its item at a place it can use.

    Two places meet if one is inside the other: so what was asked above the line's place counts, and all inside it.
    """
    count, anywhere = len(desk.lines), len(desk.parent)
    units, lines = np.zeros(count, np.int64), np.zeros(count, np.int64)
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
            line = desk.lines[i]
            if line.rank == 0:
                continue
            place = line.place if line.place >= 0 else anywhere
            units[i], lines[i] = in_units[place], in_lines[place]
            at_units[place] += line.quantity
            at_lines[place] += 1
            in_units[place] += line.quantity
            in_lines[place] += 1
            while place != anywhere:
                above = desk.parent[place]
                place = above if above >= 0 else anywhere
                units[i] += at_units[place]
                lines[i] += at_lines[place]
                in_units[place] += line.quantity
                in_lines[place] += 1
        for at in range(start[item], start[item + 1]):
            place = desk.lines[by_item[at]].place
            while place >= 0:
                at_units[place] = at_lines[place] = in_units[place] = in_lines[place] = 0
                place = desk.parent[place]
        at_units[anywhere] = at_lines[anywhere] = in_units[anywhere] = in_lines[anywhere] = 0
    return units, lines
