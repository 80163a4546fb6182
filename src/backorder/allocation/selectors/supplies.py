"""Supplies with who is to get them: for the pages of inbound orders, of stock and of an item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from django.db.models import Count, F, Model, Prefetch, Q, QuerySet, Sum, Window

from backorder.allocation.models import Allocation
from backorder.allocation.selectors.kits import list_kits_with, sum_asked_in_kits
from backorder.catalog.models import Component, Item
from backorder.orders.models import Line
from backorder.supply.models import SELLABLE, InboundLine, InboundOrder, Level, Movement

MOST = 200
"""Rows of one kind on a page about one thing."""

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class First(Generic[Row]):
    """The first rows of a kind, and how many there are of it."""

    rows: list[Row]
    count: int


def read_first(rows: QuerySet[Row]) -> First[Row]:
    """Read as many rows as a page shows, and count all."""
    return First(list(rows[:MOST]), rows.count())


@dataclass(frozen=True)
class ItemSheet:
    """All about an item: what is there, what comes, who waits, what moved last; of each kind at most so many rows."""

    item: Item
    levels: list[Level]
    inbound: First[InboundLine]
    lines: First[Line]
    movements: First[Movement]
    asked: list[tuple[date, int]]
    """Units asked for, by the day on which they are wanted: all of them, those in kits too."""
    kits: list[Component]


def with_takers() -> Prefetch[str, QuerySet[Allocation], str]:
    """Read beside a supply who is to get it, in the order of shipping: at most so many, each with `count`, how many there are."""
    count = Window(Count("pk"), partition_by=[F("level"), F("inbound_line")])
    rows = Allocation.objects.select_related("line__order__customer", "line__item").annotate(count=count)
    return Prefetch("allocations", rows.order_by("ships_on", "id")[:MOST], to_attr="takers")


def list_takers(supply: Level | InboundLine) -> First[Allocation]:
    """List who is to get a supply that was read `with_takers`."""
    rows: list[Allocation] = getattr(supply, "takers", [])
    return First(rows, getattr(rows[0], "count", 0) if rows else 0)


def read_item(sku: str) -> ItemSheet | None:
    """Read all about an item; None if there is none."""
    item = Item.objects.filter(sku=sku).first()
    if item is None:
        return None
    levels = Level.objects.filter(item=item).select_related("location").prefetch_related(with_takers())
    inbound = InboundLine.objects.filter(item=item, remaining__gt=0).select_related("order", "location")
    lines = Line.objects.filter(item=item, quantity_open__gt=0).select_related("order__customer", "standing")
    movements = Movement.objects.filter(item=item).select_related("location", "entry")
    asked = lines.order_by("requested_on").values_list("requested_on").annotate(units=Sum("quantity_open"))
    return ItemSheet(
        item,
        list(levels.order_by("location__code", "status")),
        read_first(inbound.prefetch_related(with_takers()).order_by("expected_on", "id")),
        read_first(lines.order_by(F("standing__units_ahead").asc(nulls_last=True), "id")),
        read_first(movements.order_by("-id")),
        [*asked, *sum_asked_in_kits(item)],
        list(list_kits_with(item)),
    )


def list_inbound(
    search: str, *, everything: bool, after: tuple[date, int] | None, size: int
) -> list[InboundLine]:
    """List inbound lines by the day on which they are expected: those that have units to come, or all."""
    lines = InboundLine.objects.select_related("order__supplier", "item", "location")
    if not everything:
        lines = lines.filter(remaining__gt=0)
    if search:
        begins = Q(order__number__startswith=search) | Q(item__sku__startswith=search)
        lines = lines.filter(begins | Q(order__supplier__code__startswith=search))
    if after is not None:
        day, line = after
        lines = lines.filter(Q(expected_on__gt=day) | Q(id__gt=line), expected_on__gte=day)
    return list(lines.order_by("expected_on", "id")[:size])


def read_inbound(number: str) -> InboundOrder | None:
    """Read an inbound order with its lines, the news of their dates and who waits for them."""
    lines = InboundLine.objects.select_related("item", "location").prefetch_related(
        with_takers(), "news__entry"
    )
    orders = InboundOrder.objects.select_related("supplier").prefetch_related(
        Prefetch("lines", lines.order_by("expected_on", "id"))
    )
    return orders.filter(number=number).first()


def find_inbound_line(line: int) -> InboundLine | None:
    """Find an inbound line with its order and item."""
    return InboundLine.objects.select_related("order", "item", "location").filter(pk=line).first()


def list_levels(search: str, after: tuple[str, int] | None, size: int) -> list[Level]:
    """List what is on hand, by item; of a place that never held any of it nothing, unless it is sellable."""
    levels = Level.objects.select_related("item", "location").filter(Q(status=SELLABLE) | Q(on_hand__gt=0))
    if search:
        levels = levels.filter(
            Q(item__sku__startswith=search) | Q(item__name__icontains=search) | Q(location__code=search)
        )
    if after is not None:
        sku, level = after
        levels = levels.filter(Q(item__sku__gt=sku) | Q(id__gt=level), item__sku__gte=sku)
    return list(levels.order_by("item__sku", "id")[:size])
