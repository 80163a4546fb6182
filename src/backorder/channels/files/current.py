"""The plan in force: its rows by the lines and supplies of today."""

from __future__ import annotations

import numpy as np
import polars as pl

from backorder.channels.files.keys import Codes, encode, encode_together, pack, sort_rows, take
from backorder.channels.files.numbering import Numbering
from backorder.channels.files.tables import Folder
from backorder.engine.allocation.snapshot import GONE, Current, Kits, Supplies

Keys = tuple[Codes, Codes]
"""Numbers of orders and of their lines."""


def find_open_rows(keys: tuple[Keys, Keys], item: tuple[Codes, Codes], kits: Kits) -> Codes:
    """Find the line of each row of the plan in force; -1 if it is closed, or asks for another item now."""
    lines, current = keys
    both = pack([np.concatenate([lines[0], current[0]]), np.concatenate([lines[1], current[1]])])
    found = find(both[: len(lines[0])], both[len(lines[0]) :])
    asked, held = item
    other = np.flatnonzero((found >= 0) & (asked[found] != held)) if len(asked) else np.zeros(0, np.int64)
    parts: dict[int, set[int]] = {}
    for row in other.tolist():
        kit = int(asked[found[row]])
        if kit not in parts:
            parts[kit] = list_parts(kits, kit)
        if int(held[row]) not in parts[kit]:
            found[row] = -1
    return found


def list_parts(kits: Kits, kit: int) -> set[int]:
    """List what a kit holds, all levels down."""
    parts: set[int] = set()
    ahead = {kit}
    while ahead:
        ahead = set(kits.component[np.isin(kits.kit, list(ahead))].tolist()) - parts
        parts |= ahead
    return parts


def find(keys: Codes, wanted: Codes) -> Codes:
    """Find the position of each wanted number among sorted keys; -1 if it is not there."""
    if len(keys) == 0:
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def build_current(
    folder: Folder, numbers: Numbering, line: Codes, supply: tuple[Supplies, tuple[pl.Series, pl.Series]]
) -> Current:
    """List the plan in force for the lines that are open, each row with its supply, or GONE."""
    supplies, supply_names = supply
    rows = np.flatnonzero(line >= 0)
    frame = folder["current"].frame
    (inbound, of_supply), _ = encode_together([take(frame["inbound"], rows), supply_names[0]])
    (inbound_line, line_of_supply), _ = encode_together([take(frame["inbound_line"], rows), supply_names[1]])
    item, place = numbers.sku["current", "sku"][rows], numbers.place["current", "location"][rows]
    both = pack(
        [
            np.concatenate([item, supplies.item]),
            np.concatenate([place, supplies.location]) + 1,
            np.concatenate([inbound, of_supply]),
            np.concatenate([inbound_line, line_of_supply]),
        ]
    )
    order = np.argsort(both[len(rows) :], kind="stable")
    at = find(both[len(rows) :][order], both[: len(rows)])
    ships_on = folder.integers("current", "ships_on")[rows]
    quantity = folder.integers("current", "quantity")[rows]
    where, _ = encode(take(frame["location"], rows))
    first = int(ships_on.min(initial=0))
    by = sort_rows([line[rows], ships_on - first, where, inbound, inbound_line, item, quantity])
    return Current(
        line=line[rows][by],
        supply=np.where(at < 0, GONE, order[at] if len(order) else GONE)[by],
        item=item[by],
        location=place[by],
        quantity=quantity[by],
        ships_on=ships_on[by],
    )
