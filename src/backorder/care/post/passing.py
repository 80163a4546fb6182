"""Some receipts tell what stands for a while only: what is being packed, what is to be charged, and how to pay what failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from backorder.care.charges.announcing import ANNOUNCED, list_still
from backorder.care.models import Message
from backorder.fulfilment.models import Release
from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.payments.failing import list_still_failed, sum_to_pay


def is_past(message: Message, now: datetime) -> bool:
    """Tell whether what a receipt tells is not so any more; what happened stays so."""
    return message.is_receipt and has_passed(message.order, message.kind, [message.read_to], now)


def has_passed(order: Order, kind: str, entries: Sequence[int], now: datetime) -> bool:
    """Tell whether what is told of an order is not so any more; `entries`: by which it became so."""
    ask = ASK.get(kind)
    return ask is not None and ask(order, entries, now)


def is_packed_no_more(order: Order, _: Sequence[int], __: datetime) -> bool:
    """Tell whether nothing of an order is with the warehouse: it has left, or was taken back."""
    return not Release.objects.filter(line__order=order.pk, quantity_open__gt=0).exists()


def is_announced_wrongly(order: Order, entries: Sequence[int], now: datetime) -> bool:
    """Tell whether nothing is to be charged any more on the days that were named, or others were named since."""
    entry = max(entries)
    later = Entry.objects.filter(
        pk__gt=entry, what=ANNOUNCED, subjects__kind="order", subjects__key=order.number
    )
    still = list_still(order, Entry.objects.get(pk=entry), timezone.localdate(now))
    return not still or later.exists()


def is_settled(order: Order, entries: Sequence[int], now: datetime) -> bool:
    """Tell whether all that could not be taken was paid or called off since, is owed no more, or keeps the order its place no more."""
    paid = Order.objects.filter(pk=order.pk, payment_state="paid").exists()
    return paid or not sum_to_pay(order, list_still_failed(entries, now))


ASK: Mapping[str, Callable[[Order, Sequence[int], datetime], bool]] = {
    "arrived": is_packed_no_more,
    "charge_ahead": is_announced_wrongly,
    "charge_failed": is_settled,
}
"""Whether it is past, by kind."""
