"""The facts as a folder of CSV files, and the same files read by polars alone with their types given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from backorder.channels.files.outputs import days
from backorder.engine.allocation import Snapshot
from backorder.engine.allocation.snapshot import MILLION, SHIP_POLICIES
from measure.facts import PLACES, WAREHOUSES

DAYS = ("requested_on", "needed_by", "expected_on")
WHOLE = ("line", "quantity", "on_hand", "priority")


def name(rows: np.ndarray, form: str) -> pl.Series:
    """Name rows by number, with zeros in front so that names sort as numbers do."""
    return pl.select(pl.format(form + "{}", pl.Series(rows).cast(pl.String).str.zfill(7))).to_series()


def write_facts(facts: Snapshot, folder: Path) -> None:
    """Write orders, stock, inbound and locations."""
    lines, supplies = facts.lines, facts.supplies
    place = pl.Series([*PLACES, None], dtype=pl.String)
    first = np.r_[True, np.diff(lines.order) > 0]
    began = np.flatnonzero(first)[np.cumsum(first) - 1]
    attributes = {
        key: pl.Series(found.labels, dtype=pl.String).gather(found.values)
        for key, found in facts.attributes.items()
    }
    orders = pl.DataFrame(
        {
            "order": name(lines.order, "A-"),
            "line": np.arange(len(lines)) - began + 1,
            "sku": name(lines.item, "S-"),
            "quantity": lines.quantity,
            "ordered_at": pl.Series(lines.ordered_at)
            .cast(pl.Datetime("us"))
            .dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "requested_on": days(lines.requested_on),
            "needed_by": days(lines.needed_by),
            "location": place.gather(np.where(lines.location < 0, len(PLACES), lines.location)),
            **attributes,
            "priority": lines.priority,
            "unit_price": lines.unit_price / MILLION,
            "ship_policy": pl.Series(SHIP_POLICIES).gather(lines.ship_policy.astype(np.int64)),
        }
    )
    orders.write_csv(folder / "orders.csv")
    supply = pl.DataFrame(
        {
            "sku": name(supplies.item, "S-"),
            "location": place.gather(supplies.location),
            "quantity": supplies.quantity,
            "expected_on": days(supplies.available_on),
        }
    )
    late = pl.Series(supplies.inbound)
    supply.filter(~late).select("sku", "location", on_hand="quantity").write_csv(folder / "stock.csv")
    inbound = supply.filter(late)
    inbound.insert_column(0, name(np.arange(len(inbound)), "P-").alias("inbound")).insert_column(
        1, pl.repeat(1, len(inbound), eager=True).alias("line")
    ).write_csv(folder / "inbound.csv")
    parents = [PLACES[row // 5 * 5] if row in WAREHOUSES else None for row in range(len(PLACES))]
    pl.DataFrame({"location": PLACES, "parent": parents}).write_csv(folder / "locations.csv")


def read_typed(path: Path) -> pl.DataFrame:
    """Read one file with the types of its columns given."""
    with path.open(encoding="utf-8") as file:
        header = file.readline().strip().split(",")
    types: dict[str, type[pl.DataType]] = dict.fromkeys(header, pl.String)
    types.update({column: pl.Date for column in header if column in DAYS})
    types.update({column: pl.Int64 for column in header if column in WHOLE})
    return pl.read_csv(path, schema=types)
