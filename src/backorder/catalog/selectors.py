"""Reading the catalogue: by code, and as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from django.db.models import F, Prefetch, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from backorder.catalog.models import (
    Acceptance,
    Channel,
    ClosedDay,
    Component,
    CustomerClass,
    Item,
    Location,
    Substitute,
    Supplier,
)
from backorder.columns import read_columns

Row = tuple[Any, ...]
BLANK = Value("", TextField())


def find_items(skus: Iterable[str]) -> dict[str, int]:
    """Find the ids of items by sku; those that do not exist are left out."""
    return dict(Item.objects.filter(sku__in=set(skus)).values_list("sku", "id"))


def list_ids() -> Iterator[int]:
    """List the ids of all items."""
    return Item.objects.values_list("id", flat=True).iterator()


def find_locations() -> dict[str, int]:
    """Give the id of every location by its code."""
    return dict(Location.objects.values_list("code", "id"))


def find_places_inside(location: int) -> list[int]:
    """Name a place, by id, and all places inside it."""
    inside, more = set[int](), {location}
    while more:
        inside |= more
        more = set(Location.objects.filter(parent__in=more).values_list("pk", flat=True)) - inside
    return sorted(inside)


def find_customer_classes() -> dict[str, int]:
    """Give the id of every customer class by its code."""
    return dict(CustomerClass.objects.values_list("code", "id"))


def find_channels() -> dict[str, int]:
    """Give the id of every channel by its code."""
    return dict(Channel.objects.values_list("code", "id"))


def find_suppliers() -> dict[str, int]:
    """Give the id of every supplier by its code."""
    return dict(Supplier.objects.values_list("code", "id"))


TIES = """
SELECT unnest(ARRAY[kit_id, item_id]) FROM catalog_component WHERE kit_id = ANY(%(items)s) OR item_id = ANY(%(items)s)
UNION
SELECT unnest(ARRAY[item_id, substitute_id]) FROM catalog_substitute
WHERE item_id = ANY(%(items)s) OR substitute_id = ANY(%(items)s)
"""
"""The items that kits and substitutes tie to these, one step far."""


def find_families(items: Iterable[int]) -> list[int]:
    """Name the items and all that kits and substitutes tie to them, by id."""
    return find_tied(items, TIES)


def find_tied(items: Iterable[int], ties: str) -> list[int]:
    """Name the items and all that a query ties to them, step by step, by id."""
    tied, more = set[int](), set(items)
    while more:
        tied |= more
        near = read_columns(("item",), ties, {"items": np.array(sorted(more), np.int64)})["item"]
        more = set(near.tolist()) - tied
    return sorted(tied)


def list_items() -> Iterator[Row]:
    """List sku, name, price in minor units, currency and pack size of every item."""
    return Item.objects.values_list("sku", "name", "price", "currency", "pack_size").iterator()


def find_sold(skus: Iterable[str]) -> set[str]:
    """Find which of these items were ordered at a price."""
    sold = Item.objects.filter(sku__in=set(skus), lines__unit_price__gt=0)
    return set(sold.distinct().values_list("sku", flat=True))


def list_locations() -> Iterator[Row]:
    """List code, name, code of the parent and rank of every location, and whether receipts go straight onto a pick list."""
    columns = ("code", "name", Coalesce("parent__code", BLANK), "rank", "releases_at_once")
    return Location.objects.values_list(*columns).iterator()


def list_suppliers() -> Iterator[Row]:
    """List code and name of every supplier."""
    return Supplier.objects.values_list("code", "name").iterator()


def list_components() -> Iterator[Row]:
    """List kit, component and quantity."""
    return Component.objects.values_list("kit__sku", "item__sku", "quantity").iterator()


def list_substitutes() -> Iterator[Row]:
    """List item, substitute, kind and ratio in millionths."""
    return Substitute.objects.values_list("item__sku", "substitute__sku", "kind", "ratio").iterator()


def list_closed_days() -> Iterator[Row]:
    """List the closed days, each with the code of its location, blank if all are closed."""
    return ClosedDay.objects.values_list("closed_on", Coalesce("location__code", BLANK)).iterator()


def list_acceptances() -> Iterator[Row]:
    """List the rules of acceptance: item, channel and class, blank if the rule is for every one; then the rule itself."""
    return (
        Acceptance.objects.annotate(
            sku=Coalesce("item__sku", BLANK),
            of_channel=Coalesce("channel__code", BLANK),
            of_class=Coalesce("customer_class__code", BLANK),
            named=F("rule"),
        )
        .values_list("sku", "of_channel", "of_class", "named", "cap", "horizon_days", "longest_wait_days")
        .iterator()
    )


def find_item(sku: str) -> Item | None:
    """Find an item by its sku."""
    return Item.objects.filter(sku=sku).first()


def find_location(code: str) -> Location | None:
    """Find a location by its code."""
    return Location.objects.filter(code=code).first()


def read_items() -> QuerySet[Item]:
    """Read the items, with what their kits are made of."""
    parts = Component.objects.select_related("item").order_by("item__sku")
    return Item.objects.prefetch_related(Prefetch("components", parts))


def read_locations() -> QuerySet[Location]:
    """Read the places, with the one that each is inside."""
    return Location.objects.select_related("parent")


def read_suppliers() -> QuerySet[Supplier]:
    """Read who delivers."""
    return Supplier.objects.all()


def get_items(skus: Iterable[str]) -> dict[str, Item]:
    """Get items by sku; those that nobody knows are left out."""
    return {item.sku: item for item in Item.objects.filter(sku__in=set(skus))}


def get_locations(codes: Iterable[str]) -> dict[str, Location]:
    """Get places by code; those that nobody knows are left out."""
    return {place.code: place for place in Location.objects.filter(code__in=set(codes))}


def get_supplier(code: str) -> Supplier | None:
    """Get who delivers."""
    return Supplier.objects.filter(code=code).first()


def get_channel(code: str) -> Channel | None:
    """Get where orders come from."""
    return Channel.objects.filter(code=code).first()


def get_customer_class(code: str) -> CustomerClass | None:
    """Get a kind of customer."""
    return CustomerClass.objects.filter(code=code).first()


def read_substitutes() -> QuerySet[Substitute]:
    """Read what can be offered in the place of what."""
    return Substitute.objects.select_related("item", "substitute")


def read_closed_days() -> QuerySet[ClosedDay]:
    """Read the days on which a place, or every one, ships nothing."""
    return ClosedDay.objects.select_related("location")


def read_acceptances() -> QuerySet[Acceptance]:
    """Read the rules of acceptance, with what each is for."""
    return Acceptance.objects.select_related("item", "channel", "customer_class")


def find_acceptance(sku: str, channel: str, customer_class: str) -> Acceptance | None:
    """Find the rule of acceptance for just this, blank for every one."""
    named = {"item__sku": sku, "channel__code": channel, "customer_class__code": customer_class}
    return Acceptance.objects.filter(**{name: code or None for name, code in named.items()}).first()


def read_channels() -> QuerySet[Channel]:
    """Read where orders come from."""
    return Channel.objects.all()


def read_customer_classes() -> QuerySet[CustomerClass]:
    """Read the kinds of customers."""
    return CustomerClass.objects.all()
