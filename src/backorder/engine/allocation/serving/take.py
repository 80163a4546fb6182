"""Taking units: the only place where a unit leaves its supply, and the only place where it comes back."""

from __future__ import annotations

from typing import Any

from backorder.engine.allocation.desk import (
    COUNT_BLOCKED_ON,
    COUNT_FULL,
    COUNT_TAKES,
    Desk,
)
from backorder.engine.allocation.serving.safe import count_safe, lower_slack
from backorder.engine.compiled import kernel


@kernel
def may_use(desk: Desk, i: int, k: int, by: int) -> bool:
    """Tell whether line `i` can use supply `k`: inside its place, shipped by the day, on hand if it takes nothing else."""
    line, supply = desk.lines[i], desk.supplies[k]
    return (
        line.place_in <= supply.tour < line.place_out
        and supply.day <= by
        and not (line.on_hand_only and supply.inbound)
    )


@kernel
def count_takeable(desk: Desk, k: int, wanted: int, heed_pins: bool) -> int:
    """Count how many of `wanted` units of supply `k` may be taken now; note the day if a free one is left to others."""
    supply = desk.supplies[k]
    asked = min(wanted, supply.free + supply.aside)
    units = min(wanted, supply.free)
    if heed_pins:
        units = min(units, max(0, supply.free - supply.pinned))
    if units > 0 and desk.items[supply.of_item].owed:
        units = count_safe(desk, supply.of_item, supply.node, supply.group, units)
    if units < asked and supply.day < desk.counts[COUNT_BLOCKED_ON]:
        desk.counts[COUNT_BLOCKED_ON] = supply.day
    return units


@kernel
def take(desk: Desk, i: int, k: int, units: int, keeps: int) -> None:
    """Move `units` of supply `k` to line `i`; `keeps` is the row of current that they were, or -1."""
    at = desk.counts[COUNT_TAKES]
    if at >= len(desk.takes):
        desk.counts[COUNT_FULL] = 1  # the caller starts again with more room
        return
    supply = desk.supplies[k]
    supply.free -= units
    if desk.items[supply.of_item].owed:
        lower_slack(desk, supply.of_item, supply.node, supply.group, units)
    if keeps >= 0:
        desk.current[keeps].left -= units
    row = desk.takes[at]
    row.line = i
    row.supply = k
    row.quantity = units
    row.day = supply.day
    row.current = keeps
    row.units = 0 if desk.lines[i].kit and supply.of_item != desk.lines[i].of_item else units
    row.hand_units = 0 if supply.inbound else row.units
    row.how = 0
    desk.counts[COUNT_TAKES] = at + 1


@kernel
def put_back(desk: Desk, taken: Any) -> None:
    """Give the units of one take back to their supply."""
    supply = desk.supplies[taken.supply]
    supply.free += taken.quantity
    if taken.supply < desk.items[supply.of_item].live:
        desk.items[supply.of_item].live = taken.supply
    if desk.items[supply.of_item].owed:
        lower_slack(desk, supply.of_item, supply.node, supply.group, -taken.quantity)
    if taken.current >= 0:
        desk.current[taken.current].left += taken.quantity


@kernel
def undo(desk: Desk, mark: int) -> None:
    """Put back all that was taken since `mark`."""
    for row in range(desk.counts[COUNT_TAKES] - 1, mark - 1, -1):
        put_back(desk, desk.takes[row])
    desk.counts[COUNT_TAKES] = mark


@kernel
def count_units(desk: Desk, mark: int) -> int:
    """Count the line's units taken since `mark`."""
    units = 0
    for row in range(mark, desk.counts[COUNT_TAKES]):
        units += desk.takes[row].units
    return units


@kernel
def last_day(desk: Desk, mark: int) -> int:
    """Name the last day of the units taken since `mark`."""
    day = -(2**31)
    for row in range(mark, desk.counts[COUNT_TAKES]):
        day = max(day, desk.takes[row].day)
    return day


@kernel
def ship_together(desk: Desk, mark: int, day: int) -> None:
    """Let all units taken since `mark` ship on one day."""
    for row in range(mark, desk.counts[COUNT_TAKES]):
        desk.takes[row].day = day
