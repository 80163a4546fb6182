"""A small shop for tests: items and places by code, and who makes a change."""

from __future__ import annotations

import datetime as dt

from backorder.catalog.models import Item, Location
from backorder.outbox.services import Cause
from backorder.supply.models import InboundLine, Level
from backorder.supply.services import Expected, place_inbound

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
TODAY = NOON.date()


def cause(why: str = "") -> Cause:
    return Cause("anna", NOON, why)


def item(sku: str = "LAMP") -> Item:
    return Item.objects.get_or_create(sku=sku)[0]


def place(code: str = "main") -> Location:
    return Location.objects.get_or_create(code=code)[0]


def on_hand(sku: str = "LAMP", code: str = "main", status: str = "sellable") -> int:
    return sum(
        Level.objects.filter(item__sku=sku, location__code=code, status=status).values_list(
            "on_hand", flat=True
        )
    )


def on_the_way(quantity: int, sku: str = "LAMP", code: str = "main", number: str = "PO-1") -> InboundLine:
    expected = Expected("1", item(sku), place(code), quantity, TODAY + dt.timedelta(days=10))
    place_inbound(number, [expected], cause())
    return InboundLine.objects.get(order__number=number)
