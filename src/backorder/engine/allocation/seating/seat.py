"""Laying the desk: the facts become records in order of service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.desk import (
    LINE,
    NEED,
    NODE,
    OUTCOME,
    PART,
    TAKE,
    Desk,
    records,
)
from backorder.engine.allocation.elsewhere import seat_companions
from backorder.engine.allocation.plan import Companions
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.bills import mark_kits, write_bills
from backorder.engine.allocation.seating.current import seat_current
from backorder.engine.allocation.seating.days import first_days
from backorder.engine.allocation.seating.guarantees import write_cells
from backorder.engine.allocation.seating.lines import list_line_columns, seat_lines
from backorder.engine.allocation.seating.places import tour_places
from backorder.engine.allocation.seating.rank import Ranking, rank_lines
from backorder.engine.allocation.seating.rounds import order_seats
from backorder.engine.allocation.seating.supplies import seat_supplies
from backorder.engine.allocation.snapshot import ON_HAND_ONLY, Snapshot


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
        guarded=bool(policy.guarantees),
    )
    return Seating(desk, ranking, rows, seat, supply_rows, supply_seat, first_day)
