"""Money that came in for orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import take_order
from backorder.api.endpoints.show_refund import MINOR
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.values import (
    Amount,
    Currency,
    Instant,
    Key,
    Label,
    Reason,
    Sent,
    SentInstant,
    Shown,
)
from backorder.payments import services
from backorder.payments.models import BY_HAND, Payment
from backorder.payments.reading import ask_to_read
from backorder.payments.selectors import read_payments

payments = Noun("payments", "money")


class ShownPayment(Shown):
    """Money that came in for an order."""

    payment: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    way: str = Field(description="`by_hand`, or the provider: `stripe`.")
    reference: str = Field(description="As the bank or the provider knows it.")
    label: str = Field(description="As the customer knows it.")
    currency: Currency
    amount: int = Field(description=MINOR)
    refunded: int = Field(description="What of it went back, or is to go.")
    paid_twice: int = Field(
        description="So much of it was more than the order cost when it came in; only of orders that are charged here."
    )
    at: Instant
    who: str = Field(description="Who noted it.")
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class NewPayment(Sent):
    """Money that came in, and that a person or a program saw."""

    order: Key
    amount: Annotated[Amount, Field(description=MINOR)]
    currency: Currency
    at: SentInstant
    reference: Annotated[Label, Field(description="Of the bank: noted once under it.")] = ""
    label: Annotated[Label, Field(description="As the customer knows it: bank transfer.")] = ""
    why: Reason = ""


class NewReading(Sent):
    """A payment that a provider took."""

    order: Key
    reference: Annotated[Key, Field(description="As the provider knows it: pi_… of Stripe.")]
    way: Annotated[Literal["stripe"], Field(description="The provider.")] = "stripe"


class PaymentReading(Shown):
    """A payment is read from its provider."""

    order: str
    reference: str
    asked: bool = Field(description="False: it was asked for already, and is not read yet.")


class ChosenMoney(Asked):
    """Of which orders."""

    order: Annotated[Key | None, Field(description="Only of this order.")] = None


@payments.reads("/payments", Page[ShownPayment])
def list_payments(chosen: Query[ChosenMoney]) -> Page[ShownPayment]:
    """List what came in, the last one first."""
    rows = read_payments()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    return take_page(rows, "-id", chosen, show_payments)


@payments.changes("/payments", ShownPayment, at=lambda made: made.payment and f"payments?order={made.order}")
def note_payment(act: Act, payment: NewPayment) -> ShownPayment:
    """Note money that came in by hand. One that is known under its reference is shown, and changes nothing."""
    order = take_order(payment.order)
    paid = services.Paid(
        BY_HAND, payment.amount, payment.currency, payment.at, payment.reference, payment.label
    )
    made = services.note_payment(order, paid, act.cause(payment.why))
    if made is None:
        (shown,) = show_payments([read_payments().get(way=BY_HAND, reference=payment.reference)])
        return shown
    (shown,) = show_payments([read_payments().get(pk=made.pk)])
    return shown.model_copy(update={"payment": None, "entry": None}) if act.preview else shown


@payments.changes("/payment-readings", PaymentReading)
def read_provider_payment(act: Act, reading: NewReading) -> PaymentReading:
    """Have a payment read from its provider and noted, within a minute. Nothing that is sent here is believed."""
    order = take_order(reading.order)
    asked = ask_to_read(reading.way, reading.reference, order, act.cause())
    return PaymentReading(order=order.number, reference=reading.reference, asked=asked is not None)


def show_payments(rows: Sequence[Payment]) -> list[ShownPayment]:
    """Show payments."""
    same = ("way", "reference", "label", "currency", "amount", "refunded", "paid_twice")
    return [
        ShownPayment(
            **{name: getattr(row, name) for name in same},
            payment=row.pk,
            order=row.order.number,
            at=row.paid_at,
            who=row.entry.who,
            entry=row.entry_id,
        )
        for row in rows
    ]
