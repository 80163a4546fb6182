"""Reading what customers want."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from backorder.orders.models import Line, Order


def find_touched_items(line: Line) -> set[int]:
    """Name the items that a change of a line touches: its own, and if its order ships as a whole those of all its lines."""
    if line.order.ship_policy != "complete":
        return {line.item_id}
    return find_items_of_order(line.order)


def find_items_of_order(order: Order) -> set[int]:
    """Name the items of all lines of an order."""
    return set(Line.objects.filter(order=order.pk).values_list("item_id", flat=True))


def list_open_lines() -> QuerySet[Line]:
    """List the lines that customers wait for; what is only held for somebody is none."""
    return Line.objects.filter(quantity_open__gt=0, order__held_until=None)


def list_holds_over(at: datetime) -> QuerySet[Order]:
    """List the holds that are over and still keep units, by id."""
    over = Order.objects.filter(held_until__lte=at, lines__quantity_open__gt=0)
    return over.distinct().order_by("pk")
