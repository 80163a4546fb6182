"""Whose order meets a rule now, what it would get by it, and whether it is in the group that gets nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from backorder.care.incentives.rules import DAYS_LATE, Incentive
from backorder.care.models import Thanks
from backorder.care.refunds.rules import ALL
from backorder.engine.allocation.policy import Condition
from backorder.money import divide
from backorder.orders.models import Line, Order
from backorder.payments.models import Means, Payment

COMPARED = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
NAMED = {
    "sku": "item__sku",
    "customer_class": "order__customer_class__code",
    "channel": "order__channel__code",
}


@dataclass(frozen=True)
class Due:
    """An order that meets a rule, and what it gets by it if it is in that group: minor units."""

    order: int
    number: str
    amount: int
    currency: str


def list_due(rule: Incentive, today: date, orders: Sequence[Order] | None = None) -> list[Due]:
    """List the orders that meet a rule and are in none of its groups yet, who waits longest first; of all orders or of some.

    What waits in several currencies is left to a person, and so is money where nobody noted here how it is paid.
    """
    if not rule.runs(today):
        return []
    lines = list_lines(rule, today)
    if orders is not None:
        lines = lines.filter(order__in=orders)
    waits: dict[tuple[int, str], dict[str, int]] = {}
    for order, number, currency, units, price in lines.values_list(
        "order", "order__number", "item__currency", "quantity_open", "unit_price"
    ):
        sums = waits.setdefault((order, number), {})
        sums[currency] = sums.get(currency, 0) + units * price
    found = []
    for (order, number), sums in waits.items():
        currency = next(iter(sums))
        amount = find_amount(rule, sums[currency], currency)
        if len(sums) == 1 and amount and (rule.words or amount <= sums[currency]):
            found.append(Due(order, number, amount, currency))
    return found


def list_lines(rule: Incentive, today: date) -> QuerySet[Line]:
    """List the lines that wait and meet the conditions of a rule, those of the oldest orders first."""
    known = Thanks.objects.filter(order=OuterRef("order"), rule=rule.name)
    lines = Line.objects.filter(~Exists(known), quantity_open__gt=0, order__held_until=None)
    if not rule.words:
        came = Exists(Payment.objects.filter(order=OuterRef("order")))
        noted = Exists(Means.objects.filter(order=OuterRef("order")))
        lines = lines.filter(
            (Q(order__payment_state="paid") & Q(came)) | (Q(order__payment_state="chargeable") & Q(noted))
        )
    now = Value(today, DateField())
    day = Greatest(Coalesce("promised_on", now), now, output_field=DateField())
    late = ExpressionWrapper(day - F("first_promised_on"), output_field=DurationField())
    for each in rule.where:
        lines = lines.annotate(late=late).filter(**read_condition(each))
    return lines.order_by("order__ordered_at", "order", "id")


def read_condition(condition: Condition) -> dict[str, Any]:
    """Read what a condition asks of a line: days late are those from the first promise to that of today, or to today without one."""
    if condition.column == DAYS_LATE:
        assert condition.operator is not None
        return {f"late__{COMPARED[condition.operator]}": timedelta(days=int(condition.value))}
    return {f"{NAMED[condition.column]}__in": condition.one_of}


def find_amount(rule: Incentive, waits: int, currency: str) -> int:
    """Find how much an order gets of what waits, or what words for it cost; 0: nothing. Half a minor unit is one."""
    if currency not in rule.budget:
        return 0
    return divide(waits * rule.percent, ALL) if rule.percent else rule.amounts.get(currency, 0)


def is_control(rule: Incentive, number: str) -> bool:
    """Tell whether an order gets nothing by a rule: drawn of its number under the name of the rule, whenever it is asked again.

    HMAC would do the same; BLAKE2 takes a key by itself (RFC 7693, section 2.9).
    """
    key = hashlib.sha256(rule.name.encode()).digest()
    drawn = int.from_bytes(hashlib.blake2b(number.encode(), digest_size=8, key=key).digest())
    return drawn % ALL < rule.control_percent
