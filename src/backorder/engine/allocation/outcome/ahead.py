"""Who stands before a line: units and lines that better ranks ask."""

from __future__ import annotations

from typing import Any

import numpy as np

from backorder.engine.allocation.desk import Desk
from backorder.engine.compiled import array_kernel


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
