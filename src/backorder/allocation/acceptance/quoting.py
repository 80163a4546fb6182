"""If I ordered this now? The same questions to the engine as the gate asks, and nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from backorder.allocation.acceptance.answer import Alternative, find_alternatives
from backorder.allocation.acceptance.free import HAND, Cover
from backorder.allocation.acceptance.gate import HAND_ONLY, Admitted, Split, let_each_in, let_in
from backorder.allocation.days import EPOCH
from backorder.allocation.facts.snapshot import Facts, read_facts
from backorder.allocation.policies.publications import read_terms
from backorder.allocation.services import read_steadily
from backorder.orders.models import Line, Order
from backorder.orders.services.holding import keep_from_hand
from backorder.orders.services.placing import build_line, build_order
from backorder.orders.services.wanted import Buyer, Wanted, check_order
from backorder.outbox.services import Cause
from backorder.supply.models import InboundLine

NUMBER = "this quote"


@dataclass(frozen=True)
class Dependence:
    """An inbound line that a quote stands on."""

    inbound: str
    line: str
    sku: str
    location: str
    expected_on: date


@dataclass(frozen=True)
class LineQuote:
    """What one line would get behind everybody else. Asked = now + later + shortage."""

    number: str
    sku: str
    quantity_asked: int
    quantity_now: int  # free on hand
    later: tuple[tuple[date, int], ...]  # when the next units could ship, and how many
    shortage: int  # units that no known supply covers
    promised_on: date | None  # when the last could ship; none: a unit has no supply
    depends_on: tuple[Dependence, ...]
    quantity_accepted: int  # of what is asked, if it were ordered now
    reason: str  # why the others would be refused; blank if none would
    alternatives: tuple[Alternative, ...]


def quote(lines: Sequence[Wanted], buyer: Buyer | None = None, *, on: date) -> tuple[LineQuote, ...]:
    """Say what lines would get if they were ordered on a day, each behind those before it and all behind everybody else.

    Nothing is locked or changed, so it holds for the moment. Raises OrderError.
    """
    buyer = buyer or Buyer()
    check_order(NUMBER, lines, buyer)
    order = build_unplaced(buyer, on)
    asked = [build_line(order, line) for line in lines]
    with read_steadily():
        policy = read_terms().policy
        facts = read_facts({line.item_id for line in asked}, on, policy)
        quantities = [line.quantity for line in lines]
        admitted = let_in((facts, policy), asked)
        covers = admitted.pick(admitted.free.plan(admitted.place(quantities)))
        late = any(cover.shortage or cover.inbound for cover in covers)
        wants_more = late or any(split.refused for split in admitted.splits)
        instead = find_alternatives(facts, admitted, quantities) if wants_more else {}
        depends = read_inbound(facts, covers)
    first = admitted.pick(admitted.free.first_days())
    return tuple(
        say_line(line, (cover, split), first[number], depends, instead.get(number, ()))
        for number, (line, cover, split) in enumerate(zip(asked, covers, admitted.splits, strict=True))
    )


@dataclass(frozen=True)
class FreeNow:
    """What of a line is free on hand, behind everybody who ordered."""

    units: int
    ships_on: date | None  # when the last of them could ship; none: there are none


def find_free_now(lines: Sequence[Wanted], buyer: Buyer, *, on: date) -> tuple[FreeNow, ...]:
    """Find what of each line is free on hand on a day, if only that one is asked: what a hold could keep of it.

    The lines are choices: two of them may be the same units, and who takes one leaves less of the other.
    Nothing is locked or changed, so it holds for the moment. Raises OrderError.
    """
    check_order(NUMBER, lines, buyer)
    order = build_unplaced(buyer, on)
    asked = [keep_from_hand(build_line(order, line)) for line in lines]
    with read_steadily():
        policy = read_terms().policy
        facts = read_facts({line.item_id for line in asked}, on, policy)
        admitted = let_each_in((facts, policy), asked, HAND_ONLY)
        return tuple(find_free(each) for each in admitted)


def find_free(admitted: Admitted) -> FreeNow:
    """Find what of the one line that was asked is free on hand."""
    units = [split.from_hand for split in admitted.splits]
    if not any(units):
        return FreeNow(0, None)
    (cover,) = admitted.pick(admitted.free.serve(admitted.place(units), HAND))
    last = date.fromordinal(cover.by_day[-1][0] + EPOCH) if cover.by_day else None
    return FreeNow(cover.units, last)


def build_unplaced(buyer: Buyer, on: date) -> Order:
    """Build an order that is never placed, for a question of a day."""
    return build_order(
        NUMBER, buyer, Cause("quote", datetime.combine(on, time.min, timezone.get_current_timezone()))
    )


def say_line(
    line: Line,
    found: tuple[Cover, Split],
    first: int,
    depends: Mapping[int, Dependence],
    instead: tuple[Alternative, ...],
) -> LineQuote:
    """Say what one line would get."""
    cover, split = found
    days = [(date.fromordinal(day + EPOCH), units) for day, units in cover.by_day]
    now = sum(units for day, units in cover.by_day if day <= first)
    return LineQuote(
        number=line.number,
        sku=line.item.sku,
        quantity_asked=line.quantity_ordered,
        quantity_now=now,
        later=tuple(days[bool(now) :]),
        shortage=cover.shortage,
        promised_on=None if cover.shortage else days[-1][0],
        depends_on=tuple(depends[row] for row in cover.inbound),
        quantity_accepted=split.accepted,
        reason=split.reason,
        alternatives=instead,
    )


def read_inbound(facts: Facts, covers: Sequence[Cover]) -> dict[int, Dependence]:
    """Read the inbound lines that covers stand on, by row of supply."""
    rows = {row: int(facts.inbound[row - len(facts.levels)]) for cover in covers for row in cover.inbound}
    if not rows:
        return {}
    lines = InboundLine.objects.select_related("order", "item", "location").in_bulk(list(set(rows.values())))
    return {row: say_inbound(lines[number]) for row, number in rows.items()}


def say_inbound(line: InboundLine) -> Dependence:
    """Say what an inbound line is."""
    return Dependence(line.order.number, line.number, line.item.sku, line.location.code, line.expected_on)
