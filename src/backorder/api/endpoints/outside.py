"""What others sell in the place of an item: information for whoever waits, and never an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.api.endpoints.noted import Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import find_unknown, refuse_faults, require
from backorder.api.values import Amount, Currency, Day, Key, Number, Reason, Sent, Shown
from backorder.care.models import OutsideOffer
from backorder.care.offers import outside as others
from backorder.catalog.selectors import find_item

outside = Noun("outside offers", "orders")


class NewOutside(Sent):
    """Something that somebody else sells in the place of an item."""

    sku: Key
    kind: Literal["marketplace", "second_hand"]
    url: Annotated[
        str, Field(min_length=1, max_length=2_000, description="A web address, of the scheme https or http.")
    ]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    seen_on: Annotated[Day | None, Field(description="Null: today.")] = None
    price: Annotated[Amount | None, Field(description="In minor units; null: nobody said.")] = None
    currency: Annotated[Currency | None, Field(description="Null: that of the item.")] = None
    until: Annotated[Day | None, Field(description="The last day on which it is shown.")] = None
    why: Reason = ""


class NewRemoval(Sent):
    """Why it is shown no more."""

    why: Reason = ""


class ShownOutside(Shown):
    """Something that somebody else sells."""

    outside_offer: int
    sku: str
    kind: str
    url: str
    title: str
    price: int | None
    currency: str
    seen_on: Day
    until: Day | None
    entry: int


class ChosenOutside(Asked):
    """Which of them."""

    sku: Annotated[Key | None, Field(description="Only in the place of this item.")] = None


@outside.reads("/outside-offers", Page[ShownOutside])
def list_outside(chosen: Query[ChosenOutside]) -> Page[ShownOutside]:
    """List what others sell and customers who wait are shown today."""
    rows = others.read_outside(timezone.localdate()).order_by()
    if chosen.sku is not None:
        rows = rows.filter(item__sku=chosen.sku)
    return take_page(rows, "id", chosen, show_outside)


@outside.changes("/outside-offers", Noted)
def note_outside(act: Act, noted: NewOutside) -> Noted:
    """Note what somebody else sells in the place of an item, in the place of what was noted of the same address."""
    item = find_item(noted.sku)
    if item is None:
        refuse_faults(find_unknown("item", {"/sku": noted.sku}, ()))
    assert item is not None
    found = others.Outside(
        item,
        noted.kind,
        noted.url,
        noted.title,
        noted.seen_on or timezone.localdate(act.at),
        noted.price,
        noted.currency or "",
        noted.until,
    )
    made = others.note_outside(found, act.cause(noted.why))
    return note(act, made.entry if made is not None else None)


@outside.changes("/outside-offers/{outside_offer}/removal", Noted)
def remove_outside(act: Act, outside_offer: Number, removal: NewRemoval) -> Noted:
    """Show no more what somebody else sells."""
    found = require(OutsideOffer.objects.filter(pk=outside_offer).first())
    return note(act, others.remove_outside(found, act.cause(removal.why)))


def show_outside(rows: Sequence[OutsideOffer]) -> list[ShownOutside]:
    """Show what others sell."""
    names = ("kind", "url", "title", "price", "currency", "seen_on", "until")
    return [
        ShownOutside(
            outside_offer=row.pk,
            sku=row.item.sku,
            entry=row.entry_id,
            **{name: getattr(row, name) for name in names},
        )
        for row in rows
    ]
