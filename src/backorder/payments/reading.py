"""Payments that a provider took: read from it, and noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from backorder.orders.models import Order
from backorder.orders.selectors import find_order
from backorder.orders.services.wanted import refuse
from backorder.outbox.jobs import defer
from backorder.outbox.services import Cause
from backorder.payments.charging import TAKE
from backorder.payments.models import ASKED, Attempt, Payment
from backorder.payments.sending import find_provider
from backorder.payments.services import note_payment

READ_PAYMENT = "read_payment"
"""The job that notes a payment of which a provider told us."""

PATIENCE = timedelta(days=3)
"""So long a payment waits for its order: a shop may take the one before it sends the other."""
AGAIN = timedelta(hours=1)


class NoOrderYetError(Exception):
    """A payment names an order that is not here."""

    def __init__(self, paid_at: datetime) -> None:
        """Say when it came in."""
        super().__init__("the order of a payment is not here")
        self.paid_at = paid_at


def ask_to_read(way: str, reference: str, order: Order, cause: Cause) -> int | None:
    """Put off reading a payment for an order: no provider is asked in a transaction. None: it is put off already."""
    refuse(find_provider(way) is None, f"{way} is not set up here; see the settings")
    once = f"{READ_PAYMENT} {reference}"
    return defer(READ_PAYMENT, once=once, way=way, reference=reference, order=order.number, who=cause.who)


def note_provided(way: str, reference: str, cause: Cause, order: Order | None = None) -> Payment | None:
    """Note a payment as its provider knows it; None if it is known, or is for no order of ours.

    Raises OrderError, ProviderError, NoOrderYetError.

    It is for the order that it names, else for the one that is given. No transaction may be open: a provider is asked.
    """
    provider = find_provider(way)
    refuse(provider is None, f"{way} is not set up here; see the settings")
    assert provider is not None
    known = provider.read_payment(reference)
    if known is None:
        refuse(order is not None, f"{way} knows no payment {reference} of which anything came in")
        return None
    key = read_key(known.key)
    if key is not None and Attempt.objects.filter(key=key).exists():
        hear_attempt(key, cause.at)
        return None
    named = find_order(known.order) if known.order else None
    if known.order and named is None and order is None:
        raise NoOrderYetError(known.paid.at)
    refuse(
        order is not None and bool(known.order) and (named is None or named.pk != order.pk),
        f"payment {reference} is for order {known.order}",
    )
    found = named or order
    paid = replace(known.paid, at=min(known.paid.at, cause.at))  # clocks of two machines differ
    return None if found is None else note_payment(found, paid, cause)


def read_key(text: str) -> UUID | None:
    """Read the key of an attempt of ours; None: it is none, for anybody may keep anything with a payment."""
    try:
        return UUID(text)
    except ValueError:
        return None


@transaction.atomic
def hear_attempt(key: UUID, now: datetime) -> None:
    """Ask about an attempt of ours: who asked for its money notes it."""
    if Attempt.objects.filter(key=key, state__in=ASKED).exclude(state="waiting").update(try_at=now):
        defer(TAKE, once=TAKE)


def read_or_wait(way: str, reference: str, cause: Cause, order: Order | None = None) -> Payment | None:
    """Note a payment; where its order is not here yet, try again in an hour, for some days. Raises OrderError, ProviderError."""
    try:
        return note_provided(way, reference, cause, order)
    except NoOrderYetError as error:
        if cause.at < error.paid_at + PATIENCE:
            with transaction.atomic():
                defer(READ_PAYMENT, at=cause.at + AGAIN, way=way, reference=reference)
        return None
