"""Some receipts tell what stands for a while only: what is being packed, what is to be charged, and how to pay what failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone

from backorder.care.announcing import ANNOUNCED, list_still
from backorder.care.models import Message
from backorder.fulfilment.models import Release
from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.payments.models import Attempt


def is_past(message: Message, now: datetime) -> bool:
    """Tell whether what a receipt tells is not so any more; what happened stays so."""
    return message.is_receipt and has_passed(message.order, message.kind, message.read_to, now)


def has_passed(order: Order, kind: str, entry: int, now: datetime) -> bool:
    """Tell whether what is told of an order is not so any more; `entry`: the last by which it became so."""
    ask = ASK.get(kind)
    return ask is not None and ask(order, entry, now)


def is_packed_no_more(order: Order, _: int, __: datetime) -> bool:
    """Tell whether nothing of an order is with the warehouse: it has left, or was taken back."""
    return not Release.objects.filter(line__order=order.pk, quantity_open__gt=0).exists()


def is_announced_wrongly(order: Order, entry: int, now: datetime) -> bool:
    """Tell whether nothing is to be charged any more on the days that were named, or others were named since."""
    later = Entry.objects.filter(
        pk__gt=entry, what=ANNOUNCED, subjects__kind="order", subjects__key=order.number
    )
    still = list_still(order, Entry.objects.get(pk=entry), timezone.localdate(now))
    return not still or later.exists()


def is_settled(order: Order, entry: int, now: datetime) -> bool:
    """Tell whether what could not be taken was paid or called off since, or the order keeps its place no more."""
    attempt = Attempt.objects.select_related("charge").get(pk=Entry.objects.get(pk=entry).facts["attempt"])
    charge = attempt.charge
    over = charge.keeps_until is None or charge.keeps_until <= now or charge.called_off_id is not None
    paid = Order.objects.filter(pk=order.pk, payment_state="paid").exists()
    return over or paid or charge.attempts.filter(state="taken").exists()


ASK: Mapping[str, Callable[[Order, int, datetime], bool]] = {
    "arrived": is_packed_no_more,
    "charge_ahead": is_announced_wrongly,
    "charge_failed": is_settled,
}
"""Whether it is past, by kind."""
