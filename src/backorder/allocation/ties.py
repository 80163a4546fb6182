"""What must be decided together, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from backorder.catalog.selectors import find_families

HELD = """
SELECT coalesce(s.item_id, i.item_id)
FROM orders_line l
JOIN allocation_allocation a ON a.line_id = l.id
LEFT JOIN supply_level s ON s.id = a.level_id
LEFT JOIN supply_inboundline i ON i.id = a.inbound_line_id
WHERE l.item_id = ANY(%(items)s)
UNION
SELECT l.item_id
FROM supply_level s
JOIN allocation_allocation a ON a.level_id = s.id
JOIN orders_line l ON l.id = a.line_id
WHERE s.item_id = ANY(%(items)s)
UNION
SELECT l.item_id
FROM supply_inboundline i
JOIN allocation_allocation a ON a.inbound_line_id = i.id
JOIN orders_line l ON l.id = a.line_id
WHERE i.item_id = ANY(%(items)s)
"""
"""The items of which lines of these hold units, and those whose lines hold units of these."""


def find_tied(items: Iterable[int]) -> list[int]:
    """Name the items and all that kits, substitutes and allocations tie to them, by id.

    A line may hold units of an item that its kit is made of no longer: they come free only if that item is decided too.
    """
    tied: set[int] = set()
    more = set(items)
    while more:
        tied |= set(find_families(more))
        with connection.cursor() as cursor:
            cursor.execute(HELD, {"items": sorted(tied)})
            more = {item for (item,) in cursor.fetchall()} - tied
    return sorted(tied)
