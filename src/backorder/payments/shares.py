"""How much of an order is to be charged: what it costs as a whole, and the share of that of what leaves. In minor units.

What is read here stands in the order as `WITH` reads it: for many orders as fast as for one.
"""

from __future__ import annotations

from collections.abc import Sequence

from backorder.money import divide
from backorder.orders.models import Line, Order
from backorder.payments.models import AUTHORISATION, CARD, Means, Payment

WITH = (
    *("lines__item", "totals", "means", "charges__attempts", "payments__attempt"),
    *("refunds__parts", "refunds__transfers"),
)
"""What is to be read of an order before it is asked how much it may be charged."""
WITH_CANCELLED = (*WITH, "lines__cancellations__refund_part")
"""What is to be read of an order before it is asked how much of it was paid twice."""


def list_lines(order: Order, currency: str) -> list[Line]:
    """List the lines of an order that are priced in a currency."""
    return [line for line in order.lines.all() if line.item.currency == currency]


def sum_kept(order: Order, currency: str) -> int:
    """Add up the prices of what was ordered and not cancelled."""
    lines = list_lines(order, currency)
    return sum((line.quantity_ordered - line.quantity_cancelled) * line.unit_price for line in lines)


def sum_left(order: Order, currency: str) -> int:
    """Add up the prices of what has left."""
    return sum(line.quantity_shipped * line.unit_price for line in list_lines(order, currency))


def find_cost(order: Order, currency: str, prices: int) -> int:
    """Find what so much of the prices of an order costs: its share of shipping, handling and discounts is in it.

    What was ordered later, beyond what the cost of the whole was said of, costs its price. Half a minor unit is one.
    """
    totals = [each for each in order.totals.all() if each.currency == currency]
    if not totals:
        return prices
    last = max(totals, key=lambda each: each.pk)
    if not last.priced:
        return last.amount
    return divide(last.amount * min(prices, last.priced), last.priced) + max(prices - last.priced, 0)


def find_whole_cost(order: Order, currency: str) -> int:
    """Find what all that was ordered and not cancelled costs."""
    return find_cost(order, currency, sum_kept(order, currency))


def list_payments(order: Order, currency: str) -> list[Payment]:
    """List what came in for an order in a currency."""
    return [each for each in order.payments.all() if each.currency == currency]


def sum_returned(order: Order, currency: str) -> int:
    """Add up what was decided to go back of what was paid: for what was cancelled, or because it was paid twice.

    What was given, as thanks or goodwill, counts as paid all the same, however much it is.
    """
    decided = [each for each in order.refunds.all() if each.currency == currency]
    return sum(each.amount for each in decided if not each.is_given)


def sum_paid(order: Order, currency: str) -> int:
    """Add up what was paid for an order, less what went back of it."""
    return sum(each.amount for each in list_payments(order, currency)) - sum_returned(order, currency)


def sum_settled(order: Order, currency: str) -> int:
    """Add up what was paid otherwise, less what went back, and what is charged, or is to be."""
    paid = sum(each.amount for each in list_payments(order, currency) if not hasattr(each, "attempt"))
    charged = sum(each.stands for each in order.charges.all() if each.currency == currency)
    return paid - sum_returned(order, currency) + charged


def find_due(order: Order, currency: str, prices_now: int) -> int:
    """Find how much is to be charged for what leaves now, at these prices, when it counts as left.

    It is what it adds to the cost of all that left, less what was paid ahead: so the charges of all shipments are the cost of
    the whole, to the last cent, and what somebody called off does not come back with the next.
    """
    left, settled = sum_left(order, currency) - prices_now, sum_settled(order, currency)
    return find_share(order, currency, (left, settled), prices_now)


def list_ahead(order: Order, currency: str, prices: Sequence[int]) -> list[int]:
    """List how much is to be charged each time, when what has these prices leaves next, one after the other."""
    left, settled = sum_left(order, currency), sum_settled(order, currency)
    amounts = []
    for some in prices:
        amount = find_share(order, currency, (left, settled), some)
        amounts.append(amount)
        left, settled = left + some, settled + amount
    return amounts


def find_share(order: Order, currency: str, before: tuple[int, int], prices: int) -> int:
    """Find how much is to be charged for these prices; `before`: the prices of what has left, and how much is settled."""
    left, settled = before
    cost = find_cost(order, currency, left + prices)
    more = cost - find_cost(order, currency, left)
    return max(min(more, cost - settled), 0)


def find_open(order: Order, currency: str) -> int:
    """Find how much of an order may still be charged."""
    return max(find_whole_cost(order, currency) - sum_settled(order, currency), 0)


def find_excess(order: Order, currency: str) -> int:
    """Find how much more is paid, charged, or to be charged than an order costs now: units were cancelled, or paid otherwise."""
    return max(sum_settled(order, currency) - find_whole_cost(order, currency), 0)


def find_too_much(order: Order, currency: str, more: int = 0) -> int:
    """Find how much more was paid than an order costs, with all that was cancelled and is not decided about.

    What is to go back for that is found where it is owed; this is what was paid twice. What was given makes it no smaller, but no
    more can go back than is held. `more`: so much comes in now.
    """
    gone = sum(each.amount for each in order.refunds.all() if each.currency == currency)
    held = sum(each.amount for each in list_payments(order, currency)) + more - gone
    undecided = sum(
        one.quantity * line.unit_price
        for line in list_lines(order, currency)
        for one in line.cancellations.all()
        if not hasattr(one, "refund_part")
    )
    cost = find_cost(order, currency, sum_kept(order, currency) + undecided)
    return max(min(sum_paid(order, currency) + more - cost, held), 0)


def find_twice(order: Order, currency: str, amount: int) -> int:
    """Find how much of a payment that comes in is paid twice, of an order that is charged here.

    Of others nobody says what they cost: what is more than the prices may be for shipping. Nor of one without prices.
    """
    charged_here = order.means.all() or order.charges.all()
    if not charged_here or not has_prices(order, currency):
        return 0
    return min(find_too_much(order, currency, amount), amount)


def has_prices(order: Order, currency: str) -> bool:
    """Tell whether anybody said what an order costs: by the price of a line, or as a whole."""
    return any(each.currency == currency for each in order.totals.all()) or any(
        line.unit_price for line in list_lines(order, currency)
    )


def list_authorisations(order: Order, currency: str) -> list[Means]:
    """List what is held for an order and not used, the one that ends first at the front."""
    held = [each for each in order.means.all() if each.kind == AUTHORISATION and each.currency == currency]
    free = [each for each in held if each.state == "open" and not each.used]
    return sorted(
        free, key=lambda each: (each.capture_before is None, each.capture_before or each.pk, each.pk)
    )


def find_card(order: Order) -> Means | None:
    """Find the card that an order may be charged by; None: there is none."""
    return next((each for each in order.means.all() if each.kind == CARD and each.state == "open"), None)


def find_currencies(order: Order) -> list[str]:
    """Find in which currencies the items of an order are priced."""
    return sorted({line.item.currency for line in order.lines.all()})


def is_covered(order: Order) -> bool:
    """Tell whether all that may still be charged of an order can be: a card is kept for it, or enough is held."""
    if find_card(order) is not None:
        return True
    return all(
        sum(each.amount or 0 for each in list_authorisations(order, currency)) >= find_open(order, currency)
        for currency in find_currencies(order)
    )


def name_debts(order: Order) -> Sequence[str]:
    """Say, of an order that is charged here, why it cannot be charged for what would leave next."""
    if order.payment_state == "paid":
        return []
    if any(each.rest for each in order.charges.all()):
        return ["was charged for what left before and that failed: see its money, and charge it again"]
    asked = [one for each in order.charges.all() for one in each.attempts.all() if one.kind == "link"]
    if any(one.state in {"waiting", "handed", "pending", "ending"} for one in asked):
        return ["waits until the customer pays for what left before: see its money"]
    if order.payment_state == "chargeable" and order.means.all() and not is_covered(order):
        return ["cannot be charged: what was held is used or over, or is less than it costs; note a card"]
    return []
