"""Reading stock and what is coming."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet, Sum

from backorder.supply.models import InboundLine, InboundOrder, Level, Movement


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


def list_levels() -> QuerySet[Level]:
    """List what is on hand, with item and place."""
    return Level.objects.select_related("item", "location")


def list_movements() -> QuerySet[Movement]:
    """List every change of what is on hand, with what it was about and who made it."""
    return Movement.objects.select_related("item", "location", "entry", "inbound_line__order")


def list_inbound() -> QuerySet[InboundOrder]:
    """List the orders of units that come, with all lines."""
    return InboundOrder.objects.select_related("supplier", "source").prefetch_related(
        Prefetch("lines", InboundLine.objects.select_related("item", "location").order_by("pk"))
    )


def find_inbound_line(order: str, number: str) -> InboundLine | None:
    """Find a line of an inbound order by the numbers of both."""
    lines = InboundLine.objects.select_related("order", "item", "location")
    return lines.filter(order__number=order, number=number).first()


def name_inbound_lines(lines: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name lines of inbound orders by id: the number of the order, and their own."""
    named = InboundLine.objects.filter(pk__in=set(lines)).values_list("pk", "order__number", "number")
    return {line: (order, number) for line, order, number in named}
