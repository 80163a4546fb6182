"""Laying the bills of kits on the desk."""

from __future__ import annotations

from backorder.engine.allocation.desk import (
    BILL,
    Records,
    records,
)
from backorder.engine.allocation.snapshot import Kits, Snapshot
from backorder.engine.compiled import kernel


def write_bills(snapshot: Snapshot, items: Records) -> Records:
    """Write the components of each kit as a flat tree: parents before children, a kit inside a kit opened up."""
    parts: dict[int, list[tuple[int, int]]] = {}
    kits: Kits = snapshot.kits
    for kit, component, quantity in zip(
        kits.kit.tolist(), kits.component.tolist(), kits.quantity.tolist(), strict=True
    ):
        parts.setdefault(kit, []).append((component, quantity))
    rows: list[list[int]] = []  # quantity, item, parent, end, same

    def open_up(kit: int, parent: int) -> None:
        for component, quantity in parts[kit]:
            at = len(rows)
            rows.append([quantity, component, parent, 0, first.setdefault(component, at)])
            if component in parts:
                open_up(component, at)
            rows[at][3] = len(rows)

    for kit in parts:
        items[kit].bill_first = len(rows)
        first: dict[int, int] = {}
        open_up(kit, -1)
        items[kit].bill_last = len(rows)
    bills = records(len(rows), BILL)
    for at, row in enumerate(rows):
        bills[at] = tuple(row)
    return bills


@kernel
def mark_kits(lines: Records, items: Records) -> None:
    """Mark the lines whose item is a kit."""
    for i in range(len(lines)):
        item = items[lines[i].of_item]
        lines[i].kit = item.bill_first < item.bill_last
