"""Reading the plan in force, and proving it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Prefetch, Q, QuerySet, Sum, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from backorder.allocation.models import Allocation, Promise
from backorder.allocation.selectors.standings import find_lines_off
from backorder.orders.models import Line, Order
from backorder.supply.models import InboundLine, Level
from backorder.supply.selectors import find_drift

BLANK = Value("", TextField())
ALLOCATED = Coalesce(Sum("allocations__quantity"), 0)

NOT_AS_PROMISED = """
SELECT o.number, l.number, l.promised_on, told.last, l.first_promised_on, told.first
FROM orders_line l JOIN orders_order o ON o.id = l.order_id LEFT JOIN (
    SELECT line_id, (array_agg(promised_on ORDER BY id DESC))[1] AS last,
        (array_agg(promised_on ORDER BY id) FILTER (WHERE promised_on IS NOT NULL))[1] AS first
    FROM allocation_promise GROUP BY line_id
) told ON told.line_id = l.id
WHERE (l.promised_on, l.first_promised_on) IS DISTINCT FROM (told.last, told.first) ORDER BY l.id
"""


@dataclass(frozen=True)
class Difference:
    """Two numbers or days that should be one."""

    about: str
    rule: str
    is_now: int | str
    should_be: int | str


def find_differences() -> list[Difference]:
    """Prove ledger = levels = allocations = lines = promises (laws L1 to L4), and list what does not agree."""
    return [*compare_stock(), *compare_supplies(), *compare_lines(), *compare_promises()]


def compare_stock() -> Iterator[Difference]:
    """Compare levels and receipts with their movements."""
    for drift in find_drift():
        about = f"{drift.sku} at {drift.location}, {drift.status}"
        yield Difference(about, "on hand is the sum of its movements", drift.on_hand, drift.moved)
    lines = InboundLine.objects.select_related("order").annotate(
        moved=Coalesce(Sum("movements__quantity", filter=Q(movements__kind="receipt")), 0)
    )
    for line in lines.exclude(quantity_received=F("moved")):
        about = name_inbound(line)
        yield Difference(about, "received is the sum of its receipts", line.quantity_received, line.moved)


def compare_supplies() -> Iterator[Difference]:
    """Compare what is allocated of each supply with its allocations, and with what there is."""
    levels = Level.objects.select_related("item", "location").annotate(units=ALLOCATED)
    inbound = InboundLine.objects.select_related("order").annotate(units=ALLOCATED)
    for supply, about, there in (
        *(
            (
                level,
                f"{level.item.sku} at {level.location.code}, {level.status}",
                level.on_hand - level.released,
            )
            for level in off(levels, F("on_hand") - F("released"))
        ),
        *((line, name_inbound(line), line.remaining) for line in off(inbound, F("remaining"))),
    ):
        if supply.allocated != supply.units:
            yield Difference(about, "allocated is the sum of its allocations", supply.allocated, supply.units)
        if supply.units > there:
            yield Difference(about, "no more is allocated than there is", supply.units, there)


def name_inbound(line: InboundLine) -> str:
    """Name an inbound line."""
    return f"inbound {line.order.number} line {line.number}"


def off(supplies: QuerySet[Any], there: Combinable) -> QuerySet[Any]:
    """Keep the supplies that do not agree."""
    return supplies.filter(~Q(allocated=F("units")) | Q(units__gt=there))


def compare_lines(items: Iterable[int] | None = None) -> Iterator[Difference]:
    """Compare each line, of these items or all, with how it stands, and that with its allocations and its record of waiting."""
    return (Difference(*row) for row in find_lines_off(items))


def compare_promises() -> Iterator[Difference]:
    """Compare the days that a line shows with its promises; how many days it is late the database computes from them."""
    with connection.cursor() as cursor:
        cursor.execute(NOT_AS_PROMISED)
        rows = cursor.fetchall()
    for order, line, *days in rows:
        about = f"order {order} line {line}"
        last, promised_last, first, promised_first = (
            "none" if day is None else day.isoformat() for day in days
        )
        if last != promised_last:
            yield Difference(
                about, "the day that is promised is that of its last promise", last, promised_last
            )
        if first != promised_first:
            yield Difference(about, "the day that was promised first stays", first, promised_first)


def list_promises() -> dict[int, date | None]:
    """Give the promise that counts for each open line, by its id: the last day that was promised; none: there was none."""
    promised = Promise.objects.filter(line__quantity_open__gt=0, promised_on__isnull=False)
    return dict(promised.order_by("line", "-id").distinct("line").values_list("line_id", "promised_on"))


def list_allocations() -> Iterator[tuple[Any, ...]]:
    """List the plan in force: order, line, sku, location, inbound and its line, units, day of the supply and of shipping.

    Of what is on hand inbound is blank, and its day none.
    """
    return Allocation.objects.values_list(
        "line__order__number",
        "line__number",
        Coalesce("level__item__sku", "inbound_line__item__sku"),
        Coalesce("level__location__code", "inbound_line__location__code"),
        Coalesce("inbound_line__order__number", BLANK),
        Coalesce("inbound_line__number", BLANK),
        "quantity",
        "inbound_line__expected_on",
        "ships_on",
    ).iterator()


def count_rows() -> dict[str, int]:
    """Count what was compared."""
    return {
        "levels": Level.objects.count(),
        "inbound lines": InboundLine.objects.count(),
        "open lines": Line.objects.filter(quantity_open__gt=0).count(),
        "allocations": Allocation.objects.count(),
    }


def list_orders() -> QuerySet[Order]:
    """List orders with all lines: how each stands, what covers it, and every day that was promised, oldest first."""
    covers = Allocation.objects.select_related("level__location", "inbound_line__order").order_by(
        "ships_on", "pk"
    )
    lines = (
        Line.objects.select_related("item", "location", "standing")
        .prefetch_related(
            Prefetch("promises", Promise.objects.order_by("pk")), Prefetch("allocations", covers)
        )
        .order_by("pk")
    )
    return Order.objects.select_related("customer", "customer_class", "channel").prefetch_related(
        Prefetch("lines", lines)
    )


def read_promises(order: str) -> QuerySet[Promise]:
    """List every day that was promised for the lines of an order, oldest first."""
    return Promise.objects.filter(line__order__number=order).select_related("line", "entry")
