"""A small shop whose people have names, as pages show it."""

from __future__ import annotations

import datetime as dt

from backorder.allocation import events
from backorder.allocation.models import Standing
from backorder.catalog.models import Channel, CustomerClass, Item
from backorder.orders.models import Customer, Line
from backorder.orders.services import Buyer, Wanted
from backorder.supply.models import InboundLine
from tests.allocation.shop import order_in, stock
from tests.supply.shop import TODAY, cause, item

CUSTOMERS = {"C-1": "Blue Door Hostel", "C-2": "North Lane Camping", "C-3": "Quay Street Tools"}


def name_item(sku: str, name: str, price: int) -> Item:
    found = item(sku)
    Item.objects.filter(pk=found.pk).update(name=name, price=price)
    return item(sku)


def buy_as(customer: str, number: str, sku: str, units: int, on: int = 0) -> Line:
    """Order units of an item for a customer of the class "contract", in the channel "shop"."""
    kind = CustomerClass.objects.get_or_create(code="contract")[0]
    buyer = Customer.objects.get_or_create(
        code=customer, defaults={"name": CUSTOMERS[customer], "customer_class": kind}
    )[0]
    channel = Channel.objects.get_or_create(code="shop")[0]
    wanted = [Wanted("1", item(sku), units, TODAY + dt.timedelta(days=on))]
    events.place_order(number, wanted, cause(), Buyer(buyer, kind, channel))
    return Line.objects.get(order__number=number)


def open_shop() -> InboundLine:
    """8 lamps on hand, 20 on the way in 10 days; C-1 wants 6, C-2 12, C-3 15; C-1 wants 2 tents, of which there are none."""
    name_item("LAMP", "Lamp, two arms", 2_500)
    name_item("TENT", "Tent for four", 19_900)
    stock("LAMP", 8)
    inbound = order_in("LAMP", 20, "PO-1")
    buy_as("C-1", "A-1", "LAMP", 6)
    buy_as("C-2", "A-2", "LAMP", 12, on=5)
    buy_as("C-3", "A-3", "LAMP", 15, on=30)
    buy_as("C-1", "A-4", "TENT", 2)
    return inbound


def write_many(lines: int) -> None:
    """Write so many open lines by hand, past all decisions: for pages that must not care how many there are."""
    first = Line.objects.select_related("order").order_by("id")[0]
    stand, there = Standing.objects.get(line=first), Line.objects.count()
    rows = Line.objects.bulk_create(
        Line(
            order_id=first.order_id,
            number=f"m{there + number}",
            item_id=first.item_id,
            quantity_ordered=1,
            unit_price=100,
            requested_on=TODAY + dt.timedelta(days=number % 7),
        )
        for number in range(lines)
    )
    Standing.objects.bulk_create(
        Standing(
            line=row,
            item_id=row.item_id,
            allocated_on_hand=0,
            allocated_inbound=0,
            unallocated=1,
            in_time=False,
            units_ahead=number,
            lines_ahead=number,
            reason="NO_SUPPLY",
            entry_id=stand.entry_id,
        )
        for number, row in enumerate(rows)
    )
