"""Reading what customers want."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from backorder.orders.models import Customer, Line


def find_touched_items(line: Line) -> set[int]:
    """Name the items that a change of a line touches: its own, and if its order ships as a whole those of all its lines."""
    if line.order.ship_policy != "complete":
        return {line.item_id}
    return set(Line.objects.filter(order=line.order_id).values_list("item_id", flat=True))


def list_customers() -> QuerySet[Customer]:
    """List who orders, with their class."""
    return Customer.objects.select_related("customer_class")


def find_line(order: str, number: str) -> Line | None:
    """Find a line by the numbers of its order and its own."""
    lines = Line.objects.select_related("order", "item")
    return lines.filter(order__number=order, number=number).first()


def name_lines(lines: Iterable[int]) -> dict[int, tuple[str, str, str]]:
    """Name lines by id: the number of the order, their own, and the sku."""
    named = Line.objects.filter(pk__in=set(lines)).values_list("pk", "order__number", "number", "item__sku")
    return {line: (order, number, sku) for line, order, number, sku in named}


def find_customer(code: str) -> Customer | None:
    """Find who orders."""
    return Customer.objects.select_related("customer_class").filter(code=code).first()
