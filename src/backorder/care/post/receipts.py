"""Receipts: what happened is put into writing, once, and goes without a person. Of more than usual a person is asked first.

What is due is noted with the looks (`happened`). Here each is written in one transaction, in which its row goes: whoever is killed
goes on where the rows that are left say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from backorder.allocation.services import read_steadily
from backorder.care.house import House, look_at_house, read_house
from backorder.care.letters.arrived import list_packed
from backorder.care.letters.pieces import LetterError
from backorder.care.letters.receipts import Event, write_receipt
from backorder.care.models import RECEIPTS, Draft, Message, ReceiptDue
from backorder.care.post.happened import list_with_receipts, writes_receipts
from backorder.care.post.lookout import PATIENCE, find_dead, find_mail
from backorder.care.post.messages import AUTOPILOT, SEND, Written, is_stopped, keep
from backorder.care.post.passing import has_passed
from backorder.care.post.rules import Sending
from backorder.orders.models import Order
from backorder.outbox.jobs import defer
from backorder.outbox.models import Entry
from backorder.outbox.selectors import on_day_of
from backorder.outbox.services import Cause, write

KEPT, LET_GO = "kept", "let_go"
"""There are too many, and a person lets them go; somebody did."""


def write_receipts(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Write what is due, in the shadow what would be; gives how many. What the house writes no more is dropped.

    It ends after a while, and goes on when it is called again: other work waits for the same worker.
    """
    house, begun, written = read_house(), clock(), 0
    if house.sending.mode == "off":
        ReceiptDue.objects.all().delete()
        return 0
    ReceiptDue.objects.exclude(kind__in=house.sending.receipts).delete()
    if not writes_receipts(house):
        return 0
    while (now := clock()) < begun + patience and (due := write_next(house, now)) is not None:
        written += due
    return written


def write_next(house: House, now: datetime) -> int | None:
    """Write the next that is due; 1 if one was written, 0 if no mail reaches its customer, or it is past. None: there is none."""
    with read_steadily():
        rows = ReceiptDue.objects.exclude(state=KEPT).order_by("id")
        due = rows.select_for_update(skip_locked=True).first()
        if due is not None and due.state != LET_GO and is_full(house.sending, now):
            ReceiptDue.objects.filter(state="").update(state=KEPT)
            due = rows.filter(state=LET_GO).select_for_update(skip_locked=True).first()
        if due is None:
            return None
        due.delete()
        orders = Order.objects.select_related("customer", "customer_class", "address")
        order = orders.get(pk=due.order_id)
        left = due.kind == "arrived" and not list_packed(order, due.entries)
        if left or not reaches(order) or has_passed(order, due.kind, due.entries, now):
            return 0
        keep_receipt(order, Event(due.kind, due.entries), house.sending, now)
        return 1


def keep_receipt(order: Order, event: Event, sending: Sending, now: datetime) -> Message:
    """Keep a receipt as it is written now, for it to be sent. An address to which no mail can be written is told of."""
    receipt, last = write_receipt(order, event, now), Entry.objects.get(pk=max(event.entries))
    zones, news = [str(receipt.zone)] * 2, f"{last.what} {last.pk}"
    written = Written(receipt, Draft(order=order, kind=event.kind, news=news, zones=zones), last.pk, set())
    outcome = "shadow" if sending.mode == "shadow" else ""
    what = "receipt.shadowed" if outcome else "receipt.written"
    cause = Cause(AUTOPILOT, now, caused_by=last)
    entry = write(cause, what, [("order", order.number)], {"kind": event.kind})
    try:
        message = keep(written, entry, outcome)
    except LetterError as error:
        failed = write(cause, "receipt.failed", [("order", order.number)], {"kind": event.kind})
        return keep(written, failed, "failed", str(error))
    if not outcome:
        defer(SEND, once=SEND)
    return message


def reaches(order: Order) -> bool:
    """Tell whether mail reaches the customer of an order, as far as is known."""
    to = find_mail(order)
    return bool(to) and to not in find_dead([order])


def is_full(sending: Sending, now: datetime) -> bool:
    """Tell whether as many receipts were written on the shop's day as go without a person."""
    written = Message.objects.filter(on_day_of(now), kind__in=RECEIPTS)
    same = written.filter(outcome="shadow") if sending.mode == "shadow" else written.exclude(outcome="shadow")
    return same.count() >= sending.receipts_each_day


def will_get(order: Order, kind: str, now: datetime) -> bool:
    """Tell whether the customer of an order gets a receipt of what happens now, without a person."""
    house, _ = look_at_house()  # none goes by rules that nobody can read
    sending = house.sending
    return (
        (sending.mode == "on" and writes_receipts(house) and kind in sending.receipts)
        and not is_stopped()
        and list_with_receipts(sending).filter(pk=order.pk).exists()
        and reaches(order)
        and not is_full(sending, now)
    )


def count_kept() -> int:
    """Count the receipts that wait for a person."""
    return ReceiptDue.objects.filter(state=KEPT).count()


@transaction.atomic
def let_kept_go(cause: Cause) -> Entry | None:
    """Let the receipts go that wait for a person; None if there are none."""
    gone = ReceiptDue.objects.filter(state=KEPT).update(state=LET_GO)
    return write(cause, "receipts.let_go", [("mail", "all")], {"receipts": gone}) if gone else None


@transaction.atomic
def drop_kept(cause: Cause) -> Entry | None:
    """Drop the receipts that wait for a person, so that nobody gets them; None if there are none."""
    gone, _ = ReceiptDue.objects.filter(state=KEPT).delete()
    return write(cause, "receipts.dropped", [("mail", "all")], {"receipts": gone}) if gone else None
