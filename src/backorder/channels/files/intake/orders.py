"""Compares orders and their lines with what is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from backorder.channels.files.intake.amounts import in_millionths, in_minor_units, read_prices
from backorder.channels.files.intake.catalogue import read_day
from backorder.channels.files.intake.known import (
    DAY,
    INSTANT,
    NUMBER,
    TEXT,
    Compared,
    Counted,
    Part,
    choose,
    compare,
    frame_of,
    name_skus,
)
from backorder.channels.files.intake.tables import Tables
from backorder.channels.files.tables import TableFile, shown_day
from backorder.engine.allocation.snapshot import COMMITMENTS, SHIP_POLICIES
from backorder.engine.tables import NEVER
from backorder.faults import Faults, show
from backorder.orders import loading
from backorder.orders.customers import CustomerFacts, save_customers
from backorder.orders.selectors import list_customers, list_lines, list_open_orders, list_orders
from backorder.outbox.services import Cause

START = datetime(1970, 1, 1, tzinfo=UTC)
NOT_GIVEN = -1
"""A price that is not given: that of the item, or as it was."""
ORDER_KINDS = {
    "order": TEXT,
    "id": NUMBER,
    "customer": TEXT,
    "customer_class": TEXT,
    "channel": TEXT,
    "ordered_at": INSTANT,
    "ordered_at.day": DAY,
    "priority": NUMBER,
    "ship_policy": TEXT,
    "tied": NUMBER,
    "full": NUMBER,
}
LINE_KINDS = {
    "order": TEXT,
    "line": TEXT,
    "id": NUMBER,
    "sku": TEXT,
    "location": TEXT,
    "quantity": NUMBER,
    "shipped": NUMBER,
    "cancelled": NUMBER,
    "released": NUMBER,
    "unit_price": NUMBER,
    "currency": TEXT,
    "requested_on": DAY,
    "needed_by": DAY,
    "minimum_quantity": NUMBER,
    "commitment": TEXT,
}
TERMS = ("location", "quantity", "unit_price", "requested_on", "needed_by", "minimum_quantity", "commitment")


HEADS = ("customer", "customer_class", "channel", "ordered_at", "ordered_at.day", "priority", "ship_policy")
TAKE_BACK = "take them back from the warehouse first"
COMPLETE = SHIP_POLICIES.index("complete")


@dataclass(frozen=True)
class ComparedOrders:
    """Orders and lines beside what is known, and open lines that are not listed although the table lists everything."""

    orders: Compared
    lines: Compared
    gone: pl.DataFrame


def compare_orders(tables: Tables, faults: Faults) -> tuple[list[Part], ComparedOrders]:
    """Compare orders and lines by their numbers."""
    table = tables.folder["orders"]
    numbers = set(table.frame["order"].to_list())
    known = read_known(numbers)
    lines = compare(
        fill_blanks(tables, known),
        known,
        table.schema.key,
        ("sku", *TERMS),
        table.given | {"unit_price", "requested_on"},
    )
    note_contradictions(table, lines.changed, faults)
    gone = lines.gone.clear()
    if "orders" in tables.complete:
        rest = read_known(set(list_open_orders()) - numbers)
        gone = pl.concat([lines.gone, rest]).filter(
            (pl.col("quantity") > 0) & ~pl.col("order").is_in(list(tables.left_out))
        )
        for order, line, units in (
            gone.filter(pl.col("released") > 0)
            .select("order", "line", "released")
            .sort("order", "line")
            .iter_rows()
        ):
            message = f"order {order} line {line} is not listed, and {units} units of it are on a pick list; {TAKE_BACK}"
            faults.add(table.file, message)
    both = ComparedOrders(compare_heads(table), lines, gone)
    note_too_often(table, both, faults)
    return [*compare_buyers(tables), describe(both, known)], both


def read_known(numbers: Iterable[str]) -> pl.DataFrame:
    """Read the lines of orders that are known."""
    return frame_of(list_lines(numbers), LINE_KINDS).with_columns(
        in_millionths("unit_price"), choose("commitment", COMMITMENTS)
    )


def fill_blanks(tables: Tables, known: pl.DataFrame) -> pl.DataFrame:
    """Fill what a blank means: the day of the order, the price as it was, and for a new line that of its item. Add the currency."""
    key, day = ["order", "line"], pl.col("requested_on")
    frame = (
        tables.folder["orders"]
        .frame.join(
            known.select(*key, pl.col("unit_price").alias("paid")), on=key, how="left", maintain_order="left"
        )
        .join(read_prices(tables).drop("record"), on="sku", how="left", maintain_order="left")
    )
    return frame.with_columns(
        pl.coalesce("unit_price", "paid", "price", pl.lit(0)).alias("unit_price"),
        pl.when(day == NEVER).then(pl.col(shown_day("ordered_at"))).otherwise(day).alias("requested_on"),
    ).drop("paid", "price")


def compare_heads(table: TableFile) -> Compared:
    """Compare what a file has on each line and the database on the order."""
    said = {name: pl.col(name) for name in HEADS}
    for name in ("customer", "customer_class", "channel"):
        said[name] = pl.col(name).filter(pl.col(name) != "")
    complete = (pl.col("ship_policy") == COMPLETE).any()
    said["ship_policy"] = (
        pl.when(complete).then(COMPLETE).otherwise(pl.col("ship_policy").first()).cast(pl.Int64)
    )
    heads = table.frame.group_by("order", maintain_order=True).agg(
        [expression.first().alias(name) for name, expression in said.items()]
    )
    heads = heads.with_columns(pl.col("customer", "customer_class", "channel").fill_null(""))
    known = frame_of(list_orders(heads["order"].to_list()), ORDER_KINDS)
    known = known.with_columns(choose("ship_policy", SHIP_POLICIES))
    return compare(heads, known, ("order",), HEADS, table.given | {"ordered_at.day"})


def compare_buyers(tables: Tables) -> Iterator[Part]:
    """Create the customers that orders name and nobody has named before; nothing more is known of them."""
    named = set(tables.folder["orders"].frame["customer"].to_list()) - {""}
    named -= set(tables.folder["customers"].frame["customer"].to_list())
    new = sorted(named - {row[0] for row in list_customers(named)})
    if new:
        facts = [CustomerFacts(code) for code in new]
        yield Part("customers", Counted(len(new)), lambda cause: save_customers(facts, cause))


def note_contradictions(table: TableFile, rows: pl.DataFrame, faults: Faults) -> None:
    """Note rows that cannot be the line of that number: another item, and more open than what is known leaves."""
    for record, was in (
        rows.filter(pl.col("sku") != pl.col("sku.was")).select("record", "sku.was").iter_rows()
    ):
        message = f"the line is for {show(was)}, and stays so; give another item a line of its own"
        faults.add(table.file, message, record=record, column="sku")
    fewer = rows.filter(pl.col("quantity") < pl.col("released"))
    for record, units, released in fewer.select("record", "quantity", "released").iter_rows():
        message = f"{units} cannot be open: {released} are on a pick list; {TAKE_BACK}"
        faults.add(table.file, message, record=record, column="quantity")
    more = rows.filter(pl.col("quantity") > pl.col("quantity.was"))
    for row in more.filter((pl.col("shipped") > 0) | (pl.col("cancelled") > 0)).iter_rows(named=True):
        ordered = row["quantity.was"] + row["shipped"] + row["cancelled"]
        ahead = [
            f"{row[name]} {word}"
            for name, word in (("shipped", "have shipped"), ("cancelled", "were cancelled"))
            if row[name]
        ]
        message = (
            f"{row['quantity']} cannot be open: of {ordered} ordered {' and '.join(ahead)}, so {row['quantity.was']} "
            "are open; what is wanted beyond them gets a line of its own"
        )
        faults.add(table.file, message, record=row["record"], column="quantity")


def note_too_often(table: TableFile, both: ComparedOrders, faults: Faults) -> None:
    """Note rows that want more of an order that may not leave once more: its last shipment took all."""
    full = both.orders.listed.filter(pl.col("full") == 1)["order"].to_list()
    raised = both.lines.changed.filter(pl.col("quantity") > pl.col("quantity.was"))
    more = pl.concat([frame.select("record", "order") for frame in (both.lines.new, raised)])
    for record, order in more.filter(pl.col("order").is_in(full)).sort("record").iter_rows():
        message = f"order {order} has had its last shipment; allow it one more first, or place another order"
        faults.add(table.file, message, record=record, column="quantity")


def describe(both: ComparedOrders, known: pl.DataFrame) -> Part:
    """Describe what the table changes. A change of an order touches all its lines, one of lines that are tied all these items.

    So does one more line: who changes the order holds the items of all its lines.
    """
    orders, lines, gone = both.orders, both.lines, both.gone
    moved = orders.changed["order"].to_list()
    listed = pl.concat([frame.select("order", "sku") for frame in (lines.new, lines.changed, gone)])
    whole = orders.listed.filter(
        (pl.col("ship_policy") == COMPLETE) | (pl.col("ship_policy.was") == COMPLETE) | (pl.col("tied") == 1)
    )
    tied = {*moved, *(set(whole["order"].to_list()) & set(listed["order"].to_list()))}
    other = known.filter(
        pl.col("order").is_in(list(tied)) & (pl.col("quantity") > 0)
        | pl.col("order").is_in(lines.new["order"].to_list())
    )
    with_order = lines.same.filter(pl.col("order").is_in(moved)).height
    counted = Counted(
        lines.new.height, lines.changed.height + with_order, lines.same.height - with_order, gone.height
    )
    return Part(
        "orders", counted, lambda cause: write_orders(both, cause), name_skus((listed, other), ["sku"])
    )


def write_orders(both: ComparedOrders, cause: Cause) -> None:
    """Write orders and lines."""
    orders, lines = both.orders, both.lines
    changed = orders.changed
    heads = zip(changed["id"], read_orders(as_it_was(changed)), read_orders(changed), strict=True)
    loading.amend_orders([loading.OrderChange(*head) for head in heads], cause)
    born = set(orders.new["order"].to_list())
    new = read_lines(lines.new)
    loading.place_many(read_orders(orders.new), [line for line in new if line.order in born], cause)
    loading.add_many([line for line in new if line.order not in born], cause)
    loading.amend_lines(read_changes(as_it_was(lines.changed), lines.changed), cause)
    loading.cancel_many(read_changes(both.gone, both.gone), cause)


def as_it_was(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the same rows with the values that are known."""
    old = [name for name in rows.columns if name.endswith(".was")]
    return rows.with_columns(pl.col(name).alias(name.removesuffix(".was")) for name in old)


def read_changes(was: pl.DataFrame, now: pl.DataFrame) -> list[loading.LineChange]:
    """Read rows as changes of lines."""
    columns = zip(now["id"], read_lines(was), read_lines(now), now["shipped"], now["cancelled"], strict=True)
    return [loading.LineChange(*row) for row in columns]


def read_orders(rows: pl.DataFrame) -> list[loading.OrderFacts]:
    """Read rows as orders."""
    return [
        loading.OrderFacts(
            number, read_instant(at), read_day(day), customer, kind, channel, priority, SHIP_POLICIES[policy]
        )
        for number, customer, kind, channel, at, day, priority, policy in rows.select(
            "order", *HEADS
        ).iter_rows()
    ]


def read_lines(rows: pl.DataFrame) -> list[loading.LineFacts]:
    """Read rows as lines."""
    columns = ("order", "line", "sku", "quantity", "requested_on", "location", "unit_price", "needed_by")
    return [
        loading.LineFacts(
            *(order, line, sku, quantity, read_day(requested), place, price),
            None if needed == NEVER else read_day(needed),
            fewest,
            COMMITMENTS[commitment],
        )
        for order, line, sku, quantity, requested, place, price, needed, fewest, commitment in rows.with_columns(
            in_minor_units("unit_price")
        )
        .select(*columns, "minimum_quantity", "commitment")
        .iter_rows()
    ]


def read_instant(micros: int) -> datetime:
    """Read an instant as the tables number them."""
    return START + timedelta(microseconds=micros)
