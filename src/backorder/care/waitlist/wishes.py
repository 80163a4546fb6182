"""Putting customers on the list of an item, and taking them off it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db import transaction

from backorder.allocation.acceptance.handing import give_units_back
from backorder.allocation.services import hold_items
from backorder.care.letters.speech import LANGUAGES
from backorder.care.models import Wish
from backorder.care.waitlist.holds import end_invitation, end_wish, write_about
from backorder.catalog.locks import lock_items
from backorder.catalog.models import Channel, CustomerClass, Item
from backorder.orders.models import Customer, Refusal
from backorder.orders.services.wanted import check_choice, check_units, check_value, refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause

__all__ = ["Wished", "join", "leave", "remove"]


@dataclass(frozen=True)
class Wished:
    """What a customer wants to hear of."""

    item: Item
    customer: Customer
    quantity: int
    language: str = ""  # blank: that of the house
    channel: Channel | None = None
    customer_class: CustomerClass | None = None  # none: that of the customer
    order_number: str = ""  # under which it was asked for and refused; blank: none


@transaction.atomic
def join(wished: Wished, cause: Cause) -> Wish:
    """Put a customer on the list of an item, behind all who are on it. Raises OrderError."""
    item, customer, number = wished.item, wished.customer, wished.order_number
    about = f"waitlist of {item.sku}"
    check_units(wished.quantity, f"{about}: {wished.quantity} units cannot be wished for")
    check_value(wished.quantity, item.price, about)
    check_choice("language", wished.language, ("", *LANGUAGES), about)
    refuse(
        not customer.email,
        f"{about}: customer {customer.code} has no e-mail address, so no invitation would arrive; name one",
    )
    refuse(
        bool(number) and not Refusal.objects.filter(item=item, order_number=number).exists(),
        f"{about}: nothing of it was refused under the number {number}; name another, or none",
    )
    lock_items([item.pk])  # of two who join at once, one is before the other, and nobody is on it twice
    refuse(
        Wish.objects.filter(item=item, customer=customer, outcome="").exists(),
        f"{about}: customer {customer.code} is on it already; take them off first",
    )
    wish = Wish(
        item=item,
        customer=customer,
        quantity=wished.quantity,
        language=wished.language,
        channel=wished.channel,
        customer_class=wished.customer_class or customer.customer_class,
        order_number=number,
    )
    wish.entry = write_about(wish, "waitlist.joined", cause, {"units": wished.quantity})
    wish.save(force_insert=True)
    return wish


def leave(wish: Wish, cause: Cause) -> Entry | None:
    """Take a customer off the list who wants to leave it; None if they are off it. What was kept for them is free again."""
    return take_off(wish, "left", cause)


def remove(wish: Wish, cause: Cause) -> Entry | None:
    """Take a customer off the list because others say so; None if they are off it. What was kept for them is free again."""
    return take_off(wish, "removed", cause)


def take_off(wish: Wish, outcome: str, cause: Cause) -> Entry | None:
    """End a wish, and the invitation that stands."""
    return hold_items(lambda: {wish.item_id}, partial(take_off_locked, wish.pk, outcome, cause))


def take_off_locked(key: int, outcome: str, cause: Cause, locked: set[int]) -> Entry | None:
    """End a wish whose item is locked. Raises Spread."""
    wish = Wish.objects.select_for_update(of=("self",)).select_related("item", "customer").get(pk=key)
    if wish.outcome:
        return None
    entry = write_about(wish, f"waitlist.{outcome}", cause)
    invitation = wish.invitations.filter(outcome="").select_related("hold").first()
    if invitation is not None:
        end_invitation(invitation, "given_back", cause.at)
        give_units_back(invitation.hold, Cause(cause.who, cause.at, caused_by=entry), locked)
    end_wish(wish, outcome, cause.at)
    return entry
