"""Kits: one unit is a unit of the kit's own supply, or all its components from one location."""

from __future__ import annotations

from typing import NamedTuple

from backorder.engine.allocation.desk import COUNT_TAKES, Desk
from backorder.engine.allocation.serving.item_walk import is_live, take_held, take_on_day, walk_item
from backorder.engine.allocation.serving.keep import keep_rows
from backorder.engine.allocation.serving.parts import MOST, count_kits, count_kits_on_hand
from backorder.engine.allocation.serving.take import (
    count_takeable,
    count_units,
    last_day,
    may_use,
    ship_together,
    take,
    undo,
)
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import kernel


class Source(NamedTuple):
    """Where parts are taken from: one location, by a day; or rows of the plan in force, see `keep`."""

    location: int
    day: int
    heed_pins: bool
    first: int  # rows of the plan in force, if there are any
    last: int
    frozen_before: int


@kernel
def name_source(
    location: int, day: int, heed_pins: bool, first: int, last: int, frozen_before: int
) -> Source:
    """Name a source; a kernel, so that its numbers have one width."""
    return Source(location, day, heed_pins, first, last, frozen_before)


@kernel
def walk_kit(desk: Desk, i: int, wanted: int, target: int, by: int, latest: bool, heed_pins: bool) -> None:
    """Take kit units: in time the kit's own first, then assembled; after the target day, day by day, own before assembled."""
    mark = desk.counts[COUNT_TAKES]
    day = -NEVER
    if latest:
        day = min(target, by)
        walk_item(desk, i, desk.lines[i].of_item, wanted, day, day, True, heed_pins)
        assemble_anywhere(desk, i, wanted - count_units(desk, mark), day, heed_pins)
    while count_units(desk, mark) < wanted:
        day = next_day(desk, i, day)
        if day == NEVER or day > by:
            return
        item = desk.items[desk.lines[i].of_item]
        for k in range(item.first, item.last):
            if desk.supplies[k].day == day and k == desk.supplies[k].group_first:
                missing = wanted - count_units(desk, mark)
                take_on_day(desk, i, k, desk.supplies[k].group_last, missing, by, heed_pins)
        assemble_anywhere(desk, i, wanted - count_units(desk, mark), day, heed_pins)


@kernel
def next_day(desk: Desk, i: int, day: int) -> int:
    """Find the next day after `day` on which a supply of the kit or of a component ships; NEVER if there is none."""
    item = desk.items[desk.lines[i].of_item]
    found = NEVER
    for k in range(item.first, item.last):
        if desk.supplies[k].day > day:
            found = min(found, desk.supplies[k].day)
            break
    for b in range(item.bill_first, item.bill_last):
        component = desk.items[desk.bills[b].of_item]
        for k in range(component.first, component.last):
            if desk.supplies[k].day > day:
                found = min(found, desk.supplies[k].day)
                break
    return found


@kernel
def assemble_anywhere(desk: Desk, i: int, wanted: int, day: int, heed_pins: bool) -> None:
    """Assemble up to `wanted` kits by the day, location by location in the order of supplies."""
    mark = desk.counts[COUNT_TAKES]
    line = desk.lines[i]
    for location in desk.by_rank:
        missing = wanted - count_units(desk, mark)
        if missing <= 0:
            return
        if line.place_in <= desk.tour[location] < line.place_out:
            assemble(desk, i, missing, name_source(location, day, heed_pins, 0, 0, -1))


@kernel
def assemble(desk: Desk, i: int, wanted: int, source: Source) -> None:
    """Assemble up to `wanted` kits from one source, as many as there are parts for; they ship together."""
    kit = desk.lines[i].of_item
    first, last = desk.items[kit].bill_first, desk.items[kit].bill_last
    mark = desk.counts[COUNT_TAKES]
    for b in range(first, last):
        part = desk.parts[b - first]
        part.there = 0
        if desk.bills[b].same == b:
            part.there = take_from(desk, i, desk.bills[b].of_item, MOST, source)
            undo(desk, mark)
            if part.there == 0 and desk.bills[b].parent < 0 and desk.bills[b].end == b + 1:
                return
    kits = count_kits(desk, kit, wanted)
    if kits == 0:
        return
    for b in range(first, last):
        part = desk.parts[b - first]
        before = desk.counts[COUNT_TAKES]
        part.on_hand = 0
        if part.taken > 0:
            take_from(desk, i, desk.bills[b].of_item, part.taken, source)
        for row in range(before, desk.counts[COUNT_TAKES]):
            if not desk.supplies[desk.takes[row].supply].inbound:
                part.on_hand += desk.takes[row].quantity
    if mark < desk.counts[COUNT_TAKES]:
        desk.takes[mark].units = kits
        desk.takes[mark].hand_units = count_kits_on_hand(desk, kit, kits)
        ship_together(desk, mark, last_day(desk, mark))


@kernel
def take_from(desk: Desk, i: int, item: int, wanted: int, source: Source) -> int:
    """Take up to `wanted` units of one part; gives how many."""
    if source.first < source.last:
        return keep_rows(desk, item, wanted, source.first, source.last, source.frozen_before, source.day)
    return take_at(desk, i, item, wanted, source.location, source.day, source.heed_pins)


@kernel
def take_at(desk: Desk, i: int, item: int, wanted: int, location: int, day: int, heed_pins: bool) -> int:
    """Take units of one item at exactly this location, the latest that ship by the day, those it holds now first in a day."""
    taken = 0
    last = desk.items[item].last
    while last > desk.items[item].first and taken < wanted:
        first = desk.supplies[last - 1].group_first
        for k in range(first, last):
            if is_live(desk, k) and desk.supplies[k].location == location and may_use(desk, i, k, day):
                taken += take_held(desk, i, k, wanted - taken, heed_pins)
        for k in range(first, last):
            if is_live(desk, k) and desk.supplies[k].location == location and may_use(desk, i, k, day):
                units = count_takeable(desk, k, wanted - taken, heed_pins)
                if units > 0:
                    take(desk, i, k, units, -1)
                    taken += units
        last = first
    return taken
