"""What came in is noted, and what goes back is let go: each in one transaction, with the order locked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum, prefetch_related_objects

from backorder.catalog.models import Item
from backorder.money import say_amount
from backorder.orders.clearance import set_payment_state
from backorder.orders.models import MOST_MONEY, Cancellation, Order
from backorder.orders.services.wanted import OrderError, check_choice, refuse
from backorder.outbox import switches
from backorder.outbox.jobs import defer
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.payments.models import BY_HAND, WAYS, Payment, Refund, RefundPart, Transfer
from backorder.payments.shares import WITH_CANCELLED, find_twice, find_whole_cost, sum_paid

SEND = "send_refunds"
SWITCH = "refunds"
stop, is_stopped = partial(switches.stop, SWITCH), partial(switches.is_stopped, SWITCH)
goes_on = partial(switches.goes_on, SWITCH)
"""All money that goes back by a provider, or by a rule."""


@dataclass(frozen=True)
class Paid:
    """Money that came in. The amount is in minor units."""

    way: str
    amount: int
    currency: str
    at: datetime
    reference: str = ""
    label: str = ""


@dataclass(frozen=True)
class Back:
    """What is to go back, for which cancellations; for none: it is given, or was paid twice. The amount is in minor units."""

    amount: int
    currency: str
    cancellations: Sequence[Cancellation] = ()
    due_by: date | None = None
    owed: int | None = None  # as far as that could be said
    paid_twice: bool = False  # or not for this order: it counts as paid no more


@transaction.atomic
def note_payment(order: Order, paid: Paid, cause: Cause) -> Payment | None:
    """Note money that came in; None if that payment is known. The order counts as paid once all of it is. Raises OrderError."""
    order = lock(order)
    about = f"order {order.number}"
    check_choice("way of payment", paid.way, WAYS, about)
    refuse(paid.way != BY_HAND and not paid.reference, f"{about}: a payment by {paid.way} has a reference")
    refuse(
        not 1 <= paid.amount <= MOST_MONEY,
        f"{about}: {paid.amount} is no payment; name 1 to {MOST_MONEY:,} in minor units",
    )
    refuse(paid.at > cause.at, f"{about}: {paid.at:%Y-%m-%d %H:%M} is still to come")
    check_currency(order, paid.currency)
    known = Payment.objects.filter(way=paid.way, reference=paid.reference).exclude(reference="").first()
    if known is not None:
        same = (known.order_id, known.amount, known.currency) == (order.pk, paid.amount, paid.currency)
        refuse(not same, f"{about}: payment {paid.reference} is noted already, and otherwise")
        return None
    prefetch_related_objects([order], *WITH_CANCELLED)
    facts = {"amount": paid.amount, "currency": paid.currency, "way": paid.way, "at": paid.at.isoformat()}
    entry = write(cause, "payment.noted", [("order", order.number)], facts)
    payment = create_once(
        f"{about}: payment {paid.reference} is noted already",
        order=order,
        way=paid.way,
        reference=paid.reference,
        label=paid.label,
        currency=paid.currency,
        amount=paid.amount,
        paid_twice=find_twice(order, paid.currency, paid.amount),
        paid_at=paid.at,
        entry=entry,
    )
    if order.payment_state != "paid" and covers_all(order, paid.amount):
        set_payment_state(order, "paid", Cause(cause.who, cause.at, cause.why, entry))
    return payment


def lock(order: Order) -> Order:
    """Lock an order, and read it again: one thing after the other happens to its money."""
    return Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)


def find_currencies(order: Order) -> list[str]:
    """Find in which currencies the items of an order are priced."""
    items = Item.objects.filter(lines__order=order.pk)
    return sorted(items.values_list("currency", flat=True).distinct())


def check_currency(order: Order, currency: str) -> None:
    """Raise OrderError for a currency in which nothing of an order is priced."""
    known = find_currencies(order)
    refuse(
        bool(known) and currency not in known,
        f"order {order.number} is in {' and '.join(known)}, not in {currency}",
    )


def create_once(said: str, **fields: Any) -> Payment:  # noqa: ANN401 - what a payment has
    """Keep a payment; two orders may be locked at once, and only one of them gets a reference. Raises OrderError."""
    try:
        with transaction.atomic():
            return Payment.objects.create(**fields)
    except IntegrityError as error:
        raise OrderError(said) from error


def covers_all(order: Order, amount: int) -> bool:
    """Tell whether what was paid covers with an amount that comes in what an order costs; of several currencies a person says so."""
    currencies = find_currencies(order)
    if len(currencies) != 1:
        return False
    return sum_paid(order, currencies[0]) + amount >= find_whole_cost(order, currencies[0])


def sum_held(order: Order, currency: str) -> int:
    """Add up what came in for an order in a currency, less what was decided to go back."""
    came = order.payments.filter(currency=currency).aggregate(total=Sum("amount"))["total"] or 0
    back = order.refunds.filter(currency=currency).aggregate(total=Sum("amount"))["total"] or 0
    return came - back


def sum_prices(order: Order) -> int:
    """Add up what was ordered and not cancelled, by its prices."""
    value = F("unit_price") * (F("quantity_ordered") - F("quantity_cancelled"))
    return order.lines.aggregate(total=Sum(value))["total"] or 0


@transaction.atomic
def let_back(order: Order, back: Back, cause: Cause) -> Refund:
    """Decide that so much goes back for cancellations, and let it go. Raises OrderError.

    It goes back as it came in, the last payment first; where nobody noted a payment, a person sees to it. Nothing may be decided to
    go back too, with a reason.
    """
    order = lock(order)
    about = f"order {order.number}"
    refuse(
        not 0 <= back.amount <= MOST_MONEY, f"{about}: {back.amount} is no amount; name 0 or more minor units"
    )
    check_currency(order, back.currency)
    check_cancellations(order, back.cancellations)
    refuse(
        back.amount == 0 and not back.cancellations,
        f"{about}: nothing was cancelled of which nothing goes back",
    )
    refuse(back.amount == 0 and not cause.why.strip(), f"{about}: say why nothing goes back")
    refuse(
        not back.cancellations and not cause.why.strip(),
        f"{about}: nothing was cancelled; say why money goes back",
    )
    refuse(back.paid_twice and bool(back.cancellations), f"{about}: what was cancelled was not paid twice")
    payments = list_payments(order, back.currency)
    if back.paid_twice:
        payments.sort(key=lambda each: not each.paid_twice)
    left = sum_held(order, back.currency)
    refuse(
        bool(payments) and back.amount > left,
        f"{about}: {say_amount(max(left, 0), back.currency)} are left of what came in, and "
        f"{say_amount(back.amount, back.currency)} cannot go back",
    )
    facts = {"amount": back.amount, "currency": back.currency}
    entry = write(cause, "refund.let_go", [("order", order.number)], facts)
    refund = Refund.objects.create(
        order=order,
        currency=back.currency,
        amount=back.amount,
        owed=back.owed,
        due_by=back.due_by,
        paid_twice=back.paid_twice,
        entry=entry,
    )
    RefundPart.objects.bulk_create(
        RefundPart(refund=refund, cancellation=each) for each in back.cancellations
    )
    parts = [
        (payment, some, payment.way if payment else BY_HAND) for payment, some in share(back.amount, payments)
    ]
    ask(refund, parts, entry)
    return refund


def list_payments(order: Order, currency: str) -> list[Payment]:
    """List what came in for an order in a currency, the last first."""
    return list(order.payments.filter(currency=currency).order_by("-paid_at", "-id"))


def check_cancellations(order: Order, cancellations: Sequence[Cancellation]) -> None:
    """Raise OrderError for cancellations of another order, and for those that were paid back."""
    about = f"order {order.number}"
    keys = [each.pk for each in cancellations]
    known = Cancellation.objects.filter(pk__in=keys, line__order=order.pk).count()
    refuse(
        known != len(set(keys)) or known != len(keys),
        f"{about}: a cancellation is named twice, or is of another order",
    )
    refuse(
        RefundPart.objects.filter(cancellation__in=keys).exists(),
        f"{about}: what was cancelled is paid back already, or on its way",
    )


def share(amount: int, payments: Sequence[Payment]) -> Iterator[tuple[Payment | None, int]]:
    """Share an amount among payments, as much of each as is left of it; without payments a person pays it."""
    if not payments and amount:
        yield None, amount
    for payment in payments:
        some = min(amount, payment.amount - payment.refunded)
        if some:
            yield payment, some
        amount -= some


def ask(refund: Refund, parts: Sequence[tuple[Payment | None, int, str]], entry: Entry) -> list[Transfer]:
    """Ask for transfers, of which payment, how much and how; a provider is asked as soon as this is kept."""
    if any(way != BY_HAND for _, _, way in parts):
        defer(SEND, once=SEND)
    return Transfer.objects.bulk_create(
        Transfer(
            refund=refund,
            payment=payment,
            way=way,
            amount=amount,
            key=uuid.uuid4(),
            try_at=None if way == BY_HAND else entry.at,
            entry=entry,
        )
        for payment, amount, way in parts
    )


@transaction.atomic
def go_on(refund: Refund, cause: Cause, *, by_hand: bool) -> list[Transfer]:
    """Send again what failed of a refund, on the same way or by hand. Raises OrderError if nothing did."""
    lock(refund.order)
    refund = (
        Refund.objects.select_for_update(of=("self",), no_key=True).select_related("order").get(pk=refund.pk)
    )
    rest, about = refund.amount - refund.moved, f"order {refund.order.number}"
    refuse(not rest, f"{about}: everything of that refund is sent, or on its way")
    failed = set(refund.transfers.filter(state="failed").values_list("payment", flat=True))
    payments = list_payments(refund.order, refund.currency)
    parts = list(share(rest, sorted(payments, key=lambda each: each.pk not in failed)))
    refuse(
        sum(some for _, some in parts) < rest,
        f"{about}: less than {say_amount(rest, refund.currency)} are left of what came in",
    )
    facts = {"amount": rest, "currency": refund.currency}
    entry = write(cause, "refund.goes_on", [("order", refund.order.number)], facts)
    return ask(
        refund,
        [(payment, some, payment.way if payment and not by_hand else BY_HAND) for payment, some in parts],
        entry,
    )
