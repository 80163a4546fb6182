"""Takes promises and the plan in force from the files, for lines that the database does not know yet."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from backorder.allocation.plan import loading
from backorder.catalog.selectors import list_components
from backorder.channels.files.intake.catalogue import read_day
from backorder.channels.files.intake.tables import Tables
from backorder.engine.tables import NEVER

KEY = ["order", "line"]


@dataclass(frozen=True)
class Seeds:
    """What new lines bring along, and rows of the plan in force that are not taken."""

    told: list[loading.Told]
    held: list[loading.Held]
    ignored: int


def read_seeds(tables: Tables, new: pl.DataFrame) -> Seeds:
    """Read the first promise of each new line, and the units that it holds.

    The promise is `promised_on`; where that is blank, the last day of its rows in `current`, if they cover it.
    """
    rows, parts = tables.folder["current"].frame, set(tables.folder["kits"].frame["sku"].to_list())
    parts |= {kit for kit, *_ in list_components()}
    lines = new.select(*KEY, pl.col("sku").alias("wanted"), pl.col("quantity").alias("open"), "promised_on")
    joined = rows.join(lines, on=KEY, how="inner", maintain_order="left")
    current = joined.filter((pl.col("sku") == pl.col("wanted")) | pl.col("wanted").is_in(list(parts)))
    held = [
        loading.Held(
            (order, line), sku, place, (inbound, inbound_line) if inbound else None, quantity, read_day(day)
        )
        for order, line, sku, place, inbound, inbound_line, quantity, day in current.select(
            *KEY, "sku", "location", "inbound", "inbound_line", "quantity", "ships_on"
        ).iter_rows()
    ]
    covered = (
        current.filter(pl.col("sku") == pl.col("wanted"))
        .group_by(KEY, maintain_order=True)
        .agg(pl.col("quantity").sum().alias("covered"), pl.col("ships_on").max().alias("last"))
    )
    days = lines.join(covered, on=KEY, how="left", maintain_order="left").select(
        *KEY,
        pl.when(pl.col("promised_on") != NEVER)
        .then("promised_on")
        .when(pl.col("covered") >= pl.col("open"))
        .then("last")
        .alias("day"),
    )
    told = [
        loading.Told((order, line), read_day(day))
        for order, line, day in days.filter(pl.col("day").is_not_null()).iter_rows()
    ]
    return Seeds(told, held, rows.height - current.height)
