"""The bill of a kit: how many kits there are parts for, and which parts are taken as they are.

A part that is itself a kit is taken as it is first; what is missing of it is assembled from its own parts.
"""

from __future__ import annotations

from backorder.engine.allocation.desk import Desk
from backorder.engine.compiled import kernel

MOST = 2**53  # no sum of units is larger


@kernel
def count_kits(desk: Desk, kit: int, wanted: int) -> int:
    """Count the kits, at most `wanted`, that the parts there make; of each part is written how many are taken."""
    low, high = 0, wanted
    while low < high:
        middle = (low + high + 1) // 2
        if suffices(desk, kit, middle):
            low = middle
        else:
            high = middle - 1
    suffices(desk, kit, low)
    return low


@kernel
def suffices(desk: Desk, kit: int, kits: int) -> bool:
    """Walk along the bill for so many kits; false if there is too little of some part."""
    first, last = desk.items[kit].bill_first, desk.items[kit].bill_last
    for b in range(first, last):
        desk.parts[b - first].left = desk.parts[b - first].there
    for b in range(first, last):
        bill, part = desk.bills[b], desk.parts[b - first]
        above = kits if bill.parent < 0 else desk.parts[bill.parent - first].assembled
        if above > MOST // bill.quantity:
            return False
        same = desk.parts[bill.same - first]
        part.taken = min(above * bill.quantity, same.left)
        same.left -= part.taken
        part.assembled = above * bill.quantity - part.taken
        if part.assembled > 0 and bill.end == b + 1:
            return False
    return True


@kernel
def count_kits_on_hand(desk: Desk, kit: int, kits: int) -> int:
    """Count the kits that are on hand: as far as each of their parts is, taken as it is or assembled from what is.

    Parts stand behind what is assembled from them, so going backwards knows every part before its parent.
    """
    first, last = desk.items[kit].bill_first, desk.items[kit].bill_last
    for b in range(last - 1, first - 1, -1):
        bill, part = desk.bills[b], desk.parts[b - first]
        units = part.assembled if bill.end > b + 1 else 0
        inner = b + 1
        while inner < bill.end and units > 0:
            units = min(units, desk.parts[inner - first].on_hand // desk.bills[inner].quantity)
            inner = desk.bills[inner].end
        part.on_hand += units
        if bill.parent < 0:
            kits = min(kits, part.on_hand // bill.quantity)
    return kits
