"""The walk along the supplies of one item, in the order in which a line should take them."""

from __future__ import annotations

from backorder.engine.allocation.desk import Desk
from backorder.engine.allocation.serving.take import count_takeable, may_use, take
from backorder.engine.compiled import kernel


@kernel
def walk_item(
    desk: Desk, i: int, item: int, wanted: int, target: int, by: int, latest: bool, heed_pins: bool
) -> int:
    """Walk along the supplies of one item."""
    stock = desk.items[item]
    taken = 0
    start = stock.first
    if latest:
        start = first_after(desk, stock.first, stock.last, min(target, by))
        last = start
        while last > stock.first and taken < wanted:
            first = desk.supplies[last - 1].group_first
            if (
                is_live(desk, last - 1) or first < last - 1
            ):  # most days have one supply, and of most of these nothing is left
                taken += take_on_day(desk, i, first, last, wanted - taken, by, heed_pins)
            last = first
    while stock.live < stock.last and not is_live(desk, stock.live):
        stock.live += 1
    k = start
    if k < stock.live < stock.last:
        k = desk.supplies[stock.live].group_first
    elif stock.live >= stock.last:
        k = stock.last
    k = max(k, start)
    while k < stock.last and taken < wanted and desk.supplies[k].day <= by:
        last = desk.supplies[k].group_last
        if is_live(desk, k) or k < last - 1:
            taken += take_on_day(desk, i, k, last, wanted - taken, by, heed_pins)
        k = last
    return taken


@kernel
def is_live(desk: Desk, k: int) -> bool:
    """Tell whether units of the supply are free, or set aside for a line whose turn has not come."""
    return desk.supplies[k].free + desk.supplies[k].aside > 0


@kernel
def first_after(desk: Desk, low: int, high: int, day: int) -> int:
    """Find the first supply of `low` … `high` that ships after the day."""
    while low < high:
        middle = (low + high) // 2
        if desk.supplies[middle].day <= day:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def take_held(desk: Desk, i: int, k: int, wanted: int, heed_pins: bool) -> int:
    """Take from one supply what the line holds of it in the plan in force."""
    taken = 0
    for c in range(desk.lines[i].current_first, desk.lines[i].current_last):
        if desk.current[c].supply == k and desk.current[c].left > 0 and taken < wanted:
            units = count_takeable(desk, k, min(wanted - taken, desk.current[c].left), heed_pins)
            if units > 0:
                take(desk, i, k, units, c)
                taken += units
    return taken


@kernel
def take_on_day(desk: Desk, i: int, first: int, last: int, wanted: int, by: int, heed_pins: bool) -> int:
    """Take from supplies of one ship day: first what the line holds in the plan in force, then in the order of supplies."""
    taken = 0
    if desk.lines[i].current_first < desk.lines[i].current_last:
        for k in range(first, last):
            if is_live(desk, k) and may_use(desk, i, k, by):
                taken += take_held(desk, i, k, wanted - taken, heed_pins)
    for k in range(first, last):
        if taken >= wanted:
            break
        if is_live(desk, k) and may_use(desk, i, k, by):
            units = count_takeable(desk, k, wanted - taken, heed_pins)
            if units > 0:
                take(desk, i, k, units, -1)
                taken += units
    return taken
