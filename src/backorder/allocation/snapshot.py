"""Rows to facts: what a decision is made from, read as columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from backorder.allocation.attributes import TO_MILLIONTHS, build_attributes, natural
from backorder.allocation.ties import find_tied
from backorder.catalog.models import ClosedDay, Component, Location, Substitute
from backorder.columns import Columns, read_columns
from backorder.engine.allocation.plan import Companions
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.snapshot import (
    ANYWHERE,
    COMMITMENTS,
    GONE,
    NEVER,
    SHIP_POLICIES,
    ClosedDays,
    Current,
    Kits,
    Lines,
    Locations,
    Snapshot,
    Substitutes,
    Supplies,
)

NOTHING = 0  # no row has this id
ANY_ITEM = -1  # of a line that is not decided: nobody looks what it holds
EPOCH = date(1970, 1, 1).toordinal()

LINES = """
SELECT l.id, l.order_id::bigint, l.item_id::bigint, coalesce(l.location_id, 0)::bigint, l.quantity_unreleased,
    (extract(epoch FROM o.ordered_at) * 1000000)::bigint, (o.ordered_on - date '1970-01-01')::bigint,
    (l.requested_on - date '1970-01-01')::bigint, coalesce(l.needed_by - date '1970-01-01', {never})::bigint,
    o.priority::bigint, l.unit_price, (array_position(%(policies)s::text[], o.ship_policy) - 1)::bigint,
    l.minimum_quantity, (array_position(%(commitments)s::text[], l.commitment) - 1)::bigint,
    coalesce(coalesce(l.promised_on, p.promised_on) - date '1970-01-01', {never})::bigint,
    coalesce(l.promised_on - date '1970-01-01', {never})::bigint,
    coalesce(o.customer_class_id, 0)::bigint, coalesce(o.channel_id, 0)::bigint
FROM orders_line l
JOIN orders_order o ON o.id = l.order_id
LEFT JOIN LATERAL (
    SELECT promised_on FROM allocation_promise
    WHERE l.promised_on IS NULL AND line_id = l.id AND promised_on IS NOT NULL ORDER BY id DESC LIMIT 1
) p ON true
WHERE l.quantity_unreleased > 0 AND {chosen}
ORDER BY l.order_id, l.id
"""
"""Who was told that no day is known any more was promised a day before: it counts until another one is told."""
LINE_COLUMNS = (
    *("id", "order", "item", "location", "quantity", "ordered_at", "ordered_on", "requested_on", "needed_by"),
    *("priority", "unit_price", "ship_policy", "minimum_quantity", "commitment", "promised_on"),
    *("told_on", "customer_class", "channel"),
)
OF_SOME_ITEMS = """(l.item_id = ANY(%(items)s) OR l.order_id IN (
    SELECT other.order_id FROM orders_line other JOIN orders_order whole ON whole.id = other.order_id
    WHERE other.item_id = ANY(%(items)s) AND other.quantity_unreleased > 0
        AND whole.ship_policy = 'complete'
))"""
"""Their lines, and those of other items that belong to complete orders with a line of these."""
OF_ALL_ITEMS = "l.item_id = ANY(%(items)s)"
"""The same where these are all items there are: no line is of another."""

LEVELS = """
SELECT id, item_id::bigint, location_id::bigint, on_hand - released FROM supply_level
WHERE status = 'sellable' AND on_hand > released AND item_id = ANY(%(items)s) ORDER BY item_id, location_id
"""
INBOUND = """
SELECT id, item_id::bigint, location_id::bigint, remaining, (expected_on - date '1970-01-01')::bigint
FROM supply_inboundline WHERE remaining > 0 AND item_id = ANY(%(items)s) ORDER BY order_id, id
"""
CURRENT = """
SELECT a.line_id::bigint, coalesce(a.level_id, 0)::bigint, coalesce(a.inbound_line_id, 0)::bigint,
    coalesce(s.item_id, i.item_id)::bigint, coalesce(s.location_id, i.location_id)::bigint, a.quantity,
    (a.ships_on - date '1970-01-01')::bigint
FROM allocation_allocation a
JOIN orders_line l ON l.id = a.line_id
LEFT JOIN supply_level s ON s.id = a.level_id
LEFT JOIN supply_inboundline i ON i.id = a.inbound_line_id
WHERE l.quantity_unreleased > 0 AND {chosen}
ORDER BY l.order_id, l.id, a.ships_on, a.level_id IS NULL, s.item_id, s.location_id, i.order_id, i.id
"""
"""In the order of a plan's rows: within one day as supplies are listed."""
CURRENT_COLUMNS = ("line", "level", "inbound", "item", "location", "quantity", "ships_on")
TOLD_COLUMNS = ("line", "whole", "pins", "ready_on", "last_on", "tight")
TOLD = """
SELECT s.line_id::bigint, s.whole::int::bigint, s.pins::int::bigint, s.ready_on, s.last_on, s.tight::int::bigint
FROM allocation_standing s JOIN orders_line l ON l.id = s.line_id
WHERE s.whole IS NOT NULL AND l.quantity_unreleased > 0 AND {chosen} ORDER BY l.order_id, l.id
"""


@dataclass(frozen=True)
class Facts:
    """What a decision is made from, and the rows that its numbers stand for."""

    snapshot: Snapshot
    items: NDArray[np.int64]  # ids of the items that are decided, families whole
    lines: NDArray[np.int64]  # id of each line
    inside: NDArray[np.bool_]  # which of them are of these items
    line_items: NDArray[np.int64]  # id of the item of each line
    levels: NDArray[np.int64]  # ids: the first supplies
    inbound: NDArray[np.int64]  # ids: the supplies after them
    known: NDArray[np.int64]  # id of each item of the snapshot
    places: NDArray[np.int64]  # id of each location
    told_on: NDArray[np.int64]  # the day that was told last for each line; NEVER: none
    told: Companions  # what lines told their complete orders when they were decided last


def read_facts(items: Iterable[int], as_of: date, policy: Policy, chosen: str = OF_SOME_ITEMS) -> Facts:
    """Read what decides about some items: their lines and supplies, and lines of other items in complete orders with them.

    `chosen` is OF_ALL_ITEMS where these are all.
    """
    wanted = find_tied(items)
    words = {"policies": list(SHIP_POLICIES), "commitments": list(COMMITMENTS), "items": wanted}
    lines = read_columns(LINE_COLUMNS, LINES.format(never=NEVER, chosen=chosen), words)
    levels = read_columns(("id", "item", "location", "quantity"), LEVELS, {"items": wanted})
    inbound = read_columns(("id", "item", "location", "quantity", "expected_on"), INBOUND, {"items": wanted})
    known = np.unique(np.concatenate([np.array(wanted, np.int64), lines["item"]]))
    locations = sorted(Location.objects.all(), key=lambda place: natural(place.code))
    place_ids = np.array([place.pk for place in locations], np.int64)
    day = as_of.toordinal() - EPOCH
    kits = build_kits(wanted, known)
    inside = np.isin(lines["item"], wanted)
    snapshot = Snapshot(
        as_of=day,
        items=len(known),
        lines=build_lines(lines, known, place_ids),
        supplies=build_supplies((levels, inbound), known, place_ids, day),
        locations=Locations(
            parent=find_rows([place.parent_id or NOTHING for place in locations], place_ids),
            rank=[NEVER if place.rank is None else place.rank for place in locations],
        ),
        kits=kits,
        substitutes=build_substitutes(wanted, known),
        current=drop_strangers(
            build_current(
                (lines, levels, inbound, read_columns(CURRENT_COLUMNS, CURRENT.format(chosen=chosen), words)),
                known,
                place_ids,
            ),
            np.where(inside, find_rows(lines["item"], known), ANY_ITEM),
            kits,
        ),
        closed=build_closed_days(as_of, place_ids),
        attributes=build_attributes(lines, policy),
    )
    return Facts(
        snapshot,
        np.array(wanted, np.int64),
        lines["id"],
        inside,
        lines["item"],
        levels["id"],
        inbound["id"],
        known,
        place_ids,
        lines["told_on"],
        read_told(lines["id"], read_columns(TOLD_COLUMNS, TOLD.format(chosen=chosen), words)),
    )


def find_rows(ids: Iterable[int], known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find the row of each id among the known ones; -1 if it is none of them."""
    wanted = np.array(list(ids) if not isinstance(ids, np.ndarray) else ids, np.int64)
    if len(known) == 0:
        return np.full(len(wanted), -1)
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)
    return np.where(known[order][at] == wanted, order[at], -1)


def build_lines(lines: Columns, items: NDArray[np.int64], places: NDArray[np.int64]) -> Lines:
    """Build the order lines."""
    others = {"id", "told_on", "customer_class", "channel"}
    held = {name: lines[name] for name in LINE_COLUMNS if name not in others}
    return Lines(
        **{
            **held,
            "order": np.unique(lines["order"], return_inverse=True)[1],
            "item": find_rows(lines["item"], items),
            "location": find_rows(lines["location"], places),
            "unit_price": lines["unit_price"] * TO_MILLIONTHS,
        }
    )


def build_supplies(
    rows: tuple[Columns, Columns], items: NDArray[np.int64], places: NDArray[np.int64], as_of: int
) -> Supplies:
    """Build levels, then inbound lines."""
    levels, inbound = rows
    both = {name: np.concatenate([levels[name], inbound[name]]) for name in ("item", "location", "quantity")}
    count = len(levels["id"])
    return Supplies(
        item=find_rows(both["item"], items),
        location=find_rows(both["location"], places),
        inbound=np.arange(len(both["item"])) >= count,
        quantity=both["quantity"],
        available_on=np.concatenate([np.full(count, as_of), inbound["expected_on"]]),
        position=np.arange(len(both["item"])),
    )


def build_current(
    rows: tuple[Columns, Columns, Columns, Columns], items: NDArray[np.int64], places: NDArray[np.int64]
) -> Current:
    """Build the plan in force of the lines; of items that are not decided the supply counts as gone."""
    lines, *supplies, now = rows
    level, inbound = find_rows(now["level"], supplies[0]["id"]), find_rows(now["inbound"], supplies[1]["id"])
    there = np.where(level >= 0, level, np.where(inbound >= 0, inbound + len(supplies[0]["id"]), GONE))
    of_item = find_rows(now["item"], items)
    line = find_rows(now["line"], lines["id"])
    own = find_rows(lines["item"], items)[line]
    return Current(
        line=line,
        supply=there,
        item=np.where(of_item >= 0, of_item, own),
        location=find_rows(now["location"], places),
        quantity=now["quantity"],
        ships_on=now["ships_on"],
    )


def drop_strangers(current: Current, asked: NDArray[np.int64], kits: Kits) -> Current:
    """Drop units of an item that is no part of what a line asks for any more: a kit was made otherwise since."""
    wanted = asked[current.line]
    other = np.flatnonzero((wanted != ANY_ITEM) & (wanted != current.item))
    parts = {kit: list_parts(kits, kit) for kit in set(wanted[other].tolist())}
    strange = [row for row in other.tolist() if int(current.item[row]) not in parts[int(wanted[row])]]
    return current.take(np.setdiff1d(np.arange(len(wanted)), strange)) if strange else current


def list_parts(kits: Kits, kit: int) -> set[int]:
    """List what a kit holds, all levels down."""
    parts: set[int] = set()
    ahead = {kit}
    while ahead:
        ahead = set(kits.component[np.isin(kits.kit, list(ahead))].tolist()) - parts
        parts |= ahead
    return parts


def build_kits(wanted: list[int], items: NDArray[np.int64]) -> Kits:
    """Build the bills of kits, whole families."""
    rows = (
        Component.objects.filter(kit__in=wanted)
        .order_by("kit_id", "item_id")
        .values_list("kit_id", "item_id", "quantity")
    )
    kit, item, quantity = np.array(list(rows), np.int64).reshape(-1, 3).T
    return Kits(find_rows(kit, items), find_rows(item, items), quantity)


def build_substitutes(wanted: list[int], items: NDArray[np.int64]) -> Substitutes:
    """Build what can be offered in the place of these items; kinds are numbered by name."""
    rows = list(
        Substitute.objects.filter(item__in=wanted)
        .order_by("item_id", "substitute_id", "kind")
        .values_list("item_id", "substitute_id", "ratio", "kind")
    )
    kinds = {kind: number for number, kind in enumerate(sorted({row[3] for row in rows}))}
    item, substitute, ratio, kind = (
        np.array([(*row[:3], kinds[row[3]]) for row in rows], np.int64).reshape(-1, 4).T
    )
    return Substitutes(find_rows(item, items), find_rows(substitute, items), kind, ratio)


def build_closed_days(as_of: date, places: NDArray[np.int64]) -> ClosedDays:
    """Build the closed days that still matter."""
    rows = list(ClosedDay.objects.filter(closed_on__gte=as_of).values_list("closed_on", "location_id"))
    return ClosedDays(
        [day.toordinal() - EPOCH for day, _ in rows],
        np.where(
            [place is None for _, place in rows],
            ANYWHERE,
            find_rows([place or NOTHING for _, place in rows], places),
        ),
    )


def read_told(lines: NDArray[np.int64], told: Columns) -> Companions:
    """Read what lines told their complete orders, by row of the line."""
    return Companions(**{**told, "line": find_rows(told["line"], lines)})
