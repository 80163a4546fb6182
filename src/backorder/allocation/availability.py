"""What there is of an item, for those who look: on hand, to come, what of both is set aside, and what is free by when.

Who may have units is not decided by these sums: gate and quotes have the engine serve who asks behind all others (`acceptance.free`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum

from backorder.allocation.policies.publications import read_policy_in_force
from backorder.catalog.models import Item
from backorder.orders.models import Line
from backorder.supply.models import SELLABLE, InboundLine, Level


@dataclass(frozen=True)
class Coming:
    """Units that are to come by one day."""

    on: date
    quantity: int
    allocated: int


@dataclass(frozen=True)
class Free:
    """Units that nobody has been given, by a day."""

    on: date
    quantity: int


@dataclass(frozen=True)
class Availability:
    """What there is of an item, and what of it may be promised."""

    sku: str
    on_hand: int  # sellable
    allocated: int  # of them
    released: int  # of them: handed to the warehouse, and leaving
    inbound: list[Coming]  # by day
    held: int  # units of its own lines that are kept for somebody who has not ordered yet
    owed: int  # open units of its own lines that are ordered
    unallocated: int  # of them: what no supply covers
    free_on_hand: int
    free_to_come: int
    atp: list[Free]  # from today on, each day on which it grows


def read_availability(items: Iterable[Item], today: date, place: str | None = None) -> list[Availability]:
    """Read what there is of each item, at one place or everywhere, with as many queries for one item as for many.

    Free by a day = on hand - released + inbound expected by it - what of both is allocated. Everybody who was ranked before has been
    given theirs, so whoever asks next can be promised no more. Of a kit it is its own supply; what its components would
    make is read from them.
    """
    wanted = list(items)
    ids = [item.pk for item in wanted]
    at = {"location__code": place} if place is not None else {}
    levels = Level.objects.filter(item__in=ids, status=SELLABLE, **at)
    there = {
        item: (units, taken, gone)
        for item, units, taken, gone in levels.values_list("item")
        .annotate(units=Sum("on_hand"), taken=Sum("allocated"), gone=Sum("released"))
        .order_by()
    }
    coming = read_coming(ids, today, at)
    ordered = Q(order__held_until=None)
    owed = {
        item: (held or 0, units or 0, lacking or 0)
        for item, held, units, lacking in Line.objects.filter(item__in=ids, quantity_open__gt=0, **at)
        .values_list("item")
        .annotate(
            held=Sum("quantity_open", filter=~ordered),
            units=Sum("quantity_open", filter=ordered),
            lacking=Sum("standing__unallocated", filter=ordered),
        )
        .order_by()
    }
    return [
        build(item.sku, there.get(item.pk, (0, 0, 0)), coming[item.pk], owed.get(item.pk, (0, 0, 0)), today)
        for item in wanted
    ]


def read_coming(items: list[int], today: date, at: dict[str, str]) -> dict[int, list[Coming]]:
    """Read what is to come of each item, by day; what is overdue counts some days from today, as the policy in force says."""
    overdue_on = today + timedelta(days=read_policy_in_force().overdue_arrives_in_days)
    lines = InboundLine.objects.filter(item__in=items, remaining__gt=0, **at).values_list(
        "item", "expected_on", "remaining", "allocated"
    )
    sums: dict[int, dict[date, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for item, expected_on, remaining, allocated in lines:
        on = expected_on if expected_on >= today else overdue_on
        sums[item][on][0] += remaining
        sums[item][on][1] += allocated
    coming: dict[int, list[Coming]] = defaultdict(list)
    for item, days in sums.items():
        coming[item] = [Coming(on, *units) for on, units in sorted(days.items())]
    return coming


def build(
    sku: str, there: tuple[int, int, int], coming: list[Coming], owed: tuple[int, int, int], today: date
) -> Availability:
    """Put the numbers of one item together."""
    on_hand, allocated, released = there
    now = on_hand - allocated - released
    free = [Free(today, now)]
    for one in coming:
        more = one.quantity - one.allocated
        if more and one.on == today:
            free = [Free(today, free[-1].quantity + more)]
        elif more:
            free.append(Free(one.on, free[-1].quantity + more))
    to_come = free[-1].quantity - now
    return Availability(sku, on_hand, allocated, released, coming, *owed, now, to_come, free)
