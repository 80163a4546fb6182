"""Reading the plan in force: whole units of each line, and only as many as it still asks."""

from __future__ import annotations

from backorder.engine.allocation.desk import COUNT_TAKES, Desk
from backorder.engine.allocation.serving.parts import count_kits
from backorder.engine.compiled import kernel


@kernel
def read_current(desk: Desk) -> None:
    """Count the units that each current row stands for; drop the earliest of those that the line no longer asks."""
    for i in range(len(desk.lines)):
        line = desk.lines[i]
        units = 0
        c = line.current_first
        while c < line.current_last:
            units += read_batch(desk, i, c, line.quantity)
            c = end_of_batch(desk, c)
        excess = units - line.quantity
        c = line.current_first
        while c < line.current_last and excess > 0:
            units = desk.current[first_of_batch(desk, c)].units
            excess -= units - read_batch(desk, i, c, max(0, units - excess))
            c = end_of_batch(desk, c)


@kernel
def end_of_batch(desk: Desk, c: int) -> int:
    """Find the end of a batch: of a kit the parts that ship from one place on one day, else one row."""
    last = c + 1
    while (
        last < desk.lines[desk.current[c].line].current_last
        and desk.current[last].batch == desk.current[c].batch
    ):
        last += 1
    return last


@kernel
def first_of_batch(desk: Desk, c: int) -> int:
    """Find the row that stands for the units of a batch: the first of which anything is left."""
    while (
        c > desk.lines[desk.current[c].line].current_first
        and desk.current[c - 1].batch == desk.current[c].batch
    ):
        c -= 1
    last = end_of_batch(desk, c)
    while c + 1 < last and desk.current[c].quantity == 0:
        c += 1
    return c


@kernel
def read_batch(desk: Desk, i: int, first: int, wanted: int) -> int:
    """Let the batch stand for as many whole units as it makes, at most `wanted`; what makes no whole unit is dropped."""
    kit = desk.lines[i].of_item
    last = end_of_batch(desk, first)
    if desk.current[first].of_item == kit:
        units = min(desk.current[first].quantity, wanted)
        keep_of_row(desk, first, units)
    else:
        start, end = desk.items[kit].bill_first, desk.items[kit].bill_last
        for b in range(start, end):
            desk.parts[b - start].there = 0
            for c in range(first, last):
                if desk.bills[b].same == b and desk.current[c].of_item == desk.bills[b].of_item:
                    desk.parts[b - start].there += desk.current[c].quantity
        units = count_kits(desk, kit, wanted) if start < end else 0
        for c in range(first, last):
            kept = 0
            for b in range(start, end):
                if desk.current[c].of_item == desk.bills[b].of_item:
                    more = min(desk.parts[b - start].taken, desk.current[c].quantity - kept)
                    desk.parts[b - start].taken -= more
                    kept += more
            keep_of_row(desk, c, kept)
    for c in range(first, last):
        desk.current[c].units = 0
    desk.current[first_of_batch(desk, first)].units = units
    return units


@kernel
def keep_of_row(desk: Desk, c: int, quantity: int) -> None:
    """Let a row stand for so many units of its item."""
    desk.current[c].quantity = quantity
    desk.current[c].left = quantity


@kernel
def note_held(desk: Desk) -> None:
    """Note on the rows of the plan in force how many units of their lines are held, and when those ship."""
    for row in range(desk.counts[COUNT_TAKES]):
        taken = desk.takes[row]
        if taken.units > 0:
            now = desk.current[first_of_batch(desk, taken.current)]
            now.held += taken.units
            now.held_on = taken.day
