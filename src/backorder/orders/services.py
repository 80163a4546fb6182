"""Changes of what customers want. Each is one function, one transaction and one entry of the journal.

What decides afterwards who gets which unit stands above: these write facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from backorder.catalog.models import Channel, CustomerClass, Item, Location
from backorder.orders.models import Customer, Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


class OrderError(ValueError):
    """A change that the facts do not allow; the text says which and what would be possible."""


@dataclass(frozen=True)
class Wanted:
    """A line of an order."""

    number: str
    item: Item
    quantity: int
    requested_on: date
    location: Location | None = None  # None: from anywhere
    needed_by: date | None = None
    minimum_quantity: int = 1
    commitment: str = "soft"


@dataclass(frozen=True)
class Buyer:
    """Who orders, where, and how it ships."""

    customer: Customer | None = None
    customer_class: CustomerClass | None = None
    channel: Channel | None = None
    priority: int = 100
    ship_policy: str = "as_ready"


@transaction.atomic
def place(number: str, lines: Iterable[Wanted], cause: Cause, buyer: Buyer | None = None) -> Entry:
    """Note what a customer wants. Raises OrderError."""
    wanted, buyer = list(lines), buyer or Buyer()
    refuse(not wanted, f"order {number} has no line")
    refuse(Order.objects.filter(number=number).exists(), f"there is an order {number} already")
    for line in wanted:
        refuse(
            line.quantity <= 0, f"order {number} line {line.number}: {line.quantity} units cannot be ordered"
        )
    order = Order.objects.create(
        number=number,
        customer=buyer.customer,
        customer_class=buyer.customer_class,
        channel=buyer.channel,
        priority=buyer.priority,
        ship_policy=buyer.ship_policy,
        ordered_at=cause.at,
        ordered_on=cause.day,
    )
    Line.objects.bulk_create(
        Line(
            order=order,
            number=line.number,
            item=line.item,
            location=line.location,
            quantity_ordered=line.quantity,
            unit_price=line.item.price,
            requested_on=line.requested_on,
            needed_by=line.needed_by,
            minimum_quantity=line.minimum_quantity,
            commitment=line.commitment,
        )
        for line in wanted
    )
    subjects = [("order", number), *(("item", line.item.sku) for line in wanted)]
    return write(cause, "order.placed", subjects, {"units": sum(line.quantity for line in wanted)})


@transaction.atomic
def cancel(line: Line, quantity: int, cause: Cause) -> Entry:
    """Note that a customer no longer wants so many units of a line. Raises OrderError."""
    line = Line.objects.select_for_update(of=("self",)).select_related("order", "item").get(pk=line.pk)
    number = line.order.number
    refuse(
        not 0 < quantity <= line.quantity_open,
        f"order {number} line {line.number}: {line.quantity_open} units are open, not {quantity}",
    )
    refuse(
        quantity > line.quantity_unreleased,
        f"order {number} line {line.number}: {line.quantity_released} of {line.quantity_open} open units are released "
        f"to the warehouse; take them back first, or cancel {line.quantity_unreleased} or fewer",
    )
    line.quantity_cancelled += quantity
    line.save(update_fields=["quantity_cancelled"])
    subjects = [("order", number), ("item", line.item.sku)]
    return write(cause, "line.cancelled", subjects, {"line": line.number, "quantity": quantity})


def refuse(wrong: bool, message: str) -> None:  # noqa: FBT001 - what is wrong, then what to say
    """Raise OrderError."""
    if wrong:
        raise OrderError(message)
