"""From the day a unit is there to the day it ships: calendars and handling days."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.places import Places
from backorder.engine.allocation.snapshot import ANYWHERE, LONG, NEVER, ClosedDays, Snapshot


def ship_days(
    available: NDArray[Any], location: NDArray[Any], closed: ClosedDays, handling_days: int
) -> NDArray[np.int32]:
    """Find the first open day from each available day, plus so many further open days; by location."""
    day = available.astype(np.int64)
    if len(closed) == 0:
        return (day + handling_days).astype(np.int32)
    keys = np.unique(closed.location.astype(np.int64) * LONG + closed.closed_on)
    place = location.astype(np.int64)
    skip_closed(day, place, keys)
    for _ in range(handling_days):
        day += 1
        skip_closed(day, place, keys)
    return day.astype(np.int32)


def skip_closed(day: NDArray[np.int64], place: NDArray[np.int64], keys: NDArray[np.int64]) -> None:
    """Move days that are closed on to the next open one, in place."""
    moving = np.arange(len(day))
    while len(moving):
        shut = np.isin(place[moving] * LONG + day[moving], keys) | np.isin(
            ANYWHERE * LONG + day[moving], keys
        )
        moving = moving[shut]
        day[moving] += 1


def available_days(snapshot: Snapshot, policy: Policy) -> NDArray[np.int64]:
    """Name the day from which each supply counts: overdue inbound some days after as_of."""
    overdue = snapshot.supplies.inbound & (snapshot.supplies.available_on < snapshot.as_of)
    arrives = snapshot.as_of + policy.overdue_arrives_in_days
    return np.where(overdue, arrives, snapshot.supplies.available_on).astype(np.int64)


def first_days(snapshot: Snapshot, policy: Policy, places: Places) -> NDArray[np.int64]:
    """Find the first day on which a unit can ship from each place or its children; the last entry is for "anywhere"."""
    count = len(snapshot.locations)
    own = ship_days(
        np.full(count + 1, snapshot.as_of),
        np.append(np.arange(count), ANYWHERE),
        snapshot.closed,
        policy.handling_days,
    ).astype(np.int64)
    first = own.copy()
    if count:
        first[count] = NEVER
    for location in places.children_first:
        above = snapshot.locations.parent[location]  # ANYWHERE is -1: the last entry
        first[above] = min(first[above], first[location])
    return first
