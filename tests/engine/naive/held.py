"""Held units: what locked, skip and firm lines have now, and what is frozen, leaves the supply first."""

from __future__ import annotations

from backorder.engine.allocation.policy import SKIP
from backorder.engine.allocation.snapshot import FIRM

from .current import make
from .shelf import Parts, Piece, Shelf
from .world import Batch, Line, Party, Row, Supply, World


def hold_units(shelf: Shelf, parties: list[Party]) -> None:
    """Locked lines first, then skip, then frozen units and firm lines; each in sort order."""
    lines = [line for party in parties for line in party.lines]
    others = [line for line in lines if not line.locked and line.strategy != SKIP]
    for line in lines:
        if line.locked:
            hold(shelf, line, "locked")
    for line in lines:
        if line.strategy == SKIP and not line.locked:
            hold(shelf, line, "skip")
    for line in others:
        hold(shelf, line, "firm" if line.commitment == FIRM else "frozen")


def is_held(world: World, batch: Batch, supply: Supply, how: str) -> bool:
    """Whether a unit of current is held; frozen are those of the next days whose supply still ships by then."""
    frozen = batch.day < world.as_of + world.policy.freeze_days and supply.ships <= batch.day
    return how != "frozen" or frozen


def hold(shelf: Shelf, line: Line, how: str) -> None:
    """Keep units of current as far as they are there."""
    for batch in line.current:
        there: list[Row] = []
        left = dict(shelf.left)
        for supply, item, quantity in batch.rows:
            if supply is not None and is_held(shelf.world, batch, supply, how):
                units = min(quantity, left[supply.row])
                left[supply.row] -= units
                there.append((supply, item, units))
        units = max(
            units
            for units in range(batch.units + 1)
            if make(shelf.world, line.item, units, there) is not None
        )
        if units:
            made = make(shelf.world, line.item, units, there) or []
            parts = [shelf.take(supply, quantity) for supply, _, quantity in made if supply is not None]
            ships = max(supply.ships for supply, _ in parts)
            if keeps_its_day(shelf.world, line):
                ships = max(ships, batch.day)
            on_hand = count_on_hand(shelf.world, line.item, units, parts)
            shelf.add([Piece(line, units, ships, parts, on_hand, how, batch)])


def keeps_its_day(world: World, line: Line) -> bool:
    """Units that wait for one another ship no earlier than they do now."""
    return line.together or line.minimum > 1 or world.is_kit(line)


def count_on_hand(world: World, item: int, units: int, parts: Parts) -> int:
    """How many of these units count as on hand: as far as each of their components does."""
    pool = {(supply.item, supply.inbound): 0 for supply, _ in parts}
    for supply, quantity in parts:
        pool[supply.item, supply.inbound] += quantity
    return take_on_hand(world, item, units, pool)


def take_on_hand(world: World, item: int, units: int, pool: dict[tuple[int, bool], int]) -> int:
    """Use up own units first, those on hand before the others, then components."""
    on_hand = min(units, pool.get((item, False), 0))
    inbound = min(units - on_hand, pool.get((item, True), 0))
    if on_hand:
        pool[item, False] -= on_hand
    if inbound:
        pool[item, True] -= inbound
    missing = units - on_hand - inbound
    if not missing:
        return on_hand
    return on_hand + min(
        take_on_hand(world, component, missing * each, pool) // each for component, each in world.kits[item]
    )
