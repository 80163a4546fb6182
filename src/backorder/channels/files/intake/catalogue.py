"""Compares items, places, suppliers, kits, substitutes, closed days, rules of acceptance and customers with what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from backorder.catalog import selectors as catalog
from backorder.catalog import services
from backorder.catalog.models import Acceptance
from backorder.channels.files.circles import note_circles
from backorder.channels.files.intake.amounts import in_millionths, in_minor_units
from backorder.channels.files.intake.bills import note_endless
from backorder.channels.files.intake.known import (
    DAY,
    NUMBER,
    TEXT,
    Compared,
    Counted,
    Part,
    both,
    choose,
    compare,
    count,
    frame_of,
    name_skus,
)
from backorder.channels.files.intake.schemas import YES_OR_NO, say_yes
from backorder.channels.files.intake.tables import Tables
from backorder.channels.files.parse import EPOCH
from backorder.channels.files.tables import TableFile
from backorder.engine.tables import NEVER
from backorder.faults import Faults
from backorder.orders.customers import CustomerFacts, save_customers
from backorder.orders.selectors import list_customers
from backorder.outbox.services import Cause


def compare_catalogue(tables: Tables, faults: Faults) -> list[Part]:
    """Compare each table that is given, in the order in which they are written."""
    parts = [*compare_words(tables)]
    for name, compare_one in TABLES.items():
        if name in tables.folder.given:
            parts += compare_one(tables, faults)
    return parts


def compare_words(tables: Tables) -> Iterator[Part]:
    """Create the classes, channels and suppliers that rows name and nobody has named before; nothing more is known of them."""
    folder = tables.folder
    suppliers = set(folder["suppliers"].frame["supplier"].to_list())
    for name, columns, known, save in (
        (
            "customer_class",
            ("orders", "customers", "acceptance"),
            catalog.find_customer_classes,
            services.save_customer_classes,
        ),
        ("channel", ("orders", "acceptance"), catalog.find_channels, services.save_channels),
        ("supplier", ("inbound",), catalog.find_suppliers, save_supplier_codes),
    ):
        named = {word for table in columns for word in folder[table].frame[name].unique().to_list()} - {""}
        new = sorted(named - known().keys() - (suppliers if name == "supplier" else set()))
        if new:
            yield Part(name, Counted(len(new)), partial(save, new))


def save_supplier_codes(codes: Iterable[str], cause: Cause) -> services.Saved:
    """Create suppliers of which the code is all that is known."""
    return services.save_suppliers([services.SupplierFacts(code) for code in codes], cause)


def compare_items(tables: Tables, faults: Faults) -> Iterator[Part]:
    """Compare items by sku."""
    table, columns = tables.folder["items"], ("description", "price", "currency", "pack_size")
    kinds = {"sku": TEXT, "description": TEXT, "price": NUMBER, "currency": TEXT, "pack_size": NUMBER}
    known = frame_of(catalog.list_items(), kinds).with_columns(in_millionths("price"))
    found = compare(table.frame, known, table.schema.key, columns, table.given)
    note_sold(table, found.changed, faults)
    facts = [services.ItemFacts(*row) for row in both(found, ("sku", *columns), in_minor_units("price"))]
    skus = name_skus((found.new, found.changed), ["sku"])
    yield Part("items", count(found), lambda cause: services.save_items(facts, cause), skus)


def note_sold(table: TableFile, rows: pl.DataFrame, faults: Faults) -> None:
    """Note rows that would give another currency to an item that was sold."""
    other = rows.filter(pl.col("currency") != pl.col("currency.was"))
    sold = catalog.find_sold(other["sku"].to_list()) if other.height else ()
    for record, sku, was, wanted in other.select("record", "sku", "currency.was", "currency").iter_rows():
        if sku in sold:
            message = f"{sku} {services.say_sold(was, wanted)}"
            faults.add(table.file, message, record=record, column="currency")


def compare_locations(tables: Tables, faults: Faults) -> Iterator[Part]:
    """Compare locations by code; they decide about every item."""
    table, columns = tables.folder["locations"], ("parent", "rank", "name", "releases_at_once")
    rows = [
        (code, parent, rank, name, YES_OR_NO.index(say_yes(at_once)))
        for code, name, parent, rank, at_once in catalog.list_locations()
    ]
    kinds = {"location": TEXT, "parent": TEXT, "rank": NUMBER, "name": TEXT, "releases_at_once": NUMBER}
    known = frame_of(rows, kinds)
    found = compare(table.frame, known, table.schema.key, columns, table.given)
    ties = found.gone.filter(pl.col("parent") != "").select("location", "parent")
    note_circles(tables.folder, faults, {"locations": list(ties.iter_rows())} if found_any(found) else None)
    facts = [
        services.LocationFacts(code, name, parent, rank, YES_OR_NO[at_once] == "yes")
        for code, parent, rank, name, at_once in both(found, ("location", *columns))
    ]
    yield Part(
        "locations",
        count(found),
        lambda cause: services.save_locations(facts, cause),
        everything=found_any(found),
    )


def compare_suppliers(tables: Tables, _: Faults) -> Iterator[Part]:
    """Compare suppliers by code."""
    table = tables.folder["suppliers"]
    known = frame_of(catalog.list_suppliers(), {"supplier": TEXT, "name": TEXT})
    found = compare(table.frame, known, table.schema.key, ("name",), table.given)
    facts = [services.SupplierFacts(*row) for row in both(found, ("supplier", "name"))]
    yield Part("suppliers", count(found), lambda cause: services.save_suppliers(facts, cause))


def compare_kits(tables: Tables, faults: Faults) -> Iterator[Part]:
    """Compare components by kit and component."""
    table, keys = tables.folder["kits"], ("sku", "component")
    known = frame_of(catalog.list_components(), {"sku": TEXT, "component": TEXT, "quantity": NUMBER})
    found = compare(table.frame, known, table.schema.key, ("quantity",), table.given)
    complete = "kits" in tables.complete
    kept = found.gone.clear() if complete else found.gone
    ties = list(kept.select(keys).iter_rows())
    note_circles(tables.folder, faults, {"kits": ties} if found_any(found) else None)
    note_endless(table, kept, faults)
    facts = [services.ComponentFacts(*row) for row in both(found, (*keys, "quantity"))]
    yield from with_gone(
        Part(
            "kits",
            count(found, complete=complete),
            lambda cause: services.save_components(facts, cause),
            name_skus((found.new, found.changed), keys),
        ),
        found.gone.select(keys),
        services.remove_components,
    )


def compare_substitutes(tables: Tables, _: Faults) -> Iterator[Part]:
    """Compare substitutes by item, substitute and kind."""
    table, keys = tables.folder["substitutes"], ("sku", "substitute", "kind")
    kinds = {"sku": TEXT, "substitute": TEXT, "kind": TEXT, "ratio": NUMBER}
    found = compare(table.frame, frame_of(catalog.list_substitutes(), kinds), keys, ("ratio",), table.given)
    facts = [services.SubstituteFacts(*row) for row in both(found, (*keys, "ratio"))]
    yield from with_gone(
        Part(
            "substitutes",
            count(found, complete="substitutes" in tables.complete),
            lambda cause: services.save_substitutes(facts, cause),
            name_skus((found.new, found.changed), keys[:2]),
        ),
        found.gone.select(keys),
        services.remove_substitutes,
    )


def compare_calendar(tables: Tables, _: Faults) -> Iterator[Part]:
    """Compare closed days by day and location; they decide about every item."""
    table, keys = tables.folder["calendar"], ("closed_on", "location")
    known = frame_of(catalog.list_closed_days(), {"closed_on": DAY, "location": TEXT})
    found = compare(table.frame.unique(keys, keep="first", maintain_order=True), known, keys, (), table.given)
    days = [(read_day(day), code) for day, code in both(found, keys)]
    gone = [(read_day(day), code) for day, code in found.gone.select(keys).iter_rows()]
    counted = count(found, complete="calendar" in tables.complete)

    def write(cause: Cause) -> None:
        if counted.gone:
            services.remove_closed_days(gone, cause)
        services.save_closed_days(days, cause)

    yield Part("calendar", counted, write, everything=counted.writes)


def compare_acceptance(tables: Tables, _: Faults) -> Iterator[Part]:
    """Compare rules of acceptance by what they are for."""
    table, keys = tables.folder["acceptance"], ("sku", "channel", "customer_class")
    columns = ("rule", "cap", "horizon_days", "longest_wait_days")
    kinds = {name: NUMBER if name in columns[1:] else TEXT for name in (*keys, *columns)}
    known = frame_of(catalog.list_acceptances(), kinds).with_columns(choose("rule", Acceptance.RULES))
    found = compare(table.frame, known, table.schema.key, columns, table.given)
    facts = [
        services.AcceptanceFacts(Acceptance.RULES[rule], sku, channel, kind, *numbers)
        for sku, channel, kind, rule, *numbers in both(found, (*keys, *columns))
    ]
    counted = count(found, complete="acceptance" in tables.complete)
    yield from with_gone(
        Part(
            "acceptance",
            counted,
            lambda cause: services.save_acceptances(facts, cause),
            name_skus((found.new, found.changed), ["sku"]),
        ),
        found.gone.select(keys),
        services.remove_acceptances,
    )


def compare_customers(tables: Tables, _: Faults) -> Iterator[Part]:
    """Compare customers by code."""
    table, columns = tables.folder["customers"], ("name", "email", "phone", "customer_class")
    known = frame_of(
        list_customers(table.frame["customer"].to_list()), dict.fromkeys(("customer", *columns), TEXT)
    )
    found = compare(table.frame, known, table.schema.key, columns, table.given)
    facts = [CustomerFacts(*row) for row in both(found, ("customer", *columns))]
    yield Part("customers", count(found), lambda cause: save_customers(facts, cause))


TABLES: dict[str, Callable[[Tables, Faults], Iterator[Part]]] = {
    "suppliers": compare_suppliers,
    "locations": compare_locations,
    "items": compare_items,
    "kits": compare_kits,
    "substitutes": compare_substitutes,
    "calendar": compare_calendar,
    "acceptance": compare_acceptance,
    "customers": compare_customers,
}


def with_gone(part: Part, gone: pl.DataFrame, remove: Callable[[Any, Cause], object]) -> Iterator[Part]:
    """Give the part of a table whose rows go, if it lists everything, before others are written."""
    if not part.counted.gone:
        yield part
        return
    names = list(gone.iter_rows())
    skus = name_skus([gone], [name for name in gone.columns if name in {"sku", "component", "substitute"}])

    def write(cause: Cause) -> None:
        remove(names, cause)
        part.write(cause)

    yield Part(part.name, part.counted, write, part.skus | skus)


def found_any(found: Compared) -> bool:
    """Tell whether a table brings anything new."""
    return bool(found.new.height or found.changed.height)


def read_day(number: int) -> date:
    """Read a day as the tables number them."""
    assert number != NEVER
    return date.fromordinal(number + EPOCH)
