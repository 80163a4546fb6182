"""Reading what came in, what goes back, and what is stuck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import (
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from backorder.orders.models import Order
from backorder.payments.models import (
    AUTHORISATION,
    BY_HAND,
    LINK,
    Attempt,
    Charge,
    Means,
    Payment,
    Refund,
    RefundPart,
    Transfer,
)
from backorder.payments.shares import (
    WITH,
    WITH_CANCELLED,
    find_currencies,
    find_excess,
    find_open,
    find_too_much,
    name_debts,
)

SILENT_AFTER = timedelta(days=5)
"""So long after it was to go back a person asks about money that a provider has not sent: it is still time, by most laws."""


def read_payments() -> QuerySet[Payment]:
    """Read payments, with whose they are and who noted them."""
    return Payment.objects.select_related("order", "entry")


def read_refunds() -> QuerySet[Refund]:
    """Read what was decided to go back, with each transfer and what it is for."""
    transfers = Prefetch("transfers", Transfer.objects.select_related("payment", "entry").order_by("id"))
    parts = Prefetch("parts", RefundPart.objects.select_related("cancellation__line__item").order_by("id"))
    return Refund.objects.select_related("entry", "order").prefetch_related(transfers, parts)


def list_to_pay() -> QuerySet[Transfer]:
    """List what a person is to send, what is due first at the front."""
    return with_orders(Transfer.objects.filter(state="waiting", way=BY_HAND)).order_by("refund__due_by", "id")


def list_going() -> QuerySet[Transfer]:
    """List what providers are asked for, and have not sent yet."""
    return with_orders(
        Transfer.objects.filter(state__in=("waiting", "handed", "pending")).exclude(way=BY_HAND)
    ).order_by("id")


def list_silent(now: datetime) -> QuerySet[Transfer]:
    """List what providers were to send back long ago and neither sent nor refused, what is due first at the front."""
    return (
        list_going()
        .exclude(state="waiting")
        .filter(entry__at__lte=now - SILENT_AFTER)
        .order_by("refund__due_by", "id")
    )


def list_ended(most: int) -> QuerySet[Transfer]:
    """List what was sent, or failed, last."""
    ended = with_orders(Transfer.objects.filter(state__in=("sent", "failed")))
    return ended.order_by(Coalesce("failed_at", "sent_at").desc(), "-id")[:most]


def list_stuck() -> QuerySet[Refund]:
    """List the refunds of which something failed and nobody sent it otherwise, what is due first at the front."""
    stuck = Refund.objects.filter(moved__lt=F("amount"))
    return stuck.select_related("order__customer", "entry").order_by("due_by", "id")


def count_late(today: date) -> int:
    """Count the refunds that were to leave before a day, and are stuck, on their way, or wait for a person."""
    moving = Exists(
        Transfer.objects.filter(refund=OuterRef("pk"), state__in=("waiting", "handed", "pending"))
    )
    return Refund.objects.filter(Q(moved__lt=F("amount")) | moving, due_by__lt=today).count()


def with_orders(transfers: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """Read transfers with what people look at."""
    return transfers.select_related("refund__order__customer", "refund__entry", "payment")


def find_transfer(number: int) -> Transfer | None:
    """Find a transfer; None: there is none."""
    return with_orders(Transfer.objects.all()).filter(pk=number).first()


def find_debts(orders: Iterable[int]) -> dict[int, Sequence[str]]:
    """Find why orders, by id, cannot be charged for what would leave next; of those that are charged here."""
    noted = Exists(Means.objects.filter(order=OuterRef("pk")))
    ours = Q(noted) | Q(Exists(Charge.objects.filter(order=OuterRef("pk"))))
    found = Order.objects.filter(ours, pk__in=list(orders)).prefetch_related(*WITH)
    return {order.pk: debts for order in found if (debts := name_debts(order))}


def read_means() -> QuerySet[Means]:
    """Read by what orders may be charged, with who noted it."""
    return Means.objects.select_related("order", "entry")


def read_charges() -> QuerySet[Charge]:
    """Read what is to be charged, with each attempt to take it."""
    attempts = Prefetch(
        "attempts", Attempt.objects.select_related("means", "payment", "entry").order_by("id")
    )
    return Charge.objects.select_related("order__customer", "entry", "called_off").prefetch_related(attempts)


def list_not_taken() -> QuerySet[Charge]:
    """List the charges of which something failed and nobody was asked otherwise, whose grace ends first at the front."""
    failed = read_charges().filter(moved__lt=F("amount"), called_off=None)
    return failed.order_by(F("keeps_until").asc(nulls_first=True), "id")


def list_paid_twice(most: int) -> list[tuple[Order, int, str]]:
    """List so many orders of which more came in than they cost and is not paid back, with how much, the oldest order first.

    Where an order costs more by now it is less, or nothing. As many are added up at once as are listed, and no more than it takes.
    """
    found: list[tuple[Order, int, str]] = []
    begin, still_open = 0, list_twice_open()
    while len(found) < most and (some := list(still_open[begin : begin + most])):
        orders = Order.objects.select_related("customer").prefetch_related(*WITH_CANCELLED)
        by_key = orders.in_bulk({key for key, _ in some})
        for key, currency in some:
            order = by_key[key]
            amount = find_too_much(order, currency)
            if amount:
                found.append((order, amount, currency))
        begin += most
    return found[:most]


def list_twice_open() -> QuerySet[Payment, tuple[int, str]]:
    """List the orders, by id and currency, of which less went back since because it was paid twice than was paid twice."""
    same = {"order": OuterRef("order"), "currency": OuterRef("currency")}
    twice = Payment.objects.filter(paid_twice__gt=0)
    before = Exists(twice.filter(**same, entry__lt=OuterRef("entry")))
    since = Refund.objects.filter(before, **same, paid_twice=True).order_by().values("order")
    gone = Subquery(since.annotate(sum=Sum("amount")).values("sum"))
    sums = twice.values("order", "currency").annotate(came=Sum("paid_twice"), gone=Coalesce(gone, 0))
    return sums.filter(came__gt=F("gone")).order_by("order", "currency").values_list("order", "currency")


def read_twice(order: Order) -> list[tuple[int, str]]:
    """Read how much of an order was paid twice and is not paid back, by currency; nothing where it was not."""
    still_open = list(list_twice_open().filter(order=order.pk))
    if still_open:
        prefetch_related_objects([order], *WITH_CANCELLED)
    amounts = [(find_too_much(order, currency), currency) for _, currency in still_open]
    return [(amount, currency) for amount, currency in amounts if amount]


def list_links() -> QuerySet[Attempt]:
    """List the links at which customers are to pay."""
    asked = Attempt.objects.filter(kind=LINK, state__in=("waiting", "handed", "pending", "ending"))
    return asked.select_related("charge__order__customer").order_by("id")


def list_ending() -> QuerySet[Means]:
    """List what is held and ends though nothing can be done about it without a person, what ends first at the front."""
    told = Means.objects.filter(kind=AUTHORISATION, state="open", told_at__isnull=False, used=0)
    return told.select_related("order__customer").order_by("capture_before", "id")


def list_open_links(order: Order) -> list[Attempt]:
    """List the links at which a customer may pay for an order, each for a part that no other takes; none that would take too much.

    What is paid otherwise, or costs less by now, has links that end.
    """
    if order.payment_state == "paid":
        return []
    pending = Attempt.objects.filter(charge__order=order.pk, kind=LINK, state="pending").exclude(link="")
    found = list(pending.select_related("charge").order_by("id"))
    if found:
        prefetch_related_objects([order], *WITH)
    return [each for each in found if not find_excess(order, each.charge.currency)]


def find_attempt(number: int) -> Attempt | None:
    """Find an attempt to take money; None: there is none."""
    return Attempt.objects.select_related("charge__order", "entry").filter(pk=number).first()


def read_open(order: Order) -> list[tuple[int, str]]:
    """Read how much of an order may still be charged, by currency."""
    prefetch_related_objects([order], *WITH)
    return [(find_open(order, currency), currency) for currency in find_currencies(order)]
