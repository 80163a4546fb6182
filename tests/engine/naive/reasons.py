"""Why a line is late or short: the first reason of the reference that is true."""

from __future__ import annotations

from backorder.engine.allocation.plan import Reason
from backorder.engine.allocation.policy import FAIR_SHARE, FILL, LOSE, SKIP
from backorder.engine.allocation.snapshot import NEVER, ON_HAND_ONLY

from .serve import Note, Service, helps, take_once
from .shelf import Piece, Shelf
from .world import Line, Party, Supply


def find_reason(service: Service, line: Line) -> Reason:
    shelf = service.shelf
    if is_in_time(shelf, line):
        on_hand = sum(piece.on_hand for piece in shelf.of(line))
        return Reason.ON_HAND if on_hand == line.quantity else Reason.INBOUND
    if line.locked:
        return Reason.COMMITTED
    if line.strategy in (SKIP, FILL, LOSE):
        return Reason.STRATEGY
    return find_at_turn(service.notes[line], service, line) or find_among_others(shelf, line)


def is_in_time(shelf: Shelf, line: Line) -> bool:
    return shelf.last_day(line) <= line.due


def find_at_turn(note: Note, service: Service, line: Line) -> Reason | None:
    """The reasons that were seen when the line was served."""
    if note.cut_by_ceiling:
        return Reason.CEILING
    if note.waits_for_companion:
        return Reason.WAITS_FOR_COMPANION
    if note.minimum_changed:
        return Reason.MINIMUM_QUANTITY
    if service.shelf.world.is_kit(line):
        return Reason.KIT_COMPONENT
    if note.inbound_was_free:
        return Reason.COMMITTED
    held = [piece for piece in service.shelf.of(line) if piece.batch is not None]
    if (
        held
        and max(piece.ships for piece in held) == service.shelf.last_day(line)
        and was_passed_by(service, line)
    ):
        return Reason.FROZEN if held[0].how == "frozen" else Reason.COMMITTED
    if note.needed_by_others:
        return Reason.PROMISE_OF_OTHERS
    taken_by = [
        piece
        for piece in service.shelf.pieces
        if piece.line is not line and any(is_wanted(service.shelf, line, supply) for supply, _ in piece.parts)
    ]
    lower = [piece for piece in taken_by if piece.line.rank > line.rank]
    kept = [piece for piece in taken_by if piece in lower or piece.line.rank == 0]
    if any(piece.how == "floor" for piece in lower):
        return Reason.FLOOR_OF_OTHERS
    if any(piece.how == "frozen" for piece in kept):
        return Reason.FROZEN
    if any(piece.how in ("firm", "locked", "skip") for piece in kept):
        return Reason.COMMITTED
    if line.strategy == FAIR_SHARE and lower:
        return Reason.STRATEGY
    return None


def was_passed_by(service: Service, line: Line) -> bool:
    """Whether a unit that would have helped is left free, or went to a line that ranks after this one."""
    shelf = service.shelf
    got = [supply for piece in shelf.pieces if piece.line.rank > line.rank for supply, _ in piece.parts]
    return any(
        is_wanted(shelf, line, supply) and (shelf.left[supply.row] > 0 or supply in got)
        for supply in shelf.world.supplies
    )


def is_wanted(shelf: Shelf, line: Line, supply: Supply) -> bool:
    return supply.item == line.item and helps(shelf, line, supply)


def find_among_others(shelf: Shelf, line: Line) -> Reason:
    alone = last_day_alone(shelf, line)
    if shelf.open(line) and alone == NEVER and more_comes_later(shelf, line):
        return Reason.NOT_BEFORE_NEEDED_BY
    if alone < shelf.last_day(line):
        return Reason.AFTER_HIGHER_RANK
    return Reason.NO_SUPPLY if shelf.open(line) else Reason.INBOUND


def more_comes_later(shelf: Shelf, line: Line) -> bool:
    """Whether units ship after needed_by that the line could use otherwise."""
    return any(
        supply.quantity
        and supply.ships > line.needed_by
        and shelf.world.serves(supply.place, line.place)
        and not (supply.inbound and line.commitment == ON_HAND_ONLY)
        for supply in shelf.world.supplies_of(line.item)
    )


def last_day_alone(shelf: Shelf, line: Line) -> int:
    """The day when the line would be covered whole if nobody else asked; what it holds and could not take again stays."""
    alone = Shelf(
        shelf.world, shelf.guarantees, {supply.row: supply.quantity for supply in shelf.world.supplies}
    )
    held: list[Piece] = [
        piece
        for piece in shelf.of(line)
        if piece.batch is not None and not all(shelf.world.may_use(line, supply) for supply, _ in piece.parts)
    ]
    for piece in held:
        for supply, units in piece.parts:
            alone.take(supply, units)
    alone.add(held)
    if alone.open(line):
        take_once(alone, Party([line], complete=line.party.complete), {line: alone.open(line)})
    return alone.last_day(line)


def ahead(lines: list[Line], line: Line, shelf: Shelf) -> tuple[int, int]:
    """Units and lines of the same item that are ranked before, at places that this line can use."""
    if not line.rank:
        return 0, 0
    before = [
        other
        for other in lines
        if 0 < other.rank < line.rank and other.item == line.item and meet(shelf, line.place, other.place)
    ]
    return sum(other.quantity for other in before), len(before)


def meet(shelf: Shelf, place: int, other: int) -> bool:
    return shelf.world.serves(place, other) or shelf.world.serves(other, place)
