"""Facts in plain rows, the Snapshot and Policy made of them, and a printout that fits on a screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np

from backorder.engine.allocation.policy import STRATEGIES, Policy
from backorder.engine.allocation.snapshot import (
    ANYWHERE,
    COMMITMENTS,
    GONE,
    MILLION,
    NEVER,
    SHIP_POLICIES,
    SOFT,
    Attribute,
    ClosedDays,
    Current,
    Kits,
    Lines,
    Locations,
    Snapshot,
    Substitutes,
    Supplies,
)
from backorder.engine.tables import Table

AS_OF = (dt.date(2026, 11, 24) - dt.date(1970, 1, 1)).days
DAY = 86_400_000_000  # microseconds
Rows = Sequence[tuple[Any, ...]]
SomeTable = TypeVar("SomeTable", bound=Table)


@dataclass(frozen=True)
class OrderLine:
    """An open line; days count from as_of."""

    order: int
    line: int
    quantity: int
    item: int = 0
    place: int = ANYWHERE
    ordered: int = 0
    requested: int = 0
    needed_by: int | None = None
    priority: int = 100
    klass: str = ""
    channel: str = ""
    price: int = 0  # whole units of money
    ships: int = 0  # position in SHIP_POLICIES
    minimum: int = 1
    commitment: int = SOFT
    promised: int | None = None


@dataclass(frozen=True)
class Units:
    """Units of an item at a place: on hand, or inbound on a day that counts from as_of."""

    name: int  # of the inbound line; for on hand only to tell it apart
    quantity: int
    item: int = 0
    place: int = 0
    arrives: int | None = None


@dataclass(frozen=True)
class Held:
    """A row of the plan in force: units of a line on a supply, or on one that is gone."""

    order: int
    line: int
    name: int | None  # of the supply; None: gone
    quantity: int
    ships: int  # day counted from as_of
    item: int = 0
    place: int = 0


@dataclass(frozen=True)
class Facts:
    """Everything that a decision is made from. The order of rows means nothing."""

    orders: tuple[OrderLine, ...]
    units: tuple[Units, ...] = ()
    held: tuple[Held, ...] = ()
    places: tuple[tuple[int, int | None], ...] = ((ANYWHERE, None),)  # parent, rank
    kits: tuple[tuple[int, int, int], ...] = ()  # kit, component, quantity
    substitutes: tuple[tuple[int, int, int, int], ...] = ()  # item, substitute, kind, ratio in millionths
    closed: tuple[tuple[int, int], ...] = ()  # day counted from as_of, place
    items: int = 1
    policy: Policy = field(default_factory=Policy)


def build(facts: Facts) -> Snapshot:
    """Sort the rows as a Snapshot wants them."""
    orders = sorted(facts.orders, key=lambda row: (row.order, row.line))
    units = sort_units(facts)
    return Snapshot(
        as_of=AS_OF,
        items=facts.items,
        lines=build_lines(orders),
        supplies=build_supplies(units),
        locations=make(
            Locations,
            parent=[parent for parent, _ in facts.places],
            rank=[NEVER if rank is None else rank for _, rank in facts.places],
        ),
        kits=in_rows(Kits, sorted(facts.kits)),
        substitutes=in_rows(Substitutes, sorted(facts.substitutes)),
        current=build_current(facts, orders, units),
        closed=in_rows(ClosedDays, sorted((AS_OF + day, place) for day, place in facts.closed)),
        attributes=build_attributes(orders),
    )


def make(table: type[SomeTable], **columns: Sequence[int]) -> SomeTable:
    return table(**{name: np.array(values, np.int64) for name, values in columns.items()})


def in_rows(table: type[SomeTable], rows: Rows) -> SomeTable:
    names = [item.name for item in fields(table)]
    return make(table, **{name: [row[number] for row in rows] for number, name in enumerate(names)})


def sort_units(facts: Facts) -> list[Units]:
    """On hand first, by item and place, then inbound by name."""
    return sorted(
        facts.units,
        key=lambda row: (0, row.item, row.place) if row.arrives is None else (1, row.name, 0),
    )


def build_lines(orders: list[OrderLine]) -> Lines:
    def day(offset: int | None) -> int:
        return NEVER if offset is None else AS_OF + offset

    return make(
        Lines,
        order=[row.order for row in orders],
        item=[row.item for row in orders],
        location=[row.place for row in orders],
        quantity=[row.quantity for row in orders],
        ordered_at=[(AS_OF + row.ordered) * DAY for row in orders],
        ordered_on=[AS_OF + row.ordered for row in orders],
        requested_on=[AS_OF + row.requested for row in orders],
        needed_by=[day(row.needed_by) for row in orders],
        priority=[row.priority for row in orders],
        unit_price=[row.price * MILLION for row in orders],
        ship_policy=[row.ships for row in orders],
        minimum_quantity=[row.minimum for row in orders],
        commitment=[row.commitment for row in orders],
        promised_on=[day(row.promised) for row in orders],
    )


def build_supplies(units: list[Units]) -> Supplies:
    in_output = sorted(
        range(len(units)),
        key=lambda row: (units[row].place, units[row].arrives is not None, units[row].name, units[row].item),
    )
    position = {row: place for place, row in enumerate(in_output)}
    return make(
        Supplies,
        item=[row.item for row in units],
        location=[row.place for row in units],
        inbound=[row.arrives is not None for row in units],
        quantity=[row.quantity for row in units],
        available_on=[AS_OF + (row.arrives or 0) for row in units],
        position=[position[row] for row in range(len(units))],
    )


def build_current(facts: Facts, orders: list[OrderLine], units: list[Units]) -> Current:
    line_row = {(row.order, row.line): number for number, row in enumerate(orders)}
    unit_row: dict[int | None, int] = {row.name: number for number, row in enumerate(units)}
    position = build_supplies(units).position.tolist()
    rows = []
    for held in facts.held:
        supply = unit_row.get(held.name, GONE)
        place = -1 if supply == GONE else position[supply]
        line = line_row[held.order, held.line]
        day = AS_OF + held.ships
        rows.append((line, day, held.place, place, supply, held.item, held.quantity))
    rows.sort()
    return make(
        Current,
        line=[row[0] for row in rows],
        supply=[row[4] for row in rows],
        item=[row[5] for row in rows],
        location=[row[2] for row in rows],
        quantity=[row[6] for row in rows],
        ships_on=[row[1] for row in rows],
    )


def build_attributes(orders: list[OrderLine]) -> dict[str, Attribute]:
    """Each column of orders that a policy may mention."""

    def text(values: list[str]) -> Attribute:
        labels = sorted(set(values))
        return Attribute("text", np.array([labels.index(value) for value in values], np.int64), labels)

    table = build_lines(orders)
    return {
        "priority": Attribute("number", table.priority),
        "quantity": Attribute("number", table.quantity),
        "unit_price": Attribute("money", table.unit_price),
        "requested_on": Attribute("day", table.requested_on.astype(np.int64)),
        "needed_by": Attribute("day", table.needed_by.astype(np.int64)),
        "promised_on": Attribute("day", table.promised_on.astype(np.int64)),
        "ordered_at": Attribute("instant", table.ordered_at),
        "customer_class": text([row.klass for row in orders]),
        "channel": text([row.channel for row in orders]),
        "location": text(["" if row.place == ANYWHERE else f"place {row.place}" for row in orders]),
        "sku": text([f"item {row.item}" for row in orders]),
    }


# Printing


def show(facts: Facts) -> str:
    """Print facts as small tables; columns that say nothing are left out."""
    orders = sorted(facts.orders, key=lambda row: (row.order, row.line))
    parts = [
        show_rows("orders", [spell(row) for row in orders]),
        show_rows("units", [spell(row) for row in sort_units(facts)]),
        show_rows("current", [spell(row) for row in facts.held]),
        f"items {facts.items}, places (parent, rank) {facts.places}",
    ]
    parts += [
        f"{name} {getattr(facts, name)}" for name in ("kits", "substitutes", "closed") if getattr(facts, name)
    ]
    given = [
        f"{item.name} = {getattr(facts.policy, item.name)!r}"
        for item in fields(Policy)
        if getattr(facts.policy, item.name) != getattr(Policy(), item.name)
    ]
    return "\n".join([part for part in parts if part] + given)


def spell(row: OrderLine | Units | Held) -> dict[str, str]:
    """Write the values that are not the defaults."""
    cells = {item.name: getattr(row, item.name) for item in fields(row)}
    if isinstance(row, OrderLine):
        cells["ships"] = SHIP_POLICIES[row.ships]
        cells["commitment"] = COMMITMENTS[row.commitment]
    usual = {
        "ships": "as_ready",
        "commitment": "soft",
        "place": ANYWHERE,
        "priority": 100,
        "minimum": 1,
        "price": 0,
    }
    return {
        name: "" if value is None or (isinstance(row, OrderLine) and usual.get(name) == value) else str(value)
        for name, value in cells.items()
    }


def show_rows(title: str, rows: list[dict[str, str]]) -> str:
    """Align rows under their header."""
    if not rows:
        return ""
    shown = [name for name in rows[0] if any(row[name] for row in rows)]
    width = {name: max(len(name), *(len(row[name]) for row in rows)) for name in shown}
    lines = [
        "  ".join(row[name].ljust(width[name]) for name in shown)
        for row in [dict(zip(shown, shown, strict=True)), *rows]
    ]
    return "\n".join([f"{title}:", *(f"  {line}" for line in lines)])


__all__ = ["STRATEGIES", "Facts", "Held", "OrderLine", "Units", "build", "show"]
