"""Kits that would hold more units than can be counted."""

from __future__ import annotations

from graphlib import CycleError

import polars as pl

from backorder.catalog.services.bills import MOST_PARTS, say_endless
from backorder.channels.files.tables import TableFile
from backorder.faults import Faults
from backorder.kits import count_parts

COLUMNS = ("sku", "component", "quantity")


def note_endless(table: TableFile, known: pl.DataFrame, faults: Faults) -> None:
    """Note each kit that would hold too many units, all levels down, with components that are known beyond the file.

    It is noted where its own bill is in the file. What contains itself is noted elsewhere.
    """
    bills: dict[str, dict[str, int]] = {}
    for frame in (known, table.frame):
        for sku, component, units in frame.select(COLUMNS).iter_rows():
            bills.setdefault(sku, {})[component] = units or 0
    try:
        counted = count_parts(bills)
    except CycleError:
        return
    firsts = dict(table.frame.reverse().select("sku", "record").iter_rows())
    for sku, units in counted.items():
        if units > MOST_PARTS:
            message = say_endless(sku, units)
            faults.add(table.file, message, record=firsts.get(sku, 0), column="quantity")
