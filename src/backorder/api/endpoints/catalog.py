"""Items, locations and suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ninja import Query
from pydantic import Field

from backorder.allocation import events
from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import find_unknown, refuse_faults, require
from backorder.api.values import (
    Amount,
    Currency,
    Flag,
    Key,
    Label,
    Money,
    Quantity,
    Reason,
    Sent,
    Shown,
    Small,
)
from backorder.catalog.models import Item, Location, Supplier
from backorder.catalog.selectors import get_locations, read_items, read_locations, read_suppliers
from backorder.catalog.services import (
    ItemFacts,
    LocationFacts,
    SupplierFacts,
    save_items,
    save_locations,
    save_suppliers,
)

items = Noun("items", "catalog")
locations = Noun("locations", "catalog")
suppliers = Noun("suppliers", "catalog")


class Part(Shown):
    """So many units of an item in one kit."""

    sku: str
    quantity: int


class ShownItem(Shown):
    """What is sold."""

    sku: str
    name: str
    price: Money
    pack_size: int
    components: list[Part] = Field(description="What one unit is made of, if it is a kit.")


class ShownLocation(Shown):
    """A place that holds stock."""

    code: str
    name: str
    parent: str | None = Field(description="The place that it is inside, whose lines it serves too.")
    rank: int | None = Field(description="Lower is used first; those without a rank last.")
    releases_at_once: bool = Field(
        description="What waiting lines need of a receipt goes straight onto a pick list."
    )


class ShownSupplier(Shown):
    """Who delivers."""

    code: str
    name: str


class Price(Sent):
    """What one unit costs, in the smallest unit of the currency: 1999 is 19.99 EUR, or 1,999 JPY."""

    amount: Amount
    currency: Currency


class ItemAsItIs(Sent):
    """An item as it is to be."""

    name: Label = ""
    price: Price
    pack_size: Quantity = 1
    why: Reason = ""


class LocationAsItIs(Sent):
    """A location as it is to be."""

    name: Label = ""
    parent: Annotated[
        Key | None, Field(description="The place that it is inside, whose lines it serves too.")
    ] = None
    rank: Annotated[Small | None, Field(description="Lower is used first; those without a rank last.")] = None
    releases_at_once: Annotated[
        Flag, Field(description="What waiting lines need of a receipt goes straight onto a pick list.")
    ] = True
    why: Reason = ""


class SupplierAsItIs(Sent):
    """A supplier as it is to be."""

    name: Label = ""
    why: Reason = ""


class ChosenItems(Asked):
    """Which items."""

    name: Annotated[Key | None, Field(description="Only with this in the name, in any case.")] = None


@items.reads("/items", Page[ShownItem])
def list_items(chosen: Query[ChosenItems]) -> Page[ShownItem]:
    """List items by sku."""
    rows = read_items()
    if chosen.name is not None:
        rows = rows.filter(name__icontains=chosen.name)
    return take_page(rows, "sku", chosen, show_items)


@items.reads("/items/{path:sku}", ShownItem)
def get_item(sku: Key) -> ShownItem:
    """Show an item."""
    return show_items([require(read_items().filter(sku=sku).first())])[0]


@items.changes("/items/{path:sku}", Outcome, method="PUT")
def put_item(act: Act, sku: Key, item: ItemAsItIs) -> Outcome:
    """Create an item, or make it as it is given, and decide about it. What a kit is made of stays; so does the currency, once sold."""
    facts = ItemFacts(sku, item.name, item.price.amount, item.price.currency, item.pack_size)
    cause = act.cause(item.why)
    return tell(act, events.change_items([sku], lambda: save_items([facts], cause)))


@locations.reads("/locations", Page[ShownLocation])
def list_locations(asked: Query[Asked]) -> Page[ShownLocation]:
    """List locations by code."""
    return take_page(read_locations(), "code", asked, show_locations)


@locations.reads("/locations/{path:code}", ShownLocation)
def get_location(code: Key) -> ShownLocation:
    """Show a location."""
    return show_locations([require(read_locations().filter(code=code).first())])[0]


@locations.changes("/locations/{path:code}", Outcome, method="PUT")
def put_location(act: Act, code: Key, location: LocationAsItIs) -> Outcome:
    """Create a location, or make it as it is given, and decide about everything."""
    named = {"/parent": location.parent} if location.parent not in {None, code} else {}
    refuse_faults(find_unknown("location", named, get_locations(named.values())))
    facts = LocationFacts(
        code, location.name, location.parent or "", location.rank, location.releases_at_once
    )
    cause = act.cause(location.why)
    return tell(act, events.change_places(lambda: save_locations([facts], cause)))


@suppliers.reads("/suppliers", Page[ShownSupplier])
def list_suppliers(asked: Query[Asked]) -> Page[ShownSupplier]:
    """List suppliers by code."""
    return take_page(read_suppliers(), "code", asked, show_suppliers)


@suppliers.reads("/suppliers/{path:code}", ShownSupplier)
def get_supplier(code: Key) -> ShownSupplier:
    """Show a supplier."""
    return show_suppliers([require(read_suppliers().filter(code=code).first())])[0]


@suppliers.changes("/suppliers/{path:code}", Noted, method="PUT")
def put_supplier(act: Act, code: Key, supplier: SupplierAsItIs) -> Noted:
    """Create a supplier, or make it as it is given."""
    facts = SupplierFacts(code, supplier.name)
    return note(act, save_suppliers([facts], act.cause(supplier.why)).entry)


def show_items(rows: Sequence[Item]) -> list[ShownItem]:
    """Show items."""
    return [
        ShownItem(
            sku=row.sku,
            name=row.name,
            price=Money(amount=row.price, currency=row.currency),
            pack_size=row.pack_size,
            components=[Part(sku=part.item.sku, quantity=part.quantity) for part in row.components.all()],
        )
        for row in rows
    ]


def show_locations(rows: Sequence[Location]) -> list[ShownLocation]:
    """Show locations."""
    return [
        ShownLocation(
            code=row.code,
            name=row.name,
            parent=row.parent.code if row.parent else None,
            rank=row.rank,
            releases_at_once=row.releases_at_once,
        )
        for row in rows
    ]


def show_suppliers(rows: Sequence[Supplier]) -> list[ShownSupplier]:
    """Show suppliers."""
    return [ShownSupplier(code=row.code, name=row.name) for row in rows]
