"""Reading stock and what is coming."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from backorder.supply.models import Level, Movement


@dataclass(frozen=True)
class Drift:
    """A level that is not the sum of its movements."""

    sku: str
    location: str
    status: str
    on_hand: int
    moved: int


def find_drift() -> list[Drift]:
    """Compare every level with the sum of its movements (law L3); a database that holds its rules has no difference."""
    key = ("item__sku", "location__code", "status")
    sums = Movement.objects.values_list(*key).annotate(moved=Sum("quantity")).order_by()
    moved = {(sku, place, status): units for sku, place, status, units in sums}
    rows = Level.objects.values_list(*key, "on_hand")
    levels = {(sku, place, status): units for sku, place, status, units in rows}
    return [
        Drift(*place, levels.get(place, 0), moved.get(place, 0))
        for place in sorted(moved.keys() | levels.keys())
        if levels.get(place, 0) != moved.get(place, 0)
    ]
