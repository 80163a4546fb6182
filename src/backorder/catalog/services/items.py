"""Items, what kits are made of, and what stands in for what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from backorder.catalog.locks import lock_items
from backorder.catalog.models import Component, Item, Substitute
from backorder.catalog.selectors import find_sold
from backorder.catalog.services.bills import refuse_endless
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

CURRENCY = re.compile("[A-Z]{3}")


@dataclass(frozen=True)
class ItemFacts:
    """An item as it is to be. The price is in minor units."""

    sku: str
    name: str = ""
    price: int = 0
    currency: str = "EUR"
    pack_size: int = 1


@dataclass(frozen=True)
class ComponentFacts:
    """So many units of an item in one kit."""

    kit: str
    item: str
    quantity: int


@dataclass(frozen=True)
class SubstituteFacts:
    """What can be offered in the place of an item: so many millionths of a unit for one."""

    item: str
    substitute: str
    kind: str = ""
    ratio: int = 1_000_000


def about_item(row: Item) -> Subjects:
    """Name the item."""
    return [("item", row.sku)]


def about_component(row: Component) -> Subjects:
    """Name kit and item."""
    return [("item", row.kit.sku), ("item", row.item.sku)]


def about_substitute(row: Substitute) -> Subjects:
    """Name both items."""
    return [("item", row.item.sku), ("item", row.substitute.sku)]


ITEM = Kind("item", ("name", "price", "currency", "pack_size"), about_item)
COMPONENT = Kind("kit", ("quantity",), about_component)
SUBSTITUTE = Kind("substitute", ("ratio",), about_substitute)


@transaction.atomic
def save_items(items: Sequence[ItemFacts], cause: Cause) -> Saved:
    """Create items, or make them as they are given; what was sold at a price keeps its currency. Raises CatalogError."""
    refuse_twice([(item.sku,) for item in items], "item")
    for item in items:
        refuse(item.sku == "", "an item has a sku")
        refuse(item.price < 0, f"{item.sku}: a price is not negative")
        refuse(item.pack_size < 1, f"{item.sku}: a pack holds one unit or more, not {item.pack_size}")
        refuse(
            not CURRENCY.fullmatch(item.currency),
            f"{item.sku}: {item.currency!r} is no currency; write one like EUR",
        )
    known = lock_named(item.sku for item in items)
    refuse_other_currency(items, known)
    found = {(sku,): row for sku, row in known.items()}
    wanted = {
        (item.sku,): Item(
            sku=item.sku,
            name=item.name,
            price=item.price,
            currency=item.currency,
            pack_size=item.pack_size,
        )
        for item in items
    }
    return save_rows(ITEM, found, wanted, cause)


def refuse_other_currency(items: Sequence[ItemFacts], known: Mapping[str, Item]) -> None:
    """Raise CatalogError for an item that was sold in another currency: the prices of its lines are in it."""
    other = {
        item.sku: item.currency
        for item in items
        if item.sku in known and item.currency != known[item.sku].currency
    }
    sold = find_sold(other) if other else set[str]()
    for sku, currency in other.items():
        refuse(sku in sold, f"{sku} {say_sold(known[sku].currency, currency)}")


def say_sold(was: str, wanted: str) -> str:
    """Say that an item keeps its currency."""
    return f"was sold in {was}: its currency stays; make another item to sell in {wanted}"


@transaction.atomic
def save_components(parts: Sequence[ComponentFacts], cause: Cause) -> Saved:
    """Put items into kits, so many of each; other components of the kits stay. Raises CatalogError."""
    refuse_twice([(part.kit, part.item) for part in parts], "component")
    for part in parts:
        refuse(part.quantity < 1, f"{part.kit}: {part.quantity} of {part.item} cannot be in a kit")
    items = lock_named(sku for part in parts for sku in (part.kit, part.item))
    wanted = {
        (part.kit, part.item): Component(
            kit=find_named(part.kit, items, "item"),
            item=find_named(part.item, items, "item"),
            quantity=part.quantity,
        )
        for part in parts
    }
    try:
        with transaction.atomic():
            saved = save_rows(COMPONENT, find_components(wanted), wanted, cause)
    except IntegrityError as error:
        if "component_no_circle" not in str(error) and "contains itself" not in str(error):
            raise
        message = "a kit would contain itself; take the component out of it first"
        raise CatalogError(message) from error
    refuse_endless(part.kit for part in parts)
    return saved


@transaction.atomic
def remove_components(parts: Iterable[tuple[str, str]], cause: Cause) -> Saved:
    """Take items out of kits, each named by kit and item; what is in no kit is left out."""
    named = set(parts)
    lock_named(sku for part in named for sku in part)
    return remove_rows(COMPONENT, find_components(named), cause)


@transaction.atomic
def save_substitutes(substitutes: Sequence[SubstituteFacts], cause: Cause) -> Saved:
    """Let items stand in for others. Raises CatalogError."""
    refuse_twice([(each.item, each.substitute, each.kind) for each in substitutes], "substitute")
    for each in substitutes:
        refuse(each.ratio < 1, f"{each.item}: the ratio of {each.substitute} is above 0")
    items = lock_named(sku for each in substitutes for sku in (each.item, each.substitute))
    wanted = {
        (each.item, each.substitute, each.kind): Substitute(
            item=find_named(each.item, items, "item"),
            substitute=find_named(each.substitute, items, "item"),
            kind=each.kind,
            ratio=each.ratio,
        )
        for each in substitutes
    }
    return save_rows(SUBSTITUTE, find_substitutes(wanted), wanted, cause)


@transaction.atomic
def remove_substitutes(substitutes: Iterable[tuple[str, str, str]], cause: Cause) -> Saved:
    """Let items no longer stand in for others, each named by item, substitute and kind."""
    named = set(substitutes)
    lock_named(sku for item, substitute, _ in named for sku in (item, substitute))
    return remove_rows(SUBSTITUTE, find_substitutes(named), cause)


def lock_named(skus: Iterable[str]) -> dict[str, Item]:
    """Lock the items of these skus, and read them as they are then."""
    named = set(skus)
    lock_items(Item.objects.filter(sku__in=named).values_list("pk", flat=True))
    return {item.sku: item for item in Item.objects.filter(sku__in=named)}


def find_components(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Component]:
    """Find components by kit and item."""
    wanted = set(names)
    rows = Component.objects.filter(kit__sku__in={kit for kit, _ in wanted}).select_related("kit", "item")
    found = {(row.kit.sku, row.item.sku): row for row in rows}
    return {name: row for name, row in found.items() if name in wanted}


def find_substitutes(names: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], Substitute]:
    """Find substitutes by item, substitute and kind."""
    wanted = set(names)
    rows = Substitute.objects.filter(item__sku__in={name[0] for name in wanted}).select_related(
        "item", "substitute"
    )
    found = {(row.item.sku, row.substitute.sku, row.kind): row for row in rows}
    return {name: row for name, row in found.items() if name in wanted}
