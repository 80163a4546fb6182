"""What there is of an item, and what of it may be promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.allocation.availability import read_availability
from backorder.api.nouns import Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Day, Key, Sent, Shown
from backorder.catalog.models import Item
from backorder.catalog.selectors import get_items, read_items

availability = Noun("availability", "supply")


class ComingUnits(Shown):
    """Units that are to come by one day."""

    on: Day
    quantity: int
    allocated: int


class FreeUnits(Shown):
    """Units that somebody who orders now could have by a day of shipment."""

    on: Day
    quantity: int


class Available(Shown):
    """What there is of an item, and what of it may be promised."""

    sku: str
    on_hand: int = Field(description="Sellable units.")
    allocated: int = Field(description="Of what is on hand: set aside for lines.")
    released: int = Field(description="Of what is on hand: handed to the warehouse, and about to leave.")
    inbound: list[ComingUnits] = Field(description="By day; what is overdue counts some days from today.")
    held: int = Field(description="Units kept for somebody who has not ordered yet; they are not owed.")
    owed: int = Field(description="Open units of its lines; at a location, of lines that name it.")
    unallocated: int = Field(description="Of what is owed: no known supply covers it.")
    atp: list[FreeUnits] = Field(
        description="Available to promise: what somebody who orders now could have, from today on by each day on which it grows. "
        "Rules of acceptance may let in less; a quote says so."
    )


class Place(Sent):
    """Where."""

    location: Annotated[Key | None, Field(description="Only what is or comes there.")] = None


class Chosen(Asked):
    """Which items, and where."""

    location: Annotated[Key | None, Field(description="Only what is or comes there.")] = None


@availability.reads("/availability", Page[Available])
def list_availability(chosen: Query[Chosen]) -> Page[Available]:
    """List what there is of each item, by sku."""

    def show(rows: Sequence[Item]) -> list[Available]:
        return show_availability(rows, chosen.location)

    return take_page(read_items(), "sku", chosen, show)


@availability.reads("/items/{path:sku}/availability", Available)
def get_availability(sku: Key, place: Query[Place]) -> Available:
    """Show what there is of an item, and what of it may be promised by when."""
    return show_availability([require(get_items([sku]).get(sku))], place.location)[0]


def show_availability(rows: Sequence[Item], location: str | None) -> list[Available]:
    """Show what there is of items today."""
    return [
        Available(
            sku=one.sku,
            on_hand=one.on_hand,
            allocated=one.allocated,
            released=one.released,
            inbound=[
                ComingUnits(on=some.on, quantity=some.quantity, allocated=some.allocated)
                for some in one.inbound
            ],
            held=one.held,
            owed=one.owed,
            unallocated=one.unallocated,
            atp=[FreeUnits(on=some.on, quantity=some.quantity) for some in one.free.by_day],
        )
        for one in read_availability(rows, timezone.localdate(), location)
    ]
