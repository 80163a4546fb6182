"""Paid orders of a shop for tests, and what is owed for what was cancelled of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from backorder.allocation import events
from backorder.care.house import write_house
from backorder.care.refunds.owed import Owed, list_owed
from backorder.orders.clearance import set_payment_state
from backorder.orders.models import Cancellation
from backorder.orders.services import Buyer, ShipTo, Wanted
from backorder.payments.models import BY_HAND, Payment, Refund, Transfer
from backorder.payments.services import Back, Paid, let_back, note_payment
from backorder.payments.transfers import note_sent
from tests.allocation.shop import line_of
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, TODAY, cause, item

HOUSE = """
[seller]
place = "US-OR"

[buyers]
business_classes = ["trade"]

[letters]
name = "The lamp shop"
mail = "help@lamps.example"

[refunds]
mode = "on"
since = 2026-11-01
days = 7
business_keep_percent = 15
alone_each_day = 2

[refunds.alone_up_to]
EUR = "40.00"
"""


def open_house(**changed: str) -> None:
    """Write the rules of the house, with some lines of them otherwise."""
    text = HOUSE
    for name, value in changed.items():
        rows = [row for row in text.splitlines() if row.startswith(f"{name} =")]
        text = text.replace(rows[0], f"{name} = {value}") if rows else f"{text}{name} = {value}\n"
    write_house(text, cause())


def order(
    number: str, *wanted: tuple[str, int, int], country: str = "US", buyer: Buyer | None = None
) -> None:
    """Place an order of so many units at a price, which goes somewhere."""
    lines = [
        Wanted(str(row), item(sku), units, TODAY, unit_price=price)
        for row, (sku, units, price) in enumerate(wanted, 1)
    ]
    events.place_order(number, lines, cause(), buyer)
    to = ShipTo("A. Nother", "1 Long Lane", "Elsewhere", country, region="OR" if country == "US" else "")
    events.change_address(order_of(number), to, cause())


def pay(number: str, amount: int, reference: str = "", way: str = BY_HAND) -> Payment | None:
    """Note a payment in EUR."""
    return note_payment(order_of(number), Paid(way, amount, "EUR", NOON, reference), cause())


def mark_paid(number: str) -> None:
    """Note that an order is paid, nobody says how."""
    set_payment_state(order_of(number), "paid", cause())


def cancel(number: str, units: int, row: str = "1", days: float = 1, by: str = "buyer") -> Cancellation:
    """Cancel so many units so many days later."""
    later = cause()
    later = type(later)(later.who, NOON + dt.timedelta(days=days))
    events.cancel_line(line_of(number, row), units, later, by)
    return Cancellation.objects.latest("id")


def owed(days: float = 1, *numbers: str) -> list[Owed]:
    """List what is owed so many days later."""
    orders = [order_of(number) for number in numbers] or None
    return list_owed(NOON + dt.timedelta(days=days), orders)


def amounts(days: float = 1) -> list[tuple[str, int | None]]:
    """List how much is owed, by order."""
    return [(each.order.number, each.amount) for each in owed(days)]


def back(
    number: str, amount: int, cancellations: Sequence[Cancellation] = (), days: float = 1, why: str = ""
) -> Refund:
    """Let so much go back so many days later."""
    at = NOON + dt.timedelta(days=days)
    return let_back(order_of(number), Back(amount, "EUR", cancellations), type(cause())("finance", at, why))


def back_twice(
    number: str, amount: int, cancellations: Sequence[Cancellation] = (), why: str = "it was paid twice"
) -> Refund:
    """Let so much go back a day later because it was paid twice, or not for this order."""
    wanted = Back(amount, "EUR", cancellations, paid_twice=True)
    return let_back(order_of(number), wanted, type(cause())("finance", NOON + dt.timedelta(days=1), why))


def send(refund: Refund, days: float = 2, reference: str = "") -> None:
    """Note that everything of a refund was sent by hand."""
    at = NOON + dt.timedelta(days=days)
    for transfer in refund.transfers.filter(state="waiting"):
        note_sent(transfer, at, type(cause())("finance", at), reference)


def ways(refund: Refund) -> list[tuple[str, int, str]]:
    """List the transfers of a refund: way, amount, state."""
    return list(Transfer.objects.filter(refund=refund).order_by("id").values_list("way", "amount", "state"))
