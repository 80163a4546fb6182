"""The facts as plain objects: places, supplies, lines, what a line may use, and when units ship."""

from __future__ import annotations

from dataclasses import dataclass, field

from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.snapshot import (
    ANYWHERE,
    COMPLETE,
    LINE_COMPLETE,
    LOCKED,
    NEVER,
    ON_HAND_ONLY,
    Snapshot,
)


@dataclass(eq=False)
class Supply:
    row: int
    item: int
    place: int
    inbound: bool
    quantity: int
    available: int
    ships: int
    order: tuple[int, ...]  # the order of supplies of an item


Row = tuple[Supply | None, int, int]  # supply (None: gone), item, quantity


@dataclass(eq=False)
class Batch:
    """What a line holds in the plan in force on one day: kits or units, and the rows that make them."""

    units: int
    day: int
    rows: list[Row]
    place: int


@dataclass(eq=False)
class Line:
    row: int
    order: int
    item: int
    place: int
    quantity: int
    ordered_on: int
    requested_on: int
    needed_by: int
    minimum: int  # of a shipment, at most the quantity
    commitment: int
    unit_price: int
    complete: bool  # it says that its order ships together
    alone_together: bool  # it says that it ships together by itself
    due: int
    promise: int  # the promise day, NEVER without
    current: list[Batch] = field(default_factory=list)
    segment: int = -1
    strategy: int = -1
    rank: int = 0
    party: Party = field(init=False)

    @property
    def locked(self) -> bool:
        return self.commitment == LOCKED

    @property
    def together(self) -> bool:
        return self.alone_together or self.party.complete


@dataclass(eq=False)
class Party:
    """Lines that are served at one time: the group of a complete order, or a single line."""

    lines: list[Line]
    complete: bool

    @property
    def together(self) -> bool:
        return any(line.together for line in self.lines)


class World:
    """Everything that does not change while the plan is made."""

    def __init__(self, snapshot: Snapshot, policy: Policy) -> None:
        self.snapshot, self.policy, self.as_of = snapshot, policy, snapshot.as_of
        self.parent = [int(row) for row in snapshot.locations.parent]
        self.place_rank = [int(rank) for rank in snapshot.locations.rank]
        self.closed = {
            (int(day), int(place))
            for day, place in zip(snapshot.closed.closed_on, snapshot.closed.location, strict=True)
        }
        self.kits: dict[int, list[tuple[int, int]]] = {}
        for kit, component, quantity in zip(*snapshot.kits.columns().values(), strict=True):
            self.kits.setdefault(int(kit), []).append((int(component), int(quantity)))
        self.supplies = [self.read_supply(row) for row in range(len(snapshot.supplies))]
        self.lines = [self.read_line(row) for row in range(len(snapshot.lines))]
        self.parties: list[Party] = []

    # Days

    def is_open(self, day: int, place: int) -> bool:
        return (day, ANYWHERE) not in self.closed and (day, place) not in self.closed

    def ship_day(self, available: int, place: int) -> int:
        """The first open day from then on, and `handling_days` further open days."""
        day = available
        while not self.is_open(day, place):
            day += 1
        for _ in range(self.policy.handling_days):
            day += 1
            while not self.is_open(day, place):
                day += 1
        return day

    def first_day(self, place: int) -> int:
        """The earliest day on which a unit that is there on as_of can ship from a place or its children."""
        places = [other for other in range(len(self.parent)) if self.serves(other, place)]
        return min((self.ship_day(self.as_of, other) for other in places), default=self.as_of)

    # Places

    def serves(self, other: int, place: int) -> bool:
        """Whether units at `other` may serve a line of `place`."""
        while other not in (place, ANYWHERE):
            other = self.parent[other]
        return place in (ANYWHERE, other)

    def depth(self, place: int) -> int:
        depth = 0
        while place != ANYWHERE:
            place, depth = self.parent[place], depth + 1
        return depth

    def places_in_order(self) -> list[int]:
        return sorted(range(len(self.parent)), key=lambda place: (self.place_rank[place], place))

    # Lines and supplies

    def read_supply(self, row: int) -> Supply:
        table = self.snapshot.supplies
        place, inbound = int(table.location[row]), bool(table.inbound[row])
        available = int(table.available_on[row]) if inbound else self.as_of
        if available < self.as_of:
            available = self.as_of + self.policy.overdue_arrives_in_days
        ships = self.ship_day(available, place)
        order = (ships, self.place_rank[place], place, int(inbound), row)
        quantity = int(table.quantity[row])
        return Supply(row, int(table.item[row]), place, inbound, quantity, available, ships, order)

    def read_line(self, row: int) -> Line:
        table = self.snapshot.lines
        place, quantity = int(table.location[row]), int(table.quantity[row])
        requested_on, promised_on = int(table.requested_on[row]), int(table.promised_on[row])
        first = self.first_day(place)
        return Line(
            row=row,
            order=int(table.order[row]),
            item=int(table.item[row]),
            place=place,
            quantity=quantity,
            ordered_on=int(table.ordered_on[row]),
            requested_on=requested_on,
            needed_by=int(table.needed_by[row]),
            minimum=min(int(table.minimum_quantity[row]), quantity),
            commitment=int(table.commitment[row]),
            unit_price=int(table.unit_price[row]),
            complete=int(table.ship_policy[row]) == COMPLETE,
            alone_together=int(table.ship_policy[row]) == LINE_COMPLETE,
            due=max(requested_on, first),
            promise=NEVER if promised_on == NEVER else max(promised_on, first),
        )

    def is_kit(self, line: Line) -> bool:
        return line.item in self.kits

    def may_use(self, line: Line, supply: Supply) -> bool:
        """Whether the line may use this supply, as far as place, needed_by and on_hand_only go."""
        return (
            self.serves(supply.place, line.place)
            and supply.ships <= line.needed_by
            and not (supply.inbound and line.commitment == ON_HAND_ONLY)
        )

    def supplies_of(self, item: int) -> list[Supply]:
        return sorted(
            (supply for supply in self.supplies if supply.item == item), key=lambda supply: supply.order
        )

    def items_in(self, item: int) -> set[int]:
        """An item and, of a kit, all that it may be made of."""
        found = {item}
        for component, _ in self.kits.get(item, []):
            found |= self.items_in(component)
        return found
