"""Columns as data: how their text is read; and those of orders and items, of which a policy speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backorder.engine.allocation.snapshot import COMMITMENTS, SHIP_POLICIES

Kind = Literal["text", "number", "money", "day", "instant", "choice"]
MOST_UNITS = 2**53
"""No quantity, and no sum of quantities, may pass this."""
MOST_VALUE = 2**62
"""Quantity times price, summed in millionths, stays below this."""


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


ORDERS = (
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
)
ITEMS = (*texts("sku"), text("description"), money("price", 0), count("pack_size"))
COLUMNS = {column.name: column for column in (*ITEMS, *ORDERS)}
"""Of two with one name that of the orders counts."""
