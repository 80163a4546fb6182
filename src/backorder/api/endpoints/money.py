"""Money that came in for orders, what is owed, and what goes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import by_rules_in_force, take_order
from backorder.api.endpoints.noted import Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import (
    Amount,
    Currency,
    Day,
    Flag,
    Given,
    Instant,
    Key,
    Label,
    Number,
    Reason,
    Sent,
    SentInstant,
    Shown,
)
from backorder.care.refunds.letting import let_owed_back
from backorder.care.refunds.owed import list_orders_owed, list_owed
from backorder.orders.models import Order
from backorder.payments import services
from backorder.payments.models import BY_HAND, Payment, Refund, Transfer
from backorder.payments.reading import ask_to_read
from backorder.payments.selectors import find_transfer, read_payments, read_refunds

payments = Noun("payments", "money")
refunds = Noun("refunds", "money")
MINOR = "In minor units: cents of EUR."


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


class UnitsCancelled(Shown):
    """Units that were cancelled."""

    cancellation: int
    line: str
    sku: str
    quantity: int


class ShownOwed(Shown):
    """What is owed for what was cancelled of a paid order."""

    order: str
    mark: str = Field(description="Stands for all of it; let it go back by it.")
    amount: int | None = Field(description=f"{MINOR} Null: prices do not say it, a person must.")
    currency: Currency
    due_by: Day = Field(description="The last day on which it may leave.")
    by_law: str = Field(description="Which law says so; blank: the rules of the house.")
    since: Instant
    fault: str = Field(description="Why nobody can say by when a law wants it; blank if one can.")
    cancelled: list[UnitsCancelled]


class ShownTransfer(Shown):
    """One attempt to send money back."""

    transfer: int
    way: str
    amount: int
    state: str = Field(
        description="`waiting`: nobody was asked to send it; `handed`: a provider was asked; `pending`: on its way to the bank; "
        "`sent`; `failed`: for good, it takes another transfer."
    )
    reference: str
    label: str
    said: str = Field(description="By the provider or the bank, where it did not go on.")
    sent_at: Instant | None
    failed_at: Instant | None


class ShownRefund(Shown):
    """So much of an order is to go back."""

    refund: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    currency: Currency
    amount: int = Field(description=f"{MINOR} 0: it was found that nothing goes back.")
    moved: int = Field(
        description="What was sent of it, or is on its way; less than the amount: something failed."
    )
    due_by: Day | None
    cancelled: list[UnitsCancelled] = Field(description="For what; empty: goodwill.")
    transfers: list[ShownTransfer]
    at: Instant
    who: str
    why: str
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class NewRefund(Sent):
    """What is owed, and is to go back."""

    order: Key
    mark: Annotated[Label, Field(description="Of what is owed, as it was read.")]
    amount: Annotated[Amount | None, Field(description=f"{MINOR} Another amount than is owed, and why.")] = (
        None
    )
    why: Reason = ""


class Goodwill(Sent):
    """Money that goes back though nothing was cancelled, as for a long wait."""

    order: Key
    amount: Annotated[Amount, Field(description=MINOR)]
    currency: Currency
    why: Reason = ""


class SentByHand(Sent):
    """That money was sent by hand."""

    at: SentInstant
    reference: Annotated[Label, Field(description="Of the bank.")] = ""
    label: Annotated[Label, Field(description="To where, as the customer knows it.")] = ""
    why: Reason = ""


class MoneyReturned(Sent):
    """That money came back, or cannot be sent."""

    said: Annotated[Given, Field(description="What the bank says.")]
    why: Reason = ""


class SentAgain(Sent):
    """That what failed of a refund is sent again."""

    way: Annotated[Literal["same", "by_hand"], Field(description="As it was tried before, or by a person.")]
    why: Reason = ""


class RefundSwitch(Shown):
    """Whether refunds go."""

    stopped: bool = Field(description="Somebody stopped all of them.")


class NewSwitch(Sent):
    """Whether refunds are to go."""

    stopped: Flag
    why: Reason = ""


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


@refunds.reads("/owed", Page[ShownOwed])
def list_all_owed(chosen: Query[ChosenMoney]) -> Page[ShownOwed]:
    """List what is owed for what was cancelled of paid orders, the oldest order first."""
    with by_rules_in_force():
        by_number = Order.objects.filter(number=chosen.order)
        rows = list_orders_owed() if chosen.order is None else by_number
        return take_page(rows, "pk", chosen, show_owed)


@refunds.reads("/refunds", Page[ShownRefund])
def list_refunds(chosen: Query[ChosenMoney]) -> Page[ShownRefund]:
    """List what was decided to go back and what became of it, the last one first."""
    rows = read_refunds()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    return take_page(rows, "-id", chosen, show_refunds)


@refunds.reads("/refunds/{refund}", ShownRefund)
def get_refund(refund: Number) -> ShownRefund:
    """Show a refund."""
    return show_refunds([require(read_refunds().filter(pk=refund).first())])[0]


@refunds.changes("/refunds", ShownRefund, at=lambda made: made.refund and f"refunds/{made.refund}")
def let_back(act: Act, refund: NewRefund) -> ShownRefund:
    """Let go back what is owed, as it was read. It goes as it came in."""
    with by_rules_in_force():
        made = let_owed_back(take_order(refund.order), refund.mark, act.cause(refund.why), refund.amount)
    return show_made(act, made)


@refunds.changes("/goodwill", ShownRefund, at=lambda made: made.refund and f"refunds/{made.refund}")
def let_goodwill_back(act: Act, goodwill: Goodwill) -> ShownRefund:
    """Let so much go back though nothing was cancelled."""
    back = services.Back(goodwill.amount, goodwill.currency)
    return show_made(act, services.let_back(take_order(goodwill.order), back, act.cause(goodwill.why)))


def show_made(act: Act, made: Refund) -> ShownRefund:
    """Show a refund that was made; what was only tried has no number."""
    (shown,) = show_refunds([read_refunds().get(pk=made.pk)])
    return shown.model_copy(update={"refund": None, "entry": None}) if act.preview else shown


@refunds.changes("/refunds/{refund}/again", Noted)
def send_again(act: Act, refund: Number, again: SentAgain) -> Noted:
    """Send again what failed of a refund."""
    found = require(read_refunds().filter(pk=refund).first())
    asked = services.go_on(found, act.cause(again.why), by_hand=again.way == "by_hand")
    return note(act, asked[0].entry)


@refunds.changes("/transfers/{transfer}/sent", Noted)
def note_transfer_sent(act: Act, transfer: Number, sent: SentByHand) -> Noted:
    """Note that money which was to be sent by hand was sent."""
    found = require(find_transfer(transfer))
    return note(act, services.note_sent(found, sent.at, act.cause(sent.why), sent.reference, sent.label))


@refunds.changes("/transfers/{transfer}/failure", Noted)
def note_transfer_returned(act: Act, transfer: Number, returned: MoneyReturned) -> Noted:
    """Note that money which was sent by hand came back, or cannot be sent."""
    found = require(find_transfer(transfer))
    return note(act, services.note_returned(found, returned.said, act.cause(returned.why)))


@refunds.reads("/refund-switch", RefundSwitch)
def get_switch() -> RefundSwitch:
    """Show whether somebody stopped all refunds."""
    return RefundSwitch(stopped=services.is_stopped())


@refunds.changes("/refund-switch", Noted, method="PUT")
def put_switch(act: Act, switch: NewSwitch) -> Noted:
    """Stop all refunds by providers and rules at once, or let them go on."""
    return note(act, services.stop(act.cause(switch.why), stopped=switch.stopped))


def show_payments(rows: Sequence[Payment]) -> list[ShownPayment]:
    """Show payments."""
    same = ("way", "reference", "label", "currency", "amount", "refunded")
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


def show_owed(rows: Sequence[Order]) -> list[ShownOwed]:
    """Show what is owed of orders."""
    found = list_owed(timezone.now(), rows) if rows else []
    return [
        ShownOwed(
            order=each.order.number,
            mark=each.mark,
            amount=each.amount,
            currency=each.currency,
            due_by=each.due_by,
            by_law=each.by_law,
            since=each.since,
            fault=each.fault,
            cancelled=show_cancelled(each.cancellations),
        )
        for each in sorted(found, key=lambda each: each.order.pk)
    ]


def show_cancelled(rows: Sequence[Any]) -> list[UnitsCancelled]:
    """Show what was cancelled."""
    return [
        UnitsCancelled(
            cancellation=row.pk, line=row.line.number, sku=row.line.item.sku, quantity=row.quantity
        )
        for row in rows
    ]


def show_refunds(rows: Sequence[Refund]) -> list[ShownRefund]:
    """Show refunds."""
    return [
        ShownRefund(
            refund=row.pk,
            order=row.order.number,
            currency=row.currency,
            amount=row.amount,
            moved=row.moved,
            due_by=row.due_by,
            cancelled=show_cancelled([part.cancellation for part in row.parts.all()]),
            transfers=[show_transfer(each) for each in row.transfers.all()],
            at=row.entry.at,
            who=row.entry.who,
            why=row.entry.why,
            entry=row.entry_id,
        )
        for row in rows
    ]


def show_transfer(row: Transfer) -> ShownTransfer:
    """Show a transfer."""
    same = ("way", "amount", "state", "reference", "label", "said", "sent_at", "failed_at")
    return ShownTransfer(transfer=row.pk, **{name: getattr(row, name) for name in same})
