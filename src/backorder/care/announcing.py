"""What is to be charged when it ships is told some days before, if the house says so.

Once for each day that is planned, and again if it has become more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from backorder.care.house import read_house
from backorder.care.post.touched import list_touching
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.payments.charging import read_to_charge
from backorder.payments.sending import AUTOPILOT
from backorder.payments.shares import find_ahead, find_currencies

ANNOUNCED = "charge.announced"


def announce_charges(clock: Callable[[], datetime]) -> int:
    """Note what is to be charged within the days of the house, for its receipt; gives of how many orders."""
    house, now = read_house(), clock()
    if not house.charges.announce_days or house.sending.mode == "off":
        return 0
    today = timezone.localdate(now)
    until = today + timedelta(days=house.charges.announce_days)
    days = dict[Order, date]()
    lines = list_planned(today, until).select_related("order", "standing")
    for line in lines.order_by("order", "standing__planned_on"):
        assert line.standing.planned_on is not None
        days.setdefault(line.order, line.standing.planned_on)
    told = read_announced(list(days))
    first = min((entry.pk for entry in told.values()), default=0)
    touching = list_touching([order for order in days if order.number in told], first)
    fresh = [
        (order, day)
        for order, day in days.items()
        if (last := told.get(order.number)) is None
        or last.facts["on"] != day.isoformat()
        or any(entry > last.pk for entry in touching[order.number])  # it may cost more by now
    ]
    return sum(announce(order, day, now) is not None for order, day in fresh)


def list_planned(first: date, last: date) -> QuerySet[Line]:
    """List the lines that are planned to ship between two days and are to be charged then."""
    planned = Line.objects.filter(quantity_open__gt=0, standing__planned_on__range=(first, last))
    return planned.filter(
        order__payment_state="chargeable", order__held_until=None, order__means__state="open"
    ).distinct()


def read_announced(orders: list[Order]) -> Mapping[str, Entry]:
    """Read by which entry the charge of each order was told last, by number."""
    numbers = [order.number for order in orders]
    entries = Entry.objects.filter(what=ANNOUNCED, subjects__kind="order", subjects__key__in=numbers)
    rows = entries.order_by("id").annotate(number=F("subjects__key"))
    return {entry.number: entry for entry in rows}


@transaction.atomic
def announce(order: Order, day: date, now: datetime) -> Entry | None:
    """Note how much is to be charged for what of an order is planned for a day; None: nothing, or it is known."""
    order = read_to_charge(order)
    last = read_announced([order]).get(order.number)
    known = last.facts["amounts"] if last is not None and last.facts["on"] == day.isoformat() else {}
    lines = list_planned(day, day).filter(order=order.pk).select_related("item")
    amounts: dict[str, int] = {}
    for currency in find_currencies(order):
        prices = sum(line.quantity_open * line.unit_price for line in lines if line.item.currency == currency)
        amount = find_ahead(order, currency, prices)
        amounts |= {currency: amount} if amount else {}
    if all(amount <= known.get(currency, 0) for currency, amount in amounts.items()):
        return None
    facts = {"on": day.isoformat(), "amounts": amounts}
    return write(Cause(AUTOPILOT, now), ANNOUNCED, [("order", order.number)], facts)
