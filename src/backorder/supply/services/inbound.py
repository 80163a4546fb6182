"""Changes of what is coming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count as count_from

from django.db import transaction

from backorder.catalog.locks import lock_items
from backorder.catalog.models import Item, Location, Supplier
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.supply.models import SELLABLE, DateNews, InboundLine, InboundOrder, Movement
from backorder.supply.services.news import about, carry, lock_line
from backorder.supply.services.refusals import find_twice, refuse, refuse_date, refuse_quantity
from backorder.supply.services.stock import move

TWO = 2
"""The fewest parts, and the number of the second."""


@dataclass(frozen=True)
class Expected:
    """A line of an inbound order."""

    number: str
    item: Item
    location: Location
    quantity: int
    expected_on: date


@dataclass(frozen=True)
class Origin:
    """Where units on order come from: bought of a supplier, made, printed, or moved from one of the own places."""

    kind: str = "purchase"
    supplier: Supplier | None = None
    source: Location | None = None  # of a transfer


@dataclass(frozen=True)
class Part:
    """So many units of an inbound line on a day."""

    quantity: int
    expected_on: date


@transaction.atomic
def place_inbound(
    number: str,
    lines: Sequence[Expected],
    cause: Cause,
    origin: Origin | None = None,
) -> Entry:
    """Note an order of units that will come. What is transferred leaves its source now: it is on the way, and nowhere else."""
    origin = origin or Origin()
    refuse(not number, "an inbound order has a number")
    refuse(not lines, f"{number} has no line")
    refuse_origin(number, origin, lines)
    lock_items(line.item.pk for line in lines)
    refuse(InboundOrder.objects.filter(number=number).exists(), f"there is an inbound order {number} already")
    twice = find_twice(line.number for line in lines)
    refuse(twice is not None, f"{number} has two lines {twice}")
    for line in lines:
        refuse_quantity(line.quantity, f"{number} line {line.number}")
        refuse_date(line.expected_on, f"{number} line {line.number}")
    order = InboundOrder.objects.create(
        number=number,
        kind=origin.kind,
        supplier=origin.supplier,
        source=origin.source,
        placed_on=cause.day,
    )
    rows = InboundLine.objects.bulk_create(
        InboundLine(
            order=order,
            number=line.number,
            item=line.item,
            location=line.location,
            quantity_ordered=line.quantity,
            expected_on=line.expected_on,
        )
        for line in lines
    )
    entry = write(
        cause,
        "inbound.placed",
        [("inbound", number), *(("item", line.item.sku) for line in lines)],
        {"kind": origin.kind, "units": sum(line.quantity for line in lines)},
    )
    carry((row, -row.quantity_ordered, entry) for row in rows)
    return entry


@transaction.atomic
def receive(line: InboundLine, quantity: int, cause: Cause, *, status: str = SELLABLE) -> Entry:
    """Take in units of an inbound line: what is left is still to come, and more than ordered may come.

    Of a transfer no more can come than left its source.
    """
    refuse_quantity(quantity, f"inbound line {line.number}")
    line = lock_line(line)
    refuse(
        line.order.kind == "transfer" and quantity > line.remaining,
        f"transfer {line.order.number} line {line.number}: {line.remaining} units are on the way, {quantity} cannot arrive; "
        "count the source, and move the others by a transfer of their own",
    )
    entry = write(
        cause,
        "inbound.received",
        about(line),
        {
            "line": line.number,
            "quantity": quantity,
            "received": line.quantity_received + quantity,
            "of": line.quantity_ordered,
        },
    )
    move(
        Movement(
            item=line.item,
            location=line.location,
            status=status,
            kind="receipt",
            quantity=quantity,
            inbound_line=line,
            entry=entry,
        )
    )
    return entry


@transaction.atomic
def split(line: InboundLine, parts: Sequence[Part], source: str, cause: Cause) -> Entry:
    """Divide what is still to come of an inbound line among days; the first part keeps the line's number.

    The others are numbered after it: line 1 becomes 1, 1.2, 1.3.
    """
    refuse(not source, "news of a date says who brought it")
    line = lock_line(line)
    name = f"{line.order.number} line {line.number}"
    left = max(line.quantity_ordered - line.quantity_received - line.quantity_cancelled, 0)
    refuse(len(parts) < TWO, f"{name}: a line is split into two parts or more")
    for part in parts:
        refuse_quantity(part.quantity, name)
        refuse_date(part.expected_on, name)
    total = sum(part.quantity for part in parts)
    refuse(total != left, f"{name}: {left} units are to come, the parts are {total}")
    taken = set(InboundLine.objects.filter(order=line.order_id).values_list("number", flat=True))
    free = (f"{line.number}.{number}" for number in count_from(TWO) if f"{line.number}.{number}" not in taken)
    InboundLine.objects.bulk_create(
        InboundLine(
            order=line.order,
            number=next(free),
            item=line.item,
            location=line.location,
            quantity_ordered=part.quantity,
            expected_on=part.expected_on,
        )
        for part in parts[1:]
    )
    was, line.expected_on = line.expected_on, parts[0].expected_on
    line.quantity_ordered -= total - parts[0].quantity
    line.save(update_fields=["quantity_ordered", "expected_on"])
    named = [{"quantity": part.quantity, "expected_on": part.expected_on.isoformat()} for part in parts]
    entry = write(
        cause, "inbound.split", about(line), {"line": line.number, "parts": named, "source": source}
    )
    if was != line.expected_on:
        DateNews.objects.create(
            line=line, entry=entry, from_date=was, to_date=line.expected_on, source=source
        )
    return entry


def refuse_origin(number: str, origin: Origin, lines: Sequence[Expected]) -> None:
    """Raise SupplyError for a kind that is not known, and for a transfer from nowhere or to where it comes from."""
    kinds = InboundOrder.KINDS
    refuse(origin.kind not in kinds, f"{number}: {origin.kind!r} is none of {', '.join(kinds)}")
    moves = origin.kind == "transfer"
    refuse(moves and origin.source is None, f"{number}: a transfer says from which location it comes")
    refuse(not moves and origin.source is not None, f"{number}: only a transfer comes from a location")
    for line in lines:
        same = moves and line.location == origin.source
        refuse(same, f"{number} line {line.number}: it is at {line.location.code} already")
