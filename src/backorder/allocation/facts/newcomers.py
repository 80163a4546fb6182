"""Lines that are not in the facts yet, added to them without reading them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import numpy as np

from backorder.allocation.days import number_day
from backorder.allocation.facts.attributes import add_values
from backorder.allocation.facts.snapshot import NOTHING, Facts, find_rows
from backorder.engine.allocation.snapshot import COMMITMENTS, COMPLETE, NEVER, SHIP_POLICIES, Lines, Snapshot
from backorder.money import count_millionths
from backorder.orders.models import Line
from backorder.orders.together import name_group

START = datetime(1970, 1, 1, tzinfo=UTC)


def add_lines(facts: Facts, lines: Sequence[Line]) -> Facts:
    """Add lines of new orders, order by order: what reading the facts again would give. Lines that are not saved have no id."""
    lines = stand_together(lines)
    return replace(
        facts,
        snapshot=append_lines(facts, lines),
        lines=np.append(facts.lines, [line.pk or NOTHING for line in lines]),
        inside=np.append(facts.inside, np.isin([line.item_id for line in lines], facts.items)),
        line_items=np.append(facts.line_items, [line.item_id for line in lines]),
        told_on=np.append(facts.told_on, [NEVER] * len(lines)),
        newcomers=len(lines),
    )


def list_orders(lines: Sequence[Line]) -> list[list[Line]]:
    """List the lines of each order, which stand beside one another."""
    return [list(of_one) for _, of_one in groupby(lines, lambda line: line.order.number)]


def stand_together(lines: Sequence[Line]) -> list[Line]:
    """Sort lines of each order as they are read: those that ship for themselves, then set by set, each where its first line is."""
    found: list[Line] = []
    for of_one in list_orders(lines):
        names = [name_group(line.order, line) or None for line in of_one]
        groups = [None, *dict.fromkeys(filter(None, names))]
        found += sorted(of_one, key=lambda line: groups.index(name_group(line.order, line) or None))
    return found


def append_lines(facts: Facts, lines: Sequence[Line]) -> Snapshot:
    """Append lines of new orders to a snapshot, those that ship together beside one another."""
    snapshot = facts.snapshot
    before: dict[str, Any] = dict(snapshot.lines.columns())
    first = int(before["order"][-1]) + 1 if len(snapshot.lines) else 0
    orders = [line.order for line in lines]
    groups = [name_group(line.order, line) for line in lines]
    new: dict[str, Any] = {
        "order": number_groups([(line.order.number, name_group(line.order, line)) for line in lines], first),
        "item": find_rows([line.item_id for line in lines], facts.known),
        "location": find_rows([line.location_id or NOTHING for line in lines], facts.places),
        "quantity": [line.quantity_ordered for line in lines],
        "ordered_at": [(order.ordered_at - START) // timedelta(microseconds=1) for order in orders],
        "ordered_on": [number_day(order.ordered_on) for order in orders],
        "requested_on": [number_day(line.requested_on) for line in lines],
        "needed_by": [number_day(line.needed_by) for line in lines],
        "priority": [order.priority for order in orders],
        "unit_price": [line.unit_price * count_millionths(line.item.currency) for line in lines],
        "ship_policy": [
            SHIP_POLICIES.index(order.ship_policy) if group is None else COMPLETE
            for order, group in zip(orders, groups, strict=True)
        ],
        "minimum_quantity": [line.minimum_quantity for line in lines],
        "commitment": [COMMITMENTS.index(line.commitment) for line in lines],
        "promised_on": [NEVER] * len(lines),
    }
    return replace(
        snapshot,
        lines=Lines(**{name: np.append(column, new[name]) for name, column in before.items()}),
        attributes=add_values(snapshot.attributes, lines),
    )


def number_groups(groups: Sequence[tuple[str, str | None]], first: int) -> list[int]:
    """Give each line the number of its group, counted from the first; it changes where the order or the group does."""
    found: list[int] = []
    for place, group in enumerate(groups):
        found.append((found[-1] + (group != groups[place - 1])) if found else first)
    return found
