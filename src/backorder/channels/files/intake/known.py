"""What the database knows, as frames of the same form as the tables of an import."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from backorder.catalog import selectors as catalog
from backorder.channels.files.intake.tables import Tables
from backorder.channels.files.tables import TableFile
from backorder.engine.tables import NEVER
from backorder.faults import SHOWN, Faults, show, suggest
from backorder.outbox.services import Cause

MANY = 5_000
"""Among more names none is looked for that is near."""
DAY, INSTANT, TEXT, NUMBER = pl.Date(), pl.Datetime("us", "UTC"), pl.String(), pl.Int64()
SKUS = (
    ("kits", "sku"),
    ("kits", "component"),
    ("substitutes", "sku"),
    ("substitutes", "substitute"),
    ("acceptance", "sku"),
    ("inbound", "sku"),
    ("stock", "sku"),
    ("orders", "sku"),
    ("outside_offers", "sku"),
)
PLACES = (
    ("locations", "parent"),
    ("calendar", "location"),
    ("inbound", "location"),
    ("stock", "location"),
    ("orders", "location"),
)
"""Columns that name an item or a location, which must be in the files or in the database."""


def frame_of(rows: Iterable[tuple[Any, ...]], columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Build a frame of rows from the database: days become numbers, none is NEVER; instants become microseconds."""
    frame = pl.DataFrame(list(rows), schema=dict(columns), orient="row")
    days = [
        pl.col(name).cast(pl.Int32).cast(pl.Int64).fill_null(NEVER)
        for name, kind in columns.items()
        if kind == DAY
    ]
    instants = [pl.col(name).cast(pl.Int64) for name, kind in columns.items() if kind == INSTANT]
    return frame.with_columns(*days, *instants)


def choose(column: str, choices: Iterable[str]) -> pl.Expr:
    """Turn words into their positions, as the tables hold them."""
    return pl.col(column).replace_strict(
        {word: place for place, word in enumerate(choices)}, return_dtype=pl.Int64
    )


@dataclass(frozen=True)
class Compared:
    """The rows of a table beside what is known, whose values are in `.was`: new, changed and equal ones, and those not listed."""

    new: pl.DataFrame
    changed: pl.DataFrame
    same: pl.DataFrame
    gone: pl.DataFrame

    @property
    def listed(self) -> pl.DataFrame:
        """Give all rows that are listed."""
        return pl.concat([self.new, self.changed, self.same])


def compare(
    frame: pl.DataFrame,
    known: pl.DataFrame,
    key: Sequence[str],
    columns: Iterable[str],
    given: Collection[str],
) -> Compared:
    """Compare rows with those that are known by the same key. Columns that are not given stay as they are known."""
    compared = list(columns)
    there = known.with_columns(pl.lit(value=True).alias("there"))
    joined = frame.join(there, on=key, how="left", suffix=".was", maintain_order="left").with_columns(
        pl.col("there").fill_null(value=False)
    )
    joined = joined.with_columns(
        pl.when("there").then(pl.col(f"{name}.was")).otherwise(pl.col(name)).alias(name)
        for name in compared
        if name not in given
    )
    differs = pl.any_horizontal(
        pl.lit(value=False), *(pl.col(name).ne_missing(pl.col(f"{name}.was")) for name in compared)
    )
    return Compared(
        joined.filter(~pl.col("there")),
        joined.filter(pl.col("there") & differs),
        joined.filter(pl.col("there") & ~differs),
        known.join(frame.select(key), on=key, how="anti", maintain_order="left"),
    )


def note_references(tables: Tables, faults: Faults) -> None:
    """Note skus and locations that neither the files nor the database have."""
    folder = tables.folder
    for names, owner, key in ((SKUS, "items", "sku"), (PLACES, "locations", "location")):
        columns = [folder[table].frame[column] for table, column in names]
        named = set(pl.concat([column.rename("name") for column in columns]).unique().to_list()) - {""}
        own = set(folder[owner].frame[key].to_list())
        places = set(catalog.find_locations())
        missing = named - own - (catalog.find_items(named - own).keys() if owner == "items" else places)
        near = own if owner == "items" else own | places
        for (table, column), texts in zip(names, columns, strict=True) if missing else ():
            rows = folder[table].frame.filter(texts.is_in(list(missing)))
            told = (
                (record, say_unknown(text, folder[owner], near, given=owner in folder.given))
                for record, text in rows.select("record", column).head(SHOWN).iter_rows()
            )
            if rows.height:
                faults.add_many(folder[table].file, column, told, rows.height)


def say_unknown(text: str, owner: TableFile, near: set[str], *, given: bool) -> str:
    """Say that a name is known nowhere, and which one may have been meant."""
    hint = suggest(text, sorted(near)) if len(near) <= MANY else ""
    if given:
        return f"{show(text)} is neither in {owner.file} nor in the database{hint}"
    return (
        f"{show(text)} is not in the database, and there is no table of {owner.schema.name} that has it{hint}"
    )


@dataclass(frozen=True)
class Counted:
    """How many rows of a table are new, changed, as they were, or gone because the table lists everything."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0

    @property
    def writes(self) -> bool:
        """Tell whether anything would be written."""
        return bool(self.new or self.changed or self.gone)

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.gone + other.gone,
        )

    def as_facts(self) -> dict[str, int]:
        """Name the numbers, as the journal and programs read them."""
        return {"new": self.new, "changed": self.changed, "unchanged": self.unchanged, "gone": self.gone}


@dataclass(frozen=True)
class Part:
    """What one table would change: how much, of which items, and how to write it."""

    name: str
    counted: Counted
    write: Callable[[Cause], object]
    skus: frozenset[str] = frozenset()  # to decide again
    everything: bool = False  # all items are to be decided again


def count(compared: Compared, *, complete: bool = False) -> Counted:
    """Count the rows."""
    gone = compared.gone.height if complete else 0
    return Counted(compared.new.height, compared.changed.height, compared.same.height, gone)


def both(compared: Compared, columns: Iterable[str], *kept: pl.Expr) -> list[tuple[Any, ...]]:
    """List the rows to be written, new ones first; `kept` are columns that the database keeps otherwise than the tables."""
    names = list(columns)
    return [
        row
        for frame in (compared.new, compared.changed)
        for row in frame.with_columns(*kept).select(names).iter_rows()
    ]


def name_skus(frames: Iterable[pl.DataFrame], columns: Iterable[str]) -> frozenset[str]:
    """Name the items of these rows."""
    names = list(columns)
    return frozenset(sku for frame in frames for name in names for sku in frame[name].to_list() if sku)
