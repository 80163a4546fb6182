"""What a person notes of the money of an order: that it came in, goes back, was sent, or came back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backorder.accounts.roles import MONEY
from backorder.care.refunds.letting import let_owed_back
from backorder.care.refunds.owed import list_owed
from backorder.console.access import may_change, name_cause
from backorder.console.changes import Change, Kind, Topic
from backorder.console.forms.money import (
    AgainForm,
    PaidForm,
    ProvidedForm,
    RefundForm,
    TransferReturnedForm,
    TransferSentForm,
)
from backorder.console.templatetags.words import say_money, say_time
from backorder.console.views.money import get_order, list_payments
from backorder.money import say_finer, to_decimal, to_minor
from backorder.orders.models import Order
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.payments.models import BY_HAND, STRIPE, Refund, Transfer
from backorder.payments.providers import ProviderError
from backorder.payments.reading import note_provided
from backorder.payments.selectors import find_transfer, read_refunds, read_twice
from backorder.payments.services import Back, Paid, find_currencies, go_on, let_back, note_payment
from backorder.payments.transfers import note_returned, note_sent


def read_typed(order: Order, typed: Mapping[str, Any]) -> tuple[int, str]:
    """Read the amount of a form. Raises OrderError."""
    return read_minor(order, typed["amount"])


def read_minor(order: Order, amount: Decimal) -> tuple[int, str]:
    """Read an amount that was typed in, in the currency of the order. Raises OrderError."""
    currencies = find_currencies(order)
    if len(currencies) != 1:
        message = (
            f"order {order.number} is in {' and '.join(currencies) or 'no currency'}; programs can name one"
        )
        raise OrderError(message)
    minor = to_minor(amount, currencies[0])
    if minor is None:
        message = f"order {order.number}: {say_finer(amount, currencies[0])}"
        raise OrderError(message)
    return minor, currencies[0]


def note_paid(order: Order, typed: dict[str, Any], cause: Cause) -> Entry | None:
    """Note money that came in."""
    amount, currency = read_typed(order, typed)
    payment = note_payment(
        order, Paid(BY_HAND, amount, currency, typed["at"], typed["reference"], typed["label"]), cause
    )
    return payment.entry if payment else None


def let_typed_back(order: Order, typed: dict[str, Any], cause: Cause) -> Entry:
    """Let so much go back: because it was paid twice, or of what is owed, else as goodwill."""
    amount, currency = read_typed(order, typed)
    if typed["mark"] and not typed["paid_twice"]:
        return let_owed_back(order, typed["mark"], cause, amount).entry
    return let_back(order, Back(amount, currency, paid_twice=typed["paid_twice"]), cause).entry


def read_owed(order: Order) -> dict[str, Any]:
    """Read what stands in the form at first: what is owed, else what was paid twice."""
    found = list_owed(timezone.now(), [order])
    if not found:
        twice = read_twice(order)
        return {"amount": to_decimal(*twice[0]), "paid_twice": True} if twice else {}
    owed = found[0]
    shown = {} if owed.amount is None else {"amount": to_decimal(owed.amount, owed.currency)}
    return {**shown, "mark": owed.mark}


ORDER_KINDS: dict[str, Kind[Order]] = {
    "paid": Kind(
        "Payment for",
        "Note it",
        PaidForm,
        lambda _: {"at": timezone.localtime()},
        note_paid,
        moves_lines=False,
    ),
    "back": Kind("Pay back", "Let it go back", RefundForm, read_owed, let_typed_back, moves_lines=False),
}


TRANSFER_KINDS: dict[str, Kind[Transfer]] = {
    "sent": Kind(
        "Sent:",
        "Note it",
        TransferSentForm,
        lambda _: {"at": timezone.localtime()},
        lambda transfer, typed, cause: note_sent(
            transfer, typed["at"], cause, typed["reference"], typed["label"]
        ),
        moves_lines=False,
    ),
    "returned": Kind(
        "Not arrived:",
        "Note it",
        TransferReturnedForm,
        lambda _: {},
        lambda transfer, typed, cause: note_returned(transfer, typed["said"], cause),
        moves_lines=False,
    ),
}


def again(refund: Refund, cause: Cause, *, by_hand: bool) -> Entry:
    """Send what failed again."""
    return go_on(refund, cause, by_hand=by_hand)[0].entry


REFUND_KINDS: dict[str, Kind[Refund]] = {
    "same": Kind(
        "Send again:",
        "Send it again",
        AgainForm,
        lambda _: {},
        lambda refund, _, cause: again(refund, cause, by_hand=False),
        moves_lines=False,
    ),
    "by-hand": Kind(
        "Pay by hand:",
        "A person pays it",
        AgainForm,
        lambda _: {},
        lambda refund, _, cause: again(refund, cause, by_hand=True),
        moves_lines=False,
    ),
}


@require_http_methods(["GET", "POST"])
@may_change(MONEY)
def change_money(request: HttpRequest, what: str, number: str) -> HttpResponse:
    """Note a payment of an order, or let money go back."""
    kind, order = ORDER_KINDS.get(what), get_order(number)
    if kind is None:
        message = "There is no such change of money."
        raise Http404(message)
    return kind.take(request, order, name_topic(order, f"order {number}", say_left(order)))


def say_left(order: Order) -> str:
    """Say how much of what came in is left."""
    left: dict[str, int] = {}
    for each in list_payments(order):
        left[each.currency] = left.get(each.currency, 0) + each.amount - each.refunded
    if not left:
        return "No payment was noted: what goes back a person pays."
    return f"Of what came in {' and '.join(say_money(amount, currency) for currency, amount in left.items())} are left."


def name_topic(order: Order, named: str, about: str) -> Topic:
    """Say what a change is about, and lead back to the money of its order."""
    return Topic(named, about, reverse("money", args=[order.number]), ("order", order.number))


@require_http_methods(["GET", "POST"])
@may_change(MONEY)
def note_stripe(request: HttpRequest, number: str) -> HttpResponse:
    """Note a payment as Stripe knows it: it is asked outside of every transaction."""
    order, form = get_order(number), ProvidedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            payment = note_provided(STRIPE, form.cleaned_data["reference"], name_cause(request), order)
        except (OrderError, ProviderError) as error:
            form.add_error(None, f"{error}. Nothing was changed.")
        else:
            messages.success(request, "It is noted." if payment else "It was noted already.")
            return redirect("money", number)
    topic = name_topic(order, f"order {number}", "Stripe is asked for it, and nothing is taken from here.")
    change = Change(
        f"Payment by Stripe for {topic.named}",
        topic.about,
        topic.back,
        "Read it from Stripe",
        form,
        lambda _: None,
    )
    return render(request, "console/plain_change.html", {"change": change, "form": form, "opened": ""})


@require_http_methods(["GET", "POST"])
@may_change(MONEY)
def change_transfer(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Note what became of money that a person sends."""
    kind, transfer = TRANSFER_KINDS.get(what), find_transfer(number)
    if kind is None or transfer is None:
        message = "There is no such transfer."
        raise Http404(message)
    refund, payment = transfer.refund, transfer.payment
    amount = say_money(transfer.amount, refund.currency)
    to = payment.label if payment and payment.label else "the customer"
    about = f"{amount} to {to}, as {refund.entry.who} decided on {say_time(refund.entry.at)}."
    return kind.take(
        request, transfer, name_topic(refund.order, f"{amount} for order {refund.order.number}", about)
    )


@require_http_methods(["GET", "POST"])
@may_change(MONEY)
def send_again(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Send what failed of a refund again, or by hand."""
    kind, refund = REFUND_KINDS.get(what), read_refunds().filter(pk=number).first()
    if kind is None or refund is None:
        message = "There is no such refund."
        raise Http404(message)
    rest = say_money(refund.amount - refund.moved, refund.currency)
    about = f"{rest} did not arrive, and goes out again. Nothing is sent twice: what failed is over."
    return kind.take(
        request, refund, name_topic(refund.order, f"{rest} for order {refund.order.number}", about)
    )
