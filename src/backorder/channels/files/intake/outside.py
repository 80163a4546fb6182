"""Compares what others sell in the place of items with what is known of it: information for whoever waits, and never an order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from backorder.care.models import OUTSIDE_KINDS
from backorder.care.offers.outside import Outside, find_faults, list_standing, take_list
from backorder.catalog.models import Item
from backorder.channels.files.intake.amounts import in_millionths, in_minor_units, note_finer, read_prices
from backorder.channels.files.intake.catalogue import read_day
from backorder.channels.files.intake.known import (
    DAY,
    NUMBER,
    TEXT,
    Compared,
    Part,
    choose,
    compare,
    count,
    frame_of,
)
from backorder.channels.files.intake.tables import Tables
from backorder.channels.files.parse import EPOCH
from backorder.channels.files.tables import TableFile
from backorder.engine.tables import NEVER
from backorder.faults import Faults

NAME = "outside_offers"
KEY = ("sku", "url")
COLUMNS = ("kind", "title", "price", "currency", "seen_on", "until")


def compare_outside(tables: Tables, today: date, faults: Faults) -> Iterator[Part]:
    """Compare what others sell by item and address. It decides about no item: nobody's promise follows from it."""
    kinds = {
        **dict.fromkeys((*KEY, "kind", "title"), TEXT),
        "price": NUMBER,
        "currency": TEXT,
        "seen_on": DAY,
        "until": DAY,
    }
    known = frame_of(list_standing(), kinds).with_columns(
        choose("kind", OUTSIDE_KINDS), in_millionths("price")
    )
    table = fill(tables, known, today)
    found = compare(table.frame, known, KEY, COLUMNS, table.given)
    prices = pl.concat([found.new, found.changed]).select("record", "price", "currency").drop_nulls("price")
    note_finer(table, "price", prices, faults)
    listed = list_rows(found)
    note_wrong(table, listed, today, faults)
    gone = list(found.gone.select(KEY).iter_rows()) if NAME in tables.complete else []
    noted = [each for _, each in listed]
    yield Part(
        NAME, count(found, complete=NAME in tables.complete), lambda cause: take_list(noted, gone, cause)
    )


def fill(tables: Tables, known: pl.DataFrame, today: date) -> TableFile:
    """Fill in what a blank means: the currency of the item; the day that is known, else the day of the import."""
    table = tables.folder[NAME]
    owners = read_prices(tables).select("sku", pl.col("currency").alias("own"))
    seen = known.select(*KEY, pl.col("seen_on").alias("known"))
    frame = table.frame.join(owners, on="sku", how="left", maintain_order="left")
    frame = frame.join(seen, on=KEY, how="left", maintain_order="left")
    day = pl.coalesce("known", pl.lit(today.toordinal() - EPOCH, pl.Int64))
    frame = frame.with_columns(
        pl.when(pl.col("currency") == "").then("own").otherwise("currency").alias("currency"),
        pl.when(pl.col("seen_on") == NEVER).then(day).otherwise("seen_on").alias("seen_on"),
    )
    return replace(table, frame=frame.drop("own", "known"))


def list_rows(found: Compared) -> list[tuple[int, Outside]]:
    """List the rows to be written, each with its record."""
    rows = pl.concat([found.new, found.changed]).with_columns(in_minor_units("price"))
    return [
        (
            record,
            Outside(
                Item(sku=sku, currency=currency),
                OUTSIDE_KINDS[kind],
                url,
                title,
                read_day(seen_on),
                price,
                currency,
                None if until == NEVER else read_day(until),
            ),
        )
        for record, sku, url, kind, title, price, currency, seen_on, until in rows.select(
            "record", *KEY, *COLUMNS
        ).iter_rows()
    ]


def note_wrong(table: TableFile, listed: list[tuple[int, Outside]], today: date, faults: Faults) -> None:
    """Note what cannot be meant, or is not safe to link."""
    for record, noted in listed:
        for column, said in find_faults(noted, today):
            faults.add(table.file, said, record=record, column=column)
