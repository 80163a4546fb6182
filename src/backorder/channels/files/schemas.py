"""What each table of a folder holds, as data: docs/reference/files.md and files.md say the same in words."""

from __future__ import annotations

from dataclasses import dataclass

from backorder.engine.allocation.snapshot import MILLION
from backorder.engine.tables import NEVER
from backorder.policy_text.columns import (
    ITEMS,
    MOST_UNITS,
    ORDERS,
    Column,
    count,
    day,
    text,
    texts,
    whole,
)

LAST_RANK = NEVER - 1


@dataclass(frozen=True)
class Schema:
    """One table: its columns, and those that make its key (empty: rows may repeat)."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False

    def column(self, name: str) -> Column:
        """Find a column by its name."""
        return next(column for column in self.columns if column.name == name)


SCHEMAS = {
    schema.name: schema
    for schema in (
        Schema(
            "orders",
            ORDERS,
            key=("order", "line"),
            required=True,
        ),
        Schema(
            "stock",
            (
                *texts("sku", "location"),
                count("on_hand", 0, required=True),
                text("status", "sellable"),
            ),
            key=("sku", "location", "status"),
            required=True,
        ),
        Schema(
            "inbound",
            (
                *texts("inbound", "line", "sku", "location"),
                count("quantity", required=True),
                day("expected_on", required=True),
                text("supplier"),
            ),
            key=("inbound", "line"),
            required=True,
        ),
        Schema(
            "locations",
            (*texts("location"), text("parent"), whole("rank", LAST_RANK, None)),
            key=("location",),
        ),
        Schema(
            "items",
            ITEMS,
            key=("sku",),
        ),
        Schema(
            "kits",
            (*texts("sku", "component"), count("quantity", required=True)),
            key=("sku", "component"),
        ),
        Schema(
            "substitutes",
            (
                *texts("sku", "substitute"),
                text("kind"),
                Column(
                    "ratio",
                    "money",
                    "is not a number above 0 with at most six decimals",
                    lowest=1,
                    highest=MOST_UNITS,
                    default=MILLION,
                ),
            ),
            key=("sku", "substitute", "kind"),
        ),
        Schema(
            "current",
            (
                *texts("order", "line", "sku", "location"),
                text("inbound"),
                text("inbound_line"),
                count("quantity", required=True),
                day("available_on"),
                day("ships_on", required=True),
            ),
        ),
        Schema("calendar", (day("closed_on", required=True), text("location"))),
    )
}
SUMMED = (
    ("orders", "quantity"),
    ("stock", "on_hand"),
    ("inbound", "quantity"),
    ("kits", "quantity"),
    ("current", "quantity"),
)
"""Quantities whose sum must stay a whole number that any program can read back."""
