"""Lines with all that is known of them: for the page of an order, and for what an event would move."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch

from backorder.allocation.models import Allocation, Backorder, Promise
from backorder.orders.models import Line, Order


def read_order(number: str) -> Order | None:
    """Read an order with its lines, and of each how it stands, what covers it and what was promised; oldest promise first."""
    lines = (
        Line.objects.select_related("item", "standing", "location")
        .prefetch_related(
            Prefetch(
                "allocations",
                Allocation.objects.select_related(
                    "level__location", "level__item", "inbound_line__order", "inbound_line__item"
                ).order_by("ships_on", "id"),
            ),
            Prefetch("promises", Promise.objects.select_related("entry__caused_by").order_by("id")),
        )
        .order_by("id")
    )
    orders = Order.objects.select_related("customer", "customer_class", "channel")
    return orders.prefetch_related(Prefetch("lines", lines)).filter(number=number).first()


def read_waits(order: Order) -> list[Backorder]:
    """List when lines of an order waited, with what they began and ended by."""
    records = Backorder.objects.filter(line__order=order)
    return list(records.select_related("opened_by__caused_by", "closed_by__caused_by").order_by("id"))


def find_line(line: int) -> Line | None:
    """Find a line with its order, item and standing."""
    return (
        Line.objects.select_related("order__customer", "item", "standing", "location").filter(pk=line).first()
    )


def name_lines(lines: Iterable[int]) -> dict[int, Line]:
    """Name these lines: with order, customer and item, by id."""
    return Line.objects.select_related("order__customer", "item").in_bulk(list(lines))
