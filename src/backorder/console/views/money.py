"""The money of one order: what came in, what is owed, and what goes back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from backorder.allocation.selectors.lines import read_order
from backorder.care.house import look_at_house
from backorder.care.refunds.owed import Owed, list_owed
from backorder.console.access import signed_in
from backorder.console.parts import Cell, Column, Empty, Row, Table
from backorder.console.templatetags.words import say_day, say_money, say_time
from backorder.console.views.charges import describe_charges, describe_means
from backorder.console.views.refunds import WAYS, describe_state, say_to
from backorder.orders.models import Order
from backorder.payments.models import BY_HAND, STRIPE, Payment, Refund, Transfer
from backorder.payments.selectors import read_payments, read_refunds
from backorder.payments.sending import find_provider

PAYMENTS = (
    *(Column("Came in", whole=True), Column("How"), Column("Reference")),
    *(Column("Amount", numeric=True, whole=True), Column("Of it back", numeric=True, whole=True)),
)


TRANSFERS = (
    *(Column("Decided", whole=True), Column("By"), Column("For"), Column("Amount", numeric=True, whole=True)),
    *(Column("How"), Column("Where it is"), Column("What you can do")),
)


NONE_CAME = Empty(
    "No payment was noted", "Money goes back by hand then, and nobody holds it against what came in."
)


NONE_BACK = Empty("Nothing goes back", "What somebody lets go appears here, with what becomes of it.")


@require_GET
@signed_in
def show_money(request: HttpRequest, number: str) -> HttpResponse:
    """Show the money of an order."""
    order = get_order(number)
    refunds = list(read_refunds().filter(order=order).order_by("id"))
    _, faults = look_at_house()
    context = {
        "order": order,
        "house_faults": faults,
        "stripe": find_provider(STRIPE) is not None,
        "owed": [] if faults else [describe_owed(each) for each in list_owed(timezone.now(), [order])],
        "payments": describe_payments(order),
        "means": describe_means(order),
        "charges": describe_charges(order),
        "refunds": Table(
            "Money that goes back",
            TRANSFERS,
            [row for each in refunds for row in describe_refund(each)],
            NONE_BACK,
        ),
    }
    return render(request, "console/money.html", context)


def get_order(number: str) -> Order:
    """Find an order. Raises Http404."""
    order = read_order(number)
    if order is None:
        message = f"There is no order {number}."
        raise Http404(message)
    return order


def describe_owed(owed: Owed) -> dict[str, str]:
    """Say what is owed, and by when."""
    amount = (
        "How much a person must say." if owed.amount is None else f"{say_money(owed.amount, owed.currency)}."
    )
    law = f" under {owed.by_law}" if owed.by_law else " by the rules of the house"
    units = ", ".join(
        f"{each.quantity:,} of {each.line.item.sku} (line {each.line.number})" for each in owed.cancellations
    )
    return {
        "said": f"{amount} Cancelled: {units}. It leaves by {say_day(owed.due_by)}{law}.",
        "fault": owed.fault,
    }


def list_payments(order: Order) -> list[Payment]:
    """List what came in for an order, the first at the front."""
    return list(read_payments().filter(order=order).order_by("paid_at", "id"))


def describe_payments(order: Order) -> Table:
    """Lay out what came in."""
    rows = [
        Row(
            [
                Cell(say_time(each.paid_at)),
                Cell(each.label or WAYS[each.way], note=WAYS[each.way] if each.label else ""),
                Cell(each.reference),
                Cell(say_money(each.amount, each.currency), note=say_twice(each)),
                Cell(say_money(each.refunded, each.currency)),
            ]
        )
        for each in list_payments(order)
    ]
    return Table("Money that came in", PAYMENTS, rows, NONE_CAME)


def say_twice(payment: Payment) -> str:
    """Say how much of a payment was more than its order cost when it came in; blank: nothing."""
    if not payment.paid_twice:
        return ""
    return f"{say_money(payment.paid_twice, payment.currency)} of it paid twice"


def describe_refund(refund: Refund) -> list[Row]:
    """Lay out a refund: a row for each of its transfers, the last of which holds what can be done about the rest."""
    transfers = list(refund.transfers.all())
    parts = [each.cancellation for each in refund.parts.all()]
    units = ", ".join(f"{each.quantity:,} of {each.line.item.sku}" for each in parts)
    what = units or ("paid twice, or not for this order" if refund.paid_twice else "goodwill")
    begin = [Cell(say_time(refund.entry.at)), Cell(refund.entry.who, note=refund.entry.why), Cell(what)]
    if not transfers:
        return [
            Row([*begin, Cell(say_money(0, refund.currency)), Cell(""), Cell("nothing goes back"), Cell("")])
        ]
    again = []
    if refund.moved < refund.amount:
        again = [("Send again", reverse("refund-again", args=[refund.pk, "same"]))]
        again += [("Pay by hand", reverse("refund-again", args=[refund.pk, "by-hand"]))]
    rows = []
    for transfer in transfers:
        actions = [*list_actions(transfer), *(again if transfer is transfers[-1] else [])]
        cells = [
            Cell(say_money(transfer.amount, refund.currency)),
            Cell(WAYS[transfer.way], note=say_to(transfer)),
            describe_state(transfer),
            Cell("", actions=actions),
        ]
        rows.append(Row([*begin, *cells]))
    return rows


def list_actions(transfer: Transfer) -> list[tuple[str, str]]:
    """List what a person can note about money that a person sends."""
    if transfer.state == "failed" or (transfer.way != BY_HAND and transfer.state != "waiting"):
        return []
    if transfer.way != BY_HAND:
        return [("Call it off", reverse("transfer-change", args=[transfer.pk, "returned"]))]
    said = "It came back" if transfer.state == "sent" else "It cannot be sent"
    returned = (said, reverse("transfer-change", args=[transfer.pk, "returned"]))
    if transfer.state == "sent":
        return [returned]
    return [("It is sent", reverse("transfer-change", args=[transfer.pk, "sent"])), returned]
