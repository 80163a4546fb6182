"""The forest of locations, numbered so that "inside" is a comparison of two numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.snapshot import Locations
from backorder.engine.grouping import sort_rows


@dataclass(frozen=True)
class Places:
    """`tour` numbers the locations so that those inside a place have numbers from its own to its `tour_end`.

    The last entry of each array stands for "anywhere". `by_rank` lists the locations in the order in which they are used.
    """

    tour: NDArray[np.int32]
    tour_end: NDArray[np.int32]
    depth: NDArray[np.int32]  # anywhere: 0
    by_rank: NDArray[np.int32]
    use_order: NDArray[np.int32]  # position of each location in by_rank
    children_first: NDArray[np.int64]


def tour_places(locations: Locations) -> Places:
    """Give each location its place in a tour, and order them: by rank, those without one last, ties by name."""
    count = len(locations)
    inside: list[list[int]] = [[] for _ in range(count + 1)]
    for location in range(count):
        inside[locations.parent[location]].append(location)
    tour = np.zeros(count + 1, np.int32)
    tour_end = np.full(count + 1, count, np.int32)
    depth = np.zeros(count + 1, np.int32)
    order: list[int] = []
    ahead = [(location, 1) for location in reversed(inside[count])]
    while ahead:
        location, level = ahead.pop()
        tour[location] = len(order)
        depth[location] = level
        order.append(location)
        ahead += [(child, level + 1) for child in reversed(inside[location])]
    for location in reversed(order):
        tour_end[location] = max([tour[location] + 1, *(tour_end[child] for child in inside[location])])
    by_rank = sort_rows([locations.rank], count).astype(np.int32)
    use_order = np.zeros(count, np.int32)
    use_order[by_rank] = np.arange(count)
    return Places(tour, tour_end, depth, by_rank, use_order, np.array(order[::-1], np.int64))
