"""Inbound orders and counts by the thousand, as files bring them. What `services` does with one is done here with many.

Each is one transaction, locks the items that it is about first, and tells the journal of every line and level.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from backorder.catalog.locks import lock_items
from backorder.catalog.selectors import find_items, find_locations, find_suppliers
from backorder.outbox.services import Cause, Happened, write_many
from backorder.rows import insert_rows, update_rows
from backorder.supply.models import InboundLine, InboundOrder, Level, Movement
from backorder.supply.services import SupplyError, cancel_many, expect_many


@dataclass(frozen=True)
class InboundFacts:
    """A line of an inbound order as it is to be: what is still to come."""

    order: str
    number: str
    sku: str
    location: str
    quantity: int
    expected_on: date
    supplier: str = ""


@dataclass(frozen=True)
class KnownLine:
    """What is there already of a line."""

    id: int
    received: int
    cancelled: int
    quantity: int  # still to come
    expected_on: date


@dataclass(frozen=True)
class CountFacts:
    """What is on hand of an item at a place, in a status."""

    sku: str
    location: str
    status: str
    units: int


@transaction.atomic
def place_many(lines: Sequence[InboundFacts], cause: Cause) -> None:
    """Note lines that will come, of orders that are known or new."""
    lock_named(lines)
    numbers = dict.fromkeys(line.order for line in lines)
    known = dict(InboundOrder.objects.filter(number__in=numbers).values_list("number", "id"))
    suppliers = find_suppliers()
    of_order = {line.order: suppliers.get(line.supplier) for line in reversed(lines)}
    new = [
        InboundOrder(number=number, supplier_id=of_order[number], placed_on=cause.day)
        for number in numbers
        if number not in known
    ]
    insert_rows(new)
    ids = known | {order.number: order.pk for order in new}
    items, places = find_items(line.sku for line in lines), find_locations()
    insert_rows(
        [
            InboundLine(
                order_id=ids[line.order],
                number=line.number,
                item_id=items[line.sku],
                location_id=places[line.location],
                quantity_ordered=line.quantity,
                expected_on=line.expected_on,
            )
            for line in lines
        ]
    )
    of_number: dict[str, list[InboundFacts]] = {}
    for line in lines:
        of_number.setdefault(line.order, []).append(line)
    write_many(
        cause,
        (
            Happened(
                "inbound.added" if number in known else "inbound.placed",
                [("inbound", number), *(("item", line.sku) for line in added)],
                {"kind": "purchase", "units": sum(line.quantity for line in added)},
            )
            for number, added in of_number.items()
        ),
    )


@transaction.atomic
def amend_many(lines: Sequence[tuple[InboundFacts, KnownLine]], source: str, cause: Cause) -> None:
    """Note how many units of lines are still to come, and when. Fewer count as units that will not come."""
    lock_named([facts for facts, _ in lines])
    quantities = [(facts, known) for facts, known in lines if facts.quantity != known.quantity]
    days = [(facts, known) for facts, known in lines if facts.expected_on != known.expected_on]
    rows = []
    for facts, known in quantities:
        cancelled = known.cancelled + max(known.quantity - facts.quantity, 0)
        ordered = known.received + cancelled + facts.quantity
        rows.append(InboundLine(pk=known.id, quantity_ordered=ordered, quantity_cancelled=cancelled))
    update_rows(rows, ("quantity_ordered", "quantity_cancelled"))
    write_many(
        cause,
        (
            Happened(
                "inbound.amended",
                about_line(facts),
                {
                    "line": facts.number,
                    "from": {"quantity": known.quantity},
                    "to": {"quantity": facts.quantity},
                },
            )
            for facts, known in quantities
        ),
    )
    found = InboundLine.objects.in_bulk([known.id for _, known in days])
    expect_many({found[known.id]: facts.expected_on for facts, known in days}, source, cause)


@transaction.atomic
def end_many(lines: Sequence[tuple[InboundFacts, KnownLine]], cause: Cause) -> None:
    """Note that nothing more of these lines will come."""
    found = InboundLine.objects.in_bulk([known.id for _, known in lines])
    cancel_many({found[known.id]: known.quantity for _, known in lines}, cause)


@transaction.atomic
def change_suppliers(orders: Sequence[tuple[str, str, str]], cause: Cause) -> None:
    """Note that inbound orders come from another supplier: number, who it was, who it is; blank: nobody is named."""
    suppliers = find_suppliers()
    ids = dict(
        InboundOrder.objects.filter(number__in=[order[0] for order in orders]).values_list("number", "id")
    )
    update_rows(
        [InboundOrder(pk=ids[number], supplier_id=suppliers.get(now)) for number, _, now in orders],
        ("supplier",),
    )
    write_many(
        cause,
        (
            Happened(
                "inbound.amended", [("inbound", number)], {"from": {"supplier": was}, "to": {"supplier": now}}
            )
            for number, was, now in orders
        ),
    )


@transaction.atomic
def count_many(counts: Sequence[CountFacts], cause: Cause) -> None:
    """Note what is on hand; what differs from what is known becomes a movement with its reason.

    What agrees leaves no trace, so that the same list twice changes nothing: none of it tells how accurate the record is.
    """
    if not cause.why:
        message = "a count says why it was made"
        raise SupplyError(message)
    items, places = find_items(facts.sku for facts in counts), find_locations()
    lock_items(items.values())
    rows = Level.objects.filter(item__in=items.values())
    levels = {(level.item_id, level.location_id, level.status): level.on_hand for level in rows}
    differ = []
    for facts in counts:
        key = items[facts.sku], places[facts.location], facts.status
        if (was := levels.get(key, 0)) != facts.units:
            differ.append((key, was, facts))
    entries = write_many(
        cause,
        (
            Happened(
                "stock.count",
                [("item", facts.sku), ("location", facts.location)],
                {"status": facts.status, "was": was, "is": facts.units},
            )
            for _, was, facts in differ
        ),
    )
    insert_rows(
        [
            Movement(
                item_id=item,
                location_id=place,
                status=status,
                kind="count",
                quantity=facts.units - was,
                entry=entry,
            )
            for entry, ((item, place, status), was, facts) in zip(entries, differ, strict=True)
        ]
    )


def lock_named(lines: Iterable[InboundFacts]) -> None:
    """Lock the items of lines."""
    lock_items(find_items(line.sku for line in lines).values())


def about_line(facts: InboundFacts) -> list[tuple[str, str]]:
    """Name what an entry on a line is about."""
    return [("inbound", facts.order), ("item", facts.sku)]
