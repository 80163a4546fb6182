"""Orders and decisions in the small shop of tests/supply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from backorder.allocation.models import Allocation, Promise, Standing
from backorder.allocation.services import decide_after
from backorder.orders.models import Line
from backorder.orders.selectors import find_touched_items
from backorder.orders.services import Buyer, Wanted, cancel, place
from backorder.outbox.models import Entry
from backorder.supply.models import SELLABLE, InboundLine
from backorder.supply.services import adjust, count, expect, receive
from tests.supply.shop import TODAY, cause, item, on_the_way
from tests.supply.shop import place as location

Change = Callable[[], Entry | None]


def ids(*skus: str) -> set[int]:
    return {item(sku).pk for sku in skus}


def buy(
    number: str, *wanted: tuple[str, int], ships: str = "as_ready", priority: int = 100, on: int = 0
) -> Entry | None:
    """Place an order for today, or so many days later, and decide."""
    day = TODAY + dt.timedelta(days=on)
    lines = [Wanted(str(row), item(sku), units, day) for row, (sku, units) in enumerate(wanted, 1)]
    buyer = Buyer(ship_policy=ships, priority=priority)
    skus = [sku for sku, _ in wanted]
    return decide_after(ids(*skus), partial(place, number, lines, cause(), buyer), TODAY)


def stock(sku: str, units: int, code: str = "main") -> None:
    level = (item(sku), location(code), SELLABLE)
    decide_after(ids(sku), partial(adjust, level, units, "return", cause()), TODAY)


def find_stock(sku: str, units: int, code: str = "main") -> None:
    level = (item(sku), location(code), SELLABLE)
    decide_after(ids(sku), partial(count, level, units, cause("counted")), TODAY)


def order_in(sku: str, units: int, number: str, days: int = 10) -> InboundLine:
    line = on_the_way(units, sku, "main", number)
    decide_after(ids(sku), partial(expect, line, TODAY + dt.timedelta(days=days), "supplier", cause()), TODAY)
    line.refresh_from_db()
    return line


def slip(line: InboundLine, days: int) -> None:
    decide_after(
        {line.item_id}, partial(expect, line, TODAY + dt.timedelta(days=days), "supplier", cause()), TODAY
    )


def take_in(line: InboundLine, units: int) -> None:
    decide_after({line.item_id}, partial(receive, line, units, cause()), TODAY)


def drop(number: str, units: int, row: str = "1") -> None:
    line = line_of(number, row)
    decide_after(find_touched_items(line), partial(cancel, line, units, cause()), TODAY)


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
