"""What is free behind everybody who ordered before: the engine serves the asked lines last, from what the plan in force leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.allocation.facts.newcomers import append_lines
from backorder.allocation.facts.snapshot import Facts
from backorder.engine.allocation import Policy
from backorder.engine.allocation.allocate import decide, write_plan
from backorder.engine.allocation.desk import COUNT_TAKES
from backorder.engine.allocation.part import take_part
from backorder.engine.allocation.plan import Companions, Offers
from backorder.engine.allocation.seating.days import available_days, first_days
from backorder.engine.allocation.seating.places import tour_places
from backorder.engine.allocation.seating.seat import Seating
from backorder.engine.allocation.snapshot import AS_READY, LOCKED, NEVER, ON_HAND_ONLY, SOFT, Lines, Snapshot
from backorder.orders.models import Line

HAND = -NEVER
"""The day by which only what lies on hand counts."""


@dataclass(frozen=True)
class Cover:
    """What covers an asked line. Days are numbers of the engine."""

    by_day: tuple[tuple[int, int], ...]  # day, units: in order
    shortage: int
    inbound: tuple[int, ...]  # rows of supplies that it depends on

    @property
    def units(self) -> int:
        """Count the units that are covered."""
        return sum(units for _, units in self.by_day)


@dataclass(frozen=True)
class Seated:
    """Asked lines that are served, and what they were served from."""

    snapshot: Snapshot
    policy: Policy
    seating: Seating
    rows: list[int]  # of each asked line in the snapshot; -1: it asks no units


class FreeUnits:
    """The units that nobody's plan needs, for asked lines, each standing behind those before it."""

    def __init__(self, facts: Facts, policy: Policy, lines: Sequence[Line]) -> None:
        """Take the lines behind all others. With guarantees these are in the part too, for floors and ceilings count them."""
        self.policy, self.count = policy, len(lines)
        whole = append_lines(facts, lines)
        others = np.flatnonzero(facts.inside) if policy.guarantees else np.zeros(0, np.int64)
        asked = len(facts.lines) + np.arange(len(lines))
        self.part = take_part(whole, np.append(others, asked), np.arange(len(whole.supplies)))
        pegged, held = sum_pegs(facts.snapshot), sum_pegs(self.part)
        supplies = self.part.supplies
        self.quantity = np.maximum(supplies.quantity - pegged, 0) + held
        self.arrives = np.where(supplies.inbound, available_days(self.part, policy), HAND)
        self.asked_on = self.earliest_days(len(others))

    def earliest_days(self, others: int) -> NDArray[np.int64]:
        """Name the requested days as if everybody asked wanted all at once: the earliest that can be had is what counts."""
        days = np.array(self.part.lines.requested_on, np.int64)
        days[others:] = np.minimum(days[others:], self.part.as_of)
        return days

    def serve(self, quantities: Sequence[int], until: int = NEVER) -> list[Cover]:
        """Serve the first lines with so many units each as early as can be, from what arrives by a day."""
        return read_covers(self.seat(quantities, until, self.asked_on))

    def plan(self, quantities: Sequence[int]) -> list[Cover]:
        """Serve all lines for the days that they ask."""
        return read_covers(self.seat(quantities, NEVER, self.part.lines.requested_on))

    def first_days(self) -> list[int]:
        """Name for each line the first day on which anything can ship to it."""
        days = first_days(self.part, self.policy, tour_places(self.part.locations))
        asked: list[int] = days[self.part.lines.location[len(self.part.lines) - self.count :]].tolist()
        return asked

    def offer(self, quantities: Sequence[int]) -> list[tuple[int, Offers]]:
        """Offer what stands in for what is late or short of the first lines: the number of the line, and its rows."""
        seated = self.seat(quantities, NEVER, self.part.lines.requested_on)
        offers = write_plan(seated.snapshot, seated.policy, seated.seating).offers
        return [
            (number, offers.take(offers.line == row)) for number, row in enumerate(seated.rows) if row >= 0
        ]

    def seat(self, quantities: Sequence[int], until: int, requested_on: NDArray[np.int64]) -> Seated:
        """Let the engine serve. A line of no units is left out."""
        others = len(self.part.lines) - self.count
        wanted = np.array(quantities, np.int64)
        chosen = np.flatnonzero(wanted > 0)
        rows = np.append(np.arange(others), others + chosen)
        taken = take_part(self.part, rows, np.arange(len(self.part.supplies)))
        columns: dict[str, Any] = dict(taken.lines.columns())
        hand_only = columns["commitment"] == ON_HAND_ONLY
        columns |= {
            "quantity": np.append(columns["quantity"][:others], wanted[chosen]),
            "requested_on": requested_on[rows],
            "commitment": np.where(rows < others, LOCKED, np.where(hand_only, ON_HAND_ONLY, SOFT)),
            "ship_policy": np.full(len(rows), AS_READY),
            "minimum_quantity": np.ones(len(rows), np.int64),
        }
        supplies = replace(taken.supplies, quantity=np.where(self.arrives <= until, self.quantity, 0))
        snapshot = replace(taken, lines=Lines(**columns), supplies=supplies)
        policy = replace(
            self.policy,
            segments=(),
            freeze_days=0,
            rank_mode="attributes",
            rank_keys=(),
            guaranteed_after_days=None,
        )
        places = np.full(len(wanted), -1)
        places[chosen] = others + np.arange(len(chosen))
        return Seated(snapshot, policy, decide(snapshot, policy, Companions.empty()), places.tolist())


def sum_pegs(snapshot: Snapshot) -> NDArray[np.int64]:
    """Sum what the plan in force has of each supply."""
    now = snapshot.current
    there = now.supply >= 0
    return np.bincount(now.supply[there], now.quantity[there], len(snapshot.supplies)).astype(np.int64)


def read_covers(seated: Seated) -> list[Cover]:
    """Read what each asked line took."""
    seating, desk = seated.seating, seated.seating.desk
    takes = desk.takes[: desk.counts[COUNT_TAKES]]
    covers = []
    for row in seated.rows:
        if row < 0:
            covers.append(Cover((), 0, ()))
            continue
        seat = int(seating.seat[row])
        mine = takes[takes.line == seat]
        by_day: dict[int, int] = {}
        for day, units in zip(mine.day.tolist(), mine.units.tolist(), strict=True):
            if units:
                by_day[day] = by_day.get(day, 0) + units
        inbound = mine.supply[desk.supplies.inbound[mine.supply] > 0]
        depends = tuple(sorted({int(seating.supply_rows[k]) for k in inbound}))
        covers.append(Cover(tuple(sorted(by_day.items())), int(desk.lines[seat].left), depends))
    return covers
