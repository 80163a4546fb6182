"""Releases: units handed to the warehouse, picked, put back, or not found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import find_unknown, refuse_faults, require
from backorder.api.values import Given, Instant, Key, Number, Quantity, Reason, Sent, Shown, Switch
from backorder.catalog.selectors import find_location, get_items
from backorder.fulfilment import services as fulfilment
from backorder.fulfilment.models import Release
from backorder.fulfilment.selectors import find_pick_list, find_releases, read_pick_list, read_releases
from backorder.orders.selectors import find_line, find_order

releases = Noun("releases", "fulfilment")
MOST_PARTS = 100


class Released(Shown):
    """Units of an order line, handed to the warehouse at one place."""

    release: int
    pick_list: int
    order: str
    line: str
    sku: str
    location: str
    quantity: int
    quantity_picked: int = Field(description="Taken from the shelf.")
    quantity_open: int = Field(description="Still to be sent.")
    position: int = Field(description="In the order of service: lower is picked first.")
    ship_set: str = Field(description="Lines of one set of the order leave in one parcel; blank: none.")
    ships_whole: bool = Field(description="The whole order leaves in one parcel.")
    at: Instant
    entry: int = Field(description="The number of its entry in the journal.")


class PickList(Shown):
    """What is left to send of what one place was told to pick at one time."""

    pick_list: int
    location: str
    at: Instant
    lines: list[Released] = Field(description="In the order of service.")


class Chosen(Asked):
    """Which releases."""

    order: Annotated[Key | None, Field(description="Only of this order.")] = None
    sku: Annotated[Key | None, Field(description="Only of this item.")] = None
    location: Annotated[Key | None, Field(description="Only there.")] = None
    open: Annotated[
        Switch | None,
        Field(description="True: only with units that are still to be sent; false: only without."),
    ] = None


class Asking(Sent):
    """Why units are handed over."""

    why: Reason = ""


class Some(Sent):
    """So many units of a release."""

    quantity: Quantity
    why: Reason = ""


class MissingPart(Sent):
    """So many units of one component."""

    sku: Key
    quantity: Quantity


class Short(Sent):
    """Units of a release that were not found."""

    quantity: Quantity
    missing: Annotated[
        list[MissingPart] | None,
        Field(
            min_length=1,
            max_length=MOST_PARTS,
            description="Of a kit: what of it is missing; its other components go back into stock.",
        ),
    ] = None
    why: Annotated[Given, Field(description="Why they are missing.")]


class ReleasedThere(Shown):
    """What was handed over at a place."""

    preview: bool = Field(description="True if it was only tried: nothing was written.")
    pick_list: int | None = Field(description="Null if nothing may leave, or it was only tried.")
    orders: int = Field(description="Of so many orders something is handed over.")
    refused: list[str] = Field(description="The orders that wait there and may not leave, with the reasons.")


@releases.reads("/releases", Page[Released])
def list_releases(chosen: Query[Chosen]) -> Page[Released]:
    """List what was handed to the warehouse, the last one first."""
    wanted = {
        "line__order__number": chosen.order,
        "line__item__sku": chosen.sku,
        "location__code": chosen.location,
    }
    rows = read_releases().filter(**{name: value for name, value in wanted.items() if value is not None})
    if chosen.open is not None:
        rows = rows.filter(quantity_open__gt=0) if chosen.open else rows.filter(quantity_open=0)
    return take_page(rows, "-id", chosen, show_releases)


@releases.reads("/pick-lists/{pick_list}", PickList)
def get_pick_list(pick_list: Number) -> PickList:
    """Show what is left to send of a pick list, in the order of service."""
    found = require(find_pick_list(pick_list))
    lines = list(read_pick_list(found).select_related("line__order", "line__item", "location", "entry"))
    return PickList(
        pick_list=found.pk, location=found.location.code, at=found.entry.at, lines=show_releases(lines)
    )


@releases.changes("/orders/{path:number}/lines/{path:line}/releases", Outcome)
def release_line(act: Act, number: Key, line: Key, asking: Asking) -> Outcome:
    """Hand the units of a line to the warehouse; of an order that ships complete all lines go at once."""
    return tell(act, fulfilment.release_line(require(find_line(number, line)), act.cause(asking.why)))


@releases.changes("/orders/{path:number}/releases", Outcome)
def release_order(act: Act, number: Key, asking: Asking) -> Outcome:
    """Hand all units of an order to the warehouse that may leave. What may not, and why, is told if nothing may."""
    return tell(act, fulfilment.release_order(require(find_order(number)), act.cause(asking.why)))


@releases.changes("/locations/{path:code}/releases", ReleasedThere)
def release_location(act: Act, code: Key, asking: Asking) -> ReleasedThere:
    """Hand over everything at a place that may leave, in the order of service, on one pick list."""
    place = require(find_location(code))
    ready = fulfilment.release_ready(place, act.cause(asking.why))
    return ReleasedThere(
        preview=act.preview,
        pick_list=ready.pick_list.pk if ready.pick_list and not act.preview else None,
        orders=ready.orders,
        refused=list(ready.refused),
    )


@releases.changes("/releases/{release}/picks", Noted)
def pick_units(act: Act, release: Number, some: Some) -> Noted:
    """Note that units of a release were taken from the shelf."""
    return note(act, fulfilment.pick(get(release), some.quantity, act.cause(some.why)))


@releases.changes("/releases/{release}/put-backs", Outcome)
def put_back_units(act: Act, release: Number, some: Some) -> Outcome:
    """Put units of a release back into stock, and with them what may not leave without them."""
    return tell(act, fulfilment.take_back(get(release), some.quantity, act.cause(some.why)))


@releases.changes("/releases/{release}/shortages", Outcome)
def note_shortage(act: Act, release: Number, short: Short) -> Outcome:
    """Note that units of a release were not found: they are counted off, and the line is decided again."""
    found, lost = get(release), None
    if short.missing is not None:
        skus = {f"/missing/{place}/sku": one.sku for place, one in enumerate(short.missing)}
        items = get_items(skus.values())
        refuse_faults(find_unknown("item", skus, items))
        lost = {items[one.sku].pk: one.quantity for one in short.missing}
    return tell(act, fulfilment.short_ship(found, short.quantity, act.cause(short.why), lost))


def get(number: int) -> Release:
    """Find a release by its number. Raises ProblemError."""
    return require(find_releases([number]).get(number))


def show_releases(rows: Sequence[Release]) -> list[Released]:
    """Show releases."""
    return [
        Released(
            release=row.pk,
            pick_list=row.pick_list_id,
            order=row.line.order.number,
            line=row.line.number,
            sku=row.line.item.sku,
            location=row.location.code,
            quantity=row.quantity,
            quantity_picked=row.quantity_picked,
            quantity_open=row.quantity_open,
            position=row.position,
            ship_set=row.line.ship_set,
            ships_whole=row.line.order.ships_whole,
            at=row.entry.at,
            entry=row.entry_id,
        )
        for row in rows
    ]
