"""Callbacks of customers that a person must fulfil: a call. A callback is open until somebody did it, or it is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import phonenumbers
from django.db import transaction
from django.db.models import F, QuerySet

from backorder.care.models import PARTS, Callback
from backorder.care.models.callbacks import DONE, OPEN, WITHDRAWN
from backorder.orders.models import Order
from backorder.orders.services.wanted import check_choice, refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write

ANY_TIME = ""
FARTHEST = timedelta(days=60)
LONGEST = 2_000
"""Characters of what a call is about, and of what was said."""


@dataclass(frozen=True)
class CallWanted:
    """On which number a customer wants to be called, and when."""

    phone: str
    on: date | None = None  # none: on any day
    part: str = ANY_TIME  # of the day: one of PARTS
    text: str = ""


def read_callbacks() -> QuerySet[Callback]:
    """Read callbacks with what is shown of them."""
    return Callback.objects.select_related("order__customer", "entry", "ended")


def list_open_callbacks() -> QuerySet[Callback]:
    """List the callbacks that nobody fulfilled yet: those for the earliest day first, those for any day by when they came."""
    return read_callbacks().filter(state=OPEN).order_by(F("wanted_on").asc(nulls_first=True), "id")


def find_callback(number: int) -> Callback | None:
    """Find a callback by its number; None if there is none."""
    return read_callbacks().filter(pk=number).first()


def find_open_callback(order: Order) -> Callback | None:
    """Find the callback of an order that is open; None if there is none."""
    return read_callbacks().filter(order=order.pk, state=OPEN).first()


@transaction.atomic
def note_callback(order: Order, wanted: CallWanted, cause: Cause) -> Callback:
    """Note that a customer wants to be called. Raises OrderError."""
    about = f"order {order.number}"
    number = read_phone(wanted.phone, find_country(order))
    refuse(
        number is None,
        f"{about}: {wanted.phone!r} is no phone number; begin with + and the country, as +1 541 555 0100",
    )
    assert number is not None
    check_choice("part of a day", wanted.part, (ANY_TIME, *PARTS), about)
    refuse(
        wanted.on is not None and not cause.day <= wanted.on <= cause.day + FARTHEST,
        f"{about}: {wanted.on} is no day of the next {FARTHEST.days}",
    )
    text = wanted.text.strip()
    refuse(len(text) > LONGEST, f"{about}: what it is about has more than {LONGEST:,} characters")
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    refuse(
        find_open_callback(order) is not None,
        f"{about}: a call is wanted already; take that callback back, or note that it was done",
    )
    entry = write(cause, "callback.noted", [("order", order.number)], {"kind": "call"})
    return Callback.objects.create(
        order=order, phone=number, wanted_on=wanted.on, part=wanted.part, text=text, entry=entry
    )


@transaction.atomic
def fulfil_callback(callback: Callback, said: str, cause: Cause) -> Entry | None:
    """Note that somebody did what a customer wished for, and what was said; None if it is over already. Raises OrderError."""
    refuse(
        not said.strip(),
        f"order {callback.order.number}: say in a word what was said, or that nobody answered",
    )
    refuse(len(said) > LONGEST, f"order {callback.order.number}: {LONGEST:,} characters are enough")
    return end_callback(callback, DONE, said.strip(), cause)


@transaction.atomic
def take_callback_back(callback: Callback, cause: Cause) -> Entry | None:
    """Note that a customer wants no call any more; None if it is over already."""
    return end_callback(callback, WITHDRAWN, "", cause)


def end_callback(callback: Callback, state: str, said: str, cause: Cause) -> Entry | None:
    """End a callback, once."""
    callback = Callback.objects.select_for_update(of=("self",)).select_related("order").get(pk=callback.pk)
    if callback.state != OPEN:
        return None
    facts = {"kind": callback.kind, "state": state}
    callback.ended = write(cause, "callback.ended", [("order", callback.order.number)], facts)
    callback.state, callback.said = state, said
    callback.save(update_fields=["state", "said", "ended"])
    return callback.ended


def find_country(order: Order) -> str | None:
    """Find the country of an order, in which a number without one is."""
    address = getattr(order, "address", None)
    return None if address is None else str(address.country)


def read_phone(text: str, country: str | None) -> str | None:
    """Read a phone number as it is dialled from anywhere; None if it is none."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def say_phone(number: str) -> str:
    """Write a phone number so that people read it."""
    parsed = phonenumbers.parse(number)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
