"""What must be decided together, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable

from backorder.catalog.selectors import TIES, find_tied

OF_ITEMS = """
    SELECT id, item_id FROM orders_line
    WHERE item_id = ANY(%(items)s) AND quantity_open > 0 AND quantity_unreleased > 0
    UNION
    SELECT line_id, item_id FROM allocation_standing WHERE item_id = ANY(%(items)s)
"""
"""The lines of some items that are to be decided, and those that were and are not open any more: never all that ever were."""

TOGETHER = f"""
{TIES}
UNION
SELECT coalesce(s.item_id, i.item_id)
FROM ({OF_ITEMS}) mine
JOIN allocation_allocation a ON a.line_id = mine.id
LEFT JOIN supply_level s ON s.id = a.level_id
LEFT JOIN supply_inboundline i ON i.id = a.inbound_line_id
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
"""  # noqa: S608 - names of columns and numbers, written here
"""The items that kits, substitutes and allocations tie to these, one step far.

A line may hold units of an item that its kit is made of no longer: they come free only if that item is decided too.
"""


def find_together(items: Iterable[int]) -> list[int]:
    """Name the items and all that must be decided with them, by id."""
    return find_tied(items, TOGETHER)
