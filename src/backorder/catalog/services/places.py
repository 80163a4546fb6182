"""Locations and their closed days, suppliers, and the words for kinds of customers and ways to order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from backorder.catalog.locks import lock_all_items
from backorder.catalog.models import Channel, ClosedDay, CustomerClass, Location, Supplier
from backorder.catalog.services.saving import (
    CatalogError,
    Kind,
    Saved,
    Subjects,
    find_named,
    refuse,
    refuse_twice,
    remove_rows,
    save_rows,
)
from backorder.outbox.services import Cause


@dataclass(frozen=True)
class LocationFacts:
    """A location as it is to be, with the code of its parent; blank: it has none."""

    code: str
    name: str = ""
    parent: str = ""
    rank: int | None = None
    releases_at_once: bool | None = None  # none: as it is; a new one does


@dataclass(frozen=True)
class SupplierFacts:
    """A supplier as it is to be."""

    code: str
    name: str = ""


def about_location(row: Location) -> Subjects:
    """Name the location."""
    return [("location", row.code)]


def about_closed_day(row: ClosedDay) -> Subjects:
    """Name its location, if it is not of all."""
    return [("location", row.location.code)] if row.location else []


def about_code(row: Any) -> Subjects:  # noqa: ANN401 - any row with a code
    """Name the row by its code."""
    return [(KINDS[type(row)], row.code)]


KINDS: dict[Any, str] = {Supplier: "supplier", CustomerClass: "customer_class", Channel: "channel"}
LOCATION = Kind("location", ("name", "parent", "rank", "releases_at_once"), about_location)
CLOSED_DAY = Kind("calendar", (), about_closed_day)
SUPPLIER = Kind("supplier", ("name",), about_code)
CUSTOMER_CLASS = Kind("customer_class", (), about_code)
CHANNEL = Kind("channel", (), about_code)


@transaction.atomic
def save_locations(locations: Sequence[LocationFacts], cause: Cause) -> Saved:
    """Create locations, or make them as they are given. They decide about every item, so all are locked. Raises CatalogError."""
    refuse_twice([(place.code,) for place in locations], "location")
    for place in locations:
        refuse(place.code == "", "a location has a code")
    lock_all_items()
    there = {row.code: row for row in Location.objects.select_related("parent")}
    wanted = {(place.code,): build_location(place, there.get(place.code)) for place in locations}
    known = {row.code: row for row in wanted.values()} | there
    for place in locations:
        if place.parent:
            wanted[place.code,].parent = find_named(place.parent, known, "location")
    found = {(code,): row for code, row in there.items()}
    # No place lies anywhere while it moves, or two that change places would seem to lie in one another.
    moved = [
        found[name].pk for name, row in wanted.items() if name in found and row.parent != found[name].parent
    ]
    try:
        with transaction.atomic():
            Location.objects.filter(pk__in=moved).update(parent=None)
            return save_rows(LOCATION, found, wanted, cause)
    except IntegrityError as error:
        if "inside itself" not in str(error):
            raise
        message = "a location would be inside itself; give it another parent"
        raise CatalogError(message) from error


def build_location(facts: LocationFacts, now: Location | None) -> Location:
    """Build a location as it is to be, without its parent."""
    at_once = facts.releases_at_once
    if at_once is None:
        at_once = now is None or now.releases_at_once
    return Location(code=facts.code, name=facts.name, rank=facts.rank, releases_at_once=at_once)


@transaction.atomic
def save_closed_days(days: Sequence[tuple[date, str]], cause: Cause) -> Saved:
    """Close days, each at a location or, where its code is blank, everywhere. All items are locked. Raises CatalogError."""
    lock_all_items()
    known = {row.code: row for row in Location.objects.all()}
    wanted = {
        (day, code): ClosedDay(closed_on=day, location=find_named(code, known, "location") if code else None)
        for day, code in days
    }
    return save_rows(CLOSED_DAY, find_closed_days(wanted), wanted, cause)


@transaction.atomic
def remove_closed_days(days: Iterable[tuple[date, str]], cause: Cause) -> Saved:
    """Open days again, each at a location or, where its code is blank, everywhere. All items are locked."""
    lock_all_items()
    return remove_rows(CLOSED_DAY, find_closed_days(days), cause)


@transaction.atomic
def save_suppliers(suppliers: Sequence[SupplierFacts], cause: Cause) -> Saved:
    """Create suppliers, or make them as they are given. Raises CatalogError."""
    refuse_twice([(each.code,) for each in suppliers], "supplier")
    wanted = {(each.code,): Supplier(code=each.code, name=each.name) for each in suppliers}
    return save_codes(SUPPLIER, Supplier, wanted, cause)


@transaction.atomic
def save_customer_classes(codes: Iterable[str], cause: Cause) -> Saved:
    """Create the kinds of customers that are not known. Raises CatalogError."""
    return save_codes(
        CUSTOMER_CLASS, CustomerClass, {(code,): CustomerClass(code=code) for code in codes}, cause
    )


@transaction.atomic
def save_channels(codes: Iterable[str], cause: Cause) -> Saved:
    """Create the ways to order that are not known. Raises CatalogError."""
    return save_codes(CHANNEL, Channel, {(code,): Channel(code=code) for code in codes}, cause)


def save_codes(kind: Kind, model: Any, wanted: dict[tuple[str], Any], cause: Cause) -> Saved:  # noqa: ANN401 - any model with a code
    """Save rows that are named by a code."""
    refuse(("",) in wanted, f"a {kind.what.replace('_', ' ')} has a code")
    rows = model.objects.filter(code__in=[code for (code,) in wanted])
    return save_rows(kind, {(row.code,): row for row in rows}, wanted, cause)


def find_closed_days(names: Iterable[tuple[date, str]]) -> dict[tuple[date, str], ClosedDay]:
    """Find closed days by day and code of the location."""
    wanted = set(names)
    rows = ClosedDay.objects.filter(closed_on__in={day for day, _ in wanted}).select_related("location")
    found = {(row.closed_on, row.location.code if row.location else ""): row for row in rows}
    return {name: row for name, row in found.items() if name in wanted}
