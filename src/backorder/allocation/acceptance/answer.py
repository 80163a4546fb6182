"""What a customer is answered: of each line how much now, how much later and when, what is refused, and what there is instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backorder.allocation.acceptance.gate import Admitted, Split
from backorder.allocation.days import EPOCH
from backorder.allocation.facts.snapshot import Facts
from backorder.allocation.services import Decision
from backorder.catalog.models import Item, Location, Substitute
from backorder.orders.models import Line

Stand = Mapping[str, Any]
"""How a line stands, by the names of Standing."""


@dataclass(frozen=True)
class Alternative:
    """Units of a substitute that nobody's plan needs. Nothing is substituted."""

    kind: str
    sku: str
    location: str
    quantity: int
    available_on: date


@dataclass(frozen=True)
class LineAnswer:
    """What becomes of one line. Asked = now + later + refused."""

    number: str
    sku: str
    quantity_asked: int
    quantity_now: int  # on hand for it, in the plan that follows
    quantity_later: int  # accepted, and waiting: backordered
    quantity_refused: int
    reason: str  # why units are refused: a code of docs/reference/orders.md; blank if none are
    first_ships_on: date | None
    promised_on: date | None  # when the last accepted unit can ship; none: no day can be named
    express: bool  # granted
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What becomes of an order."""

    number: str
    lines: tuple[LineAnswer, ...]
    decision: Decision | None  # none: nothing was accepted, so there is no such order

    @property
    def quantity_refused(self) -> int:
        """Count the units that are refused."""
        return sum(line.quantity_refused for line in self.lines)


def answer_line(
    asked: tuple[Line, int, Split], stand: Stand | None, alternatives: tuple[Alternative, ...]
) -> LineAnswer:
    """Say what becomes of a line of which so many units were asked, as it stands in the plan that follows."""
    line, units, split = asked
    now = min(stand["allocated_on_hand"], split.accepted) if stand else 0
    return LineAnswer(
        number=line.number,
        sku=line.item.sku,
        quantity_asked=units,
        quantity_now=now,
        quantity_later=split.accepted - now,
        quantity_refused=split.refused,
        reason=split.reason,
        first_ships_on=stand["first_ships_on"] if stand else None,
        promised_on=stand["planned_on"] if stand else None,
        express=line.express,
        alternatives=alternatives,
    )


def find_alternatives(
    facts: Facts, admitted: Admitted, quantities: Sequence[int]
) -> dict[int, tuple[Alternative, ...]]:
    """Find what could be had instead of what is late or short, by number of the asked line."""
    if len(facts.snapshot.substitutes) == 0:
        return {}
    found = admitted.free.offer(admitted.place(quantities))
    if not any(len(offers) for _, offers in found):
        return {}
    items, kinds = facts.items.tolist(), Substitute.objects.filter(item__in=facts.items.tolist())
    names = sorted(set(kinds.values_list("kind", flat=True)))
    skus = dict(Item.objects.filter(pk__in=items).values_list("pk", "sku"))
    codes = dict(Location.objects.values_list("pk", "code"))
    asked = {row: number for number, row in enumerate(admitted.rows)}
    return {
        asked[row]: tuple(
            Alternative(
                names[kind],
                skus[int(facts.known[item])],
                codes[int(facts.places[place])],
                quantity,
                date.fromordinal(day + EPOCH),
            )
            for kind, item, place, quantity, day in zip(
                offers.kind.tolist(),
                offers.substitute.tolist(),
                offers.location.tolist(),
                offers.quantity.tolist(),
                offers.available_on.tolist(),
                strict=True,
            )
        )
        for row, offers in found
    }
