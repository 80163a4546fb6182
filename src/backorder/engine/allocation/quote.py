"""If I ordered this now? The asked line stands after all others, so nobody's promise moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.allocate import decide
from backorder.engine.allocation.desk import COUNT_TAKES
from backorder.engine.allocation.part import find_kit_family, pegs_as_current, take_part
from backorder.engine.allocation.plan import Companions, Plan
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.days import first_days
from backorder.engine.allocation.seating.places import tour_places
from backorder.engine.allocation.seating.seat import Seating
from backorder.engine.allocation.snapshot import (
    ANYWHERE,
    AS_READY,
    LOCKED,
    NEVER,
    SOFT,
    Attribute,
    Lines,
    Snapshot,
)

DAY = 86_400_000_000


@dataclass(frozen=True)
class Request:
    """What a customer asks about."""

    item: int
    quantity: int
    requested_on: int
    location: int = ANYWHERE
    customer_class: str = ""


@dataclass(frozen=True)
class Quote:
    """What could be promised. Days are day numbers; `depends_on` lists the inbound supplies (rows) that it needs."""

    quantity_now: int  # ships on the first day on which anything can
    later: tuple[tuple[int, int], ...]  # day, quantity
    shortage: int
    depends_on: tuple[int, ...]
    promised_on: int  # the last day; NEVER if a unit has no supply


def quote(snapshot: Snapshot, policy: Policy, plan: Plan, request: Request) -> Quote:
    """Say what is free for one more line behind the plan, within the ceilings of its class.

    The other lines of the item stand as the plan has them; the same decision is made with the asked line behind them.
    """
    family = find_kit_family(snapshot, request.item)
    others = np.flatnonzero(family[snapshot.lines.item]) if len(policy.guarantees) else np.zeros(0, np.int64)
    supply_rows = np.flatnonzero(family[snapshot.supplies.item])
    mine = np.isin(plan.pegs.line, others) if len(others) else np.zeros(len(plan.pegs), bool)
    pegs = plan.pegs.take(mine)
    whole = replace(snapshot, current=pegs_as_current(snapshot, replace(plan, pegs=pegs)))
    part = take_part(whole, others, supply_rows)
    # without guarantees nobody else is in the part, and the free units are all there is
    held = np.bincount(part.current.supply, part.current.quantity, len(part.supplies)).astype(np.int64)
    supplies = replace(part.supplies, quantity=plan.free[supply_rows] + held)
    lines = append_request(part.lines, snapshot, request)
    asked = replace(
        part, lines=lines, supplies=supplies, attributes=append_attributes(snapshot, part, request)
    )
    seating = decide(
        asked,
        replace(policy, segments=(), freeze_days=0, rank_mode="attributes", rank_keys=()),
        Companions.empty(),
    )
    first = first_days(snapshot, policy, tour_places(snapshot.locations))[request.location]
    return read_answer(seating, int(first), supply_rows)


def append_request(lines: Lines, snapshot: Snapshot, request: Request) -> Lines:
    """Add the asked line behind the others, which are locked where the plan has them."""
    columns: dict[str, Any] = dict(lines.columns())
    columns["commitment"] = np.full(len(lines), LOCKED)
    columns["ship_policy"] = np.full(len(lines), AS_READY)
    asked = {
        "order": int(lines.order.max()) + 1 if len(lines) else 0,
        "item": request.item,
        "location": request.location,
        "quantity": request.quantity,
        "ordered_at": snapshot.as_of * DAY,
        "ordered_on": snapshot.as_of,
        "requested_on": request.requested_on,
        "needed_by": NEVER,
        "priority": 100,
        "unit_price": 0,
        "ship_policy": AS_READY,
        "minimum_quantity": 1,
        "commitment": SOFT,
        "promised_on": NEVER,
    }
    return Lines(**{name: np.append(column, asked[name]) for name, column in columns.items()})


def append_attributes(snapshot: Snapshot, part: Snapshot, request: Request) -> dict[str, Attribute]:
    """Give the asked line its class; what a quote cannot know (its customer, its channel) matches no condition."""
    attributes = {}
    for name, attribute in part.attributes.items():
        value = -1 if attribute.kind == "text" else 0
        if name == "customer_class" and request.customer_class in attribute.labels:
            value = list(attribute.labels).index(request.customer_class)
        of_item = np.flatnonzero(snapshot.lines.item == request.item)
        if name in ("sku", "description", "price", "pack_size") and len(of_item):
            value = int(snapshot.attributes[name].values[of_item[0]])
        attributes[name] = Attribute(attribute.kind, np.append(attribute.values, value), attribute.labels)
    return attributes


def read_answer(seating: Seating, first: int, supply_rows: NDArray[np.int64]) -> Quote:
    """Read what the asked line, the last row, took."""
    desk = seating.desk
    seat = int(seating.seat[-1])
    takes = desk.takes[: desk.counts[COUNT_TAKES]]
    takes = takes[takes.line == seat]
    by_day: dict[int, int] = {}
    for day, units in zip(takes.day.tolist(), takes.units.tolist(), strict=True):
        if units:
            by_day[day] = by_day.get(day, 0) + units
    inbound = takes.supply[desk.supplies.inbound[takes.supply] > 0]
    left = int(desk.lines[seat].left)
    return Quote(
        quantity_now=by_day.pop(first, 0),
        later=tuple(sorted(by_day.items())),
        shortage=left,
        depends_on=tuple(sorted({int(supply_rows[seating.supply_rows[k]]) for k in inbound})),
        promised_on=NEVER if left else int(takes.day.max()),
    )
