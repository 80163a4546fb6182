"""What could be offered instead, and what is missing for good."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import Desk
from backorder.engine.allocation.plan import Offers, Outcomes, Shortages
from backorder.engine.allocation.seating.seat import Seating
from backorder.engine.allocation.snapshot import MILLION, NEVER, Snapshot
from backorder.engine.compiled import array_kernel, kernel
from backorder.engine.grouping import sort_rows


def find_offers(snapshot: Snapshot, seating: Seating, available: NDArray[np.int64]) -> Offers:
    """Offer each late or short line, in rank order, free units of its substitutes that ship before its last day."""
    substitutes = snapshot.substitutes
    if len(substitutes) == 0:
        return Offers.empty()
    start = np.searchsorted(substitutes.item, np.arange(snapshot.items + 1))
    columns = (substitutes.item, substitutes.substitute, substitutes.ratio)
    by_rank = seating.seat[seating.ranking.rows]
    rows = offer_all(seating.desk, by_rank, columns, start)
    if len(rows) == 0:
        return Offers.empty()
    line, substitute, supply, units = rows.T
    supply_row = seating.supply_rows[supply]
    line_row = seating.rows[line]
    columns_out = [
        line_row,
        substitutes.kind[substitute],
        substitutes.substitute[substitute],
        snapshot.supplies.location[supply_row],
        available[supply_row],
    ]
    table = np.column_stack([*columns_out, units])[sort_rows(columns_out, len(rows))]
    new = np.ones(len(table), bool)
    new[1:] = (np.diff(table[:, :5], axis=0) != 0).any(axis=1)  # units of one place and day are one offer
    total = np.add.reduceat(table[:, 5], np.flatnonzero(new))
    line, kind, item, location, day = table[new][:, :5].T
    return Offers(line, kind, item, location, total, day)


@array_kernel
def offer_all(desk: Desk, by_rank: Any, substitutes: Any, start: Any) -> np.ndarray:
    """List offers as line (seat), row of Substitutes, supply (seat), units of the substitute. A unit is offered once."""
    _, substitute, ratio = substitutes
    free = np.empty(len(desk.supplies), np.int64)
    for k in range(len(desk.supplies)):
        free[k] = desk.supplies[k].free
    found = np.empty((64, 4), np.int64)
    count = 0
    for i in by_rank:
        line, outcome = desk.lines[i], desk.outcomes[i]
        if line.elsewhere:
            continue
        waiting = line.quantity - outcome.units_in_time
        before = outcome.last_day if outcome.units >= line.quantity else NEVER
        for row in range(start[line.of_item], start[line.of_item + 1]):
            other = desk.items[substitute[row]]
            there = 0
            for k in range(other.first, other.last):
                if desk.supplies[k].day < before and can_offer(desk, i, k):
                    there += free[k]
            replaced = min(waiting, whole_units(there, ratio[row]))
            waiting -= replaced
            needed = needed_units(replaced, ratio[row])
            for k in range(other.first, other.last):
                if needed > 0 and free[k] > 0 and desk.supplies[k].day < before and can_offer(desk, i, k):
                    given = min(needed, free[k])
                    if count == len(found):
                        found = np.concatenate((found, np.empty_like(found)))
                    found[count, 0], found[count, 1], found[count, 2], found[count, 3] = i, row, k, given
                    count += 1
                    needed -= given
                    free[k] -= given
    return found[:count]


@kernel
def whole_units(free: int, ratio: int) -> int:
    """Count the units of the item that so many of the substitute replace; both sides stay below 2^63."""
    return free // ratio * MILLION + free % ratio * MILLION // ratio


@kernel
def needed_units(replaced: int, ratio: int) -> int:
    """Count the units of the substitute needed to replace so many of the item, rounded up."""
    return replaced // MILLION * ratio + (replaced % MILLION * ratio + MILLION - 1) // MILLION


@kernel
def can_offer(desk: Desk, i: int, k: int) -> bool:
    """Tell whether the line can use the supply; the item itself is offered from places that the line did not ask."""
    line, supply = desk.lines[i], desk.supplies[k]
    inside = line.place_in <= supply.tour < line.place_out
    elsewhere = supply.of_item == line.of_item
    return inside != elsewhere and supply.day <= line.by and not (line.on_hand_only and supply.inbound)


def find_shortages(snapshot: Snapshot, seating: Seating, outcomes: Outcomes) -> Shortages:
    """Sum what no known supply covers per item and place asked; a kit asks its components instead."""
    desk, lines = seating.desk, snapshot.lines
    missing = outcomes.unallocated.copy()
    missing[seating.rows[desk.lines.elsewhere > 0]] = 0
    kit = (desk.items.bill_first < desk.items.bill_last)[lines.item]
    short = np.flatnonzero((missing > 0) & ~kit)
    value = missing * lines.unit_price
    table = [
        np.column_stack(
            [
                lines.item[short],
                lines.location[short],
                missing[short],
                lines.requested_on[short],
                value[short],
            ]
        )
    ]
    left = np.array(desk.supplies.free)
    in_order = seating.ranking.rows
    for row in in_order[(missing > 0)[in_order] & kit[in_order]]:
        wanted = missing_components(desk, left, int(seating.seat[row]), int(missing[row]))
        parts = split_value(int(value[row]), list(wanted.values()))
        table += [
            np.array([[item, lines.location[row], units, lines.requested_on[row], part]])
            for (item, units), part in zip(wanted.items(), parts, strict=True)
        ]
    item, location, units, requested_on, value = np.concatenate(table).astype(np.int64).T
    if len(item) == 0:
        return Shortages.empty()
    order = sort_rows([item, location], len(item))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(item[order]) != 0) | (np.diff(location[order]) != 0)
    first = np.flatnonzero(new)
    return Shortages(
        item[order][first],
        location[order][first],
        np.add.reduceat(units[order], first),
        np.diff(np.append(first, len(order))),
        np.minimum.reduceat(requested_on[order], first),
        np.add.reduceat(value[order], first),
    )


def missing_components(desk: Desk, left: NDArray[np.int64], i: int, kits: int) -> dict[int, int]:
    """Name the components that so many kits lack at the one location where fewest units are missing.

    Counts the free units that it uses there off `left`. If nothing is missing there, the kits are short for another reason:
    they ask all their components, as other lines ask their units.
    """
    line = desk.lines[i]
    item = desk.items[line.of_item]
    bill = [part for part in desk.bills[item.bill_first : item.bill_last] if part.parent < 0]
    wanted = {int(part.of_item): kits * int(part.quantity) for part in bill}
    supplies = {component: usable_supplies(desk, left, i, component) for component in wanted}
    lacking: dict[int, dict[int, int]] = {}
    for component, rows in supplies.items():
        for k in rows:
            there = lacking.setdefault(int(desk.supplies.location[k]), dict(wanted))
            there[component] = max(there[component] - int(left[k]), 0)
    if not lacking:
        return wanted
    in_use = {location: place for place, location in enumerate(desk.by_rank.tolist())}
    best = min(lacking, key=lambda location: (sum(lacking[location].values()), in_use[location]))
    if not any(lacking[best].values()):
        return wanted
    for component, rows in supplies.items():
        used = wanted[component] - lacking[best][component]
        for k in rows[desk.supplies.location[rows] == best]:
            given = min(used, int(left[k]))
            left[k] -= given
            used -= given
    return {component: units for component, units in lacking[best].items() if units > 0}


def usable_supplies(desk: Desk, left: NDArray[np.int64], i: int, item: int) -> NDArray[np.int64]:
    """List the supplies of an item that have units left and that the line may use."""
    line, first, last = desk.lines[i], desk.items[item].first, desk.items[item].last
    supplies = desk.supplies[first:last]
    usable = (left[first:last] > 0) & (supplies.day <= line.by)
    usable &= (supplies.tour >= line.place_in) & (supplies.tour < line.place_out)
    return first + np.flatnonzero(usable & ~(bool(line.on_hand_only) & (supplies.inbound > 0)))


def split_value(value: int, units: list[int]) -> list[int]:
    """Split a value in proportion to units so that the parts add up: largest remainder, ties in their order."""
    total = sum(units)
    parts = [value * some // total for some in units]
    largest_first = sorted(range(len(units)), key=lambda place: -(value * units[place] % total))
    for place in largest_first[: value - sum(parts)]:
        parts[place] += 1
    return parts
