"""Paid express shipping: granted to what can leave at once, and where the law lets it be charged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from backorder.allocation.acceptance.gate import Split
from backorder.engine.consent import Parties, choose_packs, find_last_express_day
from backorder.law.calendars import find_place
from backorder.law.shelf import list_packs
from backorder.orders.models import Line, Order
from backorder.orders.services.wanted import Buyer, ShipTo
from backorder.orders.together import name_group


def grant_express(buyer: Buyer, order: Order, splits: Sequence[Split], lines: Sequence[Line]) -> None:
    """Grant paid express shipping to lines of which nothing waits, if they leave so soon that a law lets it be charged.

    Lines that ship together wait for the last of them.
    """
    pairs = list(zip(lines, splits, strict=True))
    last_day = find_last_day(order.ordered_on, buyer.ship_to) if buyer.express else None
    late = [
        line
        for line, split in pairs
        if split.to_wait or (last_day is not None and line.requested_on > last_day)
    ]
    groups = {name_group(order, line) for line in late} - {None}
    for line in lines:
        line.express = buyer.express and line not in late and name_group(order, line) not in groups


def find_last_day(ordered_on: date, ship_to: ShipTo | None) -> date | None:
    """Find the last day on which what is charged as express may ship to a place; None: no law of that place says so.

    Nobody here knows who buys as a business: all are treated as consumers, for whom such laws are.
    """
    if ship_to is None:
        return None
    name = f"{ship_to.country}-{ship_to.region}" if ship_to.region else ship_to.country
    packs = tuple(choose_packs(list_packs(), Parties(name, name, "consumer"), ordered_on))
    place = find_place(("UTC", "UTC"), name, packs)  # from date to date; no zone plays a part
    days = [find_last_express_day(pack, ordered_on, place.calendar(pack)) for pack in packs]
    return min((day for day in days if day is not None), default=None)


def withdraw_express(line: Line) -> None:
    """Take express shipping back from a line of which units wait now, and from those that ship together with it."""
    group, granted = name_group(line.order, line), Line.objects.filter(order=line.order, express=True)
    if group is None and not line.express:
        return
    with_it = {each.pk for each in granted if group is not None and name_group(line.order, each) == group}
    granted.filter(pk__in=with_it | {line.pk}).update(express=False)
