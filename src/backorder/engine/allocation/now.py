"""Reading the plan in force: whole units of each line, and only as many as it still asks."""

from __future__ import annotations

from backorder.engine.allocation.desk import Desk
from backorder.engine.compiled import kernel


@kernel
def read_current(desk: Desk) -> None:
    """Count the units that each current row stands for; drop the earliest of those that the line no longer asks."""
    for i in range(len(desk.lines)):
        line = desk.lines[i]
        units = 0
        c = line.current_first
        while c < line.current_last:
            last = end_of_batch(desk, i, c)
            units += read_batch(desk, i, c, last, line.quantity)
            c = last
        excess = units - line.quantity
        c = line.current_first
        while c < line.current_last and excess > 0:
            last = end_of_batch(desk, i, c)
            units = count_batch(desk, c, last)
            excess -= units - read_batch(desk, i, c, last, max(0, units - excess))
            c = last


@kernel
def end_of_batch(desk: Desk, i: int, c: int) -> int:
    """Find the end of a batch: of a kit what ships from one place on one day, of another line one row."""
    last = c + 1
    while (
        desk.lines[i].kit
        and last < desk.lines[i].current_last
        and desk.current[last].batch == desk.current[c].batch
    ):
        last += 1
    return last


@kernel
def count_batch(desk: Desk, first: int, last: int) -> int:
    """Count the line's units in a batch."""
    units = 0
    for c in range(first, last):
        units += desk.current[c].units
    return units


@kernel
def read_batch(desk: Desk, i: int, first: int, last: int, wanted: int) -> int:
    """Let the batch stand for as many whole units as it makes, at most `wanted`; what makes no whole unit is dropped."""
    units = 0
    for c in range(first, last):
        row = desk.current[c]
        row.left = row.quantity
        row.units = 0
        if row.of_item == desk.lines[i].of_item:
            row.units = min(row.quantity, wanted - units)
            row.left = row.quantity - row.units
            units += row.units
    if desk.lines[i].kit:
        low, high = 0, wanted - units
        while low < high:
            middle = (low + high + 1) // 2
            if use_components(desk, i, first, last, middle):
                low = middle
            else:
                high = middle - 1
        use_components(desk, i, first, last, low)
        for c in range(first, last):
            if low > 0 and desk.current[c].of_item != desk.lines[i].of_item:
                desk.current[c].units = low  # the first component stands for the kits
                break
        units += low
    for c in range(first, last):
        row = desk.current[c]
        row.quantity -= row.left
        row.left = row.quantity
        row.units_left = row.units
    return units


@kernel
def use_components(desk: Desk, i: int, first: int, last: int, kits: int) -> bool:
    """Subtract the components of so many kits from what is left of the rows; false if they do not suffice."""
    item = desk.items[desk.lines[i].of_item]
    for c in range(first, last):
        if desk.current[c].of_item != desk.lines[i].of_item:
            desk.current[c].left = desk.current[c].quantity
    b = item.bill_first
    while b < item.bill_last:
        part = desk.bills[b]
        above = kits if part.parent < 0 else desk.deficit[part.parent - item.bill_first]
        missing = above * part.quantity
        for c in range(first, last):
            row = desk.current[c]
            if row.of_item == part.of_item:
                units = min(missing, row.left)
                row.left -= units
                missing -= units
        desk.deficit[b - item.bill_first] = missing
        if missing == 0:
            for inner in range(b + 1, part.end):
                desk.deficit[inner - item.bill_first] = 0
            b = part.end
        elif part.end == b + 1:
            return False
        else:
            b += 1
    return True


@kernel
def note_unheld(desk: Desk) -> None:
    """Count, of each current row, the line's units that are not held."""
    for c in range(len(desk.current)):
        row = desk.current[c]
        row.held = row.quantity - row.left
        if desk.lines[row.line].kit and row.of_item != desk.lines[row.line].of_item:
            row.units_left = row.units if row.left == row.quantity else 0
        else:
            row.units_left = row.left
