"""Kits for pages: what kits ask of a component."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet, Sum

from backorder.catalog.models import Component, Item
from backorder.catalog.services.bills import count_in_kits
from backorder.orders.models import Line


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
