"""Reading stock and what is coming."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Coalesce

from backorder.supply.models import InboundLine, InboundOrder, Level, Movement, StockCount

BLANK = Value("", TextField())


@dataclass(frozen=True)
class Drift:
    """A level that is not the sum of its movements."""

    sku: str
    location: str
    status: str
    on_hand: int
    moved: int


def find_drift() -> list[Drift]:
    """Compare every level with the sum of its movements (law L3); a database that holds its rules has no difference."""
    key = ("item__sku", "location__code", "status")
    sums = Movement.objects.values_list(*key).annotate(moved=Sum("quantity")).order_by()
    moved = {(sku, place, status): units for sku, place, status, units in sums}
    rows = Level.objects.values_list(*key, "on_hand")
    levels = {(sku, place, status): units for sku, place, status, units in rows}
    return [
        Drift(*place, levels.get(place, 0), moved.get(place, 0))
        for place in sorted(moved.keys() | levels.keys())
        if levels.get(place, 0) != moved.get(place, 0)
    ]


@dataclass(frozen=True)
class Accuracy:
    """How many counts there were, and how many of them found what the record said."""

    counts: int
    agreed: int

    @property
    def share(self) -> float | None:
        """The part of the counts that agreed, from 0 to 1; None without any."""
        return self.agreed / self.counts if self.counts else None


def read_accuracy(since: datetime, until: datetime) -> Accuracy:
    """Measure the accuracy of the record: how many counts of a time found, to the unit, what it said."""
    counted = StockCount.objects.filter(counted_at__gte=since, counted_at__lt=until)
    agreed = Count("was", filter=Q(found=F("was")))
    return Accuracy(**counted.aggregate(counts=Count("*"), agreed=agreed))


def list_levels(skus: Iterable[str] | None = None) -> Iterator[tuple[Any, ...]]:
    """List levels, all or those of these items: sku, location, status, what is on hand and what of it is released."""
    rows = Level.objects.all() if skus is None else Level.objects.filter(item__sku__in=set(skus))
    return rows.values_list("item__sku", "location__code", "status", "on_hand", "released").iterator()


def list_inbound_orders(numbers: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """List inbound orders by number: number, id, kind, code of the supplier."""
    return (
        InboundOrder.objects.filter(number__in=set(numbers))
        .values_list("number", "id", "kind", Coalesce("supplier__code", BLANK))
        .iterator()
    )


def list_inbound_lines(numbers: Iterable[str] | None = None) -> Iterator[tuple[Any, ...]]:
    """List inbound lines, of these orders or all that are open.

    Order, line, id, sku, location; ordered, received, cancelled, still to come; expected on, code of the supplier, kind.
    """
    rows = (
        InboundLine.objects.filter(remaining__gt=0)
        if numbers is None
        else InboundLine.objects.filter(order__number__in=set(numbers))
    )
    return rows.values_list(
        "order__number",
        "number",
        "id",
        "item__sku",
        "location__code",
        "quantity_ordered",
        "quantity_received",
        "quantity_cancelled",
        "remaining",
        "expected_on",
        Coalesce("order__supplier__code", BLANK),
        "order__kind",
    ).iterator()


def read_levels() -> QuerySet[Level]:
    """List what is on hand, with item and place."""
    return Level.objects.select_related("item", "location")


def read_movements() -> QuerySet[Movement]:
    """List every change of what is on hand, with what it was about and who made it."""
    return Movement.objects.select_related("item", "location", "entry", "inbound_line__order")


def read_inbound() -> QuerySet[InboundOrder]:
    """List the orders of units that come, with all lines."""
    return InboundOrder.objects.select_related("supplier", "source").prefetch_related(
        Prefetch("lines", InboundLine.objects.select_related("item", "location").order_by("pk"))
    )


def find_inbound_lines(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], InboundLine]:
    """Find lines of inbound orders by both numbers, with their orders."""
    wanted = set(names)
    rows = InboundLine.objects.filter(order__number__in={order for order, _ in wanted})
    found = {(row.order.number, row.number): row for row in rows.select_related("order", "item", "location")}
    return {name: row for name, row in found.items() if name in wanted}


def find_inbound_line(order: str, number: str) -> InboundLine | None:
    """Find a line of an inbound order by the numbers of both."""
    lines = InboundLine.objects.select_related("order", "item", "location")
    return lines.filter(order__number=order, number=number).first()


def name_inbound_lines(lines: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name lines of inbound orders by id: the number of the order, and their own."""
    named = InboundLine.objects.filter(pk__in=set(lines)).values_list("pk", "order__number", "number")
    return {line: (order, number) for line, order, number in named}
