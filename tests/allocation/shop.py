"""Orders and decisions in the small shop of tests/supply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from backorder.allocation import events
from backorder.allocation.models import Allocation, Promise, Standing
from backorder.allocation.services import Decision, decide_after
from backorder.orders.models import Line
from backorder.orders.services import Buyer, Wanted
from backorder.outbox.models import Entry
from backorder.supply.models import SELLABLE, InboundLine
from backorder.supply.services import Expected, receive
from tests.supply.shop import TODAY, cause, item
from tests.supply.shop import place as location

Change = Callable[[], Entry | None]


def buy(
    number: str, *wanted: tuple[str, int], ships: str = "as_ready", priority: int = 100, on: int = 0
) -> Decision | None:
    """Place an order for today, or so many days later, and decide."""
    day = TODAY + dt.timedelta(days=on)
    lines = [Wanted(str(row), item(sku), units, day) for row, (sku, units) in enumerate(wanted, 1)]
    return events.place_order(number, lines, cause(), Buyer(ship_policy=ships, priority=priority)).decision


def stock(sku: str, units: int, code: str = "main") -> None:
    events.adjust((item(sku), location(code), SELLABLE), units, "return", cause())


def find_stock(sku: str, units: int, code: str = "main") -> None:
    events.count((item(sku), location(code), SELLABLE), units, cause("counted"))


def order_in(sku: str, units: int, number: str, days: int = 10) -> InboundLine:
    expected = Expected("1", item(sku), location("main"), units, TODAY + dt.timedelta(days=days))
    events.place_inbound(number, [expected], cause())
    return InboundLine.objects.get(order__number=number)


def slip(line: InboundLine, days: int) -> None:
    events.expect(line, TODAY + dt.timedelta(days=days), "supplier", cause())


def take_in(line: InboundLine, units: int) -> None:
    """Take units in and decide; nothing goes on to the warehouse."""
    decide_after(lambda: {line.item_id}, lambda: receive(line, units, cause()))


def drop(number: str, units: int, row: str = "1") -> None:
    events.cancel_line(line_of(number, row), units, cause())


def line_of(number: str, row: str = "1") -> Line:
    return Line.objects.select_related("order").get(order__number=number, number=row)


def standing(number: str, row: str = "1") -> tuple[int, int, int, str]:
    """What the line has on hand and inbound, what it lacks, and why."""
    found = Standing.objects.get(line=line_of(number, row))
    return found.allocated_on_hand, found.allocated_inbound, found.unallocated, found.reason


def promised(number: str, row: str = "1") -> list[int | None]:
    """Every day that was promised, oldest first, in days from today."""
    days = (
        Promise.objects.filter(line=line_of(number, row)).order_by("id").values_list("promised_on", flat=True)
    )
    return [None if day is None else (day - TODAY).days for day in days]


def covered(number: str, row: str = "1") -> list[tuple[str, int, int]]:
    """By what the line is covered: place or inbound number, units, days from today."""
    rows = Allocation.objects.filter(line=line_of(number, row)).select_related(
        "level__location", "inbound_line__order"
    )
    return sorted(
        (
            found.level.location.code
            if found.level
            else found.inbound_line.order.number
            if found.inbound_line
            else "",
            found.quantity,
            (found.ships_on - TODAY).days,
        )
        for found in rows
    )
