"""Tables to facts: the engine's snapshot, and the names that its numbers stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from backorder.channels.files.attributes import build_attributes
from backorder.channels.files.circles import note_circles
from backorder.channels.files.current import build_current, find_open_rows
from backorder.channels.files.keys import Codes, Rows, encode, encode_together, sort_rows, take
from backorder.channels.files.numbering import Numbering, note_duplicates, number
from backorder.channels.files.sums import note_kit_units, note_sums, note_value
from backorder.channels.files.tables import Folder, shown_day
from backorder.engine.allocation.snapshot import (
    ANYWHERE,
    ClosedDays,
    Kits,
    Lines,
    Locations,
    Snapshot,
    Substitutes,
    Supplies,
)
from backorder.engine.tables import NEVER
from backorder.faults import Faults
from backorder.policy_text.read import PolicyFile

SELLABLE = "sellable"
ORDER_COLUMNS = (
    "quantity",
    "needed_by",
    "priority",
    "ship_policy",
    "minimum_quantity",
    "commitment",
    "promised_on",
)


@dataclass(frozen=True)
class Names:
    """The texts that numbers stand for: by line, by supply, by item, by location, by kind of substitute."""

    order: pl.Series
    line: pl.Series
    inbound: pl.Series  # "" on hand
    inbound_line: pl.Series
    sku: pl.Series
    location: pl.Series
    kind: pl.Series


@dataclass(frozen=True)
class Facts:
    """What a decision is made from, and how to speak about it."""

    snapshot: Snapshot
    names: Names
    closed_rows: int  # rows of `current` whose line is no longer open, or asks for another item


def build_facts(folder: Folder, policy: PolicyFile, as_of: int, faults: Faults) -> Facts:
    """Build the snapshot, every row in its place. Raises FaultyInputError."""
    numbers = number(folder, faults)
    orders, inbound = folder["orders"], folder["inbound"]
    (order, ordered), _ = encode_together([orders.frame["order"], folder["current"].frame["order"]])
    (line, lined), _ = encode_together([orders.frame["line"], folder["current"].frame["line"]])
    inbound_keys = [encode(inbound.frame["inbound"])[0], encode(inbound.frame["line"])[0]]
    note_duplicates(orders, [order, line], faults)
    note_duplicates(inbound, inbound_keys, faults)
    stock_keys = [numbers.sku["stock", "sku"], numbers.place["stock", "location"] + 1]
    note_duplicates(folder["stock"], [*stock_keys, encode(folder["stock"].frame["status"])[0]], faults)
    for name in ("locations", "items", "kits", "substitutes"):
        note_duplicates(
            folder[name], [encode(folder[name].frame[key])[0] for key in folder[name].schema.key], faults
        )
    note_circles(folder, faults)
    note_sums(folder, faults)
    faults.raise_if_any()
    note_kit_units(folder, faults)

    rows = sort_rows([order, line])
    lines = build_lines(folder, numbers, rows, order)
    note_value(orders.file, lines.quantity, lines.unit_price, faults)
    attributes = build_attributes(folder, policy, rows, faults)
    faults.raise_if_any()
    supplies, supply_names = build_supplies(folder, numbers, sort_rows(inbound_keys), as_of)
    kits = build_kits(folder, numbers)
    open_rows = find_open_rows(
        ((order[rows], line[rows]), (ordered, lined)), (lines.item, numbers.sku["current", "sku"]), kits
    )
    kinds, kind_labels = encode(folder["substitutes"].frame["kind"])
    snapshot = Snapshot(
        as_of=as_of,
        items=len(numbers.skus),
        lines=lines,
        supplies=supplies,
        locations=build_locations(folder, numbers),
        kits=kits,
        substitutes=build_substitutes(folder, numbers, kinds),
        current=build_current(folder, numbers, open_rows, (supplies, supply_names)),
        closed=ClosedDays(folder.integers("calendar", "closed_on"), numbers.place["calendar", "location"]),
        attributes=attributes,
    )
    names = Names(
        order=take(orders.frame["order"], rows),
        line=take(orders.frame["line"], rows),
        inbound=supply_names[0],
        inbound_line=supply_names[1],
        sku=numbers.skus,
        location=numbers.places,
        kind=kind_labels,
    )
    return Facts(snapshot, names, int((open_rows < 0).sum()))


def build_lines(folder: Folder, numbers: Numbering, rows: Rows, order: Codes) -> Lines:
    """Sort the open lines, and fill what a blank means."""
    columns = {name: folder.integers("orders", name)[rows] for name in ORDER_COLUMNS}
    ordered_on = folder.integers("orders", shown_day("ordered_at"))[rows]
    requested_on = folder.integers("orders", "requested_on")[rows]
    item = numbers.sku["orders", "sku"][rows]
    price = np.zeros(len(numbers.skus), np.int64)
    price[numbers.sku["items", "sku"]] = folder.integers("items", "price")
    given = folder.integers("orders", "unit_price", -1)[rows]
    position = order[rows]
    return Lines(
        order=np.cumsum(np.diff(position, prepend=position[:1]) != 0),
        item=item,
        location=numbers.place["orders", "location"][rows],
        ordered_at=folder.integers("orders", "ordered_at")[rows],
        ordered_on=ordered_on,
        requested_on=np.where(requested_on == NEVER, ordered_on, requested_on),
        unit_price=np.where(given < 0, price[item], given),
        **columns,
    )


def build_supplies(
    folder: Folder, numbers: Numbering, inbound_rows: Rows, as_of: int
) -> tuple[Supplies, tuple[pl.Series, pl.Series]]:
    """List what is sellable on hand, then what is inbound, each by its key; and their names."""
    stock, inbound = folder["stock"].frame, folder["inbound"].frame
    item, place = numbers.sku["stock", "sku"], numbers.place["stock", "location"]
    hand = np.flatnonzero((stock["status"] == SELLABLE).to_numpy())
    hand = hand[sort_rows([item[hand], place[hand]])]
    items = np.concatenate([item[hand], numbers.sku["inbound", "sku"][inbound_rows]])
    places = np.concatenate([place[hand], numbers.place["inbound", "location"][inbound_rows]])
    blank = pl.repeat("", len(hand), dtype=pl.String, eager=True)
    names = (
        pl.concat([blank, take(inbound["inbound"], inbound_rows)]),
        pl.concat([blank, take(inbound["line"], inbound_rows)]),
    )
    listed = sort_rows([places, encode(names[0])[0], encode(names[1])[0], items])
    position: Codes = np.empty(len(items), np.int64)
    position[listed] = np.arange(len(items))
    expected = folder.integers("inbound", "expected_on")[inbound_rows]
    supplies = Supplies(
        item=items,
        location=places,
        inbound=np.arange(len(items)) >= len(hand),
        quantity=np.concatenate(
            [
                folder.integers("stock", "on_hand")[hand],
                folder.integers("inbound", "quantity")[inbound_rows],
            ]
        ),
        available_on=np.concatenate([np.full(len(hand), as_of), expected]),
        position=position,
    )
    return supplies, names


def build_locations(folder: Folder, numbers: Numbering) -> Locations:
    """List the locations by name, with their parents and ranks."""
    parent = np.full(len(numbers.places), ANYWHERE)
    rank = np.full(len(numbers.places), NEVER)
    own = numbers.place["locations", "location"]
    parent[own] = numbers.place["locations", "parent"]
    rank[own] = folder.integers("locations", "rank", NEVER)
    return Locations(parent=parent, rank=rank)


def build_kits(folder: Folder, numbers: Numbering) -> Kits:
    """List the components, by kit and component."""
    kit, component = numbers.sku["kits", "sku"], numbers.sku["kits", "component"]
    rows = sort_rows([kit, component])
    return Kits(kit=kit[rows], component=component[rows], quantity=folder.integers("kits", "quantity")[rows])


def build_substitutes(folder: Folder, numbers: Numbering, kind: Codes) -> Substitutes:
    """List the substitutes, by item, substitute and kind."""
    item, substitute = numbers.sku["substitutes", "sku"], numbers.sku["substitutes", "substitute"]
    rows = sort_rows([item, substitute, kind])
    ratio = folder.integers("substitutes", "ratio")[rows]
    return Substitutes(item=item[rows], substitute=substitute[rows], kind=kind[rows], ratio=ratio)
