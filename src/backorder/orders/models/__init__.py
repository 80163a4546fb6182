"""Customers, what they want, and what is kept for good beside it.

limits -> customers -> ordered -> kept
"""

from backorder.orders.models.customers import Customer
from backorder.orders.models.kept import CANCELLED_BY, Cancellation, Disclosure, Refusal
from backorder.orders.models.limits import (
    COMMITMENTS,
    CONSENTS,
    EARLIEST,
    LATEST,
    MOST_MONEY,
    MOST_UNITS,
    MOST_VALUE,
    PAYMENT_STATES,
    REGION,
    SHIP_POLICIES,
)
from backorder.orders.models.ordered import Address, Line, Order

__all__ = [
    "CANCELLED_BY",
    "COMMITMENTS",
    "CONSENTS",
    "EARLIEST",
    "LATEST",
    "MOST_MONEY",
    "MOST_UNITS",
    "MOST_VALUE",
    "PAYMENT_STATES",
    "REGION",
    "SHIP_POLICIES",
    "Address",
    "Cancellation",
    "Customer",
    "Disclosure",
    "Line",
    "Order",
    "Refusal",
]
