"""Reading what customers want."""

from __future__ import annotations

from backorder.orders.models import Line


def find_touched_items(line: Line) -> set[int]:
    """Name the items that a change of a line touches: its own, and if its order ships as a whole those of all its lines."""
    if line.order.ship_policy != "complete":
        return {line.item_id}
    return set(Line.objects.filter(order=line.order_id).values_list("item_id", flat=True))
