"""Refuses facts whose sums would outgrow the numbers that hold them."""

from __future__ import annotations

import numpy as np
import polars as pl

from backorder.channels.files.schemas import SUMMED
from backorder.channels.files.tables import Folder
from backorder.faults import Faults
from backorder.kits import count_parts
from backorder.policy_text.columns import MOST_UNITS, MOST_VALUE

SAFE = 2**50
"""A sum in floating point that stays below this cannot hide one above 2^53."""


def note_sums(folder: Folder, faults: Faults) -> None:
    """Note each column of quantities whose sum passes 2^53."""
    for table, column in SUMMED:
        source = folder[table]
        total = add_up(source.frame[column])
        if total > MOST_UNITS:
            faults.add(source.file, f"the sum is {total}, more than {MOST_UNITS}", column=column)


def add_up(column: pl.Series) -> int:
    """Sum exactly."""
    rough = float(column.cast(pl.Float64).sum())
    return int(rough) if rough < SAFE else sum(column.drop_nulls().to_list())


def note_value(file: str, quantity: np.ndarray, price: np.ndarray, faults: Faults) -> None:
    """Note a value of all lines that int64 millionths could not hold."""
    if float(np.dot(quantity.astype(float), price.astype(float))) < MOST_VALUE / 2:
        return
    total = sum(units * money for units, money in zip(quantity.tolist(), price.tolist(), strict=True))
    if total >= MOST_VALUE:
        message = f"quantity x unit_price adds up to {total // 10**6}, more than {MOST_VALUE // 10**6}"
        faults.add(file, message, column="unit_price")


def note_kit_units(folder: Folder, faults: Faults) -> None:
    """Note kits whose components, counted for all lines that ask, pass 2^53. The kits hold no circle."""
    kits = folder["kits"]
    bills: dict[str, dict[str, int]] = {}
    for sku, component, quantity in zip(
        *(kits.frame[name] for name in ("sku", "component", "quantity")), strict=True
    ):
        bills.setdefault(sku, {})[component] = quantity or 0
    if not bills:
        return
    orders = (
        folder["orders"]
        .frame.filter(pl.col("sku").is_in(list(bills)))
        .group_by("sku")
        .agg(pl.col("quantity").sum())
    )
    units = count_parts(bills)
    for sku, asked in sorted(orders.iter_rows()):
        if asked * units[sku] > MOST_UNITS:
            message = f"{asked} of kit {sku!r} need {asked * units[sku]} components, more than {MOST_UNITS}"
            faults.add(kits.file, message, column="quantity")
