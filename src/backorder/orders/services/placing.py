"""Noting what customers want."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction

from backorder.catalog.locks import lock_items
from backorder.catalog.models import Item
from backorder.orders.models import Line, Order
from backorder.orders.services.wanted import (
    Buyer,
    OrderError,
    Wanted,
    build_address,
    check_order,
)
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


@transaction.atomic
def place(number: str, lines: Iterable[Wanted], cause: Cause, buyer: Buyer | None = None) -> Entry:
    """Note what a customer wants, all of it: it was accepted elsewhere. Raises OrderError."""
    wanted, buyer = list(lines), buyer or Buyer()
    check_order(number, wanted, buyer)
    lock_items(line.item.pk for line in wanted)
    order = build_order(number, buyer, cause)
    return save_order(order, build_lines(order, wanted), cause, buyer)


def build_order(number: str, buyer: Buyer, cause: Cause) -> Order:
    """Build the row of an order, which is not saved yet."""
    return Order(
        number=number,
        customer=buyer.customer,
        customer_class=buyer.customer_class,
        channel=buyer.channel,
        priority=buyer.priority,
        ship_policy=buyer.ship_policy,
        most_shipments=buyer.most_shipments,
        ordered_at=cause.at,
        ordered_on=cause.day,
    )


def build_lines(order: Order, lines: Sequence[Wanted]) -> list[Line]:
    """Build the rows of lines, which are not saved yet; their items are locked, and cost what they do now.

    Who asked read them before: price and currency may have changed since.
    """
    items = Item.objects.in_bulk([line.item.pk for line in lines])
    return [build_line(order, replace(line, item=items[line.item.pk])) for line in lines]


def build_line(order: Order, line: Wanted) -> Line:
    """Build the row of a line, which is not saved yet."""
    return Line(
        order=order,
        number=line.number,
        item=line.item,
        location=line.location,
        quantity_ordered=line.quantity,
        unit_price=line.item.price if line.unit_price is None else line.unit_price,
        requested_on=line.requested_on,
        needed_by=line.needed_by,
        minimum_quantity=line.minimum_quantity,
        commitment=line.commitment,
        ship_set=line.ship_set,
    )


def save_order(
    order: Order, lines: Sequence[Line], cause: Cause, buyer: Buyer, facts: Mapping[str, Any] | None = None
) -> Entry:
    """Save an order and its lines in the caller's transaction, and tell the journal. Raises OrderError, after which it must end."""
    try:
        order.save(force_insert=True)
    except IntegrityError as error:
        if "orders_order_number" not in str(error):
            raise
        message = f"there is an order {order.number} already"
        raise OrderError(message) from error
    for line in lines:
        line.order = order  # it has an id now
    Line.objects.bulk_create(lines)
    if buyer.ship_to:
        address = build_address(buyer.ship_to)
        address.order = order
        address.save(force_insert=True)
    what = "order.held" if order.held_until else "order.placed"
    said: dict[str, Any] = {"units": sum(line.quantity_ordered for line in lines), **(facts or {})}
    if order.held_until:
        said["until"] = order.held_until.isoformat()
    return write(cause, what, list_subjects(order, lines), said)


def list_subjects(order: Order, lines: Iterable[Line]) -> list[tuple[str, str]]:
    """Name what an entry on lines of an order is about."""
    return [("order", order.number), *(("item", line.item.sku) for line in lines)]
