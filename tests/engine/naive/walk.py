"""How a line takes units: the walk, plain and of kits, and taking from the latest supplies by a day."""

from __future__ import annotations

from backorder.engine.allocation.snapshot import NEVER

from .shelf import Parts, Piece, Shelf
from .world import Line, Supply


def usable(shelf: Shelf, line: Line, item: int) -> list[Supply]:
    return [supply for supply in shelf.world.supplies_of(item) if shelf.world.may_use(line, supply)]


def days_of(shelf: Shelf, line: Line) -> list[int]:
    """The days on which something that the line may use ships."""
    return sorted(
        {supply.ships for item in shelf.world.items_in(line.item) for supply in usable(shelf, line, item)}
    )


def in_turn(
    shelf: Shelf, line: Line, supplies: list[Supply], *, latest: bool
) -> list[tuple[Supply, int | None]]:
    """Supplies day by day: within a day first the units that the line holds (so many), then all in their order."""
    turns: list[tuple[Supply, int | None]] = []
    for day in sorted({supply.ships for supply in supplies}, reverse=latest):
        of_day = sorted(
            (supply for supply in supplies if supply.ships == day), key=lambda supply: supply.order
        )
        turns.extend((supply, shelf.still_held(line, supply)) for supply in of_day)
        turns.extend((supply, None) for supply in of_day)
    return turns


def take_in_turn(shelf: Shelf, turns: list[tuple[Supply, int | None]], want: int) -> Parts:
    """Take safe units supply by supply until there are enough."""
    parts: Parts = []
    for supply, most in turns:
        units = shelf.spare(supply, want if most is None else min(want, most))
        if units:
            parts.append(shelf.take(supply, units))
            want -= units
    return parts


def pieces_of(line: Line, parts: Parts) -> list[Piece]:
    return [
        Piece(line, units, supply.ships, [(supply, units)], 0 if supply.inbound else units)
        for supply, units in parts
    ]


def walk(shelf: Shelf, line: Line, want: int, target: int, until: int = NEVER) -> None:
    """The walk of a line for so many units, from supplies that ship by `until`."""
    if shelf.world.is_kit(line):
        walk_kit(shelf, line, want, target, until)
        return
    supplies = [supply for supply in usable(shelf, line, line.item) if supply.ships <= until]
    if shelf.world.policy.peg == "earliest":
        turns = in_turn(shelf, line, supplies, latest=False)
    else:
        turns = in_turn(shelf, line, [supply for supply in supplies if supply.ships <= target], latest=True)
        turns += in_turn(shelf, line, [supply for supply in supplies if supply.ships > target], latest=False)
    shelf.add(pieces_of(line, take_in_turn(shelf, turns, want)))


def walk_kit(shelf: Shelf, line: Line, want: int, target: int, until: int) -> None:
    """In time: own supply, latest first, then assembly place by place. After that day by day."""
    days = days_of(shelf, line)
    if shelf.world.policy.peg == "latest_in_time":
        want -= take_kits_by(shelf, line, want, min(target, until))
        days = [day for day in days if day > target]
    for day in days:
        if day > until:
            break
        own = [supply for supply in usable(shelf, line, line.item) if supply.ships == day]
        pieces = pieces_of(line, take_in_turn(shelf, in_turn(shelf, line, own, latest=False), want))
        shelf.add(pieces)
        want -= sum(piece.units for piece in pieces)
        want -= assemble_everywhere(shelf, line, want, day)


def take_by(shelf: Shelf, line: Line, want: int, day: int) -> int:
    """Take up to so many units from the latest supplies that ship by a day."""
    if shelf.world.is_kit(line):
        return take_kits_by(shelf, line, want, day)
    supplies = [supply for supply in usable(shelf, line, line.item) if supply.ships <= day]
    pieces = pieces_of(line, take_in_turn(shelf, in_turn(shelf, line, supplies, latest=True), want))
    shelf.add(pieces)
    return sum(piece.units for piece in pieces)


def take_kits_by(shelf: Shelf, line: Line, want: int, day: int) -> int:
    own = [supply for supply in usable(shelf, line, line.item) if supply.ships <= day]
    pieces = pieces_of(line, take_in_turn(shelf, in_turn(shelf, line, own, latest=True), want))
    shelf.add(pieces)
    taken = sum(piece.units for piece in pieces)
    return taken + assemble_everywhere(shelf, line, want - taken, day)


def assemble_everywhere(shelf: Shelf, line: Line, want: int, day: int) -> int:
    """Assemble up to so many kits by a day, place by place."""
    taken = 0
    for place in shelf.world.places_in_order():
        if shelf.world.serves(place, line.place):
            taken += assemble(shelf, line, want - taken, (place, day))
    return taken


def assemble(shelf: Shelf, line: Line, most: int, at: tuple[int, int]) -> int:
    """Assemble as many kits as there are components for at one place by a day; they ship together."""
    best, made = None, 0
    for units in range(1, most + 1):
        trial = shelf.copy()
        parts = assemble_parts(trial, line, line.item, units, at)
        if parts is None:
            break
        ships = max(supply.ships for supply, _ in parts[0])
        trial.add([Piece(line, units, ships, parts[0], parts[1])])
        best, made = trial, units
    if best is not None:
        shelf.become(best)
    return made


def assemble_parts(
    shelf: Shelf, line: Line, item: int, units: int, at: tuple[int, int]
) -> tuple[Parts, int] | None:
    """The parts of so many assembled units, and how many of these count as on hand. None: too few components."""
    all_parts: Parts = []
    on_hand = units
    for component, each in shelf.world.kits[item]:
        found = take_component(shelf, line, component, units * each, at)
        if found is None:
            return None
        all_parts += found[0]
        on_hand = min(on_hand, found[1] // each)
    return all_parts, on_hand


def take_component(
    shelf: Shelf, line: Line, item: int, units: int, at: tuple[int, int]
) -> tuple[Parts, int] | None:
    """A component's own supply at the place first, latest first; what is missing is assembled, if it is a kit."""
    place, day = at
    supplies = [
        supply for supply in usable(shelf, line, item) if supply.place == place and supply.ships <= day
    ]
    parts = take_in_turn(shelf, in_turn(shelf, line, supplies, latest=True), units)
    on_hand = sum(amount for supply, amount in parts if not supply.inbound)
    missing = units - sum(amount for _, amount in parts)
    if missing:
        if item not in shelf.world.kits:
            return None
        below = assemble_parts(shelf, line, item, missing, at)
        if below is None:
            return None
        parts, on_hand = parts + below[0], on_hand + below[1]
    return parts, on_hand
