"""Guarantees before lines are served: which group each line stands in, and what its floor comes to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.cells import NO_CEILING
from backorder.engine.allocation.desk import CELL, Records, records
from backorder.engine.allocation.match import match_all
from backorder.engine.allocation.policy import Guarantee, Policy
from backorder.engine.allocation.share import share_equally
from backorder.engine.allocation.snapshot import MILLION, Snapshot

BLANK = -1


@dataclass(frozen=True)
class Cells:
    """A cell for each guarantee, item and period in which some line stands; parents before children."""

    records: Records
    of_line: NDArray[np.int32]  # by row: the innermost cell, or -1
    guarantee: NDArray[np.int64]  # by cell
    item: NDArray[np.int64]
    period: NDArray[np.int64]  # its first day; 0 for total


def write_cells(snapshot: Snapshot, policy: Policy) -> Cells:
    """Place each line, then let claims shrink in proportion where floors exceed supply."""
    guarantees = policy.guarantees
    depth = guarantee_depths(guarantees)
    numbers = {guarantee.name: number for number, guarantee in enumerate(guarantees)}
    parents = [numbers[guarantee.parent] if guarantee.parent else BLANK for guarantee in guarantees]
    innermost = place_lines(snapshot, policy, depth)
    placed = np.flatnonzero(innermost >= 0)
    where = np.empty((len(placed), 3), np.int64)  # guarantee, item, first day of the period
    where[:, 0], where[:, 1] = innermost[placed], snapshot.lines.item[placed]
    for number, guarantee in enumerate(guarantees):
        inside = where[:, 0] == number
        where[inside, 2] = start_of_period(guarantee.period, snapshot.lines.requested_on[placed][inside])
    distinct, of_distinct = np.unique(where, axis=0, return_inverse=True)

    chains: list[
        list[tuple[int, int, int, int]]
    ] = []  # from the innermost outwards: depth, item, guarantee, period
    for number, item, day in distinct.tolist():
        chain, above = [], number
        while above != BLANK:
            start = int(start_of_period(guarantees[above].period, np.array([day]))[0])
            chain.append((depth[above], item, above, start))
            above = parents[above]
        chains.append(chain)
    at = {key: cell for cell, key in enumerate(sorted({key for chain in chains for key in chain}))}
    group = records(len(at), CELL)
    group.parent[:] = BLANK
    for chain in chains:
        for inner, outer in pairwise(chain):
            group[at[inner]].parent = at[outer]
    of_line = np.full(len(snapshot.lines), BLANK, np.int32)
    of_line[placed] = np.array([at[chain[0]] for chain in chains], np.int32)[of_distinct.ravel()]
    columns = np.array(list(at), np.int64).reshape(-1, 4)
    cells = Cells(group, of_line, columns[:, 2], columns[:, 1], columns[:, 3])
    grant_floors(snapshot, policy, cells)
    return cells


def guarantee_depths(guarantees: tuple[Guarantee, ...]) -> list[int]:
    """Count the ancestors of each guarantee."""
    parent = {guarantee.name: guarantee.parent for guarantee in guarantees}
    depths = []
    for guarantee in guarantees:
        depth, above = 0, guarantee.parent
        while above:
            depth, above = depth + 1, parent[above]
        depths.append(depth)
    return depths


def place_lines(snapshot: Snapshot, policy: Policy, depth: list[int]) -> NDArray[np.int64]:
    """Find the innermost guarantee of each line: the first match among the roots, then among its children, and so on."""
    innermost = np.full(len(snapshot.lines), BLANK, np.int64)
    numbers = {guarantee.name: number for number, guarantee in enumerate(policy.guarantees)}
    for level in range(max(depth, default=-1) + 1):
        outer = innermost.copy()
        for number, guarantee in enumerate(policy.guarantees):
            if depth[number] == level:
                above = numbers[guarantee.parent] if guarantee.parent else BLANK
                open_to = (outer == above) & (innermost == outer)
                met = match_all(snapshot, guarantee.where, f"guarantee[{number + 1}]")
                innermost[open_to & met] = number
    return innermost


def start_of_period(period: str, days: NDArray[Any]) -> NDArray[np.int64]:
    """Name each day's period by its first day; weeks start on Monday, and all days are one "total"."""
    day = days.astype(np.int64)
    if period == "day":
        return day
    if period == "week":
        return day - (day + 3) % 7  # 1970-01-01 was a Thursday
    if period == "month":
        return day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.zeros(len(day), np.int64)


def grant_floors(snapshot: Snapshot, policy: Policy, cells: Cells) -> None:
    """Write ceilings, and the floor that each cell is granted: its claim, shrunk where claims exceed what there is."""
    group = cells.records
    supply = np.bincount(snapshot.supplies.item, snapshot.supplies.quantity, snapshot.items).astype(np.int64)
    asked = np.zeros(len(group), np.int64)
    placed = cells.of_line >= 0
    np.add.at(asked, cells.of_line[placed], snapshot.lines.quantity[placed])
    has_floor = np.zeros(len(group), bool)
    for cell in range(len(group) - 1, -1, -1):  # children before parents
        rule = policy.guarantees[cells.guarantee[cell]]
        there = int(supply[cells.item[cell]])
        group[cell].ceiling = find_limit(rule.ceiling, rule.ceiling_share, there, NO_CEILING)
        floor = find_limit(rule.floor, rule.floor_share, there, BLANK)
        has_floor[cell] = floor != BLANK
        claim = (
            floor if has_floor[cell] else group[cell].floor
        )  # else the sum of its children's claims, added below
        group[cell].floor = min(claim, asked[cell], group[cell].ceiling)
        if group[cell].parent >= 0:
            asked[group[cell].parent] += asked[cell]
            group[group[cell].parent].floor += group[cell].floor
    shrink_claims(group, supply, cells.item)


def find_limit(units: int | None, share: int | None, there: int, absent: int) -> int:
    """Read a limit in units, or as a share of what there is, rounded down."""
    if share is not None:
        return there * share // MILLION
    return absent if units is None else units


def shrink_claims(group: Records, supply: NDArray[np.int64], item: NDArray[np.int64]) -> None:
    """Shrink claims of siblings that exceed their parent's, and of roots that exceed the item's supply, in proportion."""
    families: dict[tuple[int, int], list[int]] = {}
    for cell in range(len(group)):
        families.setdefault((int(group[cell].parent), int(item[cell])), []).append(cell)
    for (parent, of_item), siblings in families.items():  # parents come first
        there = int(supply[of_item]) if parent == BLANK else int(group[parent].floor)
        claims = group.floor[siblings]
        if claims.sum() > there:
            positive = np.flatnonzero(claims > 0)
            granted = np.zeros(len(siblings), np.int64)
            granted[positive] = share_equally(there, np.zeros(len(positive), np.int64), claims[positive])
            group.floor[siblings] = granted
        if parent != BLANK:
            group[parent].children = group.floor[siblings].sum()
