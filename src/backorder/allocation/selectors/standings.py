"""How each line stands, compared with what is open of it, with its allocations item by item, and with its record of waiting."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

NOT_AS_IT_STANDS = """
WITH RECURSIVE inside AS (
    SELECT kit_id, item_id, quantity FROM catalog_component
    UNION ALL
    SELECT inside.kit_id, c.item_id, inside.quantity * c.quantity
    FROM inside JOIN catalog_component c ON c.kit_id = inside.item_id
), holds AS (
    SELECT id AS item, id AS part, 1::bigint AS units FROM catalog_item
    UNION ALL
    SELECT kit_id, item_id, sum(quantity)::bigint FROM inside GROUP BY 1, 2
), line AS (
    SELECT l.id, l.item_id, l.item_id IN (SELECT kit_id FROM catalog_component) AS kit, l.quantity_unreleased AS wanted,
        (s.line_id IS NOT NULL)::int AS stands, (b.id IS NOT NULL)::int AS waits,
        coalesce(s.allocated_on_hand, 0) AS on_hand, coalesce(s.allocated_inbound, 0) AS inbound,
        coalesce(s.unallocated, 0) AS unallocated
    FROM orders_line l
    LEFT JOIN allocation_standing s ON s.line_id = l.id
    LEFT JOIN allocation_backorder b ON b.line_id = l.id AND b.closed_by_id IS NULL
    WHERE %(items)s::bigint[] IS NULL OR l.item_id = ANY(%(items)s::bigint[])
), part AS (
    SELECT id, kit, part, part NOT IN (SELECT kit_id FROM catalog_component) AS bottom,
        sum(stands_on_hand)::bigint AS stands_on_hand, sum(stands_inbound)::bigint AS stands_inbound,
        sum(on_hand)::bigint AS on_hand, sum(inbound)::bigint AS inbound, sum(itself_inbound)::bigint AS itself_inbound
    FROM (
        SELECT line.id, kit, part, line.on_hand * units AS stands_on_hand, line.inbound * units AS stands_inbound,
            0 AS on_hand, 0 AS inbound, 0 AS itself_inbound
        FROM line JOIN holds ON holds.item = line.item_id
        WHERE stands = 1
        UNION ALL
        SELECT line.id, kit, part, 0, 0,
            CASE WHEN a.level_id IS NULL THEN 0 ELSE a.quantity * units END,
            CASE WHEN a.level_id IS NULL THEN a.quantity * units ELSE 0 END,
            CASE WHEN a.level_id IS NULL AND part = holds.item THEN a.quantity ELSE 0 END
        FROM line JOIN allocation_allocation a ON a.line_id = line.id
        LEFT JOIN supply_level v ON v.id = a.level_id
        LEFT JOIN supply_inboundline i ON i.id = a.inbound_line_id
        JOIN holds ON holds.item = coalesce(v.item_id, i.item_id)
    ) both_sides
    GROUP BY 1, 2, 3
), of_kit AS (
    SELECT *, stands_on_hand + stands_inbound AS stands, on_hand + inbound AS units,
        stands_on_hand + stands_inbound = on_hand + inbound
            OR NOT bottom AND stands_on_hand + stands_inbound > on_hand + inbound AS agrees
    FROM part WHERE kit
), found AS (
    SELECT id, NULL::bigint AS part, 'a line stands while something of it is to be decided' AS rule,
        stands::bigint AS is_now, 0::bigint AS should_be
    FROM line WHERE stands = 1 AND wanted = 0
    UNION ALL
    SELECT id, NULL, 'what is open and not released is allocated or unallocated', on_hand + inbound + unallocated, wanted
    FROM line WHERE on_hand + inbound + unallocated <> wanted AND wanted > 0
    UNION ALL
    SELECT id, NULL, 'a backorder is open while units wait', waits, (on_hand < wanted)::int
    FROM line WHERE waits <> (on_hand < wanted)::int AND (stands = 1 OR wanted = 0)
    UNION ALL
    SELECT id, part, 'what stands on hand is the sum of its allocations', stands_on_hand, on_hand
    FROM part WHERE NOT kit AND stands_on_hand <> on_hand
    UNION ALL
    SELECT id, part, 'what stands inbound is the sum of its allocations', stands_inbound, inbound
    FROM part WHERE NOT kit AND stands_inbound <> inbound
    UNION ALL
    SELECT id, part, 'what stands of a kit is made up of its allocations', stands, units
    FROM of_kit WHERE NOT agrees
    UNION ALL
    SELECT id, part, 'what stands on hand of a kit is made up on hand', stands_on_hand, on_hand
    FROM of_kit WHERE agrees AND bottom AND stands_on_hand > on_hand
    UNION ALL
    SELECT id, NULL, 'what stands inbound of a kit waits for a part each', max(line.inbound), sum(itself_inbound)::bigint
    FROM line JOIN of_kit USING (id)
    GROUP BY id HAVING bool_and(agrees) AND max(line.inbound) > sum(itself_inbound)
)
SELECT 'order ' || o.number || ' line ' || l.number || coalesce(', ' || nullif(i.sku, own.sku), ''),
    rule, is_now, should_be
FROM found
JOIN orders_line l USING (id) JOIN orders_order o ON o.id = l.order_id JOIN catalog_item own ON own.id = l.item_id
LEFT JOIN catalog_item i ON i.id = found.part
ORDER BY l.id, rule, i.sku
"""
"""`holds` counts the units of each item in one of another, all levels down, and an item holds itself once.

Of a kit its own units and those of kits inside it may be allocated as they are, so no part of it is fixed, but the sums are. With the
units inside what is allocated counted, of each part there are as many as the kits that stand hold: no fewer of a part that is no kit,
no more of any. An item that is no part of the line is held 0 times, and so is always too much.

How many kits are on hand is not said by the sums alone: it depends on which units were put together. They can be no more than the
units on hand make up, and each of the others waits for at least one unit that is inbound. For an item that is no kit that would be
the same as equal sums, which are easier to read.

A line waits while fewer of its units are on hand than are to be decided, as `plan/apply.py` opens and closes the record. Of a line
that is open and does not stand at all only that is told.
"""


def find_lines_off(items: Iterable[int] | None = None) -> list[tuple[str, str, int, int]]:
    """Find the lines that stand otherwise than they should, of these items or of all: about what, the rule, what is and should be."""
    asked = None if items is None else sorted(items)
    with connection.cursor() as cursor:
        cursor.execute(NOT_AS_IT_STANDS, {"items": asked})
        return [(about, rule, is_now, should_be) for about, rule, is_now, should_be in cursor.fetchall()]
