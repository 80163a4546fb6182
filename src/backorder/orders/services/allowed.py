"""Which changes of an order that stands can be: what was meant, what the warehouse has, and how often it may still leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypedDict

from backorder.catalog.models import Location
from backorder.orders.models import COMMITMENTS, Line, Order
from backorder.orders.services.wanted import (
    check_choice,
    check_day,
    check_set,
    check_shipments,
    check_units,
    check_value,
    refuse,
)
from backorder.orders.together import has_none_left
from backorder.outbox.services import Cause


class LineChange(TypedDict, total=False):
    """What of a line becomes otherwise; what is not named stays."""

    quantity: int  # units that the customer wants in all: those shipped and those still to come
    requested_on: date
    needed_by: date | None
    minimum_quantity: int
    location: Location | None
    commitment: str
    ship_set: str  # blank: it ships for itself


class OrderChange(TypedDict, total=False):
    """What of an order becomes otherwise; what is not named stays."""

    priority: int
    ship_policy: str
    most_shipments: int | None


def refuse_over(order: Order, cause: Cause) -> None:
    """Raise OrderError for a hold that is over."""
    over = order.held_until is not None and order.held_until <= cause.at
    refuse(over, f"the hold {order.number} is over; place an order")


def check_change(line: Line, change: LineChange) -> None:
    """Raise OrderError for a change of a line that cannot be."""
    about = name_line(line)
    if "quantity" in change:
        quantity, kept = change["quantity"], line.quantity_shipped + line.quantity_released
        check_units(quantity, f"{about}: {quantity} units cannot be ordered")
        check_value(quantity, line.unit_price, about)
        refuse(
            quantity < kept,
            f"{about}: {kept} units have shipped or are released to the warehouse, so it cannot be of {quantity}",
        )
        if quantity > count_wanted(line):
            refuse_none_left(line.order)
    if "minimum_quantity" in change:
        fewest = change["minimum_quantity"]
        check_units(fewest, f"{about}: {fewest} cannot be the fewest units to ship")
    if "requested_on" in change:
        check_day(change["requested_on"], f"{about}: requested on")
    if needed_by := change.get("needed_by"):
        check_day(needed_by, f"{about}: needed by")
    if "commitment" in change:
        check_choice("commitment", change["commitment"], COMMITMENTS, about)
    if "ship_set" in change:
        check_set(change["ship_set"], about)


def check_most(order: Order, lines: Sequence[Line], most: int | None) -> None:
    """Raise OrderError for fewer shipments than what went to the warehouse, and what is still to go, need."""
    about, begun = f"order {order.number}", order.shipments_begun
    check_shipments(most, about)
    rest = sum(line.quantity_unreleased for line in lines)
    refuse(
        most is not None and most < begun + bool(rest),
        f"{about} cannot leave in {most} {'shipment' if most == 1 else 'shipments'} at most: {begun} left or "
        f"{'is' if begun == 1 else 'are'} with the warehouse and {rest} units are still to go; name {begun + bool(rest)} or "
        "more, or none for as many as need be",
    )


def refuse_none_left(order: Order) -> None:
    """Raise OrderError for more of an order that may not leave once more: its last shipment took all."""
    refuse(
        has_none_left(order),
        f"order {order.number} went to the warehouse for the last time, in {order.shipments_begun} of at most "
        f"{order.most_shipments} shipments; allow one more first, or place another order",
    )


def count_wanted(line: Line) -> int:
    """Count the units that the customer wants of a line, shipped or not."""
    return line.quantity_ordered - line.quantity_cancelled


def name_line(line: Line) -> str:
    """Name a line."""
    return f"order {line.order.number} line {line.number}"
