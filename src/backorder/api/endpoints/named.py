"""What a body names by its number: an order, a line; and the rules of the house, which nobody names."""

from __future__ import annotations

from collections.abc import Sequence

from backorder.api.problems import Fault, find_unknown, refuse_faults
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_lines, find_order


def take_order(number: str) -> Order:
    """Find the order that a body is about. Raises ProblemError."""
    order = find_order(number)
    if order is None:
        refuse_faults(find_unknown("order", {"/order": number}, ()))
    assert order is not None
    return order


def take_lines(order: Order, numbers: Sequence[str], place: str) -> list[Line]:
    """Find lines of an order that a body names; `place`: where it names one, with its row. Raises ProblemError."""
    known = find_lines(order, numbers)
    refuse_faults(
        [
            Fault(where="body", at=place.format(row), detail=f"there is no line {number} of {order.number}")
            for row, number in enumerate(numbers)
            if number not in known
        ]
    )
    return [known[number] for number in numbers]
