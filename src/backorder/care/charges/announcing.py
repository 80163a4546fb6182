"""What is to be charged when it ships is told some days before, if the house says so.

All that an order is planned to be charged within those days is told together, each day with its amount: once, and again if there is
another day or one has become more. Orders are read together; locked is only one of which there is something to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet, prefetch_related_objects
from django.utils import timezone

from backorder.care.house import read_house
from backorder.care.post.touched import list_touching
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.payments.charging import read_to_charge
from backorder.payments.sending import AUTOPILOT
from backorder.payments.shares import WITH, list_ahead

ANNOUNCED = "charge.announced"
AT_ONCE = 500
"""So many orders are read together."""
Prices = dict[str, dict[date, int]]
"""By currency and day."""
Planned = list[tuple[str, dict[str, int]]]
"""Each day, and what is to be charged on it by currency. All are in minor units."""


def announce_charges(clock: Callable[[], datetime]) -> int:
    """Note what is to be charged within the days of the house, for its receipt; gives of how many orders."""
    house, now = read_house(), clock()
    if not house.charges.announce_days or house.sending.mode == "off":
        return 0
    today = timezone.localdate(now)
    until = today + timedelta(days=house.charges.announce_days)
    days = dict[Order, set[str]]()
    lines = list_planned(today, until).select_related("order", "standing")
    for line in lines.order_by("order"):
        assert line.standing.planned_on is not None
        days.setdefault(line.order, set()).add(line.standing.planned_on.isoformat())
    told = read_announced(list(days))
    first = min((entry.pk for entry in told.values()), default=0)
    touching = list_touching([order for order in days if order.number in told], first)
    fresh = [
        order
        for order, planned in days.items()
        if (last := told.get(order.number)) is None
        or not planned <= {on for on, _ in list_announced(last)}
        or any(entry > last.pk for entry in touching[order.number])  # it may cost more by now
    ]
    dearer = list_dearer(fresh, told, (today, until))
    return sum(announce(order, (today, until), now) is not None for order in dearer)


def list_dearer(
    orders: Sequence[Order], told: Mapping[str, Entry], window: tuple[date, date]
) -> Iterator[Order]:
    """List those orders of which more is to be charged on a day of a window than was told last."""
    for begin in range(0, len(orders), AT_ONCE):
        read = list(orders[begin : begin + AT_ONCE])
        prefetch_related_objects(read, *WITH)
        prices = read_prices(read, window[1])
        for order in read:
            if is_dearer(find_planned(order, prices[order.pk], window[0]), told.get(order.number)):
                yield order


def is_dearer(planned: Planned, last: Entry | None) -> bool:
    """Tell whether more is to be charged on a day than an entry told."""
    known = dict(list_announced(last)) if last is not None else {}
    return any(
        amount > known.get(on, {}).get(currency, 0)
        for on, amounts in planned
        for currency, amount in amounts.items()
    )


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


def list_announced(entry: Entry) -> list[tuple[str, Mapping[str, int]]]:
    """List what an entry told: each day, and what is to be charged on it by currency, in minor units."""
    facts = entry.facts
    return [
        (facts["on"], facts["amounts"]),
        *((each["on"], each["amounts"]) for each in facts.get("then", [])),
    ]


def list_still(order: Order, entry: Entry, today: date) -> list[tuple[date, Mapping[str, int]]]:
    """List what an entry told that is still so: the days from today on for which something of the order is planned."""
    told = [(date.fromisoformat(on), amounts) for on, amounts in list_announced(entry)]
    last = max(on for on, _ in told)
    planned = list_planned(today, last).filter(order=order.pk)
    still = set(planned.values_list("standing__planned_on", flat=True))
    return [(on, amounts) for on, amounts in told if on in still]


@transaction.atomic
def announce(order: Order, window: tuple[date, date], now: datetime) -> Entry | None:
    """Note how much is to be charged on each day of a window for what is planned for it; None: nothing, or it is known."""
    order = read_to_charge(order)
    planned = find_planned(order, read_prices([order], window[1])[order.pk], window[0])
    if not is_dearer(planned, read_announced([order]).get(order.number)):
        return None
    (on, amounts), *others = planned
    facts: dict[str, object] = {"on": on, "amounts": amounts}
    if others:
        facts["then"] = [{"on": on, "amounts": amounts} for on, amounts in others]
    return write(Cause(AUTOPILOT, now), ANNOUNCED, [("order", order.number)], facts)


def read_prices(orders: Sequence[Order], last: date) -> Mapping[int, Prices]:
    """Read the prices of what is planned to ship until a day, by order."""
    found: dict[int, Prices] = {order.pk: {} for order in orders}
    fields = ("order", "standing__planned_on", "item__currency", "quantity_open", "unit_price")
    lines = list_planned(date.min, last).filter(order__in=list(found)).order_by("standing__planned_on", "pk")
    for _, order, day, currency, units, price in lines.values_list("pk", *fields):
        by_day = found[order].setdefault(currency, {})
        by_day[day] = by_day.get(day, 0) + units * price
    return found


def find_planned(order: Order, prices: Prices, first: date) -> Planned:
    """Find what is to be charged on each day from one on, in turn: what is planned for earlier days is charged by then."""
    found: dict[date, dict[str, int]] = {}
    for currency in sorted(prices):
        by_day = prices[currency]
        for day, amount in zip(by_day, list_ahead(order, currency, list(by_day.values())), strict=True):
            if amount and day >= first:
                found.setdefault(day, {})[currency] = amount
    return [(day.isoformat(), found[day]) for day in sorted(found)]
