"""Floors and ceilings: groups of lines by item and period, what each may claim, and what is left of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from backorder.engine.allocation.policy import Guarantee
from backorder.engine.allocation.snapshot import MILLION

from .rank import EPOCH, matches
from .world import Line, World

Period = tuple[int, ...]
Group = tuple[int, int, Period]  # guarantee, item, period


@dataclass
class Limits:
    """A group's claim on the floor and its ceiling, in units."""

    claim: int
    ceiling: int | None
    children: list[Group]


class Guarantees:
    def __init__(self, world: World) -> None:
        self.world = world
        self.rules: Sequence[Guarantee] = world.policy.guarantees
        self.number = {rule.name: place for place, rule in enumerate(self.rules)}
        self.path = {line: self.find_path(line) for line in world.lines}  # from the root down
        self.members: dict[Group, list[Line]] = {}
        for line, path in self.path.items():
            for group in path:
                self.members.setdefault(group, []).append(line)
        self.limits: dict[Group, Limits] = {}
        for item in {item for _, item, _ in self.members}:
            self.set_claims(item)

    def find_path(self, line: Line) -> list[Group]:
        """The first matching root, the first matching child of that, and so on."""
        path: list[Group] = []
        above = ""
        while True:
            for number, rule in enumerate(self.rules):
                if rule.parent == above and matches(self.world, line, rule.where):
                    path.append((number, line.item, period_of(rule.period, line.requested_on)))
                    above = rule.name
                    break
            else:
                return path

    def supply_of(self, item: int) -> int:
        return sum(supply.quantity for supply in self.world.supplies if supply.item == item)

    def set_claims(self, item: int) -> None:
        roots = sorted(
            group for group in self.members if group[1] == item and not self.rules[group[0]].parent
        )
        for root in roots:
            self.set_limits(root)
        self.shrink(roots, self.supply_of(item))

    def set_limits(self, group: Group) -> None:
        """The claim before it shrinks: least of floor, ask and ceiling; without a floor what the children claim."""
        number, item, _ = group
        rule = self.rules[number]
        children = sorted(
            {
                path[level + 1]
                for path in self.path.values()
                for level in range(len(path) - 1)
                if path[level] == group
            }
        )
        for child in children:
            self.set_limits(child)
        claim = amount(rule.floor, rule.floor_share, self.supply_of(item))
        if claim is None:
            claim = sum(self.limits[child].claim for child in children)
        ceiling = amount(rule.ceiling, rule.ceiling_share, self.supply_of(item))
        claim = min(claim, sum(line.quantity for line in self.members[group]))
        if ceiling is not None:
            claim = min(claim, ceiling)
        self.limits[group] = Limits(claim, ceiling, children)

    def shrink(self, groups: list[Group], most: int) -> None:
        """Shrink claims in proportion to what there is, then those of the children to each."""
        for group, claim in zip(
            groups, shrink_in_proportion([self.limits[group].claim for group in groups], most), strict=True
        ):
            limits = self.limits[group]
            limits.claim = claim
            self.shrink(limits.children, claim)

    def load(self, group: Group, used: dict[Group, int]) -> int:
        """What counts against the floor of a group: claims of children, what they got beyond, and its own lines."""
        children = self.limits[group].children
        own = used.get(group, 0) - sum(used.get(child, 0) for child in children)
        return own + sum(max(self.limits[child].claim, self.load(child, used)) for child in children)

    def floor_left(self, line: Line, used: dict[Group, int]) -> int:
        """What is left of the line's floor and of the surplus of the floors above it."""
        return sum(max(self.limits[group].claim - self.load(group, used), 0) for group in self.path[line])


def amount(units: int | None, share: int | None, supply: int) -> int | None:
    return units if share is None else supply * share // MILLION


def shrink_in_proportion(claims: list[int], most: int) -> list[int]:
    """Whole units that add up to `most` if the claims exceed it: largest remainder, ties by place."""
    total = sum(claims)
    if total <= most:
        return claims
    exact = [Fraction(claim * most, total) for claim in claims]
    whole = [int(part) for part in exact]
    by_remainder = sorted(range(len(claims)), key=lambda place: (whole[place] - exact[place], place))
    for place in by_remainder[: most - sum(whole)]:
        whole[place] += 1
    return whole


def period_of(period: str, day: int) -> Period:
    date = EPOCH + dt.timedelta(days=day)
    return {
        "total": (),
        "day": (day,),
        "week": tuple(date.isocalendar()[:2]),
        "month": (date.year, date.month),
    }[period]
