"""What comes in for orders, and what goes back."""

from __future__ import annotations

from backorder.care.refunds import letting
from backorder.care.refunds.owed import list_owed
from backorder.orders.models import Order
from backorder.payments import services, transfers
from backorder.payments.models import BY_HAND, Refund, Transfer
from tests.simulation.operator import NothingError, Operator

PAID = Order.objects.exclude(payments=None)
CANCELLED = PAID.filter(lines__cancellations__refund_part=None, lines__quantity_cancelled__gt=0)


def note_payment(operator: Operator) -> None:
    """Some money comes in for an order, perhaps twice under one reference."""
    order = operator.pick(Order.objects.all())
    reference = operator.chance.choice(("", operator.key("T"), "T-again"))
    amount = operator.chance.choice((services.sum_prices(order), operator.units(40) * 100))
    paid = services.Paid(BY_HAND, amount, "EUR", operator.now, reference)
    services.note_payment(order, paid, operator.cause())


def let_owed_back(operator: Operator) -> None:
    """What is owed of an order goes back, or another amount of it."""
    order = operator.pick(CANCELLED.distinct())
    found = list_owed(operator.now, [order])
    if not found:
        raise NothingError
    amount = operator.chance.choice((None, None, operator.units(40) * 100, 0))
    letting.let_owed_back(order, found[0].mark, operator.cause("so it was said"), amount)


def let_goodwill_back(operator: Operator) -> None:
    """Somebody gets money for a long wait."""
    back = services.Back(operator.units(5) * 100, "EUR")
    services.let_back(operator.pick(PAID), back, operator.cause())


def send_by_hand(operator: Operator) -> None:
    """Finance sends money."""
    transfer = operator.pick(Transfer.objects.filter(state="waiting"))
    transfers.note_sent(
        transfer, operator.now, operator.cause(), operator.chance.choice(("", operator.key("B")))
    )


def bring_back(operator: Operator) -> None:
    """A bank sends money back, or cannot send it."""
    transfers.note_returned(operator.pick(Transfer.objects.all()), "no such account", operator.cause())


def go_on(operator: Operator) -> None:
    """What failed is sent again."""
    services.go_on(
        operator.pick(Refund.objects.all()), operator.cause(), by_hand=operator.chance.random() < 1 / 2
    )
