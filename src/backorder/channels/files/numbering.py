"""Numbers items, locations and lines: texts of all tables, each by one list in the natural order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backorder.channels.files.keys import Codes, encode_together, pack
from backorder.channels.files.tables import Folder, TableFile
from backorder.engine.allocation.snapshot import ANYWHERE
from backorder.faults import SHOWN, Faults, show, suggest

SKU_COLUMNS = (
    ("items", "sku"),
    ("orders", "sku"),
    ("stock", "sku"),
    ("inbound", "sku"),
    ("kits", "sku"),
    ("kits", "component"),
    ("substitutes", "sku"),
    ("substitutes", "substitute"),
    ("current", "sku"),
)
LOCATION_COLUMNS = (
    ("locations", "location"),
    ("locations", "parent"),
    ("orders", "location"),
    ("stock", "location"),
    ("inbound", "location"),
    ("calendar", "location"),
    ("current", "location"),
)
Name = tuple[str, str]
"""A table and its column."""


@dataclass(frozen=True)
class Numbering:
    """The number of each text, and the texts by number."""

    skus: pl.Series
    sku: dict[Name, Codes]
    places: pl.Series
    place: dict[Name, Codes]  # ANYWHERE: blank, or a location of `current` that is gone


def number(folder: Folder, faults: Faults) -> Numbering:
    """Give skus and locations numbers, and note those that `items` or `locations` lack."""
    skus, sku = number_column(folder, SKU_COLUMNS)
    note_unknown(folder, "items", (sku, ("items", "sku")), faults)
    places, place = number_column(folder, LOCATION_COLUMNS)
    note_unknown(folder, "locations", (place, ("locations", "location")), faults)
    # The plan in force may name a place that is gone; it gets no number.
    used = np.zeros(len(places), bool)
    for name, codes in place.items():
        if name[0] != "current":
            used[codes] = True
    used &= (places != "").to_numpy()
    numbers = np.where(used, np.cumsum(used) - 1, ANYWHERE)
    return Numbering(
        skus, sku, places.filter(pl.Series(used)), {name: numbers[codes] for name, codes in place.items()}
    )


def number_column(folder: Folder, names: tuple[Name, ...]) -> tuple[pl.Series, dict[Name, Codes]]:
    """Give the texts of these columns numbers together."""
    codes, labels = encode_together([folder[table].frame[column] for table, column in names])
    return labels, dict(zip(names, codes, strict=True))


def note_unknown(folder: Folder, owner: str, numbers: tuple[dict[Name, Codes], Name], faults: Faults) -> None:
    """Note texts that the owner's table lacks, if there is one; the plan in force may name what is gone."""
    if owner not in folder.given:
        return
    codes, name = numbers
    size = max((int(column.max(initial=-1)) for column in codes.values()), default=-1) + 1
    known = np.zeros(size, bool)
    known[codes[name]] = True
    for (table, column), found in codes.items():
        if table == "current" or (table, column) == name:
            continue
        source = folder[table]
        texts = source.frame[column]
        bad = ~known[found] & (texts != "").to_numpy()
        if bad.any():
            what = "parent" if column == "parent" else name[1]
            hint = "is not a location" if what == "parent" else f"is not in {folder[owner].file}"
            rows = np.flatnonzero(bad)
            labels = folder[owner].frame[name[1]].to_list() if len(rows) else []
            told = (
                (source.frame["record"][row], f"{show(texts[row])} {hint}{suggest(texts[row], labels)}")
                for row in rows[:SHOWN].tolist()
            )
            faults.add_many(source.file, column, told, len(rows))


def note_duplicates(table: TableFile, keys: list[Codes], faults: Faults) -> NDArray[np.int64]:
    """Note rows whose key is there already; gives the packed keys."""
    packed = pack(keys)
    ordered = packed if bool((packed[1:] > packed[:-1]).all()) else np.sort(packed)
    if not bool((ordered[1:] == ordered[:-1]).any()):
        return packed
    order = np.argsort(packed, kind="stable")
    same = np.flatnonzero(packed[order][1:] == packed[order][:-1])
    names = table.schema.key
    records = table.frame["record"]
    found = []
    for earlier, later in zip(order[same].tolist(), order[same + 1].tolist(), strict=True):
        values = [table.frame[name][later] for name in names]
        if all(values):
            key = ", ".join(show(value) for value in values)
            found.append((records[later], f"{key} is there already, in record {records[earlier]}"))
    found.sort()
    faults.add_many(table.file, " + ".join(names), found[:SHOWN], len(found))
    return packed
