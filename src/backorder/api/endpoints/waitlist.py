"""The waitlist: who was refused units of an item, and hears when some are free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.api.endpoints.noted import Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import Fault, refuse_faults, require
from backorder.api.values import Instant, Key, Number, Quantity, Reason, Sent, Shown, Switch
from backorder.care.links import write_wish_link
from backorder.care.models import Invitation, Wish
from backorder.care.waitlist import wishes
from backorder.care.waitlist.selectors import find_wish, read_wishes
from backorder.catalog.selectors import find_item, get_channel, get_customer_class
from backorder.orders.selectors import find_customer

waitlist = Noun("waitlist", "orders")
Tongue = Literal["", "en", "de", "fr", "es"]


class NewWish(Sent):
    """A customer who wants to hear when units of an item are free."""

    sku: Key
    customer: Annotated[Key, Field(description="The code of a customer with an e-mail address.")]
    quantity: Quantity
    language: Annotated[Tongue, Field(description="Of the invitation; blank: that of the house.")] = ""
    channel: Annotated[Key | None, Field(description="Where it was asked for.")] = None
    customer_class: Annotated[Key | None, Field(description="Null: that of the customer.")] = None
    order: Annotated[
        Key | None, Field(description="The number under which it was asked for and refused.")
    ] = None
    why: Reason = ""


class OffTheList(Sent):
    """Who wants a customer off the list."""

    by: Annotated[Literal["customer", "shop"], Field(description="Who wants it.")] = "customer"
    why: Reason = ""


class ShownInvitation(Shown):
    """Units that were kept for a customer."""

    hold: str = Field(description="The number of the hold; once it is ordered, of the order.")
    quantity: int
    at: Instant
    until: Instant
    outcome: str = Field(
        description="`stands`; `ordered`; `given_back`; `lapsed`: it was over; `unsent`: no message told the customer."
    )


class ShownWish(Shown):
    """A place on the list of an item."""

    wish: int | None = Field(description="Its number; null if it was only tried.")
    sku: str
    customer: str
    quantity: int
    ordered: int = Field(description="Units of it that were ordered by an invitation.")
    language: str
    channel: str | None
    customer_class: str | None
    order: str = Field(description="Under which it was asked for and refused; blank: nobody said.")
    at: Instant = Field(description="On the list since then.")
    outcome: str = Field(
        description="`waits`; `ordered`: all of it; `lapsed`: an invitation was over; `left`: by the customer; "
        "`removed`: by the shop."
    )
    ended_at: Instant | None
    invitations: list[ShownInvitation] = Field(description="The last one first.")
    link: str = Field(
        description="The page on which the customer sees the place and leaves the list, for 90 days; "
        "blank: this site has no address."
    )
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class ChosenWishes(Asked):
    """Which places."""

    sku: Annotated[Key | None, Field(description="Only of this item.")] = None
    customer: Annotated[Key | None, Field(description="Only of this customer.")] = None
    waits: Annotated[Switch | None, Field(description="Only who waits, or only who does not any more.")] = (
        None
    )


@waitlist.reads("/waitlist", Page[ShownWish])
def list_wishes(chosen: Query[ChosenWishes]) -> Page[ShownWish]:
    """List who is on which list, who came first at the front."""
    wanted = {"item__sku": chosen.sku, "customer__code": chosen.customer}
    rows = read_wishes().filter(**{name: value for name, value in wanted.items() if value is not None})
    if chosen.waits is not None:
        rows = rows.filter(outcome="") if chosen.waits else rows.exclude(outcome="")
    return take_page(rows, "id", chosen, show_wishes)


@waitlist.reads("/waitlist/{wish}", ShownWish)
def get_wish(wish: Number) -> ShownWish:
    """Show a place on a list."""
    return show_wishes([require(find_wish(wish))])[0]


@waitlist.changes("/waitlist", ShownWish, at=lambda made: made.wish and f"waitlist/{made.wish}")
def join_waitlist(act: Act, wish: NewWish) -> ShownWish:
    """Put a customer on the list of an item, behind all who are on it. They hear when units are free and it is their turn."""
    made = wishes.join(read_wish(wish), act.cause(wish.why))
    (shown,) = show_wishes([require(find_wish(made.pk))])
    return shown.model_copy(update={"wish": None, "entry": None, "link": ""}) if act.preview else shown


@waitlist.changes("/waitlist/{wish}/removal", Noted)
def leave_waitlist(act: Act, wish: Number, off: OffTheList) -> Noted:
    """Take a customer off a list; what was kept for them is free again."""
    found, cause = require(find_wish(wish)), act.cause(off.why)
    return note(act, wishes.leave(found, cause) if off.by == "customer" else wishes.remove(found, cause))


def read_wish(sent: NewWish) -> wishes.Wished:
    """Read who wants to hear of what. Raises ProblemError with every name that is not known."""
    item, customer = find_item(sent.sku), find_customer(sent.customer)
    channel = get_channel(sent.channel) if sent.channel else None
    kind = get_customer_class(sent.customer_class) if sent.customer_class else None
    named = [
        ("sku", "item", sent.sku, item),
        ("customer", "customer", sent.customer, customer),
        ("customer_class", "customer class", sent.customer_class, kind),
        ("channel", "channel", sent.channel, channel),
    ]
    refuse_faults(
        [
            Fault(where="body", at=f"/{field}", detail=f"there is no {noun} {code}")
            for field, noun, code, found in named
            if code and found is None
        ]
    )
    assert item is not None
    assert customer is not None
    return wishes.Wished(item, customer, sent.quantity, sent.language, channel, kind, sent.order or "")


def show_wishes(rows: Sequence[Wish]) -> list[ShownWish]:
    """Show places."""
    today = timezone.localdate()
    return [
        ShownWish(
            wish=row.pk,
            sku=row.item.sku,
            customer=row.customer.code,
            quantity=row.quantity,
            ordered=row.ordered,  # type: ignore[attr-defined] # as annotated
            language=row.language,
            channel=row.channel.code if row.channel else None,
            customer_class=row.customer_class.code if row.customer_class else None,
            order=row.order_number,
            at=row.entry.at,
            outcome=row.outcome or "waits",
            ended_at=row.ended_at,
            invitations=[show_invitation(each) for each in row.invitations.all()],
            link=write_wish_link(row, today),
            entry=row.entry_id,
        )
        for row in rows
    ]


def show_invitation(row: Invitation) -> ShownInvitation:
    """Show an invitation."""
    return ShownInvitation(
        hold=row.hold.number,
        quantity=row.quantity,
        at=row.entry.at,
        until=row.until,
        outcome=row.outcome or "stands",
    )
