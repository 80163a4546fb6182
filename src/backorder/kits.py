"""What a kit holds, all levels down, whether its bill came from a file or from the database."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

Bills = Mapping[str, Mapping[str, int]]
"""So many units of each component, by kit. None contains itself."""


def count_parts(bills: Bills, only: str | None = None) -> dict[str, int]:
    """Count the units in one of each kit, all levels down: all of them, or those of one item."""
    counted: dict[str, int] = {}
    for sku in TopologicalSorter(bills).static_order():  # components before their kits
        bill = bills.get(sku, {})
        inside = sum(units * counted[part] for part, units in bill.items())
        counted[sku] = inside if bill and sku != only else int(only in {None, sku})
    return counted
