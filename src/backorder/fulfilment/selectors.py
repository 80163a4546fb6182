"""Reading what the warehouse has and sent, and proving it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

import numpy as np
from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from backorder.allocation.models import Allocation
from backorder.allocation.selectors import Difference
from backorder.allocation.selectors import count_rows as count_planned
from backorder.allocation.selectors import find_differences as find_planned
from backorder.columns import read_columns
from backorder.fulfilment.models import (
    SHIPPED,
    Block,
    PickList,
    Release,
    ReleaseEnd,
    ReleasePart,
    Return,
    Shipment,
)
from backorder.fulfilment.money_sums import compare_charges, compare_payments, compare_refunds
from backorder.fulfilment.moved import compare_returns, compare_shipments
from backorder.orders.models import Line, Order
from backorder.payments.models import Charge, Payment, Transfer
from backorder.supply.models import Level

MICROSECONDS_PER_HOUR = 3_600_000_000


def find_touched_items(orders: Iterable[int]) -> set[int]:
    """Name the items of the lines of orders, and those of what lies ready for them or is with the warehouse, as parts of kits."""
    keys = set(orders)
    of_lines = Line.objects.filter(order__in=keys).values_list("item_id")
    ready = Allocation.objects.filter(line__order__in=keys, level__isnull=False).values_list("level__item_id")
    parts = ReleasePart.objects.filter(release__line__order__in=keys, release__quantity_open__gt=0)
    return {item for (item,) in of_lines.union(ready, parts.values_list("level__item_id"))}


def list_released() -> Iterator[tuple[str, str, str, str, int, date]]:
    """List what the warehouse has of each line: order, line, sku, location, units, and the day it was told."""
    parts = ReleasePart.objects.filter(release__quantity_open__gt=0).values_list(
        "release__line__order__number",
        "release__line__number",
        "level__item__sku",
        "level__location__code",
        F("per_unit") * F("release__quantity_open"),
        "release__entry__at",
    )
    for order, line, sku, place, units, at in parts:
        yield order, line, sku, place, units, timezone.localdate(at)


def read_pick_list(pick_list: PickList) -> QuerySet[Release]:
    """List what is left to send of a pick list, in the order of service."""
    releases = Release.objects.filter(pick_list=pick_list, quantity_open__gt=0)
    return releases.select_related("line__order", "line__item", "location").order_by("position", "id")


def find_pick_list(number: int) -> PickList | None:
    """Find a pick list by its number."""
    return PickList.objects.select_related("location", "entry").filter(pk=number).first()


def read_releases() -> QuerySet[Release]:
    """List what was handed to the warehouse, with what it is of and where."""
    return Release.objects.select_related("line__order", "line__item", "location", "entry")


def find_releases(numbers: Iterable[int]) -> dict[int, Release]:
    """Find releases by their numbers."""
    return read_releases().in_bulk(set(numbers))


def read_shipments() -> QuerySet[Shipment]:
    """List what left, with the lines of each."""
    lines = ReleaseEnd.objects.select_related("release__line__item", "release__location").order_by("pk")
    return Shipment.objects.select_related("order", "entry").prefetch_related(Prefetch("lines", lines))


def read_returns() -> QuerySet[Return]:
    """List what came back."""
    return Return.objects.select_related("line__order", "line__item", "level__location", "entry")


def read_blocks() -> QuerySet[Block]:
    """List the orders that somebody holds back, or held."""
    return Block.objects.select_related("order", "entry", "lift__entry")


def read_dock_hours(since: datetime, until: datetime) -> float | None:
    """Measure the hours from receipt to shipment: the mean over units shipped in a time that came by a receipt; None without any.

    What leaves a level is what came to it first: the n-th unit out of an item at a place is the n-th unit in. So a shipped
    unit stands against one movement in; if that is a receipt, its hours are the time between the two. Units that came otherwise
    (returns, counts, other statuses) are left out of the mean.
    """
    moved = read_columns(("level", "quantity", "at", "receipt", "shipment"), MOVEMENTS)
    entering, leaving = moved["quantity"] > 0, moved["quantity"] < 0
    ends_in = np.cumsum(moved["quantity"][entering])
    if len(ends_in) == 0:
        return None
    # Each unit that ever came has a place on one axis, level after level; what left covers the first places of its level.
    first_in = np.searchsorted(moved["level"][entering], moved["level"][leaving])
    before_level = np.concatenate([[0], ends_in])[first_in]
    out = np.cumsum(-moved["quantity"][leaving])
    first_out = np.searchsorted(moved["level"][leaving], moved["level"][leaving])
    ends_out = out - np.concatenate([[0], out])[first_out] + before_level
    marks = np.unique(np.concatenate([ends_in, ends_out]))
    units = np.diff(marks, prepend=0)
    came = np.searchsorted(ends_in, marks)
    went = np.minimum(np.searchsorted(ends_out, marks), max(len(ends_out) - 1, 0))
    if len(ends_out) == 0:
        return None
    starts_out = ends_out + moved["quantity"][leaving]
    at_in, at_out = moved["at"][entering][came], moved["at"][leaving][went]
    counted = (
        (starts_out[went] < marks)
        & (marks <= ends_out[went])
        & (moved["receipt"][entering][came] == 1)
        & (moved["shipment"][leaving][went] == 1)
        & (at_out >= int(since.timestamp() * 1_000_000))
        & (at_out < int(until.timestamp() * 1_000_000))
    )
    if not counted.any():
        return None
    waited = ((at_out - at_in)[counted] * units[counted]).sum()
    return float(waited / units[counted].sum() / MICROSECONDS_PER_HOUR)


MOVEMENTS = """
SELECT v.id::bigint, m.quantity, (extract(epoch FROM e.at) * 1000000)::bigint,
    (m.kind = 'receipt')::int::bigint, (m.kind = 'shipment')::int::bigint
FROM supply_movement m
JOIN supply_level v ON v.item_id = m.item_id AND v.location_id = m.location_id AND v.status = m.status
JOIN outbox_entry e ON e.id = m.entry_id
WHERE m.status = 'sellable' ORDER BY v.id, m.id
"""


def find_differences() -> list[Difference]:
    """Prove ledger = levels = allocations = releases = shipments = movements, and list what does not agree."""
    return [
        *find_planned(),
        *compare_releases(),
        *compare_line_sums(),
        *compare_released(),
        *compare_shipments(),
        *compare_returns(),
        *compare_begun(),
        *compare_payments(),
        *compare_refunds(),
        *compare_charges(),
    ]


def compare_releases() -> Iterator[Difference]:
    """Compare each release with its picks and ends."""
    ended = dict(ReleaseEnd.objects.values_list("release").annotate(units=Sum("quantity")).order_by())
    for release in Release.objects.select_related("line__order").annotate(
        picked=Coalesce(Sum("picks__quantity"), 0)
    ):
        about = f"release {release.pk} of order {release.line.order.number} line {release.line.number}"
        units = ended.get(release.pk, 0)
        if release.quantity_ended != units:
            yield Difference(about, "what ended is the sum of its ends", release.quantity_ended, units)
        if release.quantity_picked != release.picked:
            yield Difference(
                about, "what is picked is the sum of its picks", release.quantity_picked, release.picked
            )


LINE_SUMS = {
    "quantity_cancelled": ("cancelled is the sum of its cancellations", Sum("cancellations__quantity")),
    "quantity_released": ("released is the sum of its releases", Sum("releases__quantity_open")),
    "quantity_shipped": (
        "shipped is the sum of its shipments",
        Sum("releases__ends__quantity", filter=Q(releases__ends__how=SHIPPED)),
    ),
}


def compare_line_sums() -> Iterator[Difference]:
    """Compare what is cancelled, released and shipped of each line with the rows that say so."""
    for name, (rule, units) in LINE_SUMS.items():
        lines = Line.objects.select_related("order").annotate(units=Coalesce(units, 0))
        for line in lines.exclude(**{name: F("units")}).order_by("pk"):
            about = f"order {line.order.number} line {line.number}"
            yield Difference(about, rule, getattr(line, name), line.units)


def compare_released() -> Iterator[Difference]:
    """Compare what is released of each level with the open releases."""
    parts = ReleasePart.objects.filter(release__quantity_open__gt=0)
    taken = dict(
        parts.values_list("level").annotate(units=Sum(F("per_unit") * F("release__quantity_open"))).order_by()
    )
    levels = Level.objects.filter(Q(released__gt=0) | Q(pk__in=taken)).select_related("item", "location")
    for level in levels.order_by("pk"):
        units = taken.get(level.pk, 0)
        if level.released != units:
            about = f"{level.item.sku} at {level.location.code}, {level.status}"
            yield Difference(about, "released is the sum of its releases", level.released, units)


def compare_begun() -> Iterator[Difference]:
    """Compare in how many shipments each order leaves, and see that what is still to go may leave once more."""
    handed_over = Release.objects.filter(quantity_open__gt=0).values_list("line__order")
    begun = Counter(dict(Shipment.objects.values_list("order").annotate(times=Count("pk")).order_by()))
    begun.update(dict(handed_over.annotate(times=Count("entry", distinct=True)).order_by()))
    for order in Order.objects.filter(Q(shipments_begun__gt=0) | Q(pk__in=begun)).order_by("pk"):
        if order.shipments_begun != begun[order.pk]:
            about, rule = f"order {order.number}", "shipments are what left and what the warehouse has"
            yield Difference(about, rule, order.shipments_begun, begun[order.pk])
    full = Q(order__most_shipments__lte=F("order__shipments_begun"), quantity_unreleased__gt=0)
    for line in Line.objects.filter(full).select_related("order").order_by("pk"):
        about = f"order {line.order.number} line {line.number}"
        yield Difference(about, "what is to go may leave once more", line.quantity_unreleased, 0)


def count_rows() -> dict[str, int]:
    """Count what was compared."""
    return {
        **count_planned(),
        "releases": Release.objects.count(),
        "shipments": Shipment.objects.count(),
        "payments": Payment.objects.count(),
        "transfers of money": Transfer.objects.count(),
        "charges": Charge.objects.count(),
    }
