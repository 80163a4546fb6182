"""Laying the desk: the facts become records in order of service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.days import available_days, first_days, ship_days
from backorder.engine.allocation.desk import (
    BILL,
    ITEM,
    LINE,
    NEED,
    NODE,
    OUTCOME,
    PART,
    SUPPLY,
    TAKE,
    Desk,
    Records,
    records,
)
from backorder.engine.allocation.elsewhere import seat_companions
from backorder.engine.allocation.guarantees import write_cells
from backorder.engine.allocation.places import Places, tour_places
from backorder.engine.allocation.plan import Companions
from backorder.engine.allocation.policy import FILL, LOSE, SKIP, Policy
from backorder.engine.allocation.rank import Ranking, rank_lines
from backorder.engine.allocation.rounds import order_seats
from backorder.engine.allocation.seat_current import seat_current
from backorder.engine.allocation.snapshot import LINE_COMPLETE, NEVER, ON_HAND_ONLY, Kits, Snapshot
from backorder.engine.compiled import kernel
from backorder.engine.grouping import sort_rows


@dataclass(frozen=True)
class Seating:
    """The desk, and how its records stand to the rows of the snapshot."""

    desk: Desk
    ranking: Ranking
    rows: NDArray[np.int64]  # row of Snapshot.lines at each seat
    seat: NDArray[np.int64]  # seat of each row
    supply_rows: NDArray[np.int64]  # row of Snapshot.supplies of each supply record
    supply_seat: NDArray[np.int64]
    first_day: NDArray[np.int64]  # by location; the last is "anywhere"


def lay_desk(snapshot: Snapshot, policy: Policy, room: int, elsewhere: Companions) -> Seating:
    """Lay the desk for one decision. `room` multiplies the space for takes; lines `elsewhere` only tell what is known."""
    lines = snapshot.lines
    places = tour_places(snapshot.locations)
    first_day = first_days(snapshot, policy, places)
    ranking = rank_lines(snapshot, policy)
    places_in_rank = order_seats(snapshot, ranking)
    rows = ranking.rows[places_in_rank]
    rank = np.maximum(0, places_in_rank + 1 - ranking.unranked)

    cells = write_cells(snapshot, policy)
    seat = np.empty(len(rows), np.int64)
    seat[rows] = np.arange(len(rows))
    line_records = records(len(lines), LINE)
    columns, kinds, choices = list_line_columns(snapshot, ranking, elsewhere)
    seat_lines(
        line_records,
        seat,
        rank,
        columns,
        kinds,
        (*choices, cells.of_line),
        (places.tour, places.tour_end, places.depth),
        first_day,
    )

    supply_records, items, supply_rows = seat_supplies(snapshot, policy, places)
    bills = write_bills(snapshot, items)
    if len(bills):
        mark_kits(line_records, items)
    supply_seat = np.empty(len(supply_rows), np.int64)
    supply_seat[supply_rows] = np.arange(len(supply_rows))
    companions = seat_companions(elsewhere, line_records, seat, ranking.grouped)
    current = seat_current(snapshot, line_records, seat, supply_seat, first_day)
    longest_bill = max(1, (items.bill_last - items.bill_first).max(initial=1))
    takes = (len(lines) + len(supply_records) + len(current)) * room + 64
    desk = Desk(
        lines=line_records,
        supplies=supply_records,
        items=items,
        companions=companions,
        current=current,
        needs=records(len(current) + (1 + room) * len(lines), NEED),
        cells=cells.records,
        nodes=records(0, NODE),
        slack=np.zeros(0, np.int64),
        by_day=np.zeros(max(1, items.groups.max(initial=1)), np.int64),
        bills=bills,
        parts=records(longest_bill, PART),
        takes=records(takes, TAKE),
        outcomes=records(len(lines), OUTCOME),
        reservations=records(takes if len(bills) or (lines.commitment == ON_HAND_ONLY).any() else 0, TAKE),
        parent=np.array(snapshot.locations.parent),
        by_rank=places.by_rank,
        tour=places.tour,
        counts=np.zeros(5, np.int64),
        latest=policy.peg == "latest_in_time",
    )
    return Seating(desk, ranking, rows, seat, supply_rows, supply_seat, first_day)


def list_line_columns(snapshot: Snapshot, ranking: Ranking, elsewhere: Companions) -> tuple[Any, Any, Any]:
    """List the columns that the seats take, by row: what is asked, flags, and what ranking chose."""
    lines = snapshot.lines
    columns = (
        lines.item,
        lines.location,
        lines.quantity,
        lines.needed_by,
        lines.requested_on,
        lines.promised_on,
    )
    outside = np.zeros(len(lines), bool)
    outside[elsewhere.line] = True
    kinds = (
        lines.commitment,
        lines.ship_policy == LINE_COMPLETE,
        lines.commitment == ON_HAND_ONLY,
        outside,
    )
    order = np.where(ranking.grouped, lines.order, np.int32(-1))
    choices = (ranking.segment, ranking.strategy, order, lines.minimum_quantity)
    return columns, kinds, choices


@kernel
def seat_lines(
    seats: Records, seat: Any, rank: Any, columns: Any, kinds: Any, choices: Any, places: Any, first_day: Any
) -> None:
    """Fill the line records; `seat` names the record of each row, `rank` the rank at each seat."""
    item, location, quantity, needed_by, requested_on, promised_on = columns
    commitment, line_complete, on_hand_only, elsewhere = kinds
    segment, strategy, order, minimum, cell = choices
    tour, tour_end, depth = places
    anywhere = len(tour) - 1
    for row in range(len(seat)):
        line = seats[seat[row]]
        place = location[row] if location[row] >= 0 else anywhere
        line.row = row
        line.rank = rank[seat[row]]
        line.quantity = quantity[row]
        line.left = quantity[row]
        line.minimum = min(minimum[row], quantity[row])
        line.of_item = item[row]
        line.place = location[row]
        line.place_in = tour[place]
        line.place_out = tour_end[place]
        line.depth = depth[place]
        line.due = max(requested_on[row], first_day[place])
        line.by = needed_by[row]
        line.promise = NEVER
        if (
            promised_on[row] < NEVER
            and strategy[row] != SKIP
            and strategy[row] != FILL
            and strategy[row] != LOSE
        ):
            line.promise = max(promised_on[row], first_day[place])
        line.order = order[row]
        line.companion = -1
        line.elsewhere = elsewhere[row]
        line.cell = cell[row]
        line.blocked_on = NEVER
        line.could_on = NEVER
        line.strategy = strategy[row]
        line.tier = strategy[row]
        line.segment = segment[row]
        line.commitment = commitment[row]
        line.on_hand_only = on_hand_only[row]
        line.line_complete = line_complete[row] and order[row] < 0


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


def write_bills(snapshot: Snapshot, items: Records) -> Records:
    """Write the components of each kit as a flat tree: parents before children, a kit inside a kit opened up."""
    parts: dict[int, list[tuple[int, int]]] = {}
    kits: Kits = snapshot.kits
    for kit, component, quantity in zip(
        kits.kit.tolist(), kits.component.tolist(), kits.quantity.tolist(), strict=True
    ):
        parts.setdefault(kit, []).append((component, quantity))
    rows: list[list[int]] = []  # quantity, item, parent, end, same

    def open_up(kit: int, parent: int) -> None:
        for component, quantity in parts[kit]:
            at = len(rows)
            rows.append([quantity, component, parent, 0, first.setdefault(component, at)])
            if component in parts:
                open_up(component, at)
            rows[at][3] = len(rows)

    for kit in parts:
        items[kit].bill_first = len(rows)
        first: dict[int, int] = {}
        open_up(kit, -1)
        items[kit].bill_last = len(rows)
    bills = records(len(rows), BILL)
    for at, row in enumerate(rows):
        bills[at] = tuple(row)
    return bills


@kernel
def mark_kits(lines: Records, items: Records) -> None:
    """Mark the lines whose item is a kit."""
    for i in range(len(lines)):
        item = items[lines[i].of_item]
        lines[i].kit = item.bill_first < item.bill_last
