"""A part of the facts: some lines and supplies, with everything else as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.plan import Plan
from backorder.engine.allocation.snapshot import GONE, Attribute, Current, Snapshot
from backorder.engine.grouping import spread_ranges


def take_part(snapshot: Snapshot, line_rows: NDArray[np.int64], supply_rows: NDArray[np.int64]) -> Snapshot:
    """Build the snapshot of these lines and supplies, both ascending; items and locations keep their numbers."""
    now = snapshot.current
    first = np.searchsorted(now.line, line_rows)
    last = np.searchsorted(now.line, line_rows, side="right")
    current = now.take(spread_ranges(first, last))
    supply = np.searchsorted(supply_rows, current.supply)  # GONE is before all
    there = np.append(supply_rows, GONE)[supply] == current.supply
    current = replace(
        current,
        line=np.repeat(np.arange(len(line_rows)), last - first),
        supply=np.where(there & (current.supply >= 0), supply, GONE),
    )
    return replace(
        snapshot,
        lines=snapshot.lines.take(line_rows),
        supplies=snapshot.supplies.take(supply_rows),
        current=current,
        attributes={
            name: Attribute(attribute.kind, attribute.values[line_rows], attribute.labels)
            for name, attribute in snapshot.attributes.items()
        },
    )


def take_items(
    snapshot: Snapshot, items: NDArray[np.bool_]
) -> tuple[Snapshot, NDArray[np.int64], NDArray[np.int64]]:
    """Build the snapshot of some items (a mask); gives also the rows of its lines and supplies in the whole."""
    line_rows = np.flatnonzero(items[snapshot.lines.item])
    supply_rows = np.flatnonzero(items[snapshot.supplies.item])
    return take_part(snapshot, line_rows, supply_rows), line_rows, supply_rows


def find_kit_family(snapshot: Snapshot, item: int) -> NDArray[np.bool_]:
    """Mark the item and, if it is a kit, all that it is made of."""
    family = np.zeros(snapshot.items, bool)
    family[item] = True
    kits = snapshot.kits
    while len(kits) and not family[kits.component[family[kits.kit]]].all():
        family[kits.component[family[kits.kit]]] = True
    return family


def pegs_as_current(snapshot: Snapshot, plan: Plan) -> Current:
    """Read a plan as the plan in force."""
    pegs, supplies = plan.pegs, snapshot.supplies
    return Current(
        pegs.line,
        pegs.supply,
        supplies.item[pegs.supply],
        supplies.location[pegs.supply],
        pegs.quantity,
        pegs.ships_on,
    )
