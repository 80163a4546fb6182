"""The facts that a decision is made from, as columns. Nothing here decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from backorder.engine.tables import NEVER, Codes, Days, Flags, Ints, Small, Table, TableError, refuse

MILLION = 1_000_000
LONG = 1 << 20  # more than there are days between 1900 and 2200
ANYWHERE = -1
GONE = -1

SHIP_POLICIES = ("as_ready", "complete", "line_complete")
AS_READY, COMPLETE, LINE_COMPLETE = range(3)
COMMITMENTS = ("on_hand_only", "soft", "reserved", "firm", "locked")
ON_HAND_ONLY, SOFT, RESERVED, FIRM, LOCKED = range(5)


@dataclass(frozen=True, eq=False)
class Lines(Table):
    """Open order lines, a row each, sorted by order and line: the row number is the last tie-break of every rank.

    Days count from 1970-01-01, NEVER is blank. Instants are microseconds UTC. Prices are millionths.
    """

    order: Codes  # equal for the lines of one order
    item: Codes  # 0 … items - 1, numbered in the order of sku
    location: Codes  # row of Locations, or ANYWHERE
    quantity: Ints  # units still to ship, above 0; a kit line: kits
    ordered_at: Ints
    ordered_on: Days  # the day that the text of ordered_at shows
    requested_on: Days
    needed_by: Days
    priority: Ints
    unit_price: Ints
    ship_policy: Small  # position in SHIP_POLICIES
    minimum_quantity: Ints  # at least 1
    commitment: Small  # position in COMMITMENTS
    promised_on: Days


@dataclass(frozen=True, eq=False)
class Supplies(Table):
    """Sellable on hand and inbound lines: on hand rows first, then inbound sorted by inbound and line."""

    item: Codes
    location: Codes  # row of Locations
    inbound: Flags  # false: on hand
    quantity: Ints  # at least 0
    available_on: Days  # on hand: as_of; inbound: expected_on, which may have passed
    position: Codes  # place in the output's order: location, inbound, inbound line, sku


@dataclass(frozen=True, eq=False)
class Locations(Table):
    """Places, sorted by name, in a forest."""

    parent: Codes  # row of Locations, or ANYWHERE
    rank: Ints  # lower is used first; NEVER: none given


@dataclass(frozen=True, eq=False)
class Kits(Table):
    """Components of a kit, sorted by kit and component."""

    kit: Codes
    component: Codes
    quantity: Ints  # of the component in one kit, above 0


@dataclass(frozen=True, eq=False)
class Substitutes(Table):
    """What could be offered in the place of an item, sorted by item, substitute, kind."""

    item: Codes
    substitute: Codes
    kind: Codes  # a number that the caller can read back
    ratio: Ints  # units of the substitute for one of the item, in millionths, above 0


@dataclass(frozen=True, eq=False)
class Current(Table):
    """The plan in force: pegs of open lines, sorted by line, then as pegs are."""

    line: Codes  # row of Lines
    supply: Codes  # row of Supplies, or GONE
    item: Codes  # the item of the units: for a kit line perhaps a component
    location: Codes  # row of Locations, or ANYWHERE if the location itself is gone
    quantity: Ints  # above 0
    ships_on: Days


@dataclass(frozen=True, eq=False)
class ClosedDays(Table):
    """Days on which a location ships nothing."""

    closed_on: Days
    location: Codes  # row of Locations, or ANYWHERE: all


Kind = Literal["text", "number", "money", "day", "instant", "flag"]


@dataclass(frozen=True, eq=False)
class Attribute:
    """One column of orders or items that the policy mentions, a value for each line.

    kind text: positions in `labels`, which are sorted; money: millionths; day and instant as in Lines; flag: 0 or 1.
    """

    kind: Kind
    values: Ints
    labels: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All the facts of one decision. Raises TableError if they contradict one another."""

    as_of: int  # a day number
    items: int  # how many there are
    lines: Lines
    supplies: Supplies
    locations: Locations = field(default_factory=Locations.empty)
    kits: Kits = field(default_factory=Kits.empty)
    substitutes: Substitutes = field(default_factory=Substitutes.empty)
    current: Current = field(default_factory=Current.empty)
    closed: ClosedDays = field(default_factory=ClosedDays.empty)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse rows that point nowhere, quantities out of range and circles."""
        lines, supplies, current = self.lines, self.supplies, self.current
        places = len(self.locations)
        table: Table
        for table in (lines, supplies, self.kits, self.substitutes, current):
            for name, column in table.columns().items():
                if name in {"item", "kit", "component", "substitute"}:
                    refuse(
                        table, name, (column < 0) | (column >= self.items), f"there are {self.items} items"
                    )
        for table, lowest in ((lines, ANYWHERE), (supplies, 0), (current, ANYWHERE), (self.closed, ANYWHERE)):
            column = table.columns()["location"]
            refuse(table, "location", (column < lowest) | (column >= places), f"there are {places} locations")
        refuse(lines, "quantity", lines.quantity <= 0, "must be above 0")
        refuse(lines, "minimum_quantity", lines.minimum_quantity <= 0, "must be above 0")
        refuse(lines, "order", np.diff(lines.order, prepend=lines.order[:1]) < 0, "lines are sorted by order")
        refuse(supplies, "quantity", supplies.quantity < 0, "must not be negative")
        refuse(supplies, "available_on", np.abs(supplies.available_on.astype(np.int64)) > LONG, "no such day")
        refuse(
            supplies,
            "inbound",
            np.diff(supplies.inbound.view(np.int8), prepend=np.int8(0)) < 0,
            "on hand first",
        )
        refuse(self.kits, "quantity", self.kits.quantity <= 0, "must be above 0")
        refuse(current, "quantity", current.quantity <= 0, "must be above 0")
        refuse(
            current,
            "line",
            (current.line < 0) | (current.line >= len(lines)),
            f"there are {len(lines)} lines",
        )
        refuse(
            current, "supply", (current.supply < GONE) | (current.supply >= len(supplies)), "no such supply"
        )
        refuse_circles(self.locations.parent, "location")
        refuse_kit_circles(self.kits, self.items)
        for name, attribute in self.attributes.items():
            if len(attribute.values) != len(lines):
                message = f"attribute {name} has {len(attribute.values)} values for {len(lines)} lines"
                raise TableError(message)


def refuse_circles(parent: Codes, name: str) -> None:
    """Raise TableError if following parents from some row comes back to it."""
    at = np.array(parent)
    for _ in range(len(parent)):
        if (at < 0).all():
            return
        at = np.where(at < 0, -1, parent[at])
    if (at >= 0).any():
        message = f"{name} {int(np.argmax(at >= 0))} is its own ancestor"
        raise TableError(message)


def refuse_kit_circles(kits: Kits, items: int) -> None:
    """Raise TableError if a kit contains itself, however deep."""
    waiting = np.bincount(kits.kit, minlength=items)
    open_rows = np.ones(len(kits), bool)
    while open_rows.any():
        done = open_rows & (waiting[kits.component] == 0)
        if not done.any():
            message = f"kit {int(kits.kit[open_rows][0])} contains itself"
            raise TableError(message)
        np.subtract.at(waiting, kits.kit[done], 1)
        open_rows &= ~done


__all__ = [
    "ANYWHERE",
    "AS_READY",
    "COMMITMENTS",
    "COMPLETE",
    "FIRM",
    "GONE",
    "LINE_COMPLETE",
    "LOCKED",
    "LONG",
    "MILLION",
    "NEVER",
    "ON_HAND_ONLY",
    "RESERVED",
    "SHIP_POLICIES",
    "SOFT",
    "Attribute",
    "ClosedDays",
    "Current",
    "Kits",
    "Lines",
    "Locations",
    "Snapshot",
    "Substitutes",
    "Supplies",
]
