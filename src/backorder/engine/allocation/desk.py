"""The desk on which a decision is worked out: the facts in order of service, as records that the kernels read and write.

A record holds what is known of one thing side by side, so that a step touches one place in memory. Nothing here decides.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backorder.engine.by_address import by_address

Records = Any  # np.recarray; field access is checked by the tests, not by types

LINE = np.dtype(
    [
        ("quantity", "i8"),
        ("left", "i8"),  # not yet covered, held or given up
        ("minimum", "i8"),
        ("rank", "i8"),  # 0: not ranked
        ("row", "i4"),  # of Snapshot.lines
        ("of_item", "i4"),
        ("place", "i4"),  # row of Locations, -1 anywhere
        ("place_in", "i4"),  # a location is inside the place if place_in <= its tour < place_out
        ("place_out", "i4"),
        ("depth", "i4"),
        ("due", "i4"),
        ("by", "i4"),  # needed_by
        ("promise", "i4"),  # promise day, NEVER none
        ("order", "i4"),  # of a complete order, else -1
        ("cell", "i4"),  # of the innermost guarantee, else -1
        ("current_first", "i4"),
        ("current_last", "i4"),
        ("need_first", "i4"),
        ("need_last", "i4"),
        ("reserved_first", "i4"),
        ("reserved_last", "i4"),
        ("node", "i4"),  # where its need stands in the item's tree
        ("companion", "i4"),  # of a complete order: its record among the companions, else -1
        ("blocked_on", "i4"),  # earliest day of a free unit it had to leave for others
        ("could_on", "i4"),  # ships together: the first day on which any of its units could
        ("strategy", "i1"),
        ("segment", "i1"),
        ("commitment", "i1"),
        ("on_hand_only", "i1"),
        ("line_complete", "i1"),
        ("kit", "i1"),
        ("elsewhere", "i1"),  # its item is decided elsewhere: what it tells its order is known
        ("stopped", "i1"),  # what cut its last turn: a bit set of STOPPED_*
    ],
    align=True,
)
STOPPED_CEILING, STOPPED_COMPANION, STOPPED_MINIMUM, STOPPED_INBOUND = 1, 2, 4, 8

SUPPLY = np.dtype(
    [
        ("quantity", "i8"),
        ("free", "i8"),
        ("pinned", "i8"),
        ("aside", "i8"),  # not free: set aside for kits and on_hand_only lines whose turn has not come
        ("of_item", "i4"),
        ("day", "i4"),  # ships_on
        ("tour", "i4"),
        ("location", "i4"),
        ("group", "i4"),  # the item's how-manieth ship day
        ("group_first", "i4"),  # supplies with the same day
        ("group_last", "i4"),
        ("node", "i4"),
        ("row", "i4"),  # of Snapshot.supplies
        ("inbound", "i1"),
    ],
    align=True,
)

ITEM = np.dtype(
    [
        ("first", "i4"),  # its supplies
        ("last", "i4"),
        ("live", "i4"),  # no supply before this one has a free unit
        ("groups", "i4"),
        ("bill_first", "i4"),  # a kit: its components
        ("bill_last", "i4"),
        ("node_first", "i4"),  # the tree of places that needs name; the first is "anywhere"
        ("node_last", "i4"),
        ("owed", "i1"),  # some line has a need
        ("has_pins", "i1"),
    ],
    align=True,
)

CURRENT = np.dtype(
    [
        ("quantity", "i8"),  # of the supply's item
        ("left", "i8"),  # of it, not yet kept by its line
        ("units", "i8"),  # units of the line that this row completes
        ("held", "i8"),  # of these, held
        ("pinned", "i8"),
        ("held_on", "i4"),  # the day on which those ship
        ("supply", "i4"),  # -1: gone
        ("day", "i4"),
        ("batch", "i4"),  # equal for what ships from one place on one day
        ("of_item", "i4"),
        ("line", "i4"),
    ],
    align=True,
)
NEED = np.dtype(
    [
        ("wanted", "i8"),  # cumulated
        ("admitted", "i8"),  # of it by this day and not by an earlier one
        ("owed", "i8"),  # what was admitted, once its turn has come
        ("day", "i4"),
        ("group", "i4"),
    ],
    align=True,
)
CELL = np.dtype(
    [
        ("floor", "i8"),  # granted after shrinking
        ("used", "i8"),
        ("reserved", "i8"),
        ("ceiling", "i8"),
        ("children", "i8"),  # what is left of the floors of its children
        ("parent", "i8"),
    ],
    align=True,
)
NO_CEILING = 2**62
NODE = np.dtype([("place", "i8"), ("parent", "i8"), ("slack", "i8")], align=True)
COMPANION = np.dtype(
    [
        ("ready_on", "i4"),
        ("last_on", "i4"),
        ("whole", "i1"),
        ("pins", "i1"),
        ("tight", "i1"),
    ],
    align=True,
)
BILL = np.dtype(
    [
        ("quantity", "i8"),
        ("of_item", "i8"),
        ("parent", "i8"),
        ("end", "i8"),
        ("same", "i8"),  # the kit's first part of this item: an item may be a part twice
    ],
    align=True,
)
PART = np.dtype(
    [
        ("there", "i8"),  # units of the item
        ("left", "i8"),
        ("taken", "i8"),  # as they are
        ("assembled", "i8"),
        ("on_hand", "i8"),
    ],
    align=True,
)
TAKE = np.dtype(
    [
        ("quantity", "i8"),
        ("units", "i8"),  # units of the line that this row completes
        ("hand_units", "i8"),  # of these, on hand
        ("line", "i4"),
        ("supply", "i4"),
        ("day", "i4"),
        ("current", "i4"),  # the row of current that it keeps, else -1
        ("how", "i1"),
    ],
    align=True,
)
OUTCOME = np.dtype(
    [
        ("units", "i8"),
        ("hand_units", "i8"),  # of these, on hand
        ("units_in_time", "i8"),
        ("units_ahead", "i8"),  # asked by better ranks where the line may take
        ("missing", "i8"),
        ("rank", "i4"),  # of the line, as are segment and strategy: who lists outcomes looks at nothing else
        ("lines_ahead", "i4"),
        ("first_day", "i4"),  # NEVER if nothing
        ("last_day", "i4"),  # -NEVER if nothing
        ("segment", "i1"),
        ("strategy", "i1"),
        ("reason", "i1"),  # a plan.Reason
    ],
    align=True,
)
WALKED, IN_FLOOR, SHARED, FROZEN_UNITS, COMMITTED_UNITS = range(5)


@by_address
class Desk(NamedTuple):
    """All records and the few numbers that the kernels share."""

    lines: Records  # LINE, in order of service
    supplies: Records  # SUPPLY, by item in the order of supplies
    items: Records  # ITEM
    companions: Records  # COMPANION, by line; plan.Companions tells what they mean
    current: Records  # CURRENT, by line
    needs: Records  # NEED, by line
    cells: Records  # CELL, parents before children
    nodes: Records  # NODE, by item
    slack: NDArray[np.int64]  # by node and group: units that may still be taken by that day
    by_day: NDArray[np.int64]  # room to work in, as long as the longest list of groups
    bills: Records  # BILL, by kit, parents before children
    parts: Records  # PART, room to work in, as long as the longest bill
    takes: Records  # TAKE: what was taken, in order
    outcomes: Records  # OUTCOME, by line: what came of it
    reservations: Records  # TAKE: what kits and on_hand_only lines are owed
    parent: NDArray[np.int32]  # of each location
    by_rank: NDArray[np.int32]  # locations in the order in which they are used
    tour: NDArray[np.int32]  # of each location
    counts: NDArray[np.int64]  # COUNT_*
    latest: bool  # policy.peg is latest_in_time
    guarded: bool  # the policy has guarantees, whether or not a line here stands in one


COUNT_TAKES, COUNT_RESERVATIONS, COUNT_NEEDS, COUNT_BLOCKED_ON, COUNT_FULL = range(5)


def records(length: int, dtype: np.dtype[Any]) -> Records:
    """Make zeroed records."""
    return np.zeros(length, dtype).view(np.recarray)
