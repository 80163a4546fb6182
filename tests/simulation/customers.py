"""What customers do."""

from __future__ import annotations

import datetime as dt

from backorder.allocation import events
from backorder.allocation.acceptance.quoting import quote as ask_quote
from backorder.allocation.acceptance.taking import Hold
from backorder.catalog.models import Channel, CustomerClass, Item, Location
from backorder.orders.clearance import set_consent, set_payment_state
from backorder.orders.models import COMMITMENTS, CONSENTS, PAYMENT_STATES, Line, Order
from backorder.orders.services import Buyer, LineChange, OrderChange, ShipTo, Wanted
from tests.simulation.operator import NothingError, Operator

SHIP_POLICIES = ("as_ready", "as_ready", "as_ready", "complete", "line_complete")
SETS = ("", "", "", "A", "B")
AT_MOST = (None, None, None, 1, 2, 3)
OPEN_LINES = Line.objects.filter(quantity_open__gt=0).select_related("order", "item")
OPEN_ORDERS = Order.objects.filter(lines__quantity_open__gt=0).distinct()


def want(operator: Operator, number: int) -> Wanted:
    """Choose what a line is to be; an item may be on two."""
    chance = operator.chance
    place = operator.pick(Location.objects.all()) if chance.random() < 1 / 6 else None
    day = operator.day()
    return Wanted(
        str(number),
        operator.pick(Item.objects.all()),
        operator.units(6),
        day,
        place,
        needed_by=chance.choice((None, None, day + dt.timedelta(days=10))),
        minimum_quantity=chance.choice((1, 1, 1, 2)),
        commitment=chance.choice((*("soft",) * 5, *COMMITMENTS)),
        ship_set=chance.choice(SETS),
    )


def choose_wanted(operator: Operator) -> list[Wanted]:
    """Choose one to three lines."""
    return [want(operator, number) for number in range(1, operator.chance.choice((1, 1, 2, 3)) + 1)]


def choose_buyer(operator: Operator) -> Buyer:
    """Choose who orders."""
    chance = operator.chance
    return Buyer(
        customer_class=chance.choice((None, *CustomerClass.objects.order_by("code"))),
        channel=chance.choice((None, *Channel.objects.order_by("code"))),
        priority=chance.choice((100, 100, 100, 10)),
        ship_policy=chance.choice(SHIP_POLICIES),
        express=chance.random() < 1 / 8,
        ship_to=chance.choice((None, ShipTo("A. Nother", "High Street 1", "Elsewhere", "DE"))),
        most_shipments=chance.choice(AT_MOST),
    )


def order(operator: Operator) -> None:
    """A customer orders up to three items, as far as the rules of acceptance let it in."""
    events.place_order(operator.key("A"), choose_wanted(operator), operator.cause(), choose_buyer(operator))


def order_elsewhere(operator: Operator) -> None:
    """An order comes that was accepted elsewhere."""
    events.record_order(operator.key("X"), choose_wanted(operator), operator.cause(), choose_buyer(operator))


def quote(operator: Operator) -> None:
    """A customer asks for a day, and nothing is written."""
    ask_quote(choose_wanted(operator), choose_buyer(operator), on=operator.cause().day)


def hold(operator: Operator) -> None:
    """Units are kept for a customer who pays."""
    until = operator.now + dt.timedelta(minutes=operator.chance.choice((10, 300, 2000)))
    keep = Hold(until, may_wait=operator.chance.random() < 1 / 2)
    events.hold(operator.key("H"), choose_wanted(operator), keep, operator.cause(), choose_buyer(operator))


def confirm(operator: Operator) -> None:
    """Who held has paid, perhaps too late."""
    events.confirm(operator.pick(OPEN_ORDERS.filter(held_until__isnull=False)), operator.cause())


def expire(operator: Operator) -> None:
    """The clock ends holds."""
    events.expire_holds(operator.cause())


def cancel(operator: Operator) -> None:
    """A customer cancels some units of a line, or all."""
    line = operator.pick(OPEN_LINES)
    units = operator.chance.choice((line.quantity_open, operator.units(line.quantity_open)))
    events.cancel_line(line, units, operator.cause())


def cancel_order(operator: Operator) -> None:
    """A customer cancels what is open of an order."""
    events.cancel_order(operator.pick(OPEN_ORDERS), operator.cause())


def amend(operator: Operator) -> None:
    """A customer wants more, fewer, another day, another place."""
    chance = operator.chance
    line = operator.pick(OPEN_LINES)
    change = LineChange()
    if chance.random() < 2 / 3:
        change["quantity"] = operator.units(8)
    if chance.random() < 1 / 3:
        change["requested_on"] = operator.day()
    if chance.random() < 1 / 5:
        change["location"] = chance.choice((None, operator.pick(Location.objects.all())))
    if chance.random() < 1 / 8:
        change["minimum_quantity"] = chance.choice((1, 2))
    if chance.random() < 1 / 8:
        change["commitment"] = chance.choice(COMMITMENTS)
    if chance.random() < 1 / 5:
        change["ship_set"] = chance.choice(SETS)
    events.amend_line(line, change, operator.cause())


def add(operator: Operator) -> None:
    """A customer adds a line."""
    to = operator.pick(OPEN_ORDERS)
    events.add_line(to, want(operator, operator.number), operator.cause())


def amend_order(operator: Operator) -> None:
    """Somebody changes how urgent an order is, or how it ships."""
    chance = operator.chance
    change = OrderChange(priority=chance.choice((10, 50, 100)))
    if chance.random() < 1 / 2:
        change = OrderChange(ship_policy=chance.choice(SHIP_POLICIES))
    if chance.random() < 1 / 3:
        change["most_shipments"] = chance.choice(AT_MOST)
    events.amend_order(operator.pick(OPEN_ORDERS), change, operator.cause())


def move_house(operator: Operator) -> None:
    """An order goes elsewhere."""
    to = ShipTo("A. Nother", f"High Street {operator.number}", "Elsewhere", "DE")
    events.change_address(operator.pick(OPEN_ORDERS), to, operator.cause())


def pay(operator: Operator) -> None:
    """A payment comes, or fails."""
    state = operator.chance.choice((*PAYMENT_STATES, *("paid",) * 6))
    if state not in PAYMENT_STATES:
        raise NothingError
    set_payment_state(operator.pick(OPEN_ORDERS), state, operator.cause())


def agree(operator: Operator) -> None:
    """A customer agrees to wait, or does not."""
    set_consent(operator.pick(OPEN_LINES), operator.chance.choice(CONSENTS), operator.cause())
