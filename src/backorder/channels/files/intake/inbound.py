"""Compares what is coming, and what is on hand, with what is known."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from backorder.channels.files.intake.catalogue import read_day
from backorder.channels.files.intake.known import (
    DAY,
    NUMBER,
    TEXT,
    Compared,
    Counted,
    Part,
    both,
    choose,
    compare,
    count,
    frame_of,
    name_skus,
)
from backorder.channels.files.intake.tables import Tables
from backorder.channels.files.tables import TableFile
from backorder.faults import Faults, show
from backorder.outbox.services import Cause
from backorder.supply import loading
from backorder.supply.models import STATUSES
from backorder.supply.selectors import list_inbound_lines, list_inbound_orders, list_levels

SOURCE = "import"
"""Who brought the news of a date, and why a count was made."""
LINE_KINDS = {
    "inbound": TEXT,
    "line": TEXT,
    "id": NUMBER,
    "sku": TEXT,
    "location": TEXT,
    "ordered": NUMBER,
    "received": NUMBER,
    "cancelled": NUMBER,
    "quantity": NUMBER,
    "expected_on": DAY,
    "supplier": TEXT,
    "kind": TEXT,
}


def compare_inbound(tables: Tables, faults: Faults) -> Iterator[Part]:
    """Compare inbound lines by their numbers."""
    table, complete = tables.folder["inbound"], "inbound" in tables.complete
    numbers = table.frame["inbound"].unique().to_list()
    known = frame_of(list_inbound_lines(numbers), LINE_KINDS)
    named = pl.col("supplier").filter(pl.col("supplier") != "").first().over("inbound").fill_null("")
    frame = table.frame.with_columns(named)
    found = compare(
        frame,
        known,
        table.schema.key,
        ("sku", "location", "quantity", "expected_on", "supplier"),
        table.given,
    )
    note_contradictions(table, found, faults)
    gone = found.gone.filter(pl.col("quantity") > 0)
    if complete:
        rest = frame_of(list_inbound_lines(), LINE_KINDS).join(frame, on="inbound", how="anti")
        gone = pl.concat([gone, rest])
    counted = count(Compared(found.new, found.changed, found.same, gone), complete=complete)
    frames = (found.new, found.changed, *([gone] if complete else ()))
    suppliers = compare_suppliers(frame, numbers) if "supplier" in table.given else []

    def write(cause: Cause) -> None:
        loading.change_suppliers(suppliers, cause)
        loading.place_many(read_lines(found.new), cause)
        loading.amend_many(read_known(found.changed), SOURCE, cause)
        if complete:
            loading.end_many(read_known(gone), cause)

    yield Part("inbound", counted, write, name_skus(frames, ["sku"]))


def compare_suppliers(frame: pl.DataFrame, numbers: list[str]) -> list[tuple[str, str, str]]:
    """List known inbound orders whose supplier is another now: number, who it was, and who it is."""
    orders = frame.group_by("inbound", maintain_order=True).agg(pl.col("supplier").first())
    known = {number: supplier for number, _, _, supplier in list_inbound_orders(numbers)}
    return [
        (number, known[number], supplier)
        for number, supplier in orders.iter_rows()
        if number in known and known[number] != supplier
    ]


def note_contradictions(table: TableFile, found: Compared, faults: Faults) -> None:
    """Note rows that cannot be the line of that number: another item or place, and more to come than what is known leaves."""
    rows = found.changed
    for column, word in (("sku", "is for"), ("location", "goes to")):
        old = f"{column}.was"
        for record, was in rows.filter(pl.col(column) != pl.col(old)).select("record", old).iter_rows():
            message = f"the line {word} {show(was)}, and stays so; take it off and give what comes a line of its own"
            faults.add(table.file, message, record=record, column=column)
    more = rows.filter(pl.col("quantity") > pl.col("quantity.was"))
    for row in more.iter_rows(named=True):
        ahead = [f"{row[word]} {word}" for word in ("received", "cancelled") if row[word]]
        if ahead:
            left = row["quantity.was"]
            message = (
                f"{row['quantity']} cannot be still to come: of {row['ordered']} ordered {' and '.join(ahead)}, "
                f"so {left} {'is' if left == 1 else 'are'} left; what is ordered anew gets a line of its own"
            )
            faults.add(table.file, message, record=row["record"], column="quantity")
    moved = rows.filter((pl.col("kind") == "transfer") & (pl.col("quantity") != pl.col("quantity.was")))
    message = "a transfer has left its source, so a file does not change how many units it has"
    for record in moved["record"].to_list():
        faults.add(table.file, message, record=record, column="quantity")


def compare_stock(tables: Tables, faults: Faults) -> Iterator[Part]:
    """Compare what is on hand by item, place and status: a count that finds what the file says."""
    table = tables.folder["stock"]
    kinds = {"sku": TEXT, "location": TEXT, "status": TEXT, "on_hand": NUMBER, "released": NUMBER}
    complete = "stock" in tables.complete
    skus = None if complete else table.frame["sku"].to_list()
    known = frame_of(list_levels(skus), kinds).with_columns(choose("status", STATUSES))
    found = compare(table.frame, known, table.schema.key, ("on_hand",), table.given)
    new = found.new.filter(pl.col("on_hand") > 0)  # of nothing no count is needed
    gone = found.gone.filter(pl.col("on_hand") > 0)
    note_released(table, found.changed, gone if complete else gone.clear(), faults)
    counted = Counted(
        new.height,
        found.changed.height,
        found.same.height + found.new.height - new.height,
        gone.height if complete else 0,
    )
    columns = ("sku", "location", "status", "on_hand")
    rows = both(Compared(new, found.changed, found.same, gone), columns)
    zero = [(*row, 0) for row in gone.select(columns[:3]).iter_rows()] if complete else []
    counts = [
        loading.CountFacts(sku, place, STATUSES[status], units)
        for sku, place, status, units in (*rows, *zero)
    ]
    frames = (new, found.changed, *([gone] if complete else ()))
    yield Part("stock", counted, lambda cause: loading.count_many(counts, cause), name_skus(frames, ["sku"]))


def note_released(table: TableFile, changed: pl.DataFrame, gone: pl.DataFrame, faults: Faults) -> None:
    """Note counts below what the warehouse was told to pick."""
    message = "are on pick lists; report there what is missing"
    short = changed.filter(pl.col("on_hand") < pl.col("released"))
    for record, units, released in short.select("record", "on_hand", "released").iter_rows():
        faults.add(
            table.file, f"{units} cannot be there: {released} {message}", record=record, column="on_hand"
        )
    for sku, place, released in (
        gone.filter(pl.col("released") > 0)
        .select("sku", "location", "released")
        .sort("sku", "location")
        .iter_rows()
    ):
        faults.add(table.file, f"{sku} at {place} is not listed, and {released} units of it {message}")


def read_lines(rows: pl.DataFrame) -> list[loading.InboundFacts]:
    """Read rows as lines."""
    columns = ("inbound", "line", "sku", "location", "quantity", "expected_on", "supplier")
    return [
        loading.InboundFacts(order, line, sku, place, quantity, read_day(day), supplier)
        for order, line, sku, place, quantity, day, supplier in rows.select(columns).iter_rows()
    ]


def read_known(rows: pl.DataFrame) -> list[tuple[loading.InboundFacts, loading.KnownLine]]:
    """Read rows as lines, each with what is known of it: the same, where the rows are those that are known."""
    quantity, day = (
        f"{name}.was" if f"{name}.was" in rows.columns else name for name in ("quantity", "expected_on")
    )
    known = [
        loading.KnownLine(number, received, cancelled, still, read_day(expected))
        for number, received, cancelled, still, expected in rows.select(
            "id", "received", "cancelled", quantity, day
        ).iter_rows()
    ]
    return list(zip(read_lines(rows), known, strict=True))
