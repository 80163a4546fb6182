"""Prices and their currencies: files hold millionths, and the database the smallest unit of each currency."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from backorder.catalog.selectors import list_items
from backorder.channels.files.intake.known import NUMBER, TEXT, compare, frame_of
from backorder.channels.files.intake.tables import Tables
from backorder.channels.files.tables import TableFile
from backorder.faults import SHOWN, Faults
from backorder.money import MILLIONTHS, MOST_PLACES, USUAL_MILLIONTHS, say_finer, to_decimal
from backorder.orders.models import MOST_MONEY

UNIT = pl.col("currency").replace_strict(MILLIONTHS, default=USUAL_MILLIONTHS, return_dtype=pl.Int64)
"""How many millionths the smallest unit of a row's currency has."""


def in_millionths(column: str) -> pl.Expr:
    """Turn minor units into millionths, as the tables hold them."""
    return pl.col(column) * UNIT


def in_minor_units(column: str) -> pl.Expr:
    """Turn millionths into minor units, as the database keeps them."""
    return pl.col(column) // UNIT


def read_prices(tables: Tables) -> pl.DataFrame:
    """Read what each item costs, in which currency: as its row says, else as it is known. Without a row, `record` is blank."""
    rows = ((sku, price, currency) for sku, _, price, currency, _ in list_items())
    known = frame_of(rows, {"sku": TEXT, "price": NUMBER, "currency": TEXT})
    items, columns = tables.folder["items"], ("sku", "price", "currency")
    found = compare(
        items.frame.select("record", *columns),
        known.with_columns(in_millionths("price")),
        ("sku",),
        columns[1:],
        items.given,
    )
    return pl.concat(
        [found.listed.select("record", *columns), found.gone.select(*columns)], how="diagonal"
    ).unique("sku", keep="first", maintain_order=True)


def note_amounts(tables: Tables, faults: Faults) -> None:
    """Note prices that are finer than their currency, and more than the database keeps."""
    prices, orders = read_prices(tables), tables.folder["orders"]
    note_finer(tables.folder["items"], "price", prices.drop_nulls("record"), faults)
    paid = orders.frame.select("record", "sku", "unit_price").drop_nulls("unit_price")
    paid = paid.join(prices.select("sku", "currency"), on="sku", maintain_order="left")
    note_finer(orders, "unit_price", paid, faults)


def note_finer(table: TableFile, column: str, rows: pl.DataFrame, faults: Faults) -> None:
    """Note amounts of a column with more places than their currency, or more than the database keeps."""
    finer = pl.col(column) % UNIT != 0
    more = in_minor_units(column) > MOST_MONEY
    wrong = rows.filter(finer | more).with_columns(finer.alias("finer"))
    found = (
        (record, say_finer(to_amount(value), currency) if is_finer else say_more(to_amount(value), currency))
        for record, value, currency, is_finer in wrong.head(SHOWN)
        .select("record", column, "currency", "finer")
        .iter_rows()
    )
    if wrong.height:
        faults.add_many(table.file, column, found, wrong.height)


def to_amount(millionths: int) -> Decimal:
    """Turn millionths into an amount without zeros at its end."""
    return Decimal(millionths).scaleb(-MOST_PLACES).normalize()


def say_more(amount: Decimal, currency: str) -> str:
    """Say that an amount is more than the database keeps."""
    return f"{amount:f} {currency} is more than {to_decimal(MOST_MONEY, currency):f}"
