"""Laying the supplies on the desk, item by item in the order of supplies."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import (
    ITEM,
    SUPPLY,
    Records,
    records,
)
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.days import available_days, ship_days
from backorder.engine.allocation.seating.places import Places
from backorder.engine.allocation.snapshot import Snapshot
from backorder.engine.compiled import kernel
from backorder.engine.grouping import sort_rows


def seat_supplies(
    snapshot: Snapshot, policy: Policy, places: Places
) -> tuple[Records, Records, NDArray[np.int64]]:
    """Fill the supply records, item by item in the order of supplies, and where each item's begin."""
    supplies = snapshot.supplies
    day = ship_days(
        available_days(snapshot, policy), supplies.location, snapshot.closed, policy.handling_days
    )
    rows = sort_rows([supplies.item, day, places.use_order[supplies.location]], len(supplies))
    seats = records(len(supplies), SUPPLY)
    items = records(snapshot.items, ITEM)
    fill_supplies(
        seats,
        items,
        rows,
        (supplies.item, supplies.location, supplies.inbound, supplies.quantity),
        day,
        places.tour,
    )
    return seats, items, rows


@kernel
def fill_supplies(seats: Records, items: Records, rows: Any, columns: Any, day: Any, tour: Any) -> None:
    """Fill the supply records and the items' ranges, with their groups of one ship day."""
    item, location, inbound, quantity = columns
    k = 0
    while k < len(rows):
        of_item = item[rows[k]]
        items[of_item].first = k
        items[of_item].live = k
        group = 0
        while k < len(rows) and item[rows[k]] == of_item:
            last = k
            while last < len(rows) and item[rows[last]] == of_item and day[rows[last]] == day[rows[k]]:
                last += 1
            for at in range(k, last):
                row = rows[at]
                supply = seats[at]
                supply.row = row
                supply.of_item = of_item
                supply.day = day[row]
                supply.location = location[row]
                supply.tour = tour[location[row]]
                supply.inbound = inbound[row]
                supply.quantity = quantity[row]
                supply.free = quantity[row]
                supply.group = group
                supply.group_first = k
                supply.group_last = last
            group += 1
            k = last
        items[of_item].last = k
        items[of_item].groups = group
