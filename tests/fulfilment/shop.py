"""Releases and shipments in the small shop of tests/allocation."""

from __future__ import annotations

import datetime as dt

import pytest

from backorder.allocation.models import Allocation
from backorder.fulfilment import services
from backorder.fulfilment.models import Release, ReleaseEnd
from backorder.fulfilment.services import FulfilmentError, Parcel
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from backorder.supply.models import Level
from tests.allocation.shop import line_of
from tests.supply.shop import cause

PARCEL = Parcel("Blue Van", "BV-1", "https://track.example/BV-1")


def order_of(number: str) -> Order:
    return Order.objects.get(number=number)


def release(number: str, row: str | None = None) -> None:
    """Release a line, or the whole order."""
    if row is None:
        services.release_order(order_of(number), cause())
    else:
        services.release_line(line_of(number, row), cause())


def releases_of(number: str) -> list[Release]:
    """What of an order is with the warehouse."""
    return list(
        Release.objects.filter(line__order__number=number, quantity_open__gt=0)
        .select_related("line__order")
        .order_by("id")
    )


def listed(number: str) -> list[tuple[str, str, int]]:
    """Line, place and units of an order that are with the warehouse."""
    return [(one.line.number, one.location.code, one.quantity_open) for one in releases_of(number)]


def ship(number: str, units: int | None = None, hours: int = 0) -> None:
    """Ship all that is released of an order, or so many units of its first release."""
    parts = [(one, one.quantity_open) for one in releases_of(number)]
    if units is not None:
        parts = [(parts[0][0], units)]
    base = cause()
    services.ship(
        order_of(number),
        parts,
        PARCEL,
        type(base)(base.who, base.at + dt.timedelta(hours=hours)),
    )


def shelf(sku: str = "LAMP", code: str = "main") -> tuple[int, int, int]:
    """On hand, allocated, released."""
    return Level.objects.values_list("on_hand", "allocated", "released").get(
        item__sku=sku, location__code=code, status="sellable"
    )


def sums(number: str, row: str = "1") -> tuple[int, int, int, int]:
    """Ordered, shipped, cancelled, released."""
    return Line.objects.values_list(
        "quantity_ordered", "quantity_shipped", "quantity_cancelled", "quantity_released"
    ).get(order__number=number, number=row)


def refused(number: str, row: str | None = None) -> str:
    """Why nothing is released; asserts that nothing changed."""
    before = Entry.objects.count(), Release.objects.count(), list(Allocation.objects.order_by("id").values())
    with pytest.raises(FulfilmentError) as error:
        release(number, row)
    assert (
        Entry.objects.count(),
        Release.objects.count(),
        list(Allocation.objects.order_by("id").values()),
    ) == before
    return str(error.value)


def begun(number: str = "A-1") -> tuple[int, bool]:
    """How often units of an order went to the warehouse, and whether all that is open ships at once."""
    order = order_of(number)
    return order.shipments_begun, order.ships_whole


def refused_parcel(*units: tuple[Release, int]) -> str:
    """Why a parcel is refused; asserts that nothing changed."""
    before = Entry.objects.count(), ReleaseEnd.objects.count()
    with pytest.raises(FulfilmentError) as error:
        services.ship(order_of("A-1"), units, PARCEL, cause())
    assert (Entry.objects.count(), ReleaseEnd.objects.count()) == before
    return str(error.value)
