"""What is left of each supply while the plan is made, and what must stay there for lines not yet served."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from backorder.engine.allocation.snapshot import NEVER, ON_HAND_ONLY

from .current import held_on
from .flow import can_meet
from .guarantees import Group, Guarantees
from .world import Batch, Line, Supply, World

Parts = list[tuple[Supply, int]]
Steps = list[tuple[int, int]]  # by this day so many units, days and units rising


@dataclass
class Piece:
    """Units of a line that were taken together and ship together."""

    line: Line
    units: int
    ships: int
    parts: Parts
    on_hand: int
    how: str = "walk"  # or locked, skip, frozen, firm, floor
    batch: Batch | None = None  # of held units


@dataclass
class Shelf:
    world: World
    guarantees: Guarantees
    left: dict[int, int]
    pieces: list[Piece] = field(default_factory=list)
    needs: dict[Line, Steps] = field(default_factory=dict)
    reserved: dict[Line, Parts] = field(
        default_factory=dict
    )  # very units set aside for a need, not in `left`
    pins: dict[Line, dict[Supply, int]] = field(default_factory=dict)
    takers: frozenset[Line] = frozenset()  # who is being served: their own needs and pins bind nobody
    mind_pins: bool = False

    def copy(self) -> Shelf:
        return Shelf(
            self.world,
            self.guarantees,
            dict(self.left),
            list(self.pieces),
            dict(self.needs),
            dict(self.reserved),
            {line: dict(pins) for line, pins in self.pins.items()},
            self.takers,
            self.mind_pins,
        )

    def become(self, other: Shelf) -> None:
        """Take over what a copy of this shelf came to."""
        self.left, self.pieces, self.needs = other.left, other.pieces, other.needs
        self.reserved, self.pins = other.reserved, other.pins

    # Safe units

    def spare(self, supply: Supply, want: int) -> int:
        """Units of a supply that those who are being served may take: at most `want`, and only safe ones."""
        units = min(want, self.left[supply.row] - (self.pinned_to_others(supply) if self.mind_pins else 0))
        while units > 0 and not self.is_safe(supply, units):
            units -= 1
        return max(units, 0)

    def pinned_to_others(self, supply: Supply) -> int:
        return sum(pins.get(supply, 0) for line, pins in self.pins.items() if line not in self.takers)

    def is_safe(self, supply: Supply, units: int) -> bool:
        """Whether all needs of lines not yet served can be met when so many units of a supply are gone."""
        left = {
            other.row: self.left[other.row] - (units if other is supply else 0)
            for other in self.world.supplies
            if other.item == supply.item
        }
        return can_meet(self.demands(supply.item), left)

    def demands(self, item: int) -> list[tuple[int, list[int]]]:
        """What the needs for an item ask: for each step of each line, so many more units of these supplies."""
        demands = []
        for line, steps in self.needs.items():
            if line.item != item or line in self.takers or reserves_units(self.world, line):
                continue
            before = 0
            for day, units in steps:
                supplies = [
                    supply.row
                    for supply in self.world.supplies
                    if supply.item == item and supply.ships <= day and self.world.may_use(line, supply)
                ]
                if units > before:
                    demands.append((units - before, supplies))
                before = max(before, units)
        return demands

    def all_needs_hold(self, item: int) -> bool:
        left = {supply.row: self.left[supply.row] for supply in self.world.supplies if supply.item == item}
        return can_meet(self.demands(item), left)

    # What lines have got

    def of(self, line: Line) -> list[Piece]:
        return [piece for piece in self.pieces if piece.line is line]

    def units(self, line: Line) -> int:
        return sum(piece.units for piece in self.of(line))

    def units_by(self, line: Line, day: int) -> int:
        return sum(piece.units for piece in self.of(line) if piece.ships <= day)

    def open(self, line: Line) -> int:
        return line.quantity - self.units(line)

    def last_day(self, line: Line) -> int:
        """The day when the last unit ships, NEVER while the line is short."""
        if self.open(line):
            return NEVER
        return max(piece.ships for piece in self.of(line))

    def still_held(self, line: Line, supply: Supply) -> int:
        """Units of a supply that the line held before and has not taken yet."""
        taken = sum(units for piece in self.of(line) for other, units in piece.parts if other is supply)
        return max(held_on(line, supply) - taken, 0)

    def used(self) -> dict[Group, int]:
        """What each group of the guarantees has got."""
        used: dict[Group, int] = {}
        for piece in self.pieces:
            for group in self.guarantees.path[piece.line]:
                used[group] = used.get(group, 0) + piece.units
        return used

    def room(self, line: Line) -> int:
        """How many more units the ceilings of the line's groups allow, the open needs of others counted."""
        used = self.used()
        rooms = [line.quantity]
        for group in self.guarantees.path[line]:
            ceiling = self.guarantees.limits[group].ceiling
            if ceiling is not None:
                owed = sum(
                    need_units(self.needs.get(other))
                    for other in self.guarantees.members[group]
                    if other is not line and other not in self.takers
                )
                rooms.append(ceiling - used.get(group, 0) - owed)
        return max(min(rooms), 0)

    # Taking

    def take(self, supply: Supply, units: int) -> tuple[Supply, int]:
        assert units <= self.left[supply.row], "a supply gives no more than it has"
        self.left[supply.row] -= units
        return supply, units

    def add(self, pieces: Iterable[Piece]) -> None:
        self.pieces.extend(pieces)

    def put_back(self, parts: Parts) -> None:
        for supply, units in parts:
            self.left[supply.row] += units

    def physical(self, supply: Supply) -> int:
        """Units that nobody has got, set aside or not."""
        aside = sum(units for parts in self.reserved.values() for other, units in parts if other is supply)
        return self.left[supply.row] + aside


def reserves_units(world: World, line: Line) -> bool:
    """Whether a need of the line is kept as very units, not as a count."""
    return world.is_kit(line) or line.commitment == ON_HAND_ONLY


def need_units(steps: Steps | None) -> int:
    return steps[-1][1] if steps else 0
