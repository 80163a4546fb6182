"""Changes of what customers want. Each is one function, one transaction and one entry of the journal.

What decides afterwards who gets which unit stands above: these write facts. Each locks the items that it is about before the
order, so that nobody waits in a circle.
"""

from backorder.orders.services.allowed import LineChange, OrderChange
from backorder.orders.services.changing import (
    add_line,
    amend_line,
    amend_order,
    cancel,
    cancel_order,
    cancel_units,
    change_address,
)
from backorder.orders.services.holding import confirm, expire
from backorder.orders.services.placing import place
from backorder.orders.services.wanted import Buyer, OrderError, ShipTo, Told, Wanted

__all__ = [
    "Buyer",
    "LineChange",
    "OrderChange",
    "OrderError",
    "ShipTo",
    "Told",
    "Wanted",
    "add_line",
    "amend_line",
    "amend_order",
    "cancel",
    "cancel_order",
    "cancel_units",
    "change_address",
    "confirm",
    "expire",
    "place",
]
