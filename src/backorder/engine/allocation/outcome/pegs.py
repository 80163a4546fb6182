"""The pegs of a plan: which units of which supply are whose, and when they ship."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import COUNT_TAKES, Desk
from backorder.engine.allocation.plan import Pegs
from backorder.engine.compiled import array_kernel
from backorder.engine.grouping import list_by_code


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
