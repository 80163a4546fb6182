"""How many units a kit holds, all levels down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

from django.db.models import Q

from backorder.catalog.models import Component, Item
from backorder.catalog.services.saving import refuse

MOST_PARTS = 1_000_000
"""Units in one kit. The largest line, of so many kits, can be counted in 64 bits, and thousands of them."""
Bills = Mapping[str, Mapping[str, int]]
"""So many units of each component, by kit. None contains itself."""


def refuse_endless(kits: Iterable[str]) -> None:
    """Raise CatalogError if one of these kits, or a kit that holds one, has more units in it than can be counted."""
    for sku, units in count_parts(read_bills(kits)).items():
        refuse(units > MOST_PARTS, say_endless(sku, units))


def say_endless(sku: str, units: int) -> str:
    """Say that a kit holds more units than can be counted."""
    return f"one {sku} would hold {units:,} units, all levels down; a kit holds {MOST_PARTS:,} or fewer"


def count_parts(bills: Bills) -> dict[str, int]:
    """Count the units in one of each kit, all levels down."""
    counted: dict[str, int] = {}
    for sku in TopologicalSorter(bills).static_order():  # components before their kits
        bill = bills.get(sku, {})
        counted[sku] = sum(units * counted[part] for part, units in bill.items()) if bill else 1
    return counted


def read_bills(kits: Iterable[str]) -> dict[str, dict[str, int]]:
    """Read what these kits, what they are made of, and what holds them are made of."""
    bills: dict[int, dict[int, int]] = {}
    seen: set[int] = set()
    ahead = set(Item.objects.filter(sku__in=set(kits)).values_list("pk", flat=True))
    while ahead:
        seen |= ahead
        rows = Component.objects.filter(Q(kit__in=ahead) | Q(item__in=ahead))
        near: set[int] = set()
        for kit, item, units in rows.values_list("kit_id", "item_id", "quantity"):
            bills.setdefault(kit, {})[item] = units
            near |= {kit, item}
        ahead = near - seen
    names = dict(Item.objects.filter(pk__in=seen).values_list("pk", "sku"))
    return {names[kit]: {names[item]: units for item, units in bill.items()} for kit, bill in bills.items()}
