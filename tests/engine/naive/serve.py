"""Serve a party: within the ceilings, minding pins first if it has a need, and note what stood in its way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from backorder.engine.allocation.snapshot import NEVER, ON_HAND_ONLY

from .needs import admit_line, pin
from .shelf import Shelf, Steps, need_units
from .together import Asks, take_together, take_with_minimum
from .walk import days_of, take_by, walk
from .world import Line, Party, Supply


@dataclass
class Note:
    """What stood in the way of a line at its turn."""

    cut_by_ceiling: bool = False
    waits_for_companion: bool = False
    minimum_changed: bool = False
    inbound_was_free: bool = False
    needed_by_others: bool = False


@dataclass
class Service:
    shelf: Shelf
    notes: dict[Line, Note] = field(default_factory=dict)

    def serve(self, party: Party) -> None:
        """The last turn of a party: the walk for all that it still asks."""
        start_turn(self.shelf, party)
        asks, cut = limit_asks(self.shelf, party, {line: self.shelf.open(line) for line in party.lines})
        self.take_and_note(party, asks, cut)
        end_turn(self.shelf, party)

    def take_and_note(self, party: Party, asks: Asks, cut: set[Line]) -> None:
        """Take, and note what shaped it; a party that was served whole in the floors keeps that note."""
        before = self.shelf.copy()
        known = set(self.notes)
        changed = take(self.shelf, party, asks)
        before.mind_pins = self.shelf.mind_pins
        for line in party.lines:
            note = self.notes[line] = Note() if before.open(line) else self.notes.get(line, Note())
            note.cut_by_ceiling = line in cut
            if before.open(line):
                note.minimum_changed = changed
                note.waits_for_companion = party.together and could_ship_earlier(before, self.shelf, line)
            if before.open(line) or line not in known:
                look_around(self.shelf, line, note)

    def serve_floor(self, party: Party) -> None:
        """A turn in the floors: only what is left of them, and a party that cannot be split only as a whole."""
        asks = {line: self.shelf.open(line) for line in party.lines}
        if party.together or party.lines[0].minimum > 1:
            if not floors_hold(self.shelf, asks):
                return
        else:
            (line,) = party.lines
            asks[line] = min(asks[line], self.shelf.guarantees.floor_left(line, self.shelf.used()))
        if not any(asks.values()):
            return
        start_turn(self.shelf, party)
        asks, cut = limit_asks(self.shelf, party, asks)
        needs = open_needs(self.shelf, party)
        before = len(self.shelf.pieces)
        self.take_and_note(party, asks, cut)
        self.shelf.pieces[before:] = [replace(piece, how="floor") for piece in self.shelf.pieces[before:]]
        self.shelf.takers = frozenset()
        renew_needs(self.shelf, needs, before)


def floors_hold(shelf: Shelf, asks: Asks) -> bool:
    """Whether the floors of the lines hold all that they ask, one after another."""
    used = shelf.used()
    for line, units in asks.items():
        if shelf.guarantees.floor_left(line, used) < units:
            return False
        for group in shelf.guarantees.path[line]:
            used[group] = used.get(group, 0) + units
    return True


def open_needs(shelf: Shelf, party: Party) -> dict[Line, Steps]:
    return {line: shelf.needs[line] for line in party.lines if line in shelf.needs}


def start_turn(shelf: Shelf, party: Party) -> None:
    """Those who are served are bound by the needs and pins of others only; their own units are theirs."""
    shelf.takers = frozenset(party.lines)
    for line in party.lines:
        shelf.put_back(shelf.reserved.pop(line, []))


def end_turn(shelf: Shelf, party: Party) -> None:
    shelf.takers, shelf.mind_pins = frozenset(), False
    for line in party.lines:
        shelf.needs.pop(line, None)
        shelf.pins.pop(line, None)


def renew_needs(shelf: Shelf, needs: dict[Line, Steps], before: int) -> None:
    """After a turn in the floors a party is still owed what it did not get."""
    for line, steps in needs.items():
        got = [piece for piece in shelf.pieces[before:] if piece.line is line]
        left = [
            (day, units - sum(piece.units for piece in got if piece.ships <= day)) for day, units in steps
        ]
        shelf.needs.pop(line)
        admit_line(shelf, line, [step for step in left if step[1] > 0], whole=False)
        shelf.pins.pop(line, None)
        pin(shelf, line)


def limit_asks(shelf: Shelf, party: Party, asks: Asks) -> tuple[Asks, set[Line]]:
    """Cut asks to the room under the ceilings; a party that ships together is cut to nothing."""
    if not party.together:
        (line,) = party.lines
        room = shelf.room(line)
        return {line: min(asks[line], room)}, {line} if room < asks[line] else set()
    cut = {line for line in party.lines if asks[line] and not all_fit(shelf, asks, line)}
    return ({} if cut else asks), cut


def all_fit(shelf: Shelf, asks: Asks, line: Line) -> bool:
    """Whether the ceilings of the line's groups have room for all that its order asks in them."""
    used = shelf.used()
    for group in shelf.guarantees.path[line]:
        ceiling = shelf.guarantees.limits[group].ceiling
        members = shelf.guarantees.members[group]
        asked = sum(units for other, units in asks.items() if other in members)
        owed = sum(need_units(shelf.needs.get(other)) for other in members if other not in shelf.takers)
        if ceiling is not None and asked and asked > ceiling - used.get(group, 0) - owed:
            return False
    return True


def take(shelf: Shelf, party: Party, asks: Asks) -> bool:
    """Take what is asked: with a need first without the pinned units of others. True: the minimum changed it."""
    asks = {line: units for line, units in asks.items() if units}
    needs = open_needs(shelf, party)
    shelf.mind_pins = bool(needs)
    if not asks:
        return False
    if needs:
        trial = shelf.copy()
        changed = take_once(trial, party, asks)
        if all(is_met(trial, line, (needs[line], asks.get(line, 0)), len(shelf.pieces)) for line in needs):
            shelf.become(trial)
            return changed
        shelf.mind_pins = False
    return take_once(shelf, party, asks)


def is_met(shelf: Shelf, line: Line, need: tuple[Steps, int], before: int) -> bool:
    """Whether what was taken keeps a need, as far as it was asked."""
    steps, asked = need
    taken = [piece for piece in shelf.pieces[before:] if piece.line is line]
    return all(
        sum(piece.units for piece in taken if piece.ships <= day) >= min(units, asked) for day, units in steps
    )


def take_once(shelf: Shelf, party: Party, asks: Asks) -> bool:
    if party.together:
        take_together(shelf, party, asks, min(target_day(shelf, line) for line in asks))
        return False
    ((line, want),) = asks.items()
    if line.minimum > 1:
        return take_with_minimum(shelf, line, want, target_day(shelf, line))
    walk(shelf, line, want, target_day(shelf, line))
    return False


def target_day(shelf: Shelf, line: Line) -> int:
    """The day it is due; with a need, no later than its first day."""
    steps = shelf.needs.get(line)
    return min(line.due, steps[0][0]) if steps else line.due


# What stood in the way


def could_ship_earlier(before: Shelf, after: Shelf, line: Line) -> bool:
    """Whether a line that ships together could have had a unit earlier than it ships, or any if it has none."""
    had = len(before.of(line))
    if not before.open(line):
        return False
    ships = max((piece.ships for piece in after.of(line)[had:]), default=NEVER)
    return any(take_by(before.copy(), line, 1, day) for day in days_of(before, line) if day < ships)


def look_around(shelf: Shelf, line: Line, note: Note) -> None:
    """See what is left around a line that has just been served."""
    short = shelf.open(line) > 0
    for supply in shelf.world.supplies_of(line.item):
        if not shelf.world.serves(supply.place, line.place):
            continue
        is_there = shelf.physical(supply)
        if helps(shelf, line, supply) and shelf.spare(supply, is_there) < is_there:
            note.needed_by_others = True
        if short and line.commitment == ON_HAND_ONLY and supply.inbound and supply.ships <= line.needed_by:
            note.inbound_was_free = note.inbound_was_free or is_there > 0


def helps(shelf: Shelf, line: Line, supply: Supply) -> bool:
    """Whether units of a supply would have made the line whole or earlier."""
    return shelf.world.may_use(line, supply) and supply.ships < shelf.last_day(line)
