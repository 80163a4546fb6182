"""What lies on the shelves for a line in the plan in force, in units that can be sent: a kit only as far as it is complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backorder.allocation.models import Allocation
from backorder.catalog.models import Component
from backorder.orders.models import Line

Bills = Mapping[int, Sequence[tuple[int, int]]]
"""What one unit of each kit is made of: items and how many of each."""


@dataclass(frozen=True)
class Cover:
    """So many units of a line at one place, each made up of the same units of levels."""

    location: int
    quantity: int
    parts: tuple[tuple[int, int], ...]  # id of a level, units of it in one unit of the line


def read_covers(lines: Iterable[Line]) -> dict[int, list[Cover]]:
    """Read what is on hand for each line in the plan in force, place by place."""
    wanted = {line.pk: line.item_id for line in lines}
    there: dict[tuple[int, int], dict[int, int]] = {}
    levels: dict[tuple[int, int], int] = {}
    rows = (
        Allocation.objects.filter(line__in=wanted, level__isnull=False)
        .order_by("line_id", "level__location__code", "level_id")
        .values_list("line_id", "level_id", "level__location_id", "level__item_id", "quantity")
    )
    for line, level, location, item, quantity in rows:
        shelf = there.setdefault((line, location), {})
        shelf[item] = shelf.get(item, 0) + quantity
        levels[location, item] = level
    bills = read_bills(wanted.values())
    covers: dict[int, list[Cover]] = {line: [] for line in wanted}
    for (line, location), shelf in there.items():
        covers[line] += (
            Cover(
                location,
                quantity,
                tuple(sorted((levels[location, item], units) for item, units in made_of.items())),
            )
            for quantity, made_of in make_up(wanted[line], shelf, bills)
        )
    return covers


def read_bills(items: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Read what these items are made of, and what that is made of."""
    bills: dict[int, list[tuple[int, int]]] = {}
    more = set(items)
    while more:
        rows = Component.objects.filter(kit__in=more).order_by("kit_id", "item_id")
        for kit, item, quantity in rows.values_list("kit_id", "item_id", "quantity"):
            bills.setdefault(kit, []).append((item, quantity))
        more = {item for kit in more for item, _ in bills.get(kit, ())} - bills.keys()
    return bills


def make_up(item: int, shelf: Mapping[int, int], bills: Bills) -> list[tuple[int, dict[int, int]]]:
    """Make up units of an item from what lies on one shelf: own units first, then those assembled; what is over is left.

    Gives how many units are made of which items, alike units together.
    """
    left, made = dict(shelf), []
    while made_of := take_one(item, left, bills):
        quantity = min(left[part] // units for part, units in made_of.items())
        for part, units in made_of.items():
            left[part] -= units * quantity
        made.append((quantity, made_of))
    return made


def take_one(item: int, shelf: Mapping[int, int], bills: Bills) -> dict[int, int]:
    """Say of what one unit of an item would be made; of nothing if the shelf has too little."""
    left, made_of = dict(shelf), dict[int, int]()

    def take(wanted: int, units: int) -> bool:
        own = min(units, left.get(wanted, 0))
        if own:
            left[wanted] -= own
            made_of[wanted] = made_of.get(wanted, 0) + own
        if own == units:
            return True
        parts = bills.get(wanted, ())
        return bool(parts) and all(take(part, each * (units - own)) for part, each in parts)

    return made_of if take(item, 1) else {}
