"""Kits for pages: what one is made of and how many could be made, and what kits ask of a component."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from backorder.catalog.models import Component, Item
from backorder.orders.models import Line
from backorder.supply.models import SELLABLE, InboundLine, Level


@dataclass(frozen=True)
class KitPart:
    """A component of a kit: so many in each; free is what no line has been given."""

    item: Item
    per_kit: int
    free: int
    free_to_come: int


def list_kit_parts(kit: Item) -> list[KitPart]:
    """List what a kit is made of, by sku; nothing if it is none."""
    here = Level.objects.filter(item=OuterRef("item"), status=SELLABLE).values("item")
    coming = InboundLine.objects.filter(item=OuterRef("item")).values("item")
    free = here.annotate(units=Sum(F("on_hand") - F("allocated") - F("released"))).values("units")
    to_come = coming.annotate(units=Sum(F("remaining") - F("allocated"))).values("units")
    rows = (
        Component.objects.filter(kit=kit)
        .select_related("item")
        .annotate(free=Coalesce(Subquery(free), 0), to_come=Coalesce(Subquery(to_come), 0))
        .order_by("item__sku")
    )
    return [KitPart(row.item, row.quantity, row.free, row.to_come) for row in rows]


def list_kits_with(item: Item) -> QuerySet[Component]:
    """List the kits that an item is part of, by sku."""
    return Component.objects.filter(item=item).select_related("kit").order_by("kit__sku")


def sum_asked_in_kits(item: Item) -> list[tuple[date, int]]:
    """Sum the units of an item that open lines of kits ask for, by the day on which they are wanted."""
    rows = (
        Line.objects.filter(item__components__item=item, quantity_open__gt=0)
        .order_by("requested_on")
        .values_list("requested_on")
        .annotate(units=Sum(F("quantity_open") * F("item__components__quantity")))
    )
    return list(rows)
