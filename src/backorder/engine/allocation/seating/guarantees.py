"""Guarantees before lines are served: which group each line stands in, and what its floor comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import CELL, NO_CEILING, Records, records
from backorder.engine.allocation.policy import Guarantee, Policy
from backorder.engine.allocation.seating.match import match_all
from backorder.engine.allocation.snapshot import MILLION, Snapshot
from backorder.engine.grouping import sum_by
from backorder.engine.share import share_equally

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
    guarantees, lines = policy.guarantees, snapshot.lines
    depth = guarantee_depths(guarantees)
    innermost = place_lines(snapshot, policy, depth)
    placed = np.flatnonzero(innermost >= 0)
    day = start_of_periods(policy, innermost[placed], lines.requested_on[placed])
    low = min(0, int(day.min(initial=0))) - 31  # the month of the earliest day may begin so much before it
    keys = CellKeys(np.array(depth, np.int64), snapshot.items, low, int(day.max(initial=0)) - low + 1)
    own = keys.pack(innermost[placed], lines.item[placed].astype(np.int64), day)

    found = [np.unique(own)]
    while len(found[-1]):  # those above them, level by level
        found.append(np.unique(find_parents(policy, keys, found[-1])[1]))
    cells = np.unique(np.concatenate(found))
    group = records(len(cells), CELL)
    group.parent = BLANK
    inner, outer = find_parents(policy, keys, cells)
    group.parent[inner] = np.searchsorted(cells, outer)
    of_line = np.full(len(lines), BLANK, np.int32)
    of_line[placed] = np.searchsorted(cells, own)
    written = Cells(group, of_line, *keys.unpack(cells))
    grant_floors(snapshot, policy, written)
    return written


@dataclass(frozen=True)
class CellKeys:
    """A number for each guarantee, item and first day of a period; in their order parents come before children."""

    depth: NDArray[np.int64]  # of each guarantee
    items: int
    low: int  # no first day is before it
    span: int

    def pack(
        self, guarantee: NDArray[np.int64], item: NDArray[np.int64], day: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Make the numbers."""
        above = (self.depth[guarantee] * self.items + item) * len(self.depth) + guarantee
        return above * self.span + day - self.low

    def unpack(
        self, keys: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Give back guarantee, item and first day."""
        above, day = np.divmod(keys, self.span)
        rest, guarantee = np.divmod(above, max(1, len(self.depth)))
        return guarantee, rest % max(1, self.items), day + self.low


def find_parents(
    policy: Policy, keys: CellKeys, cells: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the cell above each that has one; gives their positions and the keys of those above."""
    numbers = {guarantee.name: number for number, guarantee in enumerate(policy.guarantees)}
    parents = np.array([numbers.get(guarantee.parent, BLANK) for guarantee in policy.guarantees], np.int64)
    guarantee, item, day = keys.unpack(cells)
    above = parents[guarantee]
    inner = np.flatnonzero(above != BLANK)
    start = start_of_periods(policy, above[inner], day[inner])
    return inner, keys.pack(above[inner], item[inner], start)


def start_of_periods(policy: Policy, guarantee: NDArray[np.int64], days: NDArray[Any]) -> NDArray[np.int64]:
    """Name each day's period in its guarantee by its first day."""
    start = np.zeros(len(days), np.int64)
    for number, rule in enumerate(policy.guarantees):
        inside = guarantee == number
        start[inside] = start_of_period(rule.period, days[inside])
    return start


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
    there = supply[cells.item].tolist()
    parent = group.parent.tolist()
    placed = cells.of_line >= 0
    asked = sum_by(cells.of_line[placed], snapshot.lines.quantity[placed], len(group)).tolist()
    rules = [policy.guarantees[number] for number in cells.guarantee.tolist()]
    ceilings = [NO_CEILING] * len(group)
    claims, of_children = [0] * len(group), [0] * len(group)
    for cell in range(len(group) - 1, -1, -1):  # children before parents
        rule = rules[cell]
        ceilings[cell] = find_limit(rule.ceiling, rule.ceiling_share, there[cell], NO_CEILING)
        floor = find_limit(rule.floor, rule.floor_share, there[cell], BLANK)
        claim = of_children[cell] if floor == BLANK else floor
        claims[cell] = min(claim, asked[cell], ceilings[cell])
        if parent[cell] >= 0:
            asked[parent[cell]] += asked[cell]
            of_children[parent[cell]] += claims[cell]
    group.ceiling = ceilings
    group.floor, group.children = shrink_claims(claims, parent, there, cells.item.tolist())


def find_limit(units: int | None, share: int | None, there: int, absent: int) -> int:
    """Read a limit in units, or as a share of what there is, rounded down."""
    if share is not None:
        return there * share // MILLION
    return absent if units is None else units


def shrink_claims(
    claims: list[int], parent: list[int], there: list[int], item: list[int]
) -> tuple[list[int], list[int]]:
    """Shrink claims of siblings that exceed their parent's, and of roots that exceed the item's supply, in proportion.

    Gives what each cell is granted, and what its children are together.
    """
    families: dict[tuple[int, int], list[int]] = {}
    for cell in range(len(claims)):
        families.setdefault((parent[cell], item[cell]), []).append(cell)
    granted, of_children = list(claims), [0] * len(claims)
    for (above, _), siblings in families.items():  # parents come first
        most = there[siblings[0]] if above == BLANK else granted[above]
        wanting = [cell for cell in siblings if claims[cell] > 0]
        if sum(claims[cell] for cell in siblings) > most:
            shares = share_equally(
                most, np.zeros(len(wanting), np.int64), np.array([claims[cell] for cell in wanting], np.int64)
            )
            for cell, share in zip(wanting, shares.tolist(), strict=True):
                granted[cell] = share
        if above != BLANK:
            of_children[above] = sum(granted[cell] for cell in siblings)
    return granted, of_children
