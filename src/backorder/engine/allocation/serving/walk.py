"""The walk of one line for a number of units, be it an item or a kit."""

from __future__ import annotations

from backorder.engine.allocation.desk import COUNT_TAKES, Desk
from backorder.engine.allocation.serving.item_walk import walk_item
from backorder.engine.allocation.serving.kits import walk_kit
from backorder.engine.allocation.serving.take import count_units
from backorder.engine.compiled import kernel


@kernel
def walk(desk: Desk, i: int, wanted: int, target: int, by: int, latest: bool, heed_pins: bool) -> int:
    """Take up to `wanted` units: by the target day the latest first (if `latest`), after it the earliest first, none after `by`."""
    mark = desk.counts[COUNT_TAKES]
    if desk.lines[i].kit:
        walk_kit(desk, i, wanted, target, by, latest, heed_pins)
    else:
        walk_item(desk, i, desk.lines[i].of_item, wanted, target, by, latest, heed_pins)
    return count_units(desk, mark)
