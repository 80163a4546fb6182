"""What is owed to whom: what was cancelled of a paid order and is not paid back, how much, and by when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from backorder.care.facts import is_in, name_cancellation
from backorder.care.house import House, read_house
from backorder.care.judging import FactsError, Judged, judge_orders
from backorder.care.refunds.rules import ALL, Refunds
from backorder.money import divide
from backorder.orders.models import Cancellation, Line, Order
from backorder.outbox.models import Subject
from backorder.payments.models import Payment, Refund
from backorder.payments.shares import find_cost, list_lines, sum_kept

MONEY = ("payment.noted", "order.payment")
GROWTH = ("line.added", "line.amended")
"""What the journal says of money that came in, and of what is ordered more."""
KEPT_FOR_NOBODY = ("hold.expired", "hold.taken")
"""Entries by which a hold gives back what it kept: nobody ordered it, so nobody owes anything for it unless it was paid for."""


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
    law_by: date | None = None  # the last day that a law gives, also where the house is quicker

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

    Of some orders it is also what a law counts as paid because nobody noted otherwise. What was cancelled in several currencies is
    owed in each. Raises FaultyInputError if the rules of the house cannot be read any more.
    """
    house = read_house()
    if orders is not None:
        unasked = Q(line__order__payment_state="not_needed") & ~Q(entry__what__in=KEPT_FOR_NOBODY)
        open_ones = list_unpaid(house.refunds, now, unasked).filter(line__order__in=orders)
    elif house.refunds.mode == "off":
        return []
    else:
        open_ones = list_unpaid(house.refunds, now)
    return gather(open_ones, house, now)


def gather(open_ones: QuerySet[Cancellation], house: House, now: datetime) -> list[Owed]:
    """Gather what is owed for cancellations that nobody decided about, by order and currency, what is due first at the front."""
    parts: dict[tuple[int, str], list[Cancellation]] = {}
    for each in open_ones.select_related("line__item", "line__order", "entry", "offer").order_by("id"):
        parts.setdefault((each.line.order_id, each.line.item.currency), []).append(each)
    keys = {order for order, _ in parts}
    found = (
        Order.objects.filter(pk__in=keys).select_related("customer", "customer_class", "address").in_bulk()
    )
    days = find_days(list(found.values()), now)
    paid = read_paid(list(found.values()))
    owed = [
        describe(found[order], cancellations, (days[order], paid[order]), house)
        for (order, _), cancellations in parts.items()
    ]
    return sorted(owed, key=lambda each: (each.due_by, each.since, each.order.pk, each.currency))


def list_unpaid(refunds: Refunds, now: datetime, *also: Q) -> QuerySet[Cancellation]:
    """List the cancellations of paid orders that nobody decided about yet, from the day on from which the house looks at them.

    Holds that still run are no orders yet.
    """
    came = Exists(Payment.objects.filter(order=OuterRef("line__order")))
    paid = Q(Q(came), Q(line__order__payment_state="paid"), *also, _connector=Q.OR)
    ordered = Q(line__order__held_until=None) | Q(line__order__held_until__lte=now)
    found = Cancellation.objects.filter(paid, ordered, refund_part=None)
    if refunds.since is None:
        return found
    begin = timezone.make_aware(datetime.combine(refunds.since, datetime.min.time()))
    return found.filter(entry__at__gte=begin)


def list_orders_owed(now: datetime) -> QuerySet[Order]:
    """List the orders of which something is owed, as the house looks at them."""
    refunds = read_house().refunds
    if refunds.mode == "off":
        return Order.objects.none()
    return Order.objects.filter(pk__in=list_unpaid(refunds, now).values("line__order"))


@dataclass(frozen=True)
class Days:
    """By when laws want money sent of each cancellation, by its id, and which law."""

    by: Mapping[int, tuple[date, str]]
    fault: str = ""


def find_days(orders: Sequence[Order], now: datetime) -> dict[int, Days]:
    """Find by when laws want money sent, by order. Everything that is known of their money comes with them."""
    fault = ""
    try:
        judged = judge_orders(orders, now, every=True)
    except FactsError:
        if len(orders) > 1:  # one of them contradicts itself: it is found by halves
            half = len(orders) // 2
            return find_days(orders[:half], now) | find_days(orders[half:], now)
        judged, fault = [], "its record contradicts itself: see the law on the page of the order"
    prefetch_related_objects(
        list(orders),
        "payments",
        "refunds__parts",
        "totals",
        "lines__item",
        "lines__cancellations__refund_part",
    )
    by_order: dict[int, list[Judged]] = {order.pk: [] for order in orders}
    for each in judged:
        by_order[each.line.order_id].append(each)
    return {order: Days(read_days(of_order), fault) for order, of_order in by_order.items()}


@dataclass(frozen=True)
class PaidUntil:
    """When money last came in for an order, as the journal has it, and whether more was ordered after that."""

    entry: int = 0
    grown: bool = False


def read_paid(orders: Sequence[Order]) -> dict[int, PaidUntil]:
    """Read until which entry of the journal orders were paid for, and whether they grew since, by order."""
    keys = {order.number: order.pk for order in orders}
    noted = Subject.objects.filter(kind="order", key__in=keys, entry__what__in=(*MONEY, *GROWTH)).order_by(
        "entry"
    )
    noted = noted.exclude(entry__caused_by__what="offer.taken")  # in the place of what was paid for
    found = dict.fromkeys(keys.values(), PaidUntil())
    for number, what, facts, entry in noted.values_list("key", "entry__what", "entry__facts", "entry"):
        order = keys[number]
        if what == "payment.noted" or (what == "order.payment" and facts["to"] == "paid"):
            found[order] = PaidUntil(entry)
        elif what in GROWTH and grows(facts):
            found[order] = replace(found[order], grown=True)
    return found


def grows(facts: Mapping[str, Any]) -> bool:
    """Tell whether a line was added, or made larger."""
    if "to" not in facts:
        return True
    return int(facts["to"].get("quantity", 0)) > int(facts["from"].get("quantity", 0))


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


def describe(
    order: Order, cancellations: Sequence[Cancellation], found: tuple[Days, PaidUntil], house: House
) -> Owed:
    """Describe what is owed for cancellations of an order, all in one currency."""
    days, paid = found
    since = min(each.entry.at for each in cancellations)
    ours = timezone.localdate(since) + timedelta(days=house.refunds.days), ""
    laws = [days.by[each.pk] for each in cancellations if each.pk in days.by]
    due_by, law = min([*laws, ours], key=lambda each: each[0])
    amount = find_amount(order, cancellations, paid)
    if amount is not None:
        amount -= find_fee(amount, cancellations, find_kept(order, house))
    law_by = min((day for day, _ in laws), default=None)
    currency = cancellations[0].line.item.currency
    return Owed(order, cancellations, amount, currency, due_by, law, since, days.fault, law_by)


def find_fee(amount: int, cancellations: Sequence[Cancellation], percent: int) -> int:
    """Find what is kept of an amount that is owed, in minor units, rounded down: nothing of what was taken instead."""
    whole = sum(price(each) for each in cancellations)
    bears = sum(price(each) for each in cancellations if not hasattr(each, "offer"))
    return amount * percent * bears // (ALL * whole) if whole else amount * percent // ALL


def find_kept(order: Order, house: House) -> int:
    """Find how much of a hundred the house keeps of what is cancelled."""
    business = is_in(order, house.businesses)
    return house.refunds.business_keep_percent if business else house.refunds.keep_percent


def find_amount(order: Order, cancellations: Sequence[Cancellation], paid: PaidUntil) -> int | None:
    """Find how much goes back for cancellations in one currency, in minor units; None: a person must say.

    Each unit that stays or is cancelled here has its share, by its price, of the money that is still held: of shipping, handling and
    discounts too. Where somebody noted what the whole order costs, shares are of that. When nothing stays, all of it goes back, less
    what somebody decided to keep. Who paid less than the prices had a discount if the order counts as paid for as it is; otherwise
    units were not paid for, and only what is more than the price of what stays goes back. What was given, as thanks or goodwill,
    makes no share smaller. Where nobody noted a payment, the price goes back of what was cancelled after the order was paid.
    Half a minor unit is one.
    """
    currency = cancellations[0].line.item.currency
    lines, kept = list_lines(order, currency), sum_kept(order, currency)
    stays = find_cost(order, currency, kept)
    cancelled = find_cost(order, currency, kept + sum(price(each) for each in cancellations)) - stays
    early = any(each.entry_id < paid.entry for each in cancellations)
    came = [payment.amount for payment in order.payments.all() if payment.currency == currency]
    if not came:
        return None if early or not cancelled or order.payment_state != "paid" else cancelled
    decided = [refund for refund in order.refunds.all() if refund.currency == currency]
    held = sum(came) - sum(refund.amount for refund in decided)
    if is_all(lines, cancellations):
        return max(held - sum(count_kept(refund) for refund in decided), 0)
    if not stays + cancelled:
        return None
    discounted = order.payment_state == "paid" and not early and not paid.grown
    whole = held + sum(refund.amount for refund in decided if refund.is_given)
    if whole >= stays + cancelled or discounted:
        return max(min(divide(whole * cancelled, stays + cancelled), held), 0)
    return max(min(whole - stays, held), 0)


def price(cancellation: Cancellation) -> int:
    """Give the price of what was cancelled, less that of what was taken instead."""
    whole: int = cancellation.quantity * cancellation.line.unit_price
    offer = getattr(cancellation, "offer", None)
    return whole if offer is None else max(whole - offer.units * offer.unit_price, 0)


def count_kept(refund: Refund) -> int:
    """Count what somebody decided to keep of what was owed."""
    return max((refund.owed or 0) - refund.amount, 0)


def is_all(lines: Sequence[Line], cancellations: Sequence[Cancellation]) -> bool:
    """Tell whether with these everything is cancelled, and nothing else of it is still to be paid back."""
    whole = all(line.quantity_cancelled == line.quantity_ordered for line in lines)
    ours = {each.pk for each in cancellations}
    others = [one for line in lines for one in line.cancellations.all() if one.pk not in ours]
    return whole and all(hasattr(one, "refund_part") for one in others)
