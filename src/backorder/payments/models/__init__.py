"""Money that came in for orders, what is to be charged, and what is to go back. Amounts are in minor units."""

from backorder.payments.models.charging import (
    ASKED,
    AUTHORISATION,
    CARD,
    LINK,
    Attempt,
    Charge,
    Means,
    Total,
)
from backorder.payments.models.returning import (
    BY_HAND,
    STATES,
    STRIPE,
    WAYS,
    Payment,
    Refund,
    RefundPart,
    Transfer,
)

__all__ = [
    "ASKED",
    "AUTHORISATION",
    "BY_HAND",
    "CARD",
    "LINK",
    "STATES",
    "STRIPE",
    "WAYS",
    "Attempt",
    "Charge",
    "Means",
    "Payment",
    "Refund",
    "RefundPart",
    "Total",
    "Transfer",
]
