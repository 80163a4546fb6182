"""The rows that decide about some items, and how these stand in the plan in force: all of it in one statement, at one moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from backorder.allocation.days import NEAR_DAYS, number_day
from backorder.allocation.facts.ties import OF_ITEMS
from backorder.allocation.moves import REASONS, STANDING, UNTOLD
from backorder.columns import Columns, Table, read_tables
from backorder.engine.allocation.snapshot import COMMITMENTS, COMPLETE, NEVER, SHIP_POLICIES
from backorder.money import MILLIONTHS

DAY = "({} - date '1970-01-01')::bigint"
"""A day as the engine numbers it."""

OF_SOME = f"""
WITH mine AS ({OF_ITEMS}), chosen AS (
    SELECT id, item_id FROM mine
    UNION
    SELECT l.id, l.item_id
    FROM mine
    JOIN orders_line open ON open.id = mine.id AND open.quantity_unreleased > 0
    JOIN orders_order o ON o.id = open.order_id AND (o.ships_whole OR open.ship_set <> '')
    JOIN orders_line l ON l.order_id = o.id AND (o.ships_whole OR l.ship_set = open.ship_set)
)
"""  # noqa: S608 - names of columns and numbers, written here
"""Their lines, and those of other items that ship together with a line of these: of a set, or of an order that ships whole."""
OF_ALL = """
WITH chosen AS (
    SELECT id, item_id FROM orders_line WHERE quantity_open > 0 AND quantity_unreleased > 0
    UNION
    SELECT line_id, item_id FROM allocation_standing
)
"""
LINES = f"""
SELECT l.id, l.order_id::bigint, l.item_id::bigint, coalesce(l.location_id, 0)::bigint, l.quantity_unreleased,
    (extract(epoch FROM o.ordered_at) * 1000000)::bigint, {DAY.format("o.ordered_on")}, {DAY.format("l.requested_on")},
    coalesce({DAY.format("l.needed_by")}, {NEVER}), o.priority::bigint, l.unit_price,
    CASE WHEN o.ships_whole OR l.ship_set <> '' THEN {COMPLETE}
        ELSE array_position(%(policies)s::text[], o.ship_policy) - 1 END::bigint,
    l.minimum_quantity,
    (array_position(%(commitments)s::text[], l.commitment) - 1)::bigint,
    coalesce({DAY.format("coalesce(l.promised_on, p.promised_on)")}, {NEVER}),
    coalesce({DAY.format("l.promised_on")}, {NEVER}),
    coalesce(o.customer_class_id, 0)::bigint, coalesce(o.channel_id, 0)::bigint,
    CASE WHEN l.ship_set = '' OR o.ships_whole THEN 0 ELSE hashtextextended(l.ship_set, 0) END
FROM chosen
JOIN orders_line l ON l.id = chosen.id AND l.quantity_unreleased > 0
JOIN orders_order o ON o.id = l.order_id
LEFT JOIN LATERAL (
    SELECT promised_on FROM allocation_promise
    WHERE l.promised_on IS NULL AND line_id = l.id AND promised_on IS NOT NULL ORDER BY id DESC LIMIT 1
) p ON true
ORDER BY l.order_id, l.id
"""  # noqa: S608 - names of columns and numbers, written here
"""Who was told that no day is known any more was promised a day before: it counts until another one is told.

A set goes by 64 bits of its name, which need only tell it from the others of its order; 0: none that matters.
"""
LINE_COLUMNS = (
    *("id", "order", "item", "location", "quantity", "ordered_at", "ordered_on", "requested_on"),
    *("needed_by", "priority", "unit_price", "ship_policy", "minimum_quantity", "commitment", "promised_on"),
    *("told_on", "customer_class", "channel", "set"),
)
LEVELS = """
SELECT id, item_id::bigint, location_id::bigint, on_hand - released FROM supply_level
WHERE status = 'sellable' AND on_hand > released AND item_id = ANY(%(items)s) ORDER BY item_id, location_id
"""
INBOUND = f"""
SELECT id, item_id::bigint, location_id::bigint, remaining, {DAY.format("expected_on")}
FROM supply_inboundline WHERE remaining > 0 AND item_id = ANY(%(items)s) ORDER BY order_id, id
"""  # noqa: S608 - names of columns and numbers, written here
HELD = f"""
SELECT a.id, a.line_id::bigint, coalesce(a.level_id, 0)::bigint, coalesce(a.inbound_line_id, 0)::bigint,
    coalesce(s.item_id, i.item_id)::bigint, coalesce(s.location_id, i.location_id)::bigint, a.quantity,
    {DAY.format("a.ships_on")}, l.item_id::bigint
FROM chosen
JOIN allocation_allocation a ON a.line_id = chosen.id
JOIN orders_line l ON l.id = chosen.id
LEFT JOIN supply_level s ON s.id = a.level_id
LEFT JOIN supply_inboundline i ON i.id = a.inbound_line_id
ORDER BY l.order_id, l.id, a.ships_on, a.level_id IS NULL, s.item_id, s.location_id, i.order_id, i.id
"""  # noqa: S608 - names of columns and numbers, written here
"""Of lines that are not open any more too. In the order of a plan's rows: within one day as supplies are listed."""
STOOD = f"""
SELECT s.line_id::bigint, l.item_id::bigint, s.allocated_on_hand, s.allocated_inbound, s.unallocated,
    coalesce({DAY.format("s.first_ships_on")}, {NEVER}), coalesce({DAY.format("s.planned_on")}, {NEVER}),
    s.in_time::int::bigint, s.units_ahead, s.lines_ahead, (array_position(%(reasons)s::text[], s.reason) - 1)::bigint,
    coalesce(s.whole::int, {UNTOLD})::bigint, coalesce(s.pins::int, {UNTOLD})::bigint, coalesce(s.ready_on, {UNTOLD})::bigint,
    coalesce(s.last_on, {UNTOLD})::bigint, coalesce(s.tight::int, {UNTOLD})::bigint
FROM chosen JOIN allocation_standing s ON s.line_id = chosen.id JOIN orders_line l ON l.id = chosen.id
ORDER BY l.order_id, l.id
"""  # noqa: S608 - names of columns and numbers, written here
WAITING = """
SELECT b.line_id::bigint, chosen.item_id::bigint
FROM chosen JOIN allocation_backorder b ON b.line_id = chosen.id AND b.closed_by_id IS NULL
"""
PLACES = f"""
SELECT id, coalesce(parent_id, 0)::bigint, coalesce(rank, {NEVER})::bigint FROM catalog_location
ORDER BY code !~ '^[0-9]+$', CASE WHEN code ~ '^[0-9]+$' THEN code::numeric END, code COLLATE "C"
"""  # noqa: S608 - names of columns and numbers, written here
"""In the order in which the files list them: codes of digits alone first, by value."""
UNUSUAL = """
SELECT i.id, (%(millionths)s::bigint[])[array_position(%(currencies)s::text[], i.currency::text)]
FROM (SELECT DISTINCT item_id FROM chosen) ordered
JOIN catalog_item i ON i.id = ordered.item_id AND i.currency = ANY(%(currencies)s::text[])
"""
"""Items whose currency has other than two places, and how many millionths its smallest unit has."""
KITS = """
SELECT kit_id::bigint, item_id::bigint, quantity::bigint FROM catalog_component
WHERE kit_id = ANY(%(items)s) ORDER BY kit_id, item_id
"""
SUBSTITUTES = """
SELECT item_id::bigint, substitute_id::bigint, dense_rank() OVER (ORDER BY kind COLLATE "C") - 1, ratio::bigint
FROM catalog_substitute WHERE item_id = ANY(%(items)s) ORDER BY item_id, substitute_id, kind
"""
"""Kinds are numbered by name."""
TODAY = f"""
SELECT greatest(%(day)s::bigint, {DAY.format("max(as_of)")}) FROM (
    SELECT as_of FROM allocation_run
    WHERE in_force AND as_of <= greatest(date '1970-01-01' + %(day)s::int, current_date) + {NEAR_DAYS}
    ORDER BY as_of DESC LIMIT 1
) last
"""  # noqa: S608 - names of columns and numbers, written here
"""Never earlier than the last day that was decided for, unless the clock had gone wrong."""
CLOSED = f"""
SELECT {DAY.format("closed_on")}, coalesce(location_id, 0)::bigint FROM catalog_closedday
WHERE {DAY.format("closed_on")} >= ({TODAY})
"""  # noqa: S608 - names of columns and numbers, written here


TABLES: dict[str, Table] = {
    "today": (("day",), TODAY),
    "lines": (LINE_COLUMNS, LINES),
    "levels": (("id", "item", "location", "quantity"), LEVELS),
    "inbound": (("id", "item", "location", "quantity", "expected_on"), INBOUND),
    "held": (
        ("id", "line", "level", "inbound", "item", "location", "quantity", "ships_on", "line_item"),
        HELD,
    ),
    "stood": (("line", "line_item", *STANDING), STOOD),
    "waiting": (("line", "line_item"), WAITING),
    "places": (("id", "parent", "rank"), PLACES),
    "unusual": (("item", "millionths"), UNUSUAL),
    "kits": (("kit", "item", "quantity"), KITS),
    "substitutes": (("item", "substitute", "kind", "ratio"), SUBSTITUTES),
    "closed": (("day", "location"), CLOSED),
}


ALL_TABLES = {
    name: (names, re.sub(r"\w+ = ANY\(%\(items\)s\)", "true", query))
    for name, (names, query) in TABLES.items()
}
"""Of all items there are: nothing is to be looked up."""


def read_rows(items: Sequence[int], day: date, *, all_items: bool = False) -> dict[str, Columns]:
    """Read what decides about these items on a day, as columns by table; ids are those of the database, and 0 where none is.

    `all_items` says that there are no others.
    """
    return read_tables(
        ALL_TABLES if all_items else TABLES,
        {
            "items": np.array(items, np.int64),
            "day": number_day(day),
            "policies": list(SHIP_POLICIES),
            "commitments": list(COMMITMENTS),
            "reasons": REASONS,
            "currencies": list(MILLIONTHS),
            "millionths": np.array(list(MILLIONTHS.values()), np.int64),
        },
        OF_ALL if all_items else OF_SOME,
    )
