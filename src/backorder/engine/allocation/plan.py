"""What a decision is: for each line what covers it, when, and why; and what changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from backorder.engine.tables import Codes, Days, Flags, Ints, Small, Table


class Reason(IntEnum):
    """Why a line has what it has, or a change came. The order is that of the reference, not a severity."""

    ON_HAND = 0
    INBOUND = 1
    AFTER_HIGHER_RANK = 2
    NO_SUPPLY = 3
    NOT_BEFORE_NEEDED_BY = 4
    WAITS_FOR_COMPANION = 5
    KIT_COMPONENT = 6
    MINIMUM_QUANTITY = 7
    FLOOR_OF_OTHERS = 8
    CEILING = 9
    PROMISE_OF_OTHERS = 10
    FROZEN = 11
    COMMITTED = 12
    STRATEGY = 13
    SUPPLY_CHANGED = 14
    CHURN_CAP = 15


CHANGES = ("gained", "lost", "earlier", "later")
GAINED, LOST, EARLIER, LATER = range(4)
CAPS = ("max_lines_worsened", "max_notices")
FIRST_CAP = 100
"""Exceptions.strategy of the first cap: caps are FIRST_CAP + position in CAPS."""


@dataclass(frozen=True, eq=False)
class Outcomes(Table):
    """A row for each row of Lines."""

    rank: Ints  # from 1; 0 for skip and locked
    segment: Small  # position in Policy.segments, -1 none
    strategy: Small  # position in STRATEGIES
    allocated_on_hand: Ints
    allocated_inbound: Ints
    unallocated: Ints
    first_ships_on: Days  # NEVER if nothing is allocated
    promised_on: Days  # the day when the last unit can ship; NEVER if a unit has no supply
    in_time: Flags
    units_ahead: Ints
    lines_ahead: Ints
    reason: Small  # a Reason


@dataclass(frozen=True, eq=False)
class Pegs(Table):
    """Units of a line on a supply, sorted by line, ships_on, and the output's order of supplies."""

    line: Codes
    supply: Codes
    quantity: Ints  # of the supply's item: for a kit line perhaps a component
    ships_on: Days


@dataclass(frozen=True, eq=False)
class Shortages(Table):
    """What no known supply covers, per item and place asked, sorted by item and place."""

    item: Codes
    location: Codes  # ANYWHERE: no place was asked
    units: Ints
    lines: Ints
    first_requested_on: Days
    value: Ints  # millionths


@dataclass(frozen=True, eq=False)
class Changes(Table):
    """A row for each line of the plan in force that changed, sorted by line."""

    line: Codes
    change: Small  # position in CHANGES
    from_quantity: Ints
    to_quantity: Ints
    from_date: Days
    to_date: Days  # NEVER if nothing is allocated
    reason: Small
    lent_to: Codes  # row of Lines, -1 nobody
    tell_customer: Flags


@dataclass(frozen=True, eq=False)
class Offers(Table):
    """Free units of substitutes, sorted by line, then kind, substitute, location, day."""

    line: Codes
    kind: Codes
    substitute: Codes
    location: Codes
    quantity: Ints
    available_on: Days


@dataclass(frozen=True, eq=False)
class Exceptions(Table):
    """What the policy wants a person to look at, sorted by line; caps come first."""

    line: Codes  # -1 for a cap
    strategy: Small  # position in STRATEGIES, or FIRST_CAP + position in CAPS
    wanted: Ints
    got: Ints
    reason: Small


@dataclass(frozen=True, eq=False)
class Companions(Table):
    """What each line of a complete order told the others of its order, so that an item can be decided again alone.

    Sorted by line. An order that is `tight` said more than this to its lines: they can only be decided all at once.
    """

    line: Codes
    whole: Flags  # all that it is owed could be admitted
    pins: Flags  # units of its item were pinned when its turn came
    ready_on: Days  # the first day by which it could be covered whole; NEVER: none
    last_on: Days  # the latest day of its units before they wait for the others; -NEVER: it took none
    tight: Flags


@dataclass(frozen=True, eq=False)
class Plan:
    """A decision, as tables."""

    lines: Outcomes
    pegs: Pegs
    shortages: Shortages
    changes: Changes
    offers: Offers
    exceptions: Exceptions
    companions: Companions
    free: Ints  # units of each row of Supplies that nobody got

    def hash(self) -> str:
        """Name the decision: equal facts and policy give the same text on every machine (law L7)."""
        digest = hashlib.sha256()
        for table in (self.lines, self.pegs, self.changes, self.offers, self.exceptions):
            for name, column in table.columns().items():
                digest.update(name.encode())
                digest.update(np.ascontiguousarray(column, column.dtype.newbyteorder("<")).data)
        return digest.hexdigest()
