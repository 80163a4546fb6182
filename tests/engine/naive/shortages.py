"""What no known supply covers, and what it is worth."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

from backorder.engine.allocation.snapshot import NEVER

from .shelf import Shelf
from .world import Line

Row = tuple[Any, ...]


def find_shortages(shelf: Shelf, in_order: list[Line]) -> list[Row]:
    """Units without supply by item and place asked; of kits the components that are missing."""
    totals: dict[tuple[int, int], list[int]] = {}
    free = dict(shelf.left)
    for line in in_order:
        lacks = missing(shelf, line, free)
        values = split(shelf.open(line) * line.unit_price, lacks)
        for item, units in lacks.items():
            row = totals.setdefault((item, line.place), [0, 0, NEVER, 0])
            row[0] += units
            row[1] += 1
            row[2] = min(row[2], line.requested_on)
            row[3] += values[item]
    return [(item, place, *totals[item, place]) for item, place in sorted(totals)]


def missing(shelf: Shelf, line: Line, free: dict[int, int]) -> dict[int, int]:
    """What a line lacks: units of its item, or components beyond those free where the fewest units are missing."""
    short = shelf.open(line)
    if not short:
        return {}
    if not shelf.world.is_kit(line):
        return {line.item: short}
    asked = {component: short * each for component, each in shelf.world.kits[line.item]}
    places = [place for place in shelf.world.places_in_order() if shelf.world.serves(place, line.place)]
    trials = [take_free(shelf, line, place, free) for place in places]  # min finds the first of equals
    lacks, left = min(trials, key=lambda trial: sum(trial[0].values()))
    if not lacks:
        return asked
    free.update(left)
    return lacks


def take_free(
    shelf: Shelf, line: Line, place: int, free: dict[int, int]
) -> tuple[dict[int, int], dict[int, int]]:
    """What a kit lacks beyond what is free at one place, and what is free after that."""
    left = dict(free)
    lacks: dict[int, int] = {}
    for component, each in shelf.world.kits[line.item]:
        units = shelf.open(line) * each
        for supply in shelf.world.supplies_of(component):
            if supply.place == place and shelf.world.may_use(line, supply):
                taken = min(units, left[supply.row])
                left[supply.row] -= taken
                units -= taken
        if units:
            lacks[component] = units
    return lacks, left


def split(value: int, units: dict[int, int]) -> dict[int, int]:
    """Split a value in proportion to units: whole amounts by largest remainder, ties in the order of items."""
    exact = {item: Fraction(value * units[item], sum(units.values())) for item in units}
    parts = {item: floor(exact[item]) for item in units}
    by_remainder = sorted(units, key=lambda item: (parts[item] - exact[item], item))
    for item in by_remainder[: value - sum(parts.values())]:
        parts[item] += 1
    return parts
