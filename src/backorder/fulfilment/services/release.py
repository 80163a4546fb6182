"""Handing units to the warehouse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from backorder.allocation.models import Allocation
from backorder.allocation.services import Decision, decide_after, decide_on, hold_items, list_by_rank, require
from backorder.catalog.models import Item, Location
from backorder.catalog.selectors import find_places_inside
from backorder.fulfilment.models import PickList, Release, ReleasePart
from backorder.fulfilment.readiness import Choice, Chosen, Scope, choose_units
from backorder.fulfilment.refusal import refuse
from backorder.fulfilment.selectors import find_touched_items
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


@dataclass
class Lists:
    """The pick lists that are being written: one for a place and all that is inside it, one for each other place."""

    at: Mapping[int, int] = field(default_factory=dict)  # place -> the place whose list it is on
    made: dict[int, PickList] = field(default_factory=dict)

    def find(self, place: int, entry: Entry) -> PickList:
        """Find the list of a place, or begin it."""
        where = self.at.get(place, place)
        if where not in self.made:
            self.made[where] = PickList.objects.create(location_id=where, entry=entry)
        return self.made[where]


@dataclass(frozen=True)
class Ready:
    """What was released at a place, and of which orders nothing was, with the reasons."""

    pick_list: PickList | None  # none: nothing may leave
    orders: int
    refused: Sequence[str]


def release_order(order: Order, cause: Cause) -> Decision | None:
    """Hand all units of an order to the warehouse that may leave. Raises FulfilmentError."""
    return release_scope(order, Scope(), cause)


def release_line(line: Line, cause: Cause) -> Decision | None:
    """Hand the units of a line to the warehouse; of a complete order all lines go at once. Raises FulfilmentError."""
    return release_scope(line.order, Scope(lines=frozenset([line.pk])), cause)


def release_scope(order: Order, scope: Scope, cause: Cause) -> Decision | None:
    """Hand some units of an order to the warehouse."""
    touched = partial(find_touched_items, [order.pk])
    return decide_after(touched, lambda: hand_over_some(order, scope, cause))


def hand_over_some(order: Order, scope: Scope, cause: Cause) -> Entry:
    """Write some units of an order onto pick lists, in its own order of lines. Raises FulfilmentError."""
    choice = choose_units([order.pk], scope)
    refuse(not choice.units, "; ".join(choice.refused))
    return hand_over(choice.units, {}, Lists(), cause)


def release_ready(location: Location, cause: Cause) -> Ready:
    """Hand over everything at a place that may leave, in the order of service, on one pick list, in one transaction.

    Lines that are wanted later stay where they are.
    """
    places = find_places_inside(location.pk)
    at = Allocation.objects.filter(level__location__in=places)

    def act(locked: set[int]) -> Ready:
        item_of = dict(at.values_list("line_id", "line__item_id"))
        ranked = [line for line in list_by_rank(item_of.values(), cause.day) if line in item_of]
        lists = Lists(dict.fromkeys(places, location.pk))
        scope = Scope(places=frozenset(places), day=cause.day)
        choice = release_ranked(ranked, scope, lists, locked, cause)
        orders = {line.order_id for line, _ in choice.units}
        return Ready(lists.made.get(location.pk), len(orders), choice.refused)

    return hold_items(lambda: find_touched_items(at.values_list("line__order_id", flat=True)), act)


def release_ranked(
    ranked: Sequence[int], scope: Scope, lists: Lists, locked: set[int], cause: Cause
) -> Choice:
    """Hand over what may leave of the orders of these lines, by id in the order of service, and decide again once. Raises Spread."""
    order_of = dict(Line.objects.filter(pk__in=ranked).values_list("pk", "order_id"))
    orders = list(dict.fromkeys(order_of[line] for line in ranked))
    require(locked, find_touched_items(orders))
    choice = choose_units(orders, scope)
    if choice.units:
        position = {line: at for at, line in enumerate(ranked, 1)}
        decide_on(hand_over(choice.units, position, lists, cause), locked)
    return choice


def hand_over(chosen: Chosen, position: Mapping[int, int], lists: Lists, cause: Cause) -> Entry:
    """Write units onto pick lists, and take them out of the plan in force.

    `position` is the place of each line in the order of service.
    """
    places = Location.objects.in_bulk({cover.location for _, cover in chosen})
    parts = [part for _, cover in chosen for part in cover.parts]
    items = Item.objects.filter(level__in={level for level, _ in parts}).values_list("sku", flat=True)
    subjects = [
        *(("order", line.order.number) for line, _ in chosen),
        *(("item", line.item.sku) for line, _ in chosen),
        *(("item", sku) for sku in sorted(set(items))),
        *(("location", place.code) for place in places.values()),
    ]
    facts = [
        {
            "order": line.order.number,
            "line": line.number,
            "quantity": cover.quantity,
            "location": places[cover.location].code,
        }
        for line, cover in chosen
    ]
    entry = write(cause, "units.released", subjects, {"lines": facts})
    releases = Release.objects.bulk_create(
        Release(
            pick_list=lists.find(cover.location, entry),
            line=line,
            location_id=cover.location,
            quantity=cover.quantity,
            position=position.get(line.pk, at),
            entry=entry,
        )
        for at, (line, cover) in enumerate(chosen, 1)
    )
    ReleasePart.objects.bulk_create(
        ReleasePart(release=release, level_id=level, per_unit=units)
        for release, (_, cover) in zip(releases, chosen, strict=True)
        for level, units in cover.parts
    )
    take_allocated(chosen)
    return entry


def take_allocated(chosen: Chosen) -> None:
    """Take units out of what is allocated to their lines, of each level the earliest first."""
    left = Counter[tuple[int, int]]()
    for line, cover in chosen:
        for level, per_unit in cover.parts:
            left[line.pk, level] += per_unit * cover.quantity
    held = Allocation.objects.filter(
        line__in={line for line, _ in left}, level__in={level for _, level in left}
    )
    gone, fewer = [], []
    for allocation in held.order_by("ships_on"):
        key = allocation.line_id, allocation.level_id or 0
        taken = min(left[key], allocation.quantity)
        left[key] -= taken
        allocation.quantity -= taken
        if allocation.quantity == 0:
            gone.append(allocation.pk)
        elif taken:
            fewer.append(allocation)
    Allocation.objects.filter(pk__in=gone).delete()
    Allocation.objects.bulk_update(fewer, ["quantity"])
