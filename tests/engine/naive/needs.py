"""What lines are owed before anyone gains, and how much of it can be kept at the same time."""

from __future__ import annotations

from collections.abc import Container

from backorder.engine.allocation.policy import FILL, GAIN, IMPROVE, LOSE, SKIP
from backorder.engine.allocation.snapshot import NEVER

from .current import current_by, current_units, make
from .shelf import Parts, Piece, Shelf, Steps, need_units, reserves_units
from .walk import days_of, walk
from .world import Batch, Line, Party, Row, Supply, World


def keeps_promise(world: World, line: Line, *, protected: bool) -> bool:
    """Whether the line's promise makes a need: `protected` asks it where `by_rank` does."""
    by_rank = protected and world.policy.keep == "by_rank" and line.strategy not in (GAIN, IMPROVE)
    return (
        line.promise != NEVER
        and line.strategy not in (SKIP, FILL, LOSE)
        and (world.policy.keep == "always" or by_rank)
    )


def owed(shelf: Shelf, party: Party, *, protected: bool) -> dict[Line, Steps]:
    """What each line of a party is owed, day by day, beyond what it holds already."""
    if party.together:
        return owed_together(shelf, party, protected=protected)
    (line,) = party.lines
    return {line: owed_alone(shelf, line, protected=protected)}


def owed_alone(shelf: Shelf, line: Line, *, protected: bool) -> Steps:
    """The larger of promise and current at each day, less what is held and ships by then."""
    promised = keeps_promise(shelf.world, line, protected=protected)
    gains = line.strategy in (GAIN, IMPROVE)
    promise = min(line.promise, line.needed_by)
    days = {min(batch.day, line.needed_by) for batch in line.current if gains}
    days |= {promise} if promised else set()
    if days and gains:  # what cannot be met by its day stays owed by each later one
        days |= {day for day in days_of(shelf, line) if day > min(days)}
    steps: Steps = []
    most = 0
    for day in sorted(days):
        has = current_by(line, NEVER if day == line.needed_by else day) if gains else 0
        due = max(has, line.quantity if promised and day >= promise else 0)
        most = max(most, min(due - shelf.units_by(line, day), shelf.open(line)))
        steps.append((day, most))
    return [step for step in steps if step[1] > 0]


def owed_together(shelf: Shelf, party: Party, *, protected: bool) -> dict[Line, Steps]:
    """All open units on one day: the earliest promise day, no later than a current that covers all ends."""
    days = [line.promise for line in party.lines if keeps_promise(shelf.world, line, protected=protected)]
    covered = all(current_units(line) == line.quantity for line in party.lines)
    if party.lines[0].strategy in (GAIN, IMPROVE) and covered:
        days.append(max(batch.day for line in party.lines for batch in line.current))
    if not days:
        return {}
    open_lines = [line for line in party.lines if shelf.open(line)]
    day = min([*days, *(line.needed_by for line in open_lines)])
    return {line: [(day, shelf.open(line))] for line in open_lines}


def admit_needs(shelf: Shelf, parties: list[Party]) -> None:
    """Admit the needs of all ranked lines, then pin the units of the plan in force that keep them."""
    for party in parties:
        if party.lines[0].rank:
            admit(shelf, party, owed(shelf, party, protected=False))
    for party in parties:
        for line in party.lines:
            pin(shelf, line)


def admit(shelf: Shelf, party: Party, steps: dict[Line, Steps]) -> None:
    """Admit what a party is owed as far as supply, place, ceilings and the needs before it allow."""
    if party.together:
        trial = shelf.copy()
        if all(
            admit_line(trial, line, steps[line], whole=True) for line in in_taking_order(shelf, party, steps)
        ):
            shelf.become(trial)
        return
    for line, owed in steps.items():
        admit_line(shelf, line, owed, whole=False)


def in_taking_order(shelf: Shelf, party: Party, steps: Container[Line]) -> list[Line]:
    """Narrowest place first, then in their own order."""
    lines = [line for line in party.lines if line in steps]
    return sorted(lines, key=lambda line: (-shelf.world.depth(line.place), party.lines.index(line)))


def admit_line(shelf: Shelf, line: Line, steps: Steps, *, whole: bool) -> bool:
    """Admit step by step as many units as can be, in all the minimum or nothing; `whole` asks for all of them."""
    if not steps:
        return True
    room = shelf.room(line)
    admitted: Steps = []
    parts: Parts = []
    for day, units in steps:
        has = need_units(admitted)
        more, found = most_more(shelf, line, (day, min(units, room), has), (admitted, parts))
        if more:
            admitted, parts = [*admitted, (day, has + more)], found
    if admitted and need_units(admitted) >= min(line.minimum, shelf.open(line)):
        shelf.needs[line] = admitted
        if reserves_units(shelf.world, line):
            shelf.reserved[line] = [shelf.take(supply, units) for supply, units in parts]
    return not whole or need_units(admitted) == steps[-1][1]


def most_more(
    shelf: Shelf, line: Line, step: tuple[int, int, int], so_far: tuple[Steps, Parts]
) -> tuple[int, Parts]:
    """How many units more than it has can be owed by a day; for kits and on_hand_only also which."""
    day, units, has = step
    admitted, parts = so_far
    if reserves_units(shelf.world, line):
        trial = shelf.copy()
        trial.add([Piece(line, 0, 0, [trial.take(*part) for part in parts], 0)])  # found for the days before
        found = find_units(trial, line, units - has, day)
        return sum(piece.units for piece in found), parts + [part for piece in found for part in piece.parts]
    more = max(units - has, 0)
    while more:
        trial = shelf.copy()
        trial.needs[line] = [*admitted, (day, has + more)]
        if trial.all_needs_hold(line.item):
            break
        more -= 1
    return more, []


def find_units(shelf: Shelf, line: Line, units: int, day: int) -> list[Piece]:
    """The very units for a need: those of current first, then as the walk would take them by that day."""
    before = len(shelf.pieces)
    for batch in line.current:
        units -= take_current_by(shelf, line, batch, (units, day))
    walk(shelf, line, max(units, 0), min(line.due, day), until=day)
    return shelf.pieces[before:]


def take_current_by(shelf: Shelf, line: Line, batch: Batch, most: tuple[int, int]) -> int:
    """Take units of a batch that the line holds in the plan in force and that still ship by a day."""
    for units in range(min(batch.units, most[0]), 0, -1):
        parts = find_parts(shelf, line, batch, (units, most[1]))
        if parts is not None:
            ships = max(supply.ships for supply, _ in parts)
            shelf.add([Piece(line, units, ships, [shelf.take(*part) for part in parts], 0)])
            return units
    return 0


def find_parts(shelf: Shelf, line: Line, batch: Batch, most: tuple[int, int]) -> Parts | None:
    """The rows that make so many units, if all of them are there, safe, and ship by a day."""
    units, day = most
    there: list[Row] = []
    for supply, item, quantity in batch.rows:
        if supply is not None and supply.ships <= day and shelf.world.may_use(line, supply):
            there.append((supply, item, shelf.spare(supply, min(quantity, shelf.still_held(line, supply)))))
    made = make(shelf.world, line.item, units, there)
    if made is None:
        return None
    trial = shelf.copy()
    parts: Parts = []
    for supply, _, quantity in made:
        if supply is None or trial.spare(supply, quantity) < quantity:
            return None
        parts.append(trial.take(supply, quantity))
    return parts


def pin(shelf: Shelf, line: Line) -> None:
    """Pin the units of current that keep the line's need, as long as they are there."""
    if line not in shelf.needs or reserves_units(shelf.world, line):
        return
    pins: dict[Supply, int] = {}
    before = 0
    for day, units in shelf.needs[line]:
        owed = units - before
        before = units
        for batch in line.current:
            for supply, _, quantity in batch.rows:
                if supply is None or supply.ships > day or not shelf.world.may_use(line, supply):
                    continue
                has = pins.get(supply, 0)
                free = shelf.left[supply.row] - sum(other.get(supply, 0) for other in shelf.pins.values())
                held = min(quantity, shelf.still_held(line, supply) - has)
                more = max(min(free - has, held, owed), 0)
                pins[supply] = has + more
                owed -= more
    shelf.pins[line] = pins
