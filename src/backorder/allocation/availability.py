"""What there is of an item: on hand, to come, what of both is set aside, and what may be promised by when.

What may be promised is no sum of ours: the engine serves somebody who asks for everything behind all others, as it does for gate
and quotes (`acceptance.free`). The rules of acceptance come after it: they may let in less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Q, Sum

from backorder.allocation.acceptance.free import HAND, FreeUnits
from backorder.allocation.acceptance.quoting import build_unplaced
from backorder.allocation.days import EPOCH
from backorder.allocation.facts.snapshot import find_rows, read_facts
from backorder.allocation.policies.publications import read_policy_in_force
from backorder.allocation.services import read_steadily
from backorder.catalog.models import Component, Item, Location
from backorder.engine.allocation import Policy
from backorder.engine.allocation.snapshot import NEVER
from backorder.orders.models import Line
from backorder.orders.services.wanted import Buyer
from backorder.supply.models import SELLABLE, InboundLine, Level


@dataclass(frozen=True)
class Coming:
    """Units that are to come by one day."""

    on: date
    quantity: int
    allocated: int


@dataclass(frozen=True)
class Free:
    """Units that somebody who orders now could have by a day of shipment."""

    on: date
    quantity: int


@dataclass(frozen=True)
class Promisable:
    """What may be promised of an item."""

    on_hand: int  # from what lies there
    by_day: tuple[Free, ...]  # from today on, each day on which it grows


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
    free: Promisable


def read_availability(items: Iterable[Item], today: date, place: str | None = None) -> list[Availability]:
    """Read what there is of each item, at one place or everywhere, with as many queries for one item as for many.

    At a place, what may be promised is what somebody could have of that which is or comes there.
    """
    with read_steadily():
        return read_together(list(items), today, place)


def read_together(wanted: Sequence[Item], today: date, place: str | None) -> list[Availability]:
    """Read it as it is at one moment."""
    ids, policy = [item.pk for item in wanted], read_policy_in_force()
    at = {"location__code": place} if place is not None else {}
    levels = Level.objects.filter(item__in=ids, status=SELLABLE, **at)
    there = {
        item: (units, taken, gone)
        for item, units, taken, gone in levels.values_list("item")
        .annotate(units=Sum("on_hand"), taken=Sum("allocated"), gone=Sum("released"))
        .order_by()
    }
    coming = read_coming(ids, today, at, policy.overdue_arrives_in_days)
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
    free = serve_each(wanted, stand_behind_all(wanted, today, place, policy), today)
    return [
        Availability(
            item.sku,
            *there.get(item.pk, (0, 0, 0)),
            coming[item.pk],
            *owed.get(item.pk, (0, 0, 0)),
            free[item.pk],
        )
        for item in wanted
    ]


def serve_each(items: Sequence[Item], free: FreeUnits, today: date) -> Mapping[int, Promisable]:
    """Serve each item all there is, as if nothing of the others were asked for; by id.

    Kits are asked for one by one, for they may be made of the same components.
    """
    kits = set(Component.objects.filter(kit__in=items).values_list("kit", flat=True))
    everything = int(free.quantity.sum())
    numbers = {item.pk: number for number, item in enumerate(items)}
    found = {}
    for alone in [[kit] for kit in sorted(kits)] + [sorted(numbers.keys() - kits)]:
        wanted = [everything if item.pk in alone else 0 for item in items]
        hand, whole = free.serve(wanted, HAND), free.serve(wanted, NEVER)
        for item in alone:
            number = numbers[item]
            found[item] = Promisable(hand[number].units, add_up(whole[number].by_day, today))
    return found


def stand_behind_all(items: Sequence[Item], today: date, place: str | None, policy: Policy) -> FreeUnits:
    """Stand with a line of each item behind everybody who ordered; before what is or comes at a place, if one is named."""
    facts = read_facts([item.pk for item in items], today, policy)
    order = build_unplaced(Buyer(), today)
    lines = [Line(order=order, item=item, quantity_ordered=1, requested_on=today) for item in items]
    free = FreeUnits(facts, policy, lines)
    if place is not None:
        there = find_rows(Location.objects.filter(code=place).values_list("pk", flat=True), facts.places)
        free.quantity[~np.isin(free.part.supplies.location, there)] = 0
    return free


def add_up(by_day: Iterable[tuple[int, int]], today: date) -> tuple[Free, ...]:
    """Add units up by day of the engine, from today on."""
    found = [Free(today, 0)]
    for number, units in by_day:
        day = date.fromordinal(number + EPOCH)
        if day <= today:
            found[0] = Free(today, found[0].quantity + units)
        else:
            found.append(Free(day, found[-1].quantity + units))
    return tuple(found)


def read_coming(
    items: list[int], today: date, at: dict[str, str], overdue_arrives_in_days: int
) -> dict[int, list[Coming]]:
    """Read what is to come of each item, by day; what is overdue counts so many days from today."""
    overdue_on = today + timedelta(days=overdue_arrives_in_days)
    lines = InboundLine.objects.filter(item__in=items, remaining__gt=0, **at)
    by_day = lines.values_list("item", "expected_on").annotate(units=Sum("remaining"), taken=Sum("allocated"))
    sums: dict[int, dict[date, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for item, expected_on, units, taken in by_day.order_by():
        on = expected_on if expected_on >= today else overdue_on
        sums[item][on][0] += units
        sums[item][on][1] += taken
    coming: dict[int, list[Coming]] = defaultdict(list)
    for item, days in sums.items():
        coming[item] = [Coming(on, *units) for on, units in sorted(days.items())]
    return coming


@dataclass(frozen=True)
class KitPart:
    """A component of a kit: so many in each; free is what may be promised of it."""

    item: Item
    per_kit: int
    free: int
    free_to_come: int


def read_with_parts(item: Item, today: date) -> tuple[Availability, list[KitPart]]:
    """Read what there is of an item, and what it is made of if it is a kit, by sku."""
    rows = list(Component.objects.filter(kit=item).select_related("item").order_by("item__sku"))
    own, *there = read_availability([item, *(row.item for row in rows)], today)
    parts = [
        KitPart(
            row.item,
            row.quantity,
            one.free.on_hand,
            one.free.by_day[-1].quantity - one.free.on_hand,
        )
        for row, one in zip(rows, there, strict=True)
    ]
    return own, parts
