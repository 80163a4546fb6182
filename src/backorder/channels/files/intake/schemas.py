"""What the tables of an import hold: those of a plan, and what the database knows beyond them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backorder.care.models import OUTSIDE_KINDS
from backorder.catalog.models import Acceptance
from backorder.channels.files.schemas import SCHEMAS, Schema
from backorder.policy_text.columns import Column, choice, count, day, money, text, texts, whole
from backorder.supply.models import MOST_UNITS, SELLABLE, STATUSES

MOST_SMALL = 2**31 - 1
"""Priorities and numbers of days are kept in 32 bits."""
YES_OR_NO = ("yes", "no")
MOST_MILLIONTHS = 10**17
"""No price has more, in whatever currency; what is more than the database keeps of one is told by `amounts`."""


def change(name: str, columns: Iterable[Column], *more: Column) -> Schema:
    """Give the schema of a plan's table with some columns otherwise or more; an import needs no table."""
    schema, other = SCHEMAS[name], {column.name: column for column in columns}
    kept = tuple(other.get(column.name, column) for column in schema.columns)
    return replace(schema, columns=(*kept, *more), required=False)


def limit(table: str, **highest: int) -> list[Column]:
    """Hold columns of a plan's table to what the database keeps."""
    return [replace(SCHEMAS[table].column(name), highest=most) for name, most in highest.items()]


IMPORTED = {
    schema.name: schema
    for schema in (
        change(
            "items",
            [
                *limit("items", price=MOST_MILLIONTHS),
                replace(count("pack_size", default=1), highest=MOST_UNITS),
            ],
            text("currency", "EUR"),
        ),
        change("locations", [], text("name"), choice("releases_at_once", YES_OR_NO, "yes")),
        Schema("suppliers", (*texts("supplier"), text("name")), key=("supplier",)),
        change("kits", limit("kits", quantity=MOST_UNITS)),
        change("substitutes", []),
        replace(change("calendar", []), key=("closed_on", "location")),
        Schema(
            "acceptance",
            (
                text("sku"),
                text("channel"),
                text("customer_class"),
                Column("rule", "choice", required=True, choices=Acceptance.RULES, default=Acceptance.OPEN),
                replace(count("cap", 0), highest=MOST_UNITS),
                replace(count("horizon_days", 0), highest=MOST_SMALL),
                replace(count("longest_wait_days", 0), highest=MOST_SMALL),
            ),
            key=("sku", "channel", "customer_class"),
        ),
        Schema(
            "customers",
            (*texts("customer"), text("name"), text("email"), text("phone"), text("customer_class")),
            key=("customer",),
        ),
        change("inbound", limit("inbound", quantity=MOST_UNITS)),
        change("stock", [*limit("stock", on_hand=MOST_UNITS), choice("status", STATUSES, SELLABLE)]),
        change(
            "orders",
            [
                *limit(
                    "orders", quantity=MOST_UNITS, minimum_quantity=MOST_UNITS, unit_price=MOST_MILLIONTHS
                ),
                whole("priority", MOST_SMALL, 100),
            ],
            text("held_until"),
        ),
        Schema(
            "outside_offers",
            (
                *texts("sku", "url"),
                Column("kind", "choice", required=True, choices=OUTSIDE_KINDS, default=OUTSIDE_KINDS[0]),
                *texts("title"),
                replace(money("price"), highest=MOST_MILLIONTHS),
                text("currency"),
                day("seen_on"),
                day("until"),
            ),
            key=("sku", "url"),
        ),
        change("current", limit("current", quantity=MOST_UNITS)),
    )
}
"""In the order in which they are written."""
COMPLETED = (
    *("orders", "inbound", "stock", "kits", "substitutes", "calendar", "acceptance"),
    "outside_offers",
)
"""Tables that may be said to list everything: what they do not list is cancelled, is 0, or goes."""


def say_yes(switch: bool) -> str:  # noqa: FBT001 - what is said is the one thing that it is
    """Write a switch as files have it."""
    return "yes" if switch else "no"
