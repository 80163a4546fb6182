"""What happened to orders that their customers are to have in writing: found in the journal, and noted once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet

from backorder.care.charges.announcing import ANNOUNCED
from backorder.care.choices import CUSTOMER, PAGE
from backorder.care.house import House
from backorder.care.models import GIVEN, LAPSED, Answer, Lookout, Offer, ReceiptDue, Thanks
from backorder.care.post.handed import list_arrived
from backorder.care.post.rules import Sending
from backorder.fulfilment.models import Shipment
from backorder.orders.models import Cancellation, Order
from backorder.outbox.feed import find_end
from backorder.outbox.models import Entry
from backorder.payments.failing import FAILED
from backorder.payments.models import LINK, Attempt, Transfer
from backorder.payments.taking import NEEDLESS

CANCELS = ("line.cancelled", "order.cancelled", "line.amended", LAPSED)
"""Entries by which units are cancelled; a hold that is over was no order, and what was taken instead is an answer."""
ANSWERS = ("accepts", "period")
"""What a customer says on the page of an order, or by a word in a mail, and does not cancel by it."""
Happened = tuple[int, str, int]
"""An order, of which kind its receipt is, and the entry by which it happened."""


def note_receipts(house: House, after: int, until: int) -> None:
    """Note what entries want in writing, in the caller's transaction: those with a number above the first, up to the second."""
    if not writes_receipts(house):
        return
    found: dict[tuple[int, str], list[int]] = {}
    for order, kind, entry in list_happened(after, until):
        found.setdefault((order, kind), []).append(entry)
    chosen = list_with_receipts(house.sending).filter(pk__in={order for order, _ in found})
    orders = set(chosen.values_list("pk", flat=True))
    due = [
        ReceiptDue(order_id=order, kind=kind, entries=sorted(set(entries)))
        for (order, kind), entries in found.items()
        if order in orders and kind in house.sending.receipts
    ]
    ReceiptDue.objects.bulk_create(
        sorted(due, key=lambda each: (each.entries[-1], each.kind)), batch_size=10_000
    )


def writes_receipts(house: House) -> bool:
    """Tell whether a house writes receipts at all: it sends, or tries to, and can be answered."""
    mode = house.sending.mode
    return bool(house.mail) and (mode == "shadow" or (mode == "on" and bool(settings.MAIL)))


def list_with_receipts(sending: Sending) -> QuerySet[Order]:
    """List the orders whose customers get receipts: those that the house writes of, if mail can reach who ordered."""
    begun = Order.objects.filter(held_until=None, ordered_on__gte=sending.since or date.min)
    return begun.exclude(customer=None).exclude(customer__email="")


def list_unwritten(house: House, orders: Sequence[Order]) -> list[str]:
    """List the numbers of those orders whose customers are still to have in writing what happened."""
    if house.sending.mode != "on" or not writes_receipts(house):
        return []
    end = find_end()
    read_to = Lookout.objects.exclude(looked_on=None).values_list("read_to", flat=True).first()
    unread = list_happened(
        end if read_to is None else read_to, end
    )  # before the first look nothing is promised
    happened = {order for order, kind, _ in unread if kind in house.sending.receipts}
    due = ReceiptDue.objects.filter(order__in=orders, kind__in=house.sending.receipts).values("order")
    found = list_with_receipts(house.sending).filter(Q(pk__in=due) | Q(pk__in=happened))
    theirs = found.filter(pk__in=[order.pk for order in orders])
    return list(theirs.order_by("pk").values_list("number", flat=True))


def list_happened(after: int, until: int) -> Iterator[Happened]:
    """List what happened by entries of the journal."""
    between = Q(entry__gt=after, entry__lte=until)
    gone = Cancellation.objects.filter(between, entry__what__in=CANCELS, offer=None)
    for order, entry in gone.values_list("line__order", "entry"):
        yield order, "cancelled", entry
    said = Answer.objects.filter(between, Q(channel=PAGE) | Q(entry__who=CUSTOMER), kind__in=ANSWERS)
    for order, entry in said.values_list("line__order", "entry"):
        yield order, "answered", entry
    taken = Offer.objects.filter(cancellation__entry__gt=after, cancellation__entry__lte=until)
    for order, entry in taken.values_list("line__order", "cancellation__entry"):
        yield order, "answered", entry
    for order, entry in Shipment.objects.filter(between).values_list("order", "entry"):
        yield order, "shipped", entry
    for order, entry in Thanks.objects.filter(between, group=GIVEN).values_list("order", "entry"):
        yield order, "thanked", entry
    sent = Entry.objects.filter(pk__gt=after, pk__lte=until, what="refund.sent")
    entries = {facts["transfer"]: entry for entry, facts in sent.values_list("pk", "facts")}
    for transfer, order in Transfer.objects.filter(pk__in=entries).values_list("pk", "refund__order"):
        yield order, "refunded", entries[transfer]
    for order, entry in list_arrived(between):
        yield order, "arrived", entry
    yield from list_charges(after, until)


def list_charges(after: int, until: int) -> Iterator[Happened]:
    """List what is to be charged, and what could not be taken and does not go on by itself; of a link that ended nobody hears."""
    entries = Entry.objects.filter(pk__gt=after, pk__lte=until)
    ahead = {
        entry.pk: entry.subjects.all()
        for entry in entries.filter(what=ANNOUNCED).prefetch_related("subjects")
    }
    numbers = {subject.key: pk for pk, subjects in ahead.items() for subject in subjects}
    for order, number in Order.objects.filter(number__in=numbers).values_list("pk", "number"):
        yield order, "charge_ahead", numbers[number]
    failed = entries.filter(what=FAILED).values_list("pk", "facts")
    by_attempt = {facts["attempt"]: pk for pk, facts in failed}
    stops = Q(charge__keeps_until__isnull=False) | Q(charge__called_off__isnull=False)
    attempts = Attempt.objects.filter(stops, pk__in=by_attempt)
    told = attempts.exclude(kind=LINK).exclude(said=NEEDLESS).exclude(charge__order__payment_state="paid")
    for attempt, order in told.values_list("pk", "charge__order"):
        yield order, "charge_failed", by_attempt[attempt]
