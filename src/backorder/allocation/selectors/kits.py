"""Kits for pages: what one is made of and how many could be made, and what kits ask of a component."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from backorder.allocation.availability import Availability, read_availability
from backorder.catalog.models import Component, Item
from backorder.catalog.services.bills import count_in_kits
from backorder.orders.models import Line


@dataclass(frozen=True)
class KitPart:
    """A component of a kit: so many in each; free is what no line has been given."""

    item: Item
    per_kit: int
    free: int
    free_to_come: int


def read_with_parts(item: Item, today: date) -> tuple[Availability, list[KitPart]]:
    """Read what there is of an item, and what it is made of if it is a kit, by sku."""
    rows = list(Component.objects.filter(kit=item).select_related("item").order_by("item__sku"))
    own, *there = read_availability([item, *(row.item for row in rows)], today)
    parts = [
        KitPart(row.item, row.quantity, one.free_on_hand, one.free_to_come)
        for row, one in zip(rows, there, strict=True)
    ]
    return own, parts


def list_kits_with(item: Item) -> QuerySet[Component]:
    """List the kits that an item is part of, by sku."""
    return Component.objects.filter(item=item).select_related("kit").order_by("kit__sku")


def sum_asked_in_kits(item: Item) -> list[tuple[date, int]]:
    """Sum the units of an item that open lines of kits ask for, all levels down, by the day on which they are wanted."""
    units = count_in_kits(item.sku)
    rows = (
        Line.objects.filter(item__sku__in=units, quantity_open__gt=0)
        .order_by("requested_on", "item__sku")
        .values_list("requested_on", "item__sku")
        .annotate(kits=Sum("quantity_open"))
    )
    return [(day, kits * units[sku]) for day, sku, kits in rows]
