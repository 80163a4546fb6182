"""The arrivals of a file of purchase lines: read, learn, write the days by which each open one comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from backorder.channels.files.keys import encode, sort_rows
from backorder.channels.files.numbering import note_duplicates
from backorder.channels.files.one_file import WRITERS, check_ends
from backorder.channels.files.outputs import days
from backorder.channels.files.parse import EPOCH
from backorder.channels.files.schemas import Schema
from backorder.channels.files.summary import list_versions
from backorder.channels.files.tables import read_file
from backorder.channels.files.target import whole_file
from backorder.engine.arrival import Purchases, predict
from backorder.engine.tables import NEVER
from backorder.faults import Faults
from backorder.policy_text.columns import day, text, texts

Tell = Callable[[str], None]
STEPS = 3
"""What `arrivals` tells: reading, learning, writing."""
PURCHASES = Schema(
    "purchases",
    (
        *texts("purchase", "line"),
        day("ordered_on", required=True),
        day("quoted_on"),
        day("delivered_on"),
        text("item"),
        text("supplier"),
        text("lane"),
    ),
    key=("purchase", "line"),
    required=True,
)


@dataclass(frozen=True)
class Wanted:
    """What is asked: the day as of which one knows; levels by the names that were given, rising.

    Rolling: every line is asked about, as of the day of its order.
    """

    as_of: date
    levels: dict[str, float]
    rolling: bool = False


@dataclass(frozen=True)
class ArrivalReport:
    """What a planner is told."""

    summary: dict[str, Any]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """Purchase lines sorted by their keys, and what they are called."""

    purchase: pl.Series
    line: pl.Series
    purchases: Purchases


def predict_file(source: Path, wanted: Wanted, target: tuple[Path, bool], tell: Tell) -> ArrivalReport:
    """Say when the open lines of a file arrive, and write it. Writes nothing on FaultyInputError or OSError.

    The target is a path, and whether a file there may go.
    """
    out = check_ends(source, target[0], force=target[1])
    known, notes = read_purchases(source, tell)
    purchases = known.purchases
    as_of = wanted.as_of.toordinal() - EPOCH
    ordered = purchases.ordered_on <= as_of
    is_open = ordered & (purchases.delivered_on > as_of)
    rows = np.flatnonzero(ordered if wanted.rolling else is_open)
    tell(f"learning from {int(ordered.sum()):,} lines")
    asked_on = purchases.ordered_on[rows] if wanted.rolling else np.full(len(rows), as_of)
    found = predict(purchases, rows, asked_on, np.array(list(wanted.levels.values())))
    tell(f"writing {out.name}")
    with whole_file(out) as work:
        WRITERS[out.suffix](lay_table(known, rows, wanted, found), work)
    blank = int((found[:, 0] == NEVER).sum())
    summary = {
        "as_of": wanted.as_of.isoformat(),
        "rolling": wanted.rolling,
        "quantiles": list(wanted.levels),
        "lines": len(purchases),
        "open": int(is_open.sum()),
        "delivered": int((ordered & ~is_open).sum()),
        "ordered_later": int((~ordered).sum()),
        "delivered_before_order": int((purchases.delivered_on < purchases.ordered_on).sum()),
        "written": len(rows),
        "without_date": blank,
        "versions": list_versions(),
    }
    return ArrivalReport(summary, (*notes, *tell_rest(source.name, summary)))


def read_purchases(source: Path, tell: Tell) -> tuple[Known, list[str]]:
    """Read the lines of a file, in the order of their keys, and what was ignored. Raises FaultyInputError."""
    faults = Faults()
    table, notes = read_file(source, PURCHASES, ((), tell), faults)
    if table is None:
        faults.raise_if_any()
        message = f"{source.name} gave neither a table nor a fault"
        raise AssertionError(message)
    keys = [encode(table.frame[name])[0] for name in PURCHASES.key]
    note_duplicates(table, keys, faults)
    faults.raise_if_any()
    order = sort_rows(keys)
    frame = table.frame if isinstance(order, slice) else table.frame[order]
    purchases = Purchases(
        **{name: frame[name].to_numpy() for name in ("ordered_on", "quoted_on", "delivered_on")},
        **{name: encode(frame[name])[0] for name in ("supplier", "lane", "item")},
    )
    return Known(frame["purchase"], frame["line"], purchases), notes


def lay_table(known: Known, rows: NDArray[Any], wanted: Wanted, found: NDArray[np.int64]) -> pl.DataFrame:
    """Build the table: a row for each line that was asked about, a column of days for each level."""
    named = {"purchase": known.purchase.gather(rows), "line": known.line.gather(rows)}
    dates = {name_column(name): days(column) for name, column in zip(wanted.levels, found.T, strict=True)}
    return pl.DataFrame({**named, **dates})


def name_column(level: str) -> str:
    """Name the column of a level: p50_on of 0.5, p92.5_on of 0.925."""
    digits = level.partition(".")[2].ljust(2, "0")
    whole, rest = digits[:2].removeprefix("0"), digits[2:].rstrip("0")
    return f"p{whole}.{rest}_on" if rest else f"p{whole}_on"


def tell_rest(file: str, summary: dict[str, Any]) -> Iterable[str]:
    """Say why lines are left out or have no date."""
    if early := summary["delivered_before_order"]:
        yield f"{file}: {say_lines(early)} delivered before ordered_on, and counted as it stands"
    if later := summary["ordered_later"]:
        yield f"{file}: {say_lines(later)} ordered after {summary['as_of']}, and left out"
    if not summary["rolling"] and summary["without_date"]:
        why = (
            "nothing had arrived by then that one could learn from"
            if not summary["delivered"]
            else "nothing that was learned from had ever come so late"
        )
        yield f"{file}: {say_lines(summary['without_date'])} open and without a date: {why}"
    if summary["rolling"] and summary["without_date"]:
        why = "nothing had arrived yet when they were ordered"
        yield f"{file}: {say_lines(summary['without_date'])} without a date: {why}"


def say_lines(count: int) -> str:
    """Say how many lines are."""
    return "1 line is" if count == 1 else f"{count:,} lines are"
