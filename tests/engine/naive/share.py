"""Fair shares: the lines of a segment share each supply so that what they have is equal in proportion."""

from __future__ import annotations

from fractions import Fraction

from .shelf import Shelf
from .walk import pieces_of
from .world import Line, Supply


def share_item(shelf: Shelf, item: int, lines: list[Line]) -> None:
    """Share each supply of an item in order among the lines that may use it, nothing taken back."""
    for supply in shelf.world.supplies_of(item):
        users = [line for line in lines if line.item == item and shelf.world.may_use(line, supply)]
        while hand_out(shelf, supply, [line for line in users if shelf.open(line) and shelf.room(line)]):
            pass


def hand_out(shelf: Shelf, supply: Supply, lines: list[Line]) -> bool:
    """Share what may be taken of a supply; true if a ceiling cut a share, so that something is left to share."""
    shares = share_equally(shelf, shelf.spare(supply, shelf.left[supply.row]), lines)
    cut = False
    for line in lines:
        units = min(shares[line], shelf.room(line))
        cut = cut or units < shares[line]
        if units:
            shelf.add(pieces_of(line, [shelf.take(supply, units)]))
    return cut


def share_equally(shelf: Shelf, units: int, lines: list[Line]) -> dict[Line, int]:
    """Whole units for each line, so that units / quantity comes as close to equal as it can without taking back."""
    units = min(units, sum(shelf.open(line) for line in lines))
    has = {line: Fraction(shelf.units(line)) for line in lines}
    level = find_level(has, units)
    exact = {line: max(has[line], level * line.quantity) - has[line] for line in lines}
    shares = {line: int(exact[line]) for line in lines}
    by_remainder = sorted(lines, key=lambda line: (shares[line] - exact[line], lines.index(line)))
    for line in by_remainder[: units - sum(shares.values())]:
        shares[line] += 1
    return shares


def find_level(has: dict[Line, Fraction], units: int) -> Fraction:
    """The share of its quantity up to which every line below it is raised by so many units in all."""
    below: list[Line] = []
    for line in sorted(has, key=lambda line: has[line] / line.quantity):
        level = has[line] / line.quantity
        if sum(level * other.quantity - has[other] for other in below) >= units:
            break
        below.append(line)
    weight = sum(line.quantity for line in below)
    return (units + sum((has[line] for line in below), Fraction(0))) / weight if weight else Fraction(0)
