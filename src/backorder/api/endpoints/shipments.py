"""What leaves, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.endpoints.stock import Status
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import Fault, find_unknown, refuse_faults, require
from backorder.api.values import (
    Day,
    Days,
    Instant,
    Key,
    Label,
    Number,
    Quantity,
    Reason,
    Sent,
    SentNumber,
    Shown,
)
from backorder.catalog.selectors import get_locations
from backorder.fulfilment import services as fulfilment
from backorder.fulfilment.models import Return, Shipment
from backorder.fulfilment.selectors import find_releases, read_dock_hours, read_returns, read_shipments
from backorder.fulfilment.services import Parcel
from backorder.orders.selectors import find_line, find_order

shipments = Noun("shipments", "fulfilment")
MOST_PARTS = 500


class ShippedUnits(Shown):
    """Units of a release that left."""

    release: int
    line: str
    sku: str
    location: str
    quantity: int


class Shipped(Shown):
    """What left at one time for one order."""

    shipment: int | None = Field(description="Null if it was only tried.")
    order: str
    carrier: str
    tracking_number: str
    tracking_link: str
    shipped_at: Instant
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )
    lines: list[ShippedUnits]


class ShippedNow(Shown):
    """A shipment, and what it led to."""

    shipment: Shipped
    outcome: Outcome


class SentPart(Sent):
    """So many units of a release."""

    release: SentNumber
    quantity: Quantity


class NewShipment(Sent):
    """What leaves now."""

    parts: Annotated[list[SentPart], Field(min_length=1, max_length=MOST_PARTS)]
    carrier: Label = ""
    tracking_number: Label = ""
    tracking_link: Annotated[
        str,
        Field(
            max_length=2_000,
            pattern=r"^(https?://[\x21-\x7e]+)?$",
            description="An address to follow it at; it begins with https or http.",
        ),
    ] = ""
    why: Reason = ""


class ReturnedUnits(Shown):
    """Units that came back from a customer."""

    order: str
    line: str
    sku: str
    location: str
    status: str
    quantity: int
    at: Instant
    why: str
    entry: int = Field(description="The number of its entry in the journal.")


class NewReturn(Sent):
    """Units that come back."""

    quantity: Quantity
    location: Key
    status: Status = "sellable"
    why: Reason = ""


class Chosen(Asked):
    """Which of them."""

    order: Annotated[Key | None, Field(description="Only of this order.")] = None


class DockHours(Shown):
    """How long units lay between receipt and shipment."""

    since: Day
    until: Day
    hours: float | None = Field(
        description="The mean over the units shipped in these days that came by a receipt; null without any."
    )


@shipments.reads("/shipments", Page[Shipped])
def list_shipments(chosen: Query[Chosen]) -> Page[Shipped]:
    """List what left, the last one first."""
    rows = read_shipments()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    return take_page(rows, "-id", chosen, show_shipments)


@shipments.reads("/shipments/{shipment}", Shipped)
def get_shipment(shipment: Number) -> Shipped:
    """Show a shipment."""
    return show_shipments([require(read_shipments().filter(pk=shipment).first())])[0]


@shipments.reads("/returns", Page[ReturnedUnits])
def list_returns(chosen: Query[Chosen]) -> Page[ReturnedUnits]:
    """List what came back, the last one first."""
    rows = read_returns()
    if chosen.order is not None:
        rows = rows.filter(line__order__number=chosen.order)
    return take_page(rows, "-id", chosen, show_returns)


@shipments.reads("/figures/dock-hours", DockHours)
def get_dock_hours(days: Query[Days]) -> DockHours:
    """Measure the hours from receipt to shipment, over the units shipped on some days."""
    return DockHours(since=days.since, until=days.until, hours=read_dock_hours(*days.span))


@shipments.changes(
    "/orders/{path:number}/shipments", ShippedNow, at=lambda made: f"shipments/{made.shipment.shipment}"
)
def ship_units(act: Act, number: Key, shipment: NewShipment) -> ShippedNow:
    """Note that released units left, all or some. What ships together is shipped together."""
    order = require(find_order(number))
    known = find_releases(part.release for part in shipment.parts)
    refuse_faults(
        [
            Fault(where="body", at=f"/parts/{place}/release", detail=f"there is no release {part.release}")
            for place, part in enumerate(shipment.parts)
            if part.release not in known
        ]
    )
    parcel = Parcel(shipment.carrier, shipment.tracking_number, shipment.tracking_link)
    parts = [(known[part.release], part.quantity) for part in shipment.parts]
    decision = require(fulfilment.ship(order, parts, parcel, act.cause(shipment.why)))
    (made,) = show_shipments([require(read_shipments().filter(entry=decision.event).first())])
    if act.preview:
        made = made.model_copy(update={"shipment": None, "entry": None})
    return ShippedNow(shipment=made, outcome=tell(act, decision))


@shipments.changes("/orders/{path:number}/lines/{path:line}/returns", Outcome)
def return_units(act: Act, number: Key, line: Key, back: NewReturn) -> Outcome:
    """Take back units that were shipped. The line stays shipped: its money, or a replacement, is another matter."""
    found, places = require(find_line(number, line)), get_locations([back.location])
    refuse_faults(find_unknown("location", {"/location": back.location}, places))
    place = (places[back.location], back.status)
    return tell(act, fulfilment.accept_return(found, back.quantity, place, act.cause(back.why)))


def show_shipments(rows: Sequence[Shipment]) -> list[Shipped]:
    """Show shipments."""
    return [
        Shipped(
            shipment=row.pk,
            order=row.order.number,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            tracking_link=row.tracking_link,
            shipped_at=row.shipped_at,
            entry=row.entry_id,
            lines=[
                ShippedUnits(
                    release=end.release_id,
                    line=end.release.line.number,
                    sku=end.release.line.item.sku,
                    location=end.release.location.code,
                    quantity=end.quantity,
                )
                for end in row.lines.all()
            ],
        )
        for row in rows
    ]


def show_returns(rows: Sequence[Return]) -> list[ReturnedUnits]:
    """Show what came back."""
    return [
        ReturnedUnits(
            order=row.line.order.number,
            line=row.line.number,
            sku=row.line.item.sku,
            location=row.level.location.code,
            status=row.level.status,
            quantity=row.quantity,
            at=row.entry.at,
            why=row.entry.why,
            entry=row.entry_id,
        )
        for row in rows
    ]
