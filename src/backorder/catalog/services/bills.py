"""How many units a kit holds, all levels down."""

from __future__ import annotations

from collections.abc import Iterable

from backorder.catalog.models import Component, Item
from backorder.catalog.selectors import find_families
from backorder.catalog.services.saving import refuse
from backorder.kits import count_parts

MOST_PARTS = 1_000_000
"""Units in one kit. The largest line, of so many kits, can be counted in 64 bits, and thousands of them."""


def refuse_endless(kits: Iterable[str]) -> None:
    """Raise CatalogError if one of these kits, or a kit that holds one, has more units in it than can be counted."""
    for sku, units in count_parts(read_bills(kits)).items():
        refuse(units > MOST_PARTS, say_endless(sku, units))


def say_endless(sku: str, units: int) -> str:
    """Say that a kit holds more units than can be counted."""
    return f"one {sku} would hold {units:,} units, all levels down; a kit holds {MOST_PARTS:,} or fewer"


def count_in_kits(part: str) -> dict[str, int]:
    """Count the units of an item in one of each kit that holds it, all levels down."""
    counted = count_parts(read_bills([part]), part)
    return {sku: units for sku, units in counted.items() if units and sku != part}


def read_bills(items: Iterable[str]) -> dict[str, dict[str, int]]:
    """Read the bills of these items and of all that kits and substitutes tie to them."""
    ids = Item.objects.filter(sku__in=set(items)).values_list("pk", flat=True)
    rows = Component.objects.filter(kit__in=find_families(ids))
    bills: dict[str, dict[str, int]] = {}
    for kit, item, units in rows.values_list("kit__sku", "item__sku", "quantity"):
        bills.setdefault(kit, {})[item] = units
    return bills
