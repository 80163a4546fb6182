"""Reading what lies ready, what is being picked and what left: for pages of the warehouse."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from backorder.allocation.models import Allocation
from backorder.fulfilment.models import Block, PickList, Release, Shipment
from backorder.fulfilment.selectors import read_pick_list
from backorder.orders.models import Order


@dataclass(frozen=True)
class Shelf:
    """What lies at a place for open lines and is not released."""

    code: str
    orders: int
    lines: int
    units: int


def list_shelves() -> list[Shelf]:
    """List by place what lies there for open lines in the plan in force."""
    rows = (
        Allocation.objects.filter(level__isnull=False)
        .values("level__location__code")
        .annotate(
            orders=Count("line__order", distinct=True),
            lines=Count("line", distinct=True),
            units=Sum("quantity"),
        )
        .order_by("level__location__code")
    )
    return [Shelf(row["level__location__code"], row["orders"], row["lines"], row["units"]) for row in rows]


def list_pick_lists(size: int) -> QuerySet[PickList]:
    """List pick lists of which something is left to send, newest first, with `units` and `parts` that are."""
    left = Q(releases__quantity_open__gt=0)
    rows = PickList.objects.select_related("location", "entry").annotate(
        units=Sum("releases__quantity_open", filter=left), parts=Count("releases", filter=left)
    )
    return rows.filter(parts__gt=0).order_by("-id")[:size]


def find_pick_list(number: int) -> PickList | None:
    """Find a pick list with its place."""
    return PickList.objects.select_related("location", "entry").filter(pk=number).first()


def find_release(number: int) -> Release | None:
    """Find a release with its order, item and place, and what it takes from the shelves."""
    rows = Release.objects.select_related("line__order", "line__item", "location")
    return rows.prefetch_related("parts__level__item").filter(pk=number).first()


def list_to_pick(pick_list: PickList) -> QuerySet[Release]:
    """List what is left to send of a pick list, in the order of service, and what each takes from the shelves."""
    return read_pick_list(pick_list).prefetch_related("parts__level__item")


def list_releases(order: Order) -> QuerySet[Release]:
    """List what of an order is with the warehouse."""
    rows = Release.objects.filter(line__order=order, quantity_open__gt=0)
    return rows.select_related("line__order", "line__item", "location", "pick_list").order_by("line_id", "id")


def list_shipments(order: Order) -> QuerySet[Shipment]:
    """List what left for an order, oldest first, with its units."""
    rows = Shipment.objects.filter(order=order).order_by("shipped_at", "id")
    return rows.prefetch_related("lines__release__line__item")


def list_blocks(order: Order) -> QuerySet[Block]:
    """List the blocks of an order that are not lifted, oldest first."""
    return Block.objects.filter(order=order, lift=None).select_related("entry").order_by("id")


def find_block(number: int) -> Block | None:
    """Find a block with its order."""
    return Block.objects.select_related("order").filter(pk=number).first()
