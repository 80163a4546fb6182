"""What left and what came back, compared with the movements of stock."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import F, Sum

from backorder.allocation.selectors import Difference
from backorder.fulfilment.models import ReleaseEnd
from backorder.supply.models import Movement

NOT_BACK = """
SELECT i.sku, p.code, status, entry_id, sum(came)::bigint, sum(moved)::bigint
FROM (
    SELECT r.entry_id, v.item_id, v.location_id, v.status, r.quantity AS came, 0 AS moved
    FROM fulfilment_return r JOIN supply_level v ON v.id = r.level_id
    UNION ALL
    SELECT m.entry_id, m.item_id, m.location_id, m.status, 0, m.quantity
    FROM supply_movement m JOIN outbox_entry e ON e.id = m.entry_id
    WHERE m.kind = 'return' AND (e.what = 'line.returned' OR e.id IN (SELECT entry_id FROM fulfilment_return))
) both_sides JOIN catalog_item i ON i.id = item_id JOIN catalog_location p ON p.id = location_id
GROUP BY 1, 2, 3, 4 HAVING sum(came) <> sum(moved) ORDER BY 4, 1, 2, 3
"""
"""Stock comes back without an order too: a movement that a person made is of no line."""


def compare_shipments() -> Iterator[Difference]:
    """Compare what each shipment took from each level with its movements."""
    sent = {
        (shipment, item, place): units
        for shipment, item, place, units in ReleaseEnd.objects.filter(how="shipped")
        .values_list("entry", "release__parts__level__item__sku", "release__parts__level__location__code")
        .annotate(units=Sum(F("quantity") * F("release__parts__per_unit")))
        .order_by()
    }
    moved = {
        (entry, item, place): -units
        for entry, item, place, units in Movement.objects.filter(kind="shipment")
        .values_list("entry", "item__sku", "location__code")
        .annotate(units=Sum("quantity"))
        .order_by()
    }
    for key in sorted(sent.keys() | moved.keys()):
        if sent.get(key, 0) != moved.get(key, 0):
            about = f"{key[1]} at {key[2]}, entry {key[0]} of the journal"
            yield Difference(about, "what is shipped has left the shelf", sent.get(key, 0), moved.get(key, 0))


def compare_returns() -> Iterator[Difference]:
    """Compare what came back of each line to each level with its movements."""
    with connection.cursor() as cursor:
        cursor.execute(NOT_BACK)
        rows = cursor.fetchall()
    for sku, place, status, entry, came, moved in rows:
        about = f"{sku} at {place}, {status}, entry {entry} of the journal"
        yield Difference(about, "what came back is in stock again", came, moved)
