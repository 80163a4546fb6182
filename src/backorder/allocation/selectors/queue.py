"""The queue: every open line with how it stands, a page at a time, however many there are.

A page is found by an index of its sort order and continued from the last row seen, so that page 1,000 costs what page 1 costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from backorder.allocation.models import Standing
from backorder.catalog.models import Item
from backorder.catalog.words import begins_with, with_words
from backorder.orders.models import Customer, Line

COVERS = {
    "nothing": Standing.NOTHING,
    "in part": Standing.IN_PART,
    "inbound": Standing.INBOUND,
    "on hand": Standing.ON_HAND,
}
FIELDS = (
    *("id", "order__number", "number", "item__sku", "item__name", "item__currency"),
    *("order__customer__code", "order__customer__name", "quantity_open", "value_open", "requested_on"),
    *("promised_on", "first_promised_on", "late_days"),
    *("standing__cover", "standing__allocated_on_hand", "standing__allocated_inbound"),
    *("standing__planned_on", "standing__units_ahead", "standing__reason", "quantity_released"),
    "order__held_until",
)


FEW = 2_000
"""Up to so many lines that a search finds are sorted; of more, the order of the page is walked until it is full."""


@dataclass(frozen=True)
class QueueRow:
    """An open line, in the order of FIELDS; what a line without a decision lacks is None."""

    line: int
    order: str
    number: str
    sku: str
    name: str
    currency: str
    customer: str | None
    customer_name: str | None
    quantity_open: int
    value_open: int
    requested_on: date
    promised_on: date | None
    first_promised_on: date | None
    late_days: int | None
    cover: int | None
    on_hand: int | None
    inbound: int | None
    planned_on: date | None
    units_ahead: int | None
    reason: str | None
    quantity_released: int
    held_until: datetime | None  # of a hold, which is no order yet


@dataclass(frozen=True)
class Sort:
    """A way to sort: by which field, what type it has, and which relation may be missing."""

    field: str
    kind: type[int | str | date]
    missing: str = ""
    missing_last: bool = (
        False  # whatever the direction: there is hardly one, and to know it takes a look at all
    )


SORTS = {
    "order": Sort("order__number", str),
    "item": Sort("item__sku", str),
    "customer": Sort("order__customer__code", str, "order__customer"),
    "open": Sort("quantity_open", int),
    "covered": Sort("standing__cover", int, "standing", missing_last=True),
    "requested": Sort("requested_on", date),
    "promised": Sort("promised_on", date, "promised_on"),
    "late": Sort("late_days", int, "late_days"),
    "ahead": Sort("standing__units_ahead", int, "standing", missing_last=True),
    "value": Sort("value_open", int),
    "reason": Sort("standing__reason", str, "standing", missing_last=True),
}


@dataclass(frozen=True)
class Asked:
    """Which lines are wanted; blank asks for all."""

    search: str = ""
    item: str = ""
    customer: str = ""
    channel: str = ""
    customer_class: str = ""
    covered: str = ""  # a name of COVERS
    late: bool = False  # later than asked for, or no day at all
    short: bool = False  # units without supply


@dataclass(frozen=True)
class Order:
    """How lines are sorted, and after which one the page begins: its value (None: it has none) and its id."""

    by: str = "late"
    descending: bool = True
    after: tuple[int | str | date | None, int] | None = None


@dataclass(frozen=True)
class Totals:
    """The sums over all lines that are wanted, of one currency."""

    currency: str
    lines: int
    units: int
    value: int
    late: int


def read_queue(asked: Asked, order: Order, size: int) -> list[QueueRow]:
    """Read so many lines. Those without a value stand last, or first if it is descending: no day is the latest of all."""
    rows: list[QueueRow] = []
    for part in list_parts(filter_lines(asked), order):
        rows += [QueueRow(*values) for values in part.values_list(*FIELDS)[: size - len(rows)]]
        if len(rows) == size:
            break
    return rows


def list_parts(lines: QuerySet[Line], order: Order) -> Iterator[QuerySet[Line]]:
    """List the lines with a value and those without one, in their order, after where the page begins."""
    sort, sign = SORTS[order.by], "-" if order.descending else ""
    after = order.after
    with_value = lines
    if sort.missing:
        missing = lines.filter(**{f"{sort.missing}__isnull": True}).order_by(f"{sign}id")
        with_value = lines.filter(**{f"{sort.missing}__isnull": False})
        if after is not None and after[0] is None:
            missing = missing.filter(**{"id__lt" if order.descending else "id__gt": after[1]})
    with_value = with_value.order_by(f"{sign}{sort.field}", f"{sign}id")
    beyond = "lt" if order.descending else "gt"
    if after is not None and after[0] is not None:
        value, line = after
        same_or_beyond = {f"{sort.field}__{beyond}e": value}
        with_value = with_value.filter(
            Q(**{f"{sort.field}__{beyond}": value}) | Q(**{f"id__{beyond}": line}), **same_or_beyond
        )
    if not sort.missing:
        yield with_value
        return
    in_missing = after is not None and after[0] is None
    in_value = after is not None and after[0] is not None
    if order.descending and not sort.missing_last:
        if not in_value:
            yield missing
        yield with_value
    else:
        if not in_missing:
            yield with_value
        yield missing


def sum_queue(asked: Asked) -> list[Totals]:
    """Sum up all lines that are wanted, by currency."""
    rows = (
        filter_lines(asked)
        .order_by()
        .values_list("item__currency")
        .annotate(
            lines=Count("id"),
            units=Sum("quantity_open"),
            value=Sum("value_open"),
            late=Count("id", filter=is_late()),
        )
    )
    return [Totals(*row) for row in rows.order_by("item__currency")]


def is_late() -> Q:
    """Ask for lines that are later than asked for, or have no day."""
    return Q(late_days__gt=0) | Q(promised_on=None)


def filter_lines(asked: Asked) -> QuerySet[Line]:
    """Choose the open lines that are wanted."""
    lines = Line.objects.filter(quantity_open__gt=0)
    exact: dict[str, Any] = {
        "item__sku": asked.item,
        "order__customer__code": asked.customer,
        "order__channel__code": asked.channel,
        "order__customer_class__code": asked.customer_class,
    }
    lines = lines.filter(**{field: value for field, value in exact.items() if value})
    if asked.covered in COVERS:
        lines = lines.filter(standing__cover=COVERS[asked.covered])
    if asked.late:
        lines = lines.filter(is_late())
    if asked.short:
        lines = lines.filter(standing__unallocated__gt=0)
    return search_lines(lines, asked.search) if asked.search else lines


def search_lines(lines: QuerySet[Line], text: str, few: int = FEW) -> QuerySet[Line]:
    """Keep the lines whose order, item or customer begins with a text, or whose item or customer has its words in its name.

    A few are looked up first, and sorted. Of many a page is found by walking the index of its order and looking at each line.
    """
    items = Item.objects.filter(begins_with("sku", text)).values("pk")
    customers = Customer.objects.filter(begins_with("code", text)).values("pk")
    if re.search(r"\w", text):
        items = items.union(with_words(Item.objects.all(), text).values("pk"))
        customers = customers.union(with_words(Customer.objects.all(), text).values("pk"))
    ways = (begins_with("order__number", text), Q(item__in=items), Q(order__customer__in=customers))
    still_open = Line.objects.filter(quantity_open__gt=0)
    first, *others = (still_open.filter(way).values_list("pk", flat=True) for way in ways)
    found = list(first.union(*others, all=True)[: few + 1])  # twice, if in two ways
    return lines.filter(pk__in=found) if len(found) <= few else lines.filter(ways[0] | ways[1] | ways[2])
