"""What of an order ships together, all at once, and how often units of it may still leave. Everybody asks here.

An order ships whole if it ships `complete`, or once one shipment is left of as many as it may have: the last one takes all that is
open. Inside an order that does not, the lines of one set ship together, a complete order of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from backorder.orders.models import Line, Order

WHOLE = ""
"""The group of all lines of an order that ships whole; the others are named as their set is."""
TOGETHER = Q(order__ships_whole=True) | ~Q(ship_set="")
"""Lines that ship with others of their order."""
TIED = TOGETHER | Q(order__most_shipments__isnull=False)
"""Lines for which a change of another line of their order may mean another decision: it may ship whole after it, or no longer."""


def ships_whole(order: Order) -> bool:
    """Tell whether all that is open of an order ships at once; as its column does, also before it is saved."""
    most = order.most_shipments
    return order.ship_policy == "complete" or (most is not None and most - order.shipments_begun <= 1)


def name_group(order: Order, line: Line) -> str | None:
    """Name what a line ships with: its whole order, or its set; None if it ships for itself."""
    return WHOLE if ships_whole(order) else line.ship_set or None


def list_groups(order: Order, lines: Sequence[Line]) -> list[list[Line]]:
    """List lines of an order, those that ship together in one list; each list stands where its first line does."""
    groups: dict[str | int, list[Line]] = {}
    for place, line in enumerate(lines):
        name = name_group(order, line)
        groups.setdefault(place if name is None else name, []).append(line)
    return list(groups.values())


def has_none_left(order: Order) -> bool:
    """Tell whether an order went to the warehouse as often as it may leave."""
    most = order.most_shipments
    return most is not None and order.shipments_begun >= most
