"""The sums of what a step touched: the laws a second time, beside those of `backorder reconcile`."""

from __future__ import annotations

from django.db import connection

from backorder.allocation.selectors import compare_lines
from backorder.catalog.models import Item
from backorder.outbox.models import Subject

BROKEN = """
WITH touched AS MATERIALIZED (
    SELECT id FROM catalog_item
    WHERE sku IN (SELECT key FROM outbox_subject WHERE kind = 'item' AND entry_id > %(since)s)
), level AS (
    SELECT v.*,
        (SELECT coalesce(sum(quantity), 0) FROM supply_movement m
            WHERE (m.item_id, m.location_id, m.status) = (v.item_id, v.location_id, v.status)) AS moved,
        (SELECT coalesce(sum(quantity), 0) FROM allocation_allocation a WHERE a.level_id = v.id) AS given,
        (SELECT coalesce(sum(p.per_unit * r.quantity_open), 0) FROM fulfilment_releasepart p
            JOIN fulfilment_release r ON r.id = p.release_id WHERE p.level_id = v.id) AS handed
    FROM supply_level v JOIN touched t ON t.id = v.item_id
), inbound AS (
    SELECT i.*,
        (SELECT coalesce(sum(quantity), 0) FROM supply_movement m
            WHERE m.inbound_line_id = i.id AND m.kind = 'receipt') AS moved,
        (SELECT coalesce(sum(quantity), 0) FROM allocation_allocation a WHERE a.inbound_line_id = i.id) AS given
    FROM supply_inboundline i JOIN touched t ON t.id = i.item_id
), line AS (
    SELECT l.*,
        (SELECT coalesce(sum(quantity_open), 0) FROM fulfilment_release r WHERE r.line_id = l.id) AS handed,
        (SELECT coalesce(sum(e.quantity), 0) FROM fulfilment_releaseend e JOIN fulfilment_release r ON r.id = e.release_id
            WHERE r.line_id = l.id AND e.how = 'shipped') AS sent,
        (SELECT promised_on FROM allocation_promise p WHERE p.line_id = l.id ORDER BY id DESC LIMIT 1) AS last,
        (SELECT promised_on FROM allocation_promise p WHERE p.line_id = l.id AND promised_on IS NOT NULL
            ORDER BY id LIMIT 1) AS first
    FROM orders_line l JOIN touched t ON t.id = l.item_id
)
SELECT 'L1: more is allocated of a level than there is', id FROM level
    WHERE allocated > on_hand - released OR least(on_hand, allocated, released) < 0
UNION ALL SELECT 'L3: on hand is the sum of its movements', id FROM level WHERE on_hand <> moved
UNION ALL SELECT 'allocated of a level is the sum of its allocations', id FROM level WHERE allocated <> given
UNION ALL SELECT 'released of a level is the sum of its releases', id FROM level WHERE released <> handed
UNION ALL SELECT 'L1: more is allocated of an inbound line than will come', id FROM inbound WHERE allocated > remaining
UNION ALL SELECT 'received is the sum of its receipts', id FROM inbound WHERE quantity_received <> moved
UNION ALL SELECT 'allocated of an inbound line is the sum of its allocations', id FROM inbound WHERE allocated <> given
UNION ALL SELECT 'released of a line is the sum of its releases', id FROM line WHERE quantity_released <> handed
UNION ALL SELECT 'cancelled is the sum of its cancellations', id FROM line WHERE quantity_cancelled <>
    (SELECT coalesce(sum(quantity), 0) FROM orders_cancellation WHERE line_id = line.id)
UNION ALL SELECT 'shipped is the sum of its shipments', id FROM line WHERE quantity_shipped <> sent
UNION ALL SELECT 'shipments are what left and what the warehouse has', o.id FROM orders_order o
    WHERE id IN (SELECT order_id FROM line) AND shipments_begun <> (
        SELECT count(DISTINCT e.shipment_id) FROM fulfilment_release r JOIN orders_line l ON l.id = r.line_id
        JOIN fulfilment_releaseend e ON e.release_id = r.id WHERE l.order_id = o.id) + (
        SELECT count(DISTINCT r.entry_id) FROM fulfilment_release r JOIN orders_line l ON l.id = r.line_id
        WHERE l.order_id = o.id AND r.quantity_open > 0)
UNION ALL SELECT 'what is to go may leave once more', line.id FROM line JOIN orders_order o ON o.id = line.order_id
    WHERE quantity_unreleased > 0 AND o.shipments_begun >= o.most_shipments
UNION ALL SELECT 'L4: a line shows its first and last promise', id FROM line
    WHERE (promised_on, first_promised_on) IS DISTINCT FROM (last, first)
"""


def find_broken(since: int) -> list[tuple[str, object]]:
    """List rules that are broken, and of what, of the items that entries of the journal after one are about.

    How lines stand is compared as `reconcile` does.
    """
    skus = Subject.objects.filter(kind="item", entry__gt=since).values("key")
    touched = Item.objects.filter(sku__in=skus).values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(BROKEN, {"since": since})
        found = [(rule, row) for rule, row in cursor.fetchall()]
    return [*found, *((one.rule, one.about) for one in compare_lines(touched))]
