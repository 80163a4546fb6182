"""Noting what customers want."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError, transaction

from backorder.catalog.locks import lock_items
from backorder.catalog.models import Item
from backorder.orders.models import Address, Line, Order
from backorder.orders.services.wanted import (
    Buyer,
    OrderError,
    Wanted,
    build_address,
    check_order,
)
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, Happened, write_each


@transaction.atomic
def place(number: str, lines: Iterable[Wanted], cause: Cause, buyer: Buyer | None = None) -> Entry:
    """Note what a customer wants, all of it: it was accepted elsewhere. Raises OrderError."""
    wanted, buyer = list(lines), buyer or Buyer()
    check_order(number, wanted, buyer)
    lock_items(line.item.pk for line in wanted)
    order = build_order(number, buyer, cause)
    return save_orders([Placing(build_lines([(order, wanted)])[0], cause, buyer)])[0]


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


def build_lines(asked: Sequence[tuple[Order, Sequence[Wanted]]]) -> list[list[Line]]:
    """Build the rows of lines of each order, which are not saved yet; their items are locked, and cost what they do now.

    Who asked read them before: price and currency may have changed since.
    """
    items = Item.objects.in_bulk({line.item.pk for _, lines in asked for line in lines})
    return [
        [build_line(order, replace(line, item=items[line.item.pk])) for line in lines]
        for order, lines in asked
    ]


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


@dataclass(frozen=True)
class Placing:
    """An order that is about to be saved: its lines, who places it and why; `facts`: what else the journal is told."""

    lines: Sequence[Line]  # at least one, and all of one order
    cause: Cause
    buyer: Buyer
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> Order:
        """The order."""
        return self.lines[0].order

    def tell(self) -> Happened:
        """Say for the journal what happened."""
        order = self.order
        said: dict[str, Any] = {"units": sum(line.quantity_ordered for line in self.lines), **self.facts}
        if order.held_until:
            said["until"] = order.held_until.isoformat()
        what = "order.held" if order.held_until else "order.placed"
        return Happened(what, list_subjects(order, self.lines), said)


def save_orders(placed: Sequence[Placing]) -> list[Entry]:
    """Save orders and their lines in the caller's transaction, and tell the journal of each.

    Raises OrderError if one of the numbers is taken, after which the transaction must end.
    """
    try:
        Order.objects.bulk_create([each.order for each in placed])
    except IntegrityError as error:
        if "orders_order_number" not in str(error):
            raise
        message = f"there is an order {' or '.join(each.order.number for each in placed)} already"
        raise OrderError(message) from error
    for each in placed:
        for line in each.lines:
            line.order = each.order  # it has an id now
    Line.objects.bulk_create([line for each in placed for line in each.lines])
    addresses = [(each.order, build_address(each.buyer.ship_to)) for each in placed if each.buyer.ship_to]
    for order, address in addresses:
        address.order = order
    Address.objects.bulk_create([address for _, address in addresses])
    return write_each([(each.cause, each.tell()) for each in placed])


def list_subjects(order: Order, lines: Iterable[Line]) -> list[tuple[str, str]]:
    """Name what an entry on lines of an order is about."""
    return [("order", order.number), *(("item", line.item.sku) for line in lines)]
