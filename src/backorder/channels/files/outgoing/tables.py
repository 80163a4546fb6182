"""The facts and the plan in force as tables: rows in the order of their keys, so that the same facts give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import polars as pl

from backorder.allocation.selectors import list_allocations, list_promises
from backorder.care.offers.outside import list_standing
from backorder.catalog import selectors as catalog
from backorder.channels.files.intake.schemas import say_yes
from backorder.channels.files.keys import encode, sort_rows
from backorder.channels.files.outputs import amounts
from backorder.fulfilment.selectors import list_released
from backorder.money import to_decimal
from backorder.orders.selectors import list_customers, list_open_rows
from backorder.supply.selectors import list_inbound_lines, list_levels

TEXT, NUMBER, DAY = pl.String(), pl.Int64(), pl.Date()
MONEY, RATIO, INSTANT = "money", "ratio", "instant"
Kind = pl.DataType | str
MOST_HOURS = 23
"""The largest offset that the text of an instant can have."""


@dataclass(frozen=True)
class Sheet:
    """A table to be written. Amounts are numbers with decimals, as text."""

    name: str
    frame: pl.DataFrame
    amounts: tuple[str, ...] = ()


def build(name: str, columns: dict[str, Kind], rows: Iterable[Sequence[Any]], key: int) -> Sheet:
    """Build a table sorted by its first columns, `key` of them. Blank texts stay blank. Money comes as text, ratios in millionths."""
    schema = {
        column: kind if isinstance(kind, pl.DataType) else NUMBER if kind == RATIO else TEXT
        for column, kind in columns.items()
    }
    frame = pl.DataFrame(list(rows), schema=schema, orient="row")
    money = [column for column, kind in columns.items() if kind in (MONEY, RATIO)]
    frame = frame.with_columns(
        amounts(frame[column].to_numpy()).alias(column) for column in money if columns[column] == RATIO
    )
    texts = [column for column, kind in schema.items() if kind == TEXT and column not in money]
    frame = frame.with_columns(
        pl.col(column).str.replace_all(r"\p{Cc}+", " ").str.strip_chars() for column in texts
    )
    keys = [encode(frame[column].cast(pl.String).fill_null(""))[0] for column in frame.columns[:key]]
    frame = frame[sort_rows(keys)] if frame.height else frame
    blanks = [pl.when(pl.col(column) != "").then(pl.col(column)).alias(column) for column in texts]
    return Sheet(name, frame.with_columns(blanks), tuple(money))


def drop_usual(sheet: Sheet, column: str, usual: str) -> Sheet:
    """Leave out a column beyond the contract of a plan that says nothing unusual, so that `plan` need not ignore it."""
    if (sheet.frame[column].fill_null("") == usual).all():
        return Sheet(sheet.name, sheet.frame.drop(column), sheet.amounts)
    return sheet


def build_items() -> Sheet:
    """Build items."""
    rows = (
        (sku, name, write_amount(price, currency), pack, currency)
        for sku, name, price, currency, pack in catalog.list_items()
    )
    columns: dict[str, Kind] = {"sku": TEXT, "description": TEXT, "price": MONEY, "pack_size": NUMBER}
    return drop_usual(build("items", {**columns, "currency": TEXT}, rows, 1), "currency", "EUR")


def build_locations() -> Sheet:
    """Build locations."""
    rows = (
        (code, parent, rank, name, say_yes(at_once))
        for code, name, parent, rank, at_once in catalog.list_locations()
    )
    columns: dict[str, Kind] = {"location": TEXT, "parent": TEXT, "rank": NUMBER, "name": TEXT}
    sheet = build("locations", {**columns, "releases_at_once": TEXT}, rows, 1)
    return drop_usual(drop_usual(sheet, "name", ""), "releases_at_once", "yes")


def build_suppliers() -> Sheet:
    """Build suppliers."""
    return build("suppliers", {"supplier": TEXT, "name": TEXT}, catalog.list_suppliers(), 1)


def build_kits() -> Sheet:
    """Build kits."""
    columns: dict[str, Kind] = {"sku": TEXT, "component": TEXT, "quantity": NUMBER}
    return build("kits", columns, catalog.list_components(), 2)


def build_substitutes() -> Sheet:
    """Build substitutes."""
    columns: dict[str, Kind] = {"sku": TEXT, "substitute": TEXT, "kind": TEXT, "ratio": RATIO}
    return build("substitutes", columns, catalog.list_substitutes(), 3)


def build_calendar() -> Sheet:
    """Build closed days."""
    return build("calendar", {"closed_on": DAY, "location": TEXT}, catalog.list_closed_days(), 2)


def build_acceptance() -> Sheet:
    """Build rules of acceptance."""
    columns: dict[str, Kind] = {
        **dict.fromkeys(("sku", "channel", "customer_class", "rule"), TEXT),
        **dict.fromkeys(("cap", "horizon_days", "longest_wait_days"), NUMBER),
    }
    return build("acceptance", columns, catalog.list_acceptances(), 3)


def build_customers() -> Sheet:
    """Build customers."""
    columns: dict[str, Kind] = dict.fromkeys(("customer", "name", "email", "phone", "customer_class"), TEXT)
    return build("customers", columns, list_customers(), 1)


def build_inbound() -> Sheet:
    """Build what is still to come."""
    columns: dict[str, Kind] = {
        **dict.fromkeys(("inbound", "line", "sku", "location"), TEXT),
        "quantity": NUMBER,
        "expected_on": DAY,
        "supplier": TEXT,
    }
    rows = (
        (order, line, sku, place, left, day, supplier)
        for order, line, _, sku, place, _, _, _, left, day, supplier, _ in list_inbound_lines()
    )
    return build("inbound", columns, rows, 2)


def build_stock() -> Sheet:
    """Build what is on hand; where nothing is, there is no row."""
    columns: dict[str, Kind] = {"sku": TEXT, "location": TEXT, "on_hand": NUMBER, "status": TEXT}
    rows = ((sku, place, units, status) for sku, place, status, units, _ in list_levels() if units)
    return build("stock", columns, sorted(rows, key=lambda row: row[3]), 2)


def build_orders() -> Sheet:
    """Build the open lines, each with the promise in force; what is only held says until when."""
    columns: dict[str, Kind] = {
        "order": TEXT,
        "line": TEXT,
        "sku": TEXT,
        "quantity": NUMBER,
        "ordered_at": INSTANT,
        "requested_on": DAY,
        "needed_by": DAY,
        "location": TEXT,
        "customer": TEXT,
        "customer_class": TEXT,
        "channel": TEXT,
        "priority": NUMBER,
        "unit_price": MONEY,
        "ship_policy": TEXT,
        "minimum_quantity": NUMBER,
        "commitment": TEXT,
        "promised_on": DAY,
        "held_until": TEXT,
    }
    promises = list_promises()
    rows = (write_line(row, promises) for row in list_open_rows())
    return drop_usual(build("orders", columns, rows, 2), "held_until", "")


def write_line(row: Sequence[Any], promises: Mapping[int, date | None]) -> tuple[Any, ...]:
    """Write an open line as it is listed, with its promise."""
    order, line, sku, units, at, day, *terms, price, currency, ships, fewest, commitment, until, number = row
    return (
        *(order, line, sku, units, write_instant(at, day), *terms, write_amount(price, currency)),
        *(ships, fewest, commitment, promises.get(number), write_end(until)),
    )


def build_outside() -> Sheet:
    """Build what others sell in the place of items, as it stands."""
    columns: dict[str, Kind] = {
        **dict.fromkeys(("sku", "url", "kind", "title"), TEXT),
        "price": MONEY,
        "currency": TEXT,
        "seen_on": DAY,
        "until": DAY,
    }
    rows = (
        (*name, None if price is None else write_amount(price, currency), currency, seen_on, until)
        for *name, price, currency, seen_on, until in list_standing()
    )
    return build("outside_offers", columns, rows, 2)


def build_current() -> Sheet:
    """Build the plan in force: what each line holds, and what of it the warehouse was told to pick."""
    columns: dict[str, Kind] = {
        **dict.fromkeys(("order", "line", "sku", "location", "inbound", "inbound_line"), TEXT),
        "quantity": NUMBER,
        "available_on": DAY,
        "ships_on": DAY,
    }
    picked = ((*row[:4], "", "", row[4], None, row[5]) for row in list_released())
    rows = sorted([*list_allocations(), *picked], key=lambda row: (row[-1], row[-3]))
    return build("current", columns, rows, 6)


def write_amount(minor: int, currency: str) -> str:
    """Write an amount with all places of its currency."""
    return f"{to_decimal(minor, currency):f}"


def write_instant(at: datetime, day: date) -> str:
    """Write an instant in the zone in which it falls on that day, nearest to UTC; the first of a day in UTC as the day alone."""
    at = at.astimezone(UTC)
    if at == datetime.combine(day, datetime.min.time(), UTC):
        return day.isoformat()
    hours = min(
        range(-MOST_HOURS, MOST_HOURS + 1),
        key=lambda off: ((at + timedelta(hours=off)).date() != day, abs(off)),
    )
    text = at.astimezone(timezone(timedelta(hours=hours))).isoformat()
    return text.replace("+00:00", "Z")


def write_end(until: datetime | None) -> str:
    """Write the instant at which a hold is over, in UTC; nothing for an order."""
    return "" if until is None else until.astimezone(UTC).isoformat().replace("+00:00", "Z")


TABLES: dict[str, Callable[[], Sheet]] = {
    "orders": build_orders,
    "stock": build_stock,
    "inbound": build_inbound,
    "items": build_items,
    "locations": build_locations,
    "kits": build_kits,
    "substitutes": build_substitutes,
    "calendar": build_calendar,
    "customers": build_customers,
    "suppliers": build_suppliers,
    "acceptance": build_acceptance,
    "outside_offers": build_outside,
    "current": build_current,
}
"""In the order in which they are written."""
