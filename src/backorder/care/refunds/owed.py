"""What is owed to whom: what was cancelled of a paid order and is not paid back, how much, and by when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from backorder.care.facts import name_cancellation
from backorder.care.house import House, read_house
from backorder.care.judging import FactsError, Judged, judge_orders
from backorder.care.refunds.rules import ALL, Refunds
from backorder.orders.models import Cancellation, Order
from backorder.payments.models import Payment


@dataclass(frozen=True)
class Owed:
    """What is to be decided of an order. The amount is in minor units; None: a person must say how much."""

    order: Order
    cancellations: Sequence[Cancellation]
    amount: int | None
    currency: str
    due_by: date  # the last day on which it may leave
    by_law: str  # which law says so; blank: the house does
    since: datetime  # it was cancelled
    fault: str = ""  # why nobody can say by when a law wants it

    @property
    def units(self) -> int:
        """The units that were cancelled."""
        return sum(each.quantity for each in self.cancellations)

    @property
    def mark(self) -> str:
        """What stands for all that is owed: something else has another mark."""
        all_of_it = [self.amount, self.currency, [each.pk for each in self.cancellations]]
        return hashlib.sha256(json.dumps(all_of_it).encode()).hexdigest()[:16]


def list_owed(now: datetime, orders: Sequence[Order] | None = None) -> list[Owed]:
    """List what is owed, what is due first at the front: of all orders, if the house looks at them, or of some in any case.

    Raises FaultyInputError if the rules of the house cannot be read any more.
    """
    house = read_house()
    open_ones = list_unpaid(house.refunds)
    if orders is not None:
        open_ones = open_ones.filter(line__order__in=orders)
    elif house.refunds.mode == "off":
        return []
    by_order: dict[int, list[Cancellation]] = {}
    for each in open_ones.select_related("line__item", "line__order", "entry").order_by("id"):
        by_order.setdefault(each.line.order_id, []).append(each)
    found = list(
        Order.objects.filter(pk__in=by_order).select_related("customer", "customer_class", "address")
    )
    days = find_days(found, now)
    owed = [describe(order, by_order[order.pk], days[order.pk], house) for order in found]
    return sorted(owed, key=lambda each: (each.due_by, each.since, each.order.pk))


def list_unpaid(refunds: Refunds) -> QuerySet[Cancellation]:
    """List the cancellations of paid orders that nobody decided about yet, from the day on from which the house looks at them."""
    paid = Q(line__order__payment_state="paid") | Exists(
        Payment.objects.filter(order=OuterRef("line__order"))
    )
    found = Cancellation.objects.filter(paid, refund_part=None, line__order__held_until=None)
    if refunds.since is None:
        return found
    begin = timezone.make_aware(datetime.combine(refunds.since, datetime.min.time()))
    return found.filter(entry__at__gte=begin)


def list_orders_owed() -> QuerySet[Order]:
    """List the orders of which something is owed, as the house looks at them."""
    refunds = read_house().refunds
    if refunds.mode == "off":
        return Order.objects.none()
    return Order.objects.filter(pk__in=list_unpaid(refunds).values("line__order"))


@dataclass(frozen=True)
class Days:
    """By when laws want money sent of each cancellation, by its id, and which law."""

    by: Mapping[int, tuple[date, str]]
    fault: str = ""


def find_days(orders: Sequence[Order], now: datetime) -> dict[int, Days]:
    """Find by when laws want money sent, by order. Everything that is known of their money comes with them."""
    try:
        judged = judge_orders(orders, now, every=True)
    except FactsError:
        if len(orders) > 1:
            return {key: days for order in orders for key, days in find_days([order], now).items()}
        judged, fault = [], "its record contradicts itself: see the law on the page of the order"
    else:
        fault = ""
    prefetch_related_objects(list(orders), "payments", "lines__item", "lines__cancellations__refund_part")
    return {
        order.pk: Days(read_days([each for each in judged if each.line.order_id == order.pk]), fault)
        for order in orders
    }


def read_days(judged: Iterable[Judged]) -> dict[int, tuple[date, str]]:
    """Read of what was judged by when the money for each cancellation is sent."""
    found: dict[int, tuple[date, str]] = {}
    for each in judged:
        known = {name_cancellation(one.pk): one.pk for one in each.line.cancellations.all()}
        for verdict in each.asked.verdicts:
            left = verdict.portion.left
            key = known.get(left.name) if left is not None else None
            for standing in verdict.standings:
                if key is not None and standing.refund_by is not None:
                    day = standing.refund_by, standing.pack
                    found[key] = min(day, found.get(key, day))
    return found


def describe(order: Order, cancellations: Sequence[Cancellation], days: Days, house: House) -> Owed:
    """Describe what is owed for cancellations of an order."""
    since = min(each.entry.at for each in cancellations)
    ours = timezone.localdate(since) + timedelta(days=house.refunds.days), ""
    laws = [days.by[each.pk] for each in cancellations if each.pk in days.by]
    due_by, law = min([*laws, ours], key=lambda each: each[0])
    currency, amount = find_amount(order, cancellations, find_kept(order, house))
    return Owed(order, cancellations, amount, currency, due_by, law, since, days.fault)


def find_kept(order: Order, house: House) -> int:
    """Find how much of a hundred the house keeps of what is cancelled."""
    business = order.customer_class is not None and order.customer_class.code in house.businesses
    return house.refunds.business_keep_percent if business else house.refunds.keep_percent


def find_amount(order: Order, cancellations: Sequence[Cancellation], kept: int) -> tuple[str, int | None]:
    """Find how much goes back for cancellations, in minor units, and in which currency; None: a person must say.

    Each unit has its share, by its price, of what was paid: of shipping, handling and discounts too. When nothing of the order is
    left, all that is left of the money goes back. Where nobody noted a payment, the price goes back. Half a minor unit is one.
    """
    lines, payments = list(order.lines.all()), list(order.payments.all())
    known = {line.item.currency for line in lines} | {payment.currency for payment in payments}
    currency = min(known)
    if len(known) > 1:
        return currency, None
    ordered = sum(line.quantity_ordered * line.unit_price for line in lines)
    cancelled = sum(each.quantity * each.line.unit_price for each in cancellations)
    paid = sum(payment.amount for payment in payments)
    left = paid - sum(payment.refunded for payment in payments)
    if payments and not kept and is_all(order, cancellations):
        return currency, left
    if not ordered:
        return currency, None
    share = divide(paid * cancelled, ordered) if payments else cancelled
    share -= share * kept // ALL
    return currency, min(share, left) if payments else share


def is_all(order: Order, cancellations: Sequence[Cancellation]) -> bool:
    """Tell whether with these everything of an order is cancelled, and nothing else of it is still to be paid back."""
    lines = order.lines.all()
    whole = all(line.quantity_cancelled == line.quantity_ordered for line in lines)
    ours = {each.pk for each in cancellations}
    others = [one for line in lines for one in line.cancellations.all() if one.pk not in ours]
    return whole and all(hasattr(one, "refund_part") for one in others)


def divide(amount: int, by: int) -> int:
    """Divide an amount; half a unit is one."""
    return (2 * amount + by) // (2 * by)
