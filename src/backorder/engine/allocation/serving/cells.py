"""Guarantees while lines are served: what a ceiling leaves, and what is left of a floor.

A cell is a guarantee for one item and period; a line stands in the innermost cell that matches it and in all above.
"""

from __future__ import annotations

from backorder.engine.allocation.desk import NO_CEILING, Desk
from backorder.engine.compiled import kernel


@kernel
def count_room(desk: Desk, cell: int) -> int:
    """Count the units that the ceilings above the line leave."""
    room = NO_CEILING
    while cell >= 0:
        group = desk.cells[cell]
        room = min(room, max(0, group.ceiling - group.used - group.reserved))
        cell = group.parent
    return room


@kernel
def is_over(desk: Desk, cell: int) -> bool:
    """Tell whether more is used or owed than some ceiling allows."""
    while cell >= 0:
        group = desk.cells[cell]
        if group.used + group.reserved > group.ceiling:
            return True
        cell = group.parent
    return False


@kernel
def count_floor(desk: Desk, cell: int) -> int:
    """Count the units that a line may take in its floors: what is left of the innermost, and the surplus of those above.

    The surplus of a floor is what is left of it less what is left of its children's floors: a line never takes a floor of
    others.
    """
    units = 0
    while cell >= 0:
        group = desk.cells[cell]
        units += max(0, max(0, group.floor - group.used) - group.children)
        cell = group.parent
    return units


@kernel
def use(desk: Desk, cell: int, units: int) -> None:
    """Count units that a line got (or, below zero, gave back) in its cell and all above."""
    while cell >= 0:
        group = desk.cells[cell]
        before = max(0, group.floor - group.used)
        group.used += units
        after = max(0, group.floor - group.used)
        cell = group.parent
        if cell >= 0:
            desk.cells[cell].children += after - before


@kernel
def reserve(desk: Desk, cell: int, units: int) -> None:
    """Count units that a line is owed against the ceilings above it."""
    while cell >= 0:
        desk.cells[cell].reserved += units
        cell = desk.cells[cell].parent
