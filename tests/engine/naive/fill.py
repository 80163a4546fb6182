"""The strategy fill: a line keeps at most what it has now."""

from __future__ import annotations

from dataclasses import replace

from .held import count_on_hand, keeps_its_day
from .serve import Service
from .shelf import Parts, Piece, Shelf
from .world import Batch, Line, Party, Supply


def fill(service: Service, party: Party) -> None:
    """Keep what is left of current; if the units wait for one another all or nothing, together only what is whole."""
    shelf = service.shelf
    if not any(keeps_its_day(shelf.world, line) for line in party.lines):
        for line in party.lines:
            keep_parts(shelf, line)
        return
    trial = shelf.copy()
    before = len(trial.pieces)
    if not all(keep_whole(trial, line) for line in party.lines) or len(trial.pieces) == before:
        return
    if party.together:
        day = max(piece.ships for piece in trial.pieces[before:])
        trial.pieces[before:] = [replace(piece, ships=day) for piece in trial.pieces[before:]]
    if any(piece.ships > piece.line.needed_by for piece in trial.pieces[before:]):
        return
    if not party.together or not any(trial.open(line) for line in party.lines):
        shelf.become(trial)


def rest_of_current(shelf: Shelf, line: Line) -> list[Batch]:
    """What the line had before and does not hold already."""
    rest = []
    for batch in line.current:
        held = [piece for piece in shelf.of(line) if piece.batch is batch]
        units = batch.units - sum(piece.units for piece in held)
        parts = [part for piece in held for part in piece.parts]
        rows = [
            (supply, item, quantity - sum(amount for other, amount in parts if other is supply))
            for supply, item, quantity in batch.rows
        ]
        rest.append(Batch(units, batch.day, [row for row in rows if row[2] > 0], batch.place))
    return [batch for batch in rest if batch.units]


def keep_parts(shelf: Shelf, line: Line) -> None:
    """Unit by unit: first what is left, then a replacement for what is gone."""
    rest = rest_of_current(shelf, line)
    for batch in rest:
        for supply, _, quantity in batch.rows:
            if supply is not None and shelf.world.may_use(line, supply):
                keep(shelf, line, supply, quantity)
    for batch in rest:
        for supply, _, quantity in batch.rows:
            if supply is None:
                missing = quantity
                for other in replacements(shelf, line, batch.day):
                    missing -= keep(shelf, line, other, missing)


def keep(shelf: Shelf, line: Line, supply: Supply, units: int) -> int:
    units = shelf.spare(supply, min(units, shelf.room(line)))
    if units:
        parts = [shelf.take(supply, units)]
        shelf.add(
            [Piece(line, units, supply.ships, parts, count_on_hand(shelf.world, line.item, units, parts))]
        )
    return units


def replacements(shelf: Shelf, line: Line, day: int) -> list[Supply]:
    """Supplies for units that are gone: earliest first, none that ships earlier."""
    return [
        supply
        for supply in shelf.world.supplies_of(line.item)
        if shelf.world.may_use(line, supply) and supply.ships >= day
    ]


def keep_whole(shelf: Shelf, line: Line) -> bool:
    """All that the line had, or false."""
    rest = rest_of_current(shelf, line)
    if sum(batch.units for batch in rest) > shelf.room(line):
        return False
    for batch in rest:
        parts: Parts = []
        for supply, _, quantity in batch.rows:
            if (
                supply is None
                or not shelf.world.may_use(line, supply)
                or shelf.spare(supply, quantity) < quantity
            ):
                return False
            parts.append(shelf.take(supply, quantity))
        day = max(batch.day, *(supply.ships for supply, _ in parts))
        on_hand = count_on_hand(shelf.world, line.item, batch.units, parts)
        shelf.add([Piece(line, batch.units, day, parts, on_hand)])
    return True
