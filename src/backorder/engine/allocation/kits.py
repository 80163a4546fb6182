"""Kits: one unit is a unit of the kit's own supply, or all its components from one location."""

from __future__ import annotations

from backorder.engine.allocation.desk import COUNT_TAKES, Desk
from backorder.engine.allocation.item_walk import is_live, take_held, take_on_day, walk_item
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.allocation.take import (
    count_takeable,
    count_units,
    last_day,
    may_use,
    ship_together,
    take,
    undo,
)
from backorder.engine.compiled import kernel


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
            assemble(desk, i, missing, location, day, heed_pins)


@kernel
def assemble(desk: Desk, i: int, wanted: int, location: int, day: int, heed_pins: bool) -> None:
    """Assemble as many of `wanted` kits as the location allows by the day."""
    low, high = 0, most_kits(desk, i, wanted, location, day)
    while low < high:
        middle = (low + high + 1) // 2
        mark = desk.counts[COUNT_TAKES]
        if take_components(desk, i, middle, location, day, heed_pins):
            low = middle
        else:
            high = middle - 1
        undo(desk, mark)
    if low > 0:
        mark = desk.counts[COUNT_TAKES]
        take_components(desk, i, low, location, day, heed_pins)
        ship_together(desk, mark, last_day(desk, mark))


@kernel
def most_kits(desk: Desk, i: int, wanted: int, location: int, day: int) -> int:
    """Bound the number of kits by the free units of those components that are no kits themselves."""
    item = desk.items[desk.lines[i].of_item]
    most = wanted
    for b in range(item.bill_first, item.bill_last):
        part = desk.bills[b]
        if part.parent >= 0 or part.end > b + 1:
            continue
        free = 0
        for k in range(desk.items[part.of_item].first, desk.items[part.of_item].last):
            if desk.supplies[k].location == location and may_use(desk, i, k, day):
                free += desk.supplies[k].free
        most = min(most, free // part.quantity)
    return most


@kernel
def take_components(desk: Desk, i: int, kits: int, location: int, day: int, heed_pins: bool) -> bool:
    """Take the components of so many kits, the latest that ship by the day; false if some component does not suffice."""
    item = desk.items[desk.lines[i].of_item]
    mark = desk.counts[COUNT_TAKES]
    b = item.bill_first
    while b < item.bill_last:
        part = desk.bills[b]
        above = kits if part.parent < 0 else desk.deficit[part.parent - item.bill_first]
        missing = above * part.quantity
        missing -= take_at(desk, i, part.of_item, missing, location, day, heed_pins)
        desk.deficit[b - item.bill_first] = missing
        if missing == 0:
            for inner in range(b + 1, part.end):
                desk.deficit[inner - item.bill_first] = 0
            b = part.end  # nothing of it must be assembled
        elif part.end == b + 1:
            return False
        else:
            b += 1
    if mark < desk.counts[COUNT_TAKES]:
        desk.takes[mark].units = kits
        desk.takes[mark].hand_units = count_kits_on_hand(desk, i, kits, mark)
    return True


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


@kernel
def count_kits_on_hand(desk: Desk, i: int, kits: int, mark: int) -> int:
    """Count the kits of a batch that are on hand: as far as each of its components is, taken or assembled from what is.

    Children stand behind their parent, so going backwards knows every child before its parent.
    """
    first, last = desk.items[desk.lines[i].of_item].bill_first, desk.items[desk.lines[i].of_item].bill_last
    for b in range(last - 1, first - 1, -1):
        part = desk.bills[b]
        units = desk.deficit[b - first]  # assembled
        child = b + 1
        if child == part.end:
            units = 0
        while child < part.end and units > 0:
            units = min(units, desk.on_hand[child - first] // desk.bills[child].quantity)
            child = desk.bills[child].end
        for row in range(mark, desk.counts[COUNT_TAKES]):
            k = desk.takes[row].supply
            if desk.supplies[k].of_item == part.of_item and not desk.supplies[k].inbound:
                units += desk.takes[row].quantity
        desk.on_hand[b - first] = units
        if part.parent < 0:
            kits = min(kits, units // part.quantity)
    return kits
