"""What it costs to take something else, in minor units: never more than was agreed without a yes to the difference."""

from __future__ import annotations

from backorder.catalog.models import Item
from backorder.orders.models import Line, Order
from backorder.payments.models import Means


def find_price(line: Line, quantity: int, item: Item, units: int, price: str) -> int:
    """Find the price of one unit that stands in for a part of a line, by a rule of PRICES.

    What was agreed for the part is shared among the units; what does not divide is the customer's. An item without a price of its
    own costs what was agreed.
    """
    agreed = quantity * line.unit_price // units
    if not item.price:  # nobody said what it costs: it is no gift
        return agreed
    if price == "own":
        return item.price
    return agreed if price == "agreed" else min(agreed, item.price)


def has_money(order: Order) -> bool:
    """Tell whether money came in for an order, is held, or is being taken: what costs more could not be asked for any more."""
    return (
        order.payment_state == "paid"
        or order.payments.exists()
        or order.charges.exists()
        or Means.objects.filter(order=order.pk).exists()
    )
