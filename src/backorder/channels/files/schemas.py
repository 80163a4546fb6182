"""What each table of a folder holds, as data: docs/reference/files.md and files.md say the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backorder.engine.allocation.snapshot import COMMITMENTS, MILLION, SHIP_POLICIES
from backorder.engine.tables import NEVER

Kind = Literal["text", "number", "money", "day", "instant", "choice"]
MOST_UNITS = 2**53
"""No quantity, and no sum of quantities, may pass this."""
MOST_VALUE = 2**62
"""Quantity times price, summed in millionths, stays below this."""
LAST_RANK = NEVER - 1


@dataclass(frozen=True)
class Column:
    """One column: how its text is read, and what would be right if it cannot be."""

    name: str
    kind: Kind
    rule: str = ""
    required: bool = False
    lowest: int = 0
    highest: int = MOST_UNITS
    choices: tuple[str, ...] = ()
    default: int | str | None = None  # None: stays blank


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


def text(name: str, default: str = "") -> Column:
    """Describe a text."""
    return Column(name, "text", default=default)


def texts(*names: str) -> tuple[Column, ...]:
    """Describe texts that every row needs."""
    return tuple(Column(name, "text", required=True, default="") for name in names)


def count(name: str, lowest: int = 1, *, required: bool = False, default: int | None = None) -> Column:
    """Describe a whole number of units."""
    rule = "is not a whole number above 0" if lowest == 1 else f"is not a whole number of at least {lowest}"
    return Column(name, "number", rule, required, lowest, default=default)


def whole(name: str, most: int, default: int | None) -> Column:
    """Describe a whole number of either sign."""
    return Column(name, "number", "is not a whole number", lowest=-most, highest=most, default=default)


def money(name: str, default: int | None = None) -> Column:
    """Describe an amount, held in millionths."""
    return Column(
        name,
        "money",
        "is not an amount of at least 0 with at most six decimals",
        highest=MOST_VALUE,
        default=default,
    )


def day(name: str, *, required: bool = False) -> Column:
    """Describe a date."""
    return Column(name, "day", "is not a date like 2026-11-24", required)


def choice(name: str, choices: tuple[str, ...], default: str) -> Column:
    """Describe one of some words."""
    return Column(name, "choice", choices=choices, default=default)


SCHEMAS = {
    schema.name: schema
    for schema in (
        Schema(
            "orders",
            (
                *texts("order", "line", "sku"),
                count("quantity", required=True),
                Column(
                    "ordered_at",
                    "instant",
                    "is not a date or an instant like 2026-11-24T09:30:00Z",
                    required=True,
                ),
                day("requested_on"),
                day("needed_by"),
                text("location"),
                text("customer"),
                text("customer_class"),
                text("channel"),
                whole("priority", MOST_UNITS, 100),
                money("unit_price"),
                choice("ship_policy", SHIP_POLICIES, "as_ready"),
                count("minimum_quantity", default=1),
                choice("commitment", COMMITMENTS, "soft"),
                day("promised_on"),
            ),
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
            (*texts("sku"), text("description"), money("price", 0), count("pack_size")),
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
