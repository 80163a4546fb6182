"""The plan of another program as the plan in force, for lines that are new here: what was promised, and which units they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from backorder.allocation.models import Allocation, Promise
from backorder.catalog.selectors import find_items
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from backorder.rows import insert_rows
from backorder.supply.models import SELLABLE, InboundLine, Level

IMPORTED = "IMPORTED"
"""Why a day was promised: it was told before the line came here."""


@dataclass(frozen=True)
class Told:
    """A day that was promised for a line, which is named by order and line."""

    line: tuple[str, str]
    promised_on: date


@dataclass(frozen=True)
class Held:
    """Units that a line holds: of what is on hand of an item at a location, or, with two numbers, of an inbound line."""

    line: tuple[str, str]
    sku: str
    location: str
    inbound: tuple[str, str] | None
    quantity: int
    ships_on: date


@transaction.atomic
def take_over(told: Sequence[Told], held: Sequence[Held], entry: Entry) -> int:
    """Put promises and allocations of new lines in force, until the decision that follows; gives how many units are nowhere.

    Units of a supply that is not known are left out: nobody has them.
    """
    numbers = {row.line[0] for row in told} | {row.line[0] for row in held}
    rows = Line.objects.filter(order__number__in=numbers)
    lines = {
        (order, line): number for order, line, number in rows.values_list("order__number", "number", "id")
    }
    insert_rows(
        [
            Promise(line_id=lines[row.line], promised_on=row.promised_on, reason=IMPORTED, entry=entry)
            for row in told
        ]
    )
    levels, inbound = find_levels(held), find_inbound(held)
    sums: dict[tuple[int, int | None, int | None, date], int] = {}
    lost = 0
    for row in held:
        level = None if row.inbound else levels.get((row.sku, row.location))
        coming = inbound.get((*row.inbound, row.sku, row.location)) if row.inbound else None
        if level is None and coming is None:
            lost += row.quantity
            continue
        key = (lines[row.line], level, coming, row.ships_on)
        sums[key] = sums.get(key, 0) + row.quantity
    insert_rows(
        [
            Allocation(line_id=line, level_id=level, inbound_line_id=coming, ships_on=day, quantity=units)
            for (line, level, coming, day), units in sums.items()
        ]
    )
    return lost


def find_levels(held: Sequence[Held]) -> dict[tuple[str, str], int]:
    """Find what is sellable on hand by item and location."""
    items = find_items(row.sku for row in held if not row.inbound)
    rows = Level.objects.filter(item__in=items.values(), status=SELLABLE)
    return {
        (sku, place): number for sku, place, number in rows.values_list("item__sku", "location__code", "id")
    }


def find_inbound(held: Sequence[Held]) -> dict[tuple[str, str, str, str], int]:
    """Find inbound lines by their numbers, item and location."""
    numbers = {row.inbound[0] for row in held if row.inbound}
    rows = InboundLine.objects.filter(order__number__in=numbers)
    columns = ("order__number", "number", "item__sku", "location__code", "id")
    return {
        (order, line, sku, place): number for order, line, sku, place, number in rows.values_list(*columns)
    }
