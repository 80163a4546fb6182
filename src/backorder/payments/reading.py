"""Payments that a provider took: read from it, and noted."""

from __future__ import annotations

from backorder.orders.models import Order
from backorder.orders.selectors import find_order
from backorder.orders.services.wanted import refuse
from backorder.outbox.jobs import defer
from backorder.outbox.services import Cause
from backorder.payments.models import Payment
from backorder.payments.sending import find_provider
from backorder.payments.services import note_payment

READ_PAYMENT = "read_payment"
"""The job that notes a payment of which a provider told us."""


def ask_to_read(way: str, reference: str, order: Order, cause: Cause) -> int | None:
    """Put off reading a payment for an order: no provider is asked in a transaction. None: it is put off already."""
    refuse(find_provider(way) is None, f"{way} is not set up here; see the settings")
    once = f"{READ_PAYMENT} {reference}"
    return defer(READ_PAYMENT, once=once, way=way, reference=reference, order=order.number, who=cause.who)


def note_provided(way: str, reference: str, cause: Cause, order: Order | None = None) -> Payment | None:
    """Note a payment as its provider knows it; None if it is known, or is for no order of ours.

    Raises OrderError, ProviderError.

    It is for the order that it names, else for the one that is given. No transaction may be open: a provider is asked.
    """
    provider = find_provider(way)
    refuse(provider is None, f"{way} is not set up here; see the settings")
    assert provider is not None
    known = provider.read_payment(reference)
    if known is None:
        refuse(order is not None, f"{way} knows no payment {reference} of which anything came in")
        return None
    named = find_order(known.order) if known.order else None
    refuse(
        order is not None and bool(known.order) and (named is None or named.pk != order.pk),
        f"payment {reference} is for order {known.order}",
    )
    found = named or order
    return None if found is None else note_payment(found, known.paid, cause)
