"""What a planner looks at first: what ships now, what waits and until when, what has no supply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backorder.channels.files.sentences import day_text, write_sentences
from backorder.channels.files.snapshot import Facts
from backorder.engine.allocation.figures import count_units_by
from backorder.engine.allocation.plan import Plan
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.days import first_days
from backorder.engine.allocation.seating.places import tour_places
from backorder.engine.tables import NEVER

LONGEST = 10
SPANS = (7, 30, 90)
"""What ships later is told apart by so many days after the first day on which anything ships."""


@dataclass(frozen=True)
class Share:
    """How many lines and units have one thing in common."""

    what: str
    lines: int
    units: int


@dataclass(frozen=True)
class Wait:
    """A line that ships after its requested day."""

    order: str
    line: str
    sku: str
    requested_on: str
    ships_on: str
    days: int
    why: str


@dataclass(frozen=True)
class Overview:
    """The short table of a plan."""

    shares: tuple[Share, ...]
    waits: tuple[Wait, ...]


def look_over(facts: Facts, policy: Policy, plan: Plan) -> Overview:
    """Read the overview off a plan."""
    now = int(first_days(facts.snapshot, policy, tour_places(facts.snapshot.locations))[-1])
    ends = [now, *(now + span for span in SPANS), NEVER]
    spans = np.asarray(np.searchsorted(ends, plan.pegs.ships_on))
    what = ["ships now", *(f"ships by {day_text(end)}" for end in ends[1:-1]), "ships later"]
    _, span, units = count_units_by(facts.snapshot, plan, spans)
    shares = [share(what[number], units[span == number]) for number in range(len(ends))]
    shares = [
        shares[0],
        *(other for other in shares[1:] if other.lines),
        share("has no supply", plan.lines.unallocated),
    ]
    return Overview(tuple(shares), find_waits(facts, plan))


def share(what: str, units: NDArray[np.int64]) -> Share:
    """Count units, and the lines that have any."""
    return Share(what, int((units > 0).sum()), int(units.sum()))


def find_waits(facts: Facts, plan: Plan) -> tuple[Wait, ...]:
    """Find the covered lines whose last unit ships longest after the requested day; ties by line."""
    lines, got, names = facts.snapshot.lines, plan.lines, facts.names
    waited = np.where(got.promised_on == NEVER, 0, got.promised_on.astype(np.int64) - lines.requested_on)
    waited[got.in_time] = 0
    longest = np.argsort(-waited, kind="stable")[:LONGEST]
    found = []
    sentences = write_sentences(facts, plan, longest)
    for row, why in zip(longest.tolist(), sentences, strict=True):
        if waited[row] > 0:
            days = day_text(int(lines.requested_on[row])), day_text(int(got.promised_on[row]))
            name = names.order[row], names.line[row], names.sku[int(lines.item[row])]
            found.append(Wait(*name, *days, int(waited[row]), why))
    return tuple(found)
