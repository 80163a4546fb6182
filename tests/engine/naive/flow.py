"""Whether demands can all be met at the same time: a maximum flow, one augmenting path after another."""

from __future__ import annotations


def can_meet(demands: list[tuple[int, list[int]]], left: dict[int, int]) -> bool:
    """Whether each demand (units, supplies that serve it) gets its units at the same time as all others."""
    given: dict[int, dict[int, int]] = {supply: {} for supply in left}  # supply -> demand -> units
    for demand, (units, supplies) in enumerate(demands):
        missing = units
        while missing:
            pushed = push(demand, missing, set(), (demands, given, left)) if supplies else 0
            if not pushed:
                return False
            missing -= pushed
    return True


Flow = tuple[list[tuple[int, list[int]]], dict[int, dict[int, int]], dict[int, int]]


def push(demand: int, units: int, seen: set[int], flow: Flow) -> int:
    """Give up to so many units to a demand, moving other demands to other supplies where that makes room."""
    demands, given, left = flow
    for supply in demands[demand][1]:
        if supply in seen:
            continue
        seen.add(supply)
        free = left[supply] - sum(given[supply].values())
        if free > 0:
            moved = min(free, units)
            given[supply][demand] = given[supply].get(demand, 0) + moved
            return moved
        for other, amount in list(given[supply].items()):
            if other == demand or not amount:
                continue
            moved = push(other, min(units, amount), seen, flow)
            if moved:
                given[supply][other] -= moved
                given[supply][demand] = given[supply].get(demand, 0) + moved
                return moved
    return 0
