"""What is owed, and money that goes back."""

from __future__ import annotations

from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.api.endpoints.letters import Language
from backorder.api.endpoints.named import take_order
from backorder.api.endpoints.noted import NewSwitch, Noted, Stopped, note
from backorder.api.endpoints.payments import ChosenMoney
from backorder.api.endpoints.show_refund import MINOR, ShownOwed, ShownRefund, show_owed, show_refunds
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Page, take_page
from backorder.api.problems import require
from backorder.api.values import (
    Amount,
    Currency,
    Given,
    Key,
    Label,
    Number,
    Reason,
    Sent,
    SentInstant,
    Shown,
    Switch,
)
from backorder.care.house import read_house
from backorder.care.letters.speech import Speech
from backorder.care.refunds.letting import let_owed_back
from backorder.care.refunds.owed import list_orders_owed
from backorder.care.refunds.words import say_policy
from backorder.orders.models import Order
from backorder.payments import services, transfers
from backorder.payments.models import Refund
from backorder.payments.selectors import find_transfer, read_refunds

refunds = Noun("refunds", "money")


class NewRefund(Sent):
    """What is owed, and is to go back."""

    order: Key
    mark: Annotated[Label, Field(description="Of what is owed, as it was read.")]
    amount: Annotated[Amount | None, Field(description=f"{MINOR} Another amount than is owed, and why.")] = (
        None
    )
    why: Reason = ""


class Goodwill(Sent):
    """Money that goes back though nothing was cancelled: for a long wait, or because it was paid twice."""

    order: Key
    amount: Annotated[Amount, Field(description=MINOR)]
    currency: Currency
    paid_twice: Annotated[
        Switch,
        Field(
            description="It was paid twice, or is not for this order: it counts as paid no more. Else it is goodwill, and does."
        ),
    ] = False
    why: Annotated[Given, Field(description="For the journal.")]


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


class RefundPolicy(Shown):
    """The rules of the house about refunds, for whoever is about to buy."""

    language: str
    says: list[str] = Field(
        description="Sentences to show before buying; none: the house says nothing of it."
    )


class PolicyAsked(Sent):
    """In which language."""

    language: Annotated[Language, Field(description="One that letters are written in.")] = "en"


@refunds.reads("/owed", Page[ShownOwed])
def list_all_owed(chosen: Query[ChosenMoney]) -> Page[ShownOwed]:
    """List what is owed for what was cancelled of paid orders, the oldest order first."""
    by_number = Order.objects.filter(number=chosen.order)
    rows = list_orders_owed(timezone.now()) if chosen.order is None else by_number
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
    made = let_owed_back(take_order(refund.order), refund.mark, act.cause(refund.why), refund.amount)
    return show_made(act, made)


@refunds.changes("/goodwill", ShownRefund, at=lambda made: made.refund and f"refunds/{made.refund}")
def let_goodwill_back(act: Act, goodwill: Goodwill) -> ShownRefund:
    """Let so much go back though nothing was cancelled."""
    back = services.Back(goodwill.amount, goodwill.currency, paid_twice=goodwill.paid_twice)
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
    return note(act, transfers.note_sent(found, sent.at, act.cause(sent.why), sent.reference, sent.label))


@refunds.changes("/transfers/{transfer}/failure", Noted)
def note_transfer_returned(act: Act, transfer: Number, returned: MoneyReturned) -> Noted:
    """Note that money which was sent by hand came back, or cannot be sent."""
    found = require(find_transfer(transfer))
    return note(act, transfers.note_returned(found, returned.said, act.cause(returned.why)))


@refunds.reads("/refund-policy", RefundPolicy)
def get_refund_policy(asked: Query[PolicyAsked]) -> RefundPolicy:
    """Say in plain words what a customer gets who cancels what waits: to be shown before buying."""
    says = say_policy(read_house().refunds, Speech(asked.language))
    return RefundPolicy(language=asked.language, says=says)


@refunds.reads("/refund-switch", Stopped)
def get_switch() -> Stopped:
    """Show whether somebody stopped all refunds."""
    return Stopped(stopped=services.is_stopped())


@refunds.changes("/refund-switch", Noted, method="PUT")
def put_switch(act: Act, switch: NewSwitch) -> Noted:
    """Stop all refunds by providers and rules at once, or let them go on."""
    return note(act, services.stop(act.cause(switch.why), stopped=switch.stopped))
