"""Orders and lines by the thousand, as files bring them. What `services` does with one is done here with many.

Each is one transaction, locks the items that it is about first, and tells the journal of every order and line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction

from backorder.catalog.locks import lock_items
from backorder.catalog.selectors import (
    find_channels,
    find_customer_classes,
    find_items,
    find_locations,
)
from backorder.orders.models import Customer, Line, Order
from backorder.orders.services.records import keep_cancelled
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, Happened, write_many
from backorder.rows import insert_rows, update_rows


@dataclass(frozen=True)
class OrderFacts:
    """An order as it is to be. Customer, class and channel are given by their codes, which are known; blank: none."""

    number: str
    ordered_at: datetime
    ordered_on: date
    customer: str = ""
    customer_class: str = ""
    channel: str = ""
    priority: int = 100
    ship_policy: str = "as_ready"


@dataclass(frozen=True)
class LineFacts:
    """A line as it is to be. Prices are in minor units; a blank location is any."""

    order: str
    number: str
    sku: str
    quantity: int  # still to be shipped
    requested_on: date
    location: str = ""
    unit_price: int = 0
    needed_by: date | None = None
    minimum_quantity: int = 1
    commitment: str = "soft"


@dataclass(frozen=True)
class OrderChange:
    """An order that is known, as it was and as it is to be."""

    id: int
    was: OrderFacts
    now: OrderFacts


@dataclass(frozen=True)
class LineChange:
    """A line that is known, as it was and as it is to be, and what of it is settled."""

    id: int
    was: LineFacts
    now: LineFacts
    shipped: int
    cancelled: int


@transaction.atomic
def place_many(orders: Sequence[OrderFacts], lines: Sequence[LineFacts], cause: Cause) -> None:
    """Note orders with their lines."""
    lock_named(lines)
    rows = {facts.number: build_order(facts, codes) for codes in [find_codes(orders)] for facts in orders}
    insert_rows(list(rows.values()))
    insert_lines(lines, {number: row.pk for number, row in rows.items()})
    of_order: dict[str, list[LineFacts]] = {}
    for line in lines:
        of_order.setdefault(line.order, []).append(line)
    write_many(
        cause,
        (
            Happened(
                "order.placed",
                [("order", number), *(("item", line.sku) for line in of_order[number])],
                {"units": sum(line.quantity for line in of_order[number])},
            )
            for number in rows
        ),
    )


@transaction.atomic
def add_many(lines: Sequence[LineFacts], cause: Cause) -> None:
    """Note more lines of orders that are known."""
    lock_named(lines)
    numbers = {line.order for line in lines}
    insert_lines(lines, dict(Order.objects.filter(number__in=numbers).values_list("number", "id")))
    write_many(
        cause,
        (
            Happened("line.added", about_line(line), {"line": line.number, "quantity": line.quantity})
            for line in lines
        ),
    )


@transaction.atomic
def amend_orders(changes: Sequence[OrderChange], cause: Cause) -> None:
    """Note that orders are wanted otherwise."""
    codes = find_codes([change.now for change in changes])
    rows = [build_order(change.now, codes) for change in changes]
    for row, change in zip(rows, changes, strict=True):
        row.pk = change.id
    update_rows(
        rows, ("customer", "customer_class", "channel", "ordered_at", "ordered_on", "priority", "ship_policy")
    )
    write_many(
        cause,
        (
            Happened("order.amended", [("order", change.now.number)], differ(change.was, change.now))
            for change in changes
        ),
    )


@transaction.atomic
def amend_lines(changes: Sequence[LineChange], cause: Cause) -> None:
    """Note that lines are wanted otherwise. Units that are no longer wanted count as cancelled."""
    lock_named([change.now for change in changes])
    places = find_locations()
    entries = write_many(
        cause,
        (
            Happened(
                "line.amended",
                about_line(change.now),
                {"line": change.now.number, **differ(change.was, change.now, shipped=change.shipped)},
            )
            for change in changes
        ),
    )
    fewer = [change.was.quantity - change.now.quantity for change in changes]
    keep_gone(changes, fewer, entries)
    rows = [
        Line(
            pk=change.id,
            location_id=places[change.now.location] if change.now.location else None,
            quantity_ordered=change.shipped
            + change.cancelled
            + max(change.was.quantity, change.now.quantity),
            unit_price=change.now.unit_price,
            requested_on=change.now.requested_on,
            needed_by=change.now.needed_by,
            minimum_quantity=change.now.minimum_quantity,
            commitment=change.now.commitment,
        )
        for change in changes
    ]
    terms = ("location", "unit_price", "requested_on", "needed_by", "minimum_quantity", "commitment")
    update_rows(rows, ("quantity_ordered", *terms))


@transaction.atomic
def cancel_many(changes: Sequence[LineChange], cause: Cause) -> None:
    """Note that nothing of these lines is wanted any more but what has shipped."""
    lock_named([change.was for change in changes])
    entries = write_many(
        cause,
        (
            Happened(
                "line.cancelled",
                about_line(change.was),
                {"line": change.was.number, "quantity": change.was.quantity},
            )
            for change in changes
        ),
    )
    keep_gone(changes, [change.was.quantity for change in changes], entries)


def keep_gone(changes: Sequence[LineChange], units: Sequence[int], entries: Sequence[Entry]) -> None:
    """Keep how many units of each line are no longer wanted. A file does not say who cancelled: the buyer's rights count."""
    keep_cancelled(zip([change.id for change in changes], units, entries, strict=True), "buyer")


def lock_named(lines: Iterable[LineFacts]) -> None:
    """Lock the items of lines."""
    lock_items(find_items(line.sku for line in lines).values())


def find_codes(orders: Iterable[OrderFacts]) -> dict[str, dict[str, int]]:
    """Give the ids of customers, classes and channels by code."""
    customers = {facts.customer for facts in orders}
    return {
        "customer": dict(Customer.objects.filter(code__in=customers).values_list("code", "id")),
        "customer_class": find_customer_classes(),
        "channel": find_channels(),
    }


def build_order(facts: OrderFacts, codes: Mapping[str, Mapping[str, int]]) -> Order:
    """Build an order that is not saved yet."""
    return Order(
        number=facts.number,
        ordered_at=facts.ordered_at,
        ordered_on=facts.ordered_on,
        priority=facts.priority,
        ship_policy=facts.ship_policy,
        **{
            f"{name}_id": ids[code] if (code := getattr(facts, name)) else None for name, ids in codes.items()
        },
    )


def insert_lines(lines: Sequence[LineFacts], orders: Mapping[str, int]) -> None:
    """Insert lines of orders whose ids are given by number."""
    items, places = find_items(line.sku for line in lines), find_locations()
    insert_rows(
        [
            Line(
                order_id=orders[facts.order],
                number=facts.number,
                item_id=items[facts.sku],
                location_id=places[facts.location] if facts.location else None,
                quantity_ordered=facts.quantity,
                unit_price=facts.unit_price,
                requested_on=facts.requested_on,
                needed_by=facts.needed_by,
                minimum_quantity=facts.minimum_quantity,
                commitment=facts.commitment,
            )
            for facts in lines
        ]
    )


def about_line(facts: LineFacts) -> list[tuple[str, str]]:
    """Name what an entry on a line is about."""
    return [("order", facts.order), ("item", facts.sku)]


def differ(was: OrderFacts | LineFacts, now: OrderFacts | LineFacts, shipped: int = 0) -> dict[str, Any]:
    """Say what was otherwise and how it is now; the quantity of a line counts what has shipped."""
    names = [each.name for each in fields(now) if getattr(was, each.name) != getattr(now, each.name)]
    return {
        "from": {name: say(name, getattr(was, name), shipped) for name in names},
        "to": {name: say(name, getattr(now, name), shipped) for name in names},
    }


def say(name: str, value: Any, shipped: int) -> Any:  # noqa: ANN401 - whatever an order or line has
    """Write a value as the journal keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return value + shipped if name == "quantity" else value
