"""Inbound orders: units that will come, and news of them."""

from __future__ import annotations

from typing import Annotated, Literal

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field

from backorder.allocation import events
from backorder.api.endpoints.journal import Happened, take_entries
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.endpoints.show_inbound import Coming, Ordered, show_inbound
from backorder.api.endpoints.stock import Status
from backorder.api.nouns import Act, Noun, quote
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import find_unknown, refuse_faults, require
from backorder.api.values import Day, Given, Key, Quantity, Reason, Sent, Switch
from backorder.catalog.selectors import get_items, get_locations, get_supplier
from backorder.fulfilment import services as fulfilment
from backorder.outbox.selectors import read_story
from backorder.supply.models import InboundLine, InboundOrder
from backorder.supply.selectors import find_inbound_line, read_inbound
from backorder.supply.services import Expected, Origin, Part

inbound = Noun("inbound", "supply")
MOST_LINES = 500
Kind = Literal["purchase", "production", "transfer", "print"]


class NewLine(Sent):
    """A line of a new inbound order."""

    sku: Key
    location: Key
    quantity: Quantity
    expected_on: Day
    number: Annotated[
        Key | None, Field(description="Its number in the order; without it, its place: 1, 2, 3.")
    ] = None


class NewInbound(Sent):
    """An inbound order to place."""

    number: Key
    lines: Annotated[list[NewLine], Field(min_length=1, max_length=MOST_LINES)]
    kind: Kind = "purchase"
    supplier: Annotated[Key | None, Field(description="The code of who delivers.")] = None
    source: Annotated[
        Key | None, Field(description="Of a transfer: the location that the units leave now.")
    ] = None
    why: Reason = ""


class Received(Sent):
    """Units that have come."""

    quantity: Quantity
    status: Status = "sellable"
    why: Reason = ""


class News(Sent):
    """The day on which units are expected now."""

    expected_on: Day
    source: Annotated[Given, Field(description="Who brought the news, as: mail of the supplier.")]
    why: Reason = ""


class SplitPart(Sent):
    """So many units on a day."""

    quantity: Quantity
    expected_on: Day


class Split(Sent):
    """The days on which units come that were expected on one."""

    parts: Annotated[
        list[SplitPart], Field(min_length=2, max_length=MOST_LINES, description="All that is to come.")
    ]
    source: Annotated[Given, Field(description="Who brought the news, as: mail of the supplier.")]
    why: Reason = ""


class Missing(Sent):
    """Units that will not come."""

    quantity: Quantity
    why: Reason = ""


class Chosen(Asked):
    """Which inbound orders."""

    supplier: Annotated[Key | None, Field(description="Only of this supplier.")] = None
    sku: Annotated[Key | None, Field(description="Only with a line of this item.")] = None
    kind: Annotated[Kind | None, Field(description="Only of this kind.")] = None
    open: Annotated[
        Switch | None, Field(description="True: only with units that are still to come; false: only without.")
    ] = None


@inbound.reads("/inbound", Page[Coming])
def list_inbound(chosen: Query[Chosen]) -> Page[Coming]:
    """List inbound orders, the last one first."""
    return take_page(choose(read_inbound(), chosen), "-id", chosen, show_inbound)


def choose(rows: QuerySet[InboundOrder], chosen: Chosen) -> QuerySet[InboundOrder]:
    """Keep the inbound orders that are asked for."""
    wanted = {"supplier__code": chosen.supplier, "kind": chosen.kind}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if chosen.sku is not None:
        rows = rows.filter(pk__in=read_inbound().filter(lines__item__sku=chosen.sku).values("pk"))
    if chosen.open is not None:
        still = read_inbound().filter(lines__remaining__gt=0).values("pk")
        rows = rows.filter(pk__in=still) if chosen.open else rows.exclude(pk__in=still)
    return rows


@inbound.changes("/inbound", Ordered, at=lambda ordered: f"inbound/{quote(ordered.inbound.number)}")
def place_inbound(act: Act, order: NewInbound) -> Ordered:
    """Put units on order; they cover lines that wait from now on."""
    lines, origin = read_lines(order)
    decision = events.place_inbound(order.number, lines, act.cause(order.why), origin)
    return Ordered(inbound=show_inbound([read_order(order.number)])[0], outcome=tell(act, decision))


def read_lines(order: NewInbound) -> tuple[list[Expected], Origin]:
    """Find what an order speaks of. Raises ProblemError for what nobody knows."""
    skus = {f"/lines/{place}/sku": line.sku for place, line in enumerate(order.lines)}
    places = {f"/lines/{place}/location": line.location for place, line in enumerate(order.lines)}
    sources = {"/source": order.source} if order.source else {}
    suppliers = {"/supplier": order.supplier} if order.supplier else {}
    items, locations = get_items(skus.values()), get_locations([*places.values(), *sources.values()])
    supplier = get_supplier(order.supplier) if order.supplier else None
    refuse_faults(
        [
            *find_unknown("item", skus, items),
            *find_unknown("location", places | sources, locations),
            *find_unknown("supplier", suppliers, [supplier.code] if supplier else []),
        ]
    )
    source = locations[order.source] if order.source else None
    lines = [
        Expected(
            line.number or str(place),
            items[line.sku],
            locations[line.location],
            line.quantity,
            line.expected_on,
        )
        for place, line in enumerate(order.lines, 1)
    ]
    return lines, Origin(order.kind, supplier, source)


@inbound.reads("/inbound/{path:number}/story", Page[Happened])
def read_inbound_story(number: Key, asked: Query[Asked]) -> Page[Happened]:
    """List what happened to an inbound order, oldest first."""
    read_order(number)
    return take_entries(read_story("inbound", number), asked)


@inbound.changes("/inbound/{path:number}/lines/{path:line}/receipts", Outcome)
def receive_units(act: Act, number: Key, line: Key, received: Received) -> Outcome:
    """Take in units; what is left is still to come, and more than ordered may come."""
    found, cause = read_line(number, line), act.cause(received.why)
    return tell(act, fulfilment.receive(found, received.quantity, cause, status=received.status))


@inbound.changes("/inbound/{path:number}/lines/{path:line}/dates", Outcome)
def expect_units(act: Act, number: Key, line: Key, news: News) -> Outcome:
    """Note the day on which units are expected now, and who said so."""
    return tell(
        act, events.expect(read_line(number, line), news.expected_on, news.source, act.cause(news.why))
    )


@inbound.changes("/inbound/{path:number}/lines/{path:line}/splits", Outcome)
def split_units(act: Act, number: Key, line: Key, split: Split) -> Outcome:
    """Divide what is still to come among days; the first part keeps the number of the line."""
    parts = [Part(part.quantity, part.expected_on) for part in split.parts]
    return tell(act, events.split(read_line(number, line), parts, split.source, act.cause(split.why)))


@inbound.changes("/inbound/{path:number}/lines/{path:line}/cancellations", Outcome)
def cancel_rest(act: Act, number: Key, line: Key, missing: Missing) -> Outcome:
    """Note that units will not come: a short delivery, or a cancelled one."""
    return tell(act, events.cancel_rest(read_line(number, line), missing.quantity, act.cause(missing.why)))


@inbound.reads("/inbound/{path:number}", Coming)
def get_inbound(number: Key) -> Coming:
    """Show an inbound order."""
    return show_inbound([read_order(number)])[0]


def read_order(number: str) -> InboundOrder:
    """Find an inbound order by its number. Raises ProblemError."""
    return require(read_inbound().filter(number=number).first())


def read_line(order: str, number: str) -> InboundLine:
    """Find a line of an inbound order. Raises ProblemError."""
    return require(find_inbound_line(order, number))
