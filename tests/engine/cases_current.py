"""Drawing a plan in force, and promises that were made from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.engine.drawing import Draw, days, pick
from tests.engine.facts import AS_OF, Facts, Held, Units, build
from tests.engine.naive import decide


def draw_current(draw: Draw, given: Facts) -> Facts:
    """A plan in force: what a decision on slightly other supply gave, or anything."""
    if not given.units:
        return given
    if draw(st.integers(0, 3)) == 0:
        return replace(given, held=tuple(draw_random_current(draw, given)))
    before = replace(given, units=tuple(draw_other_units(draw, given)))
    before = replace(
        before, orders=tuple(replace(row, priority=pick(draw, row.priority, 1, 9)) for row in given.orders)
    )
    snapshot = build(before)
    orders = sorted(given.orders, key=lambda row: (row.order, row.line))
    from tests.engine.facts import sort_units  # noqa: PLC0415

    units = sort_units(before)
    known = {row.name for row in given.units}
    held = [
        Held(
            orders[line].order,
            orders[line].line,
            units[supply].name if units[supply].name in known else None,
            quantity,
            day - AS_OF,
            units[supply].item,
            units[supply].place,
        )
        for line, supply, quantity, day in decide(snapshot, before.policy).pegs
    ]
    return replace(given, held=tuple(held))


def draw_other_units(draw: Draw, given: Facts) -> list[Units]:
    """The supply as it was: some of it more, some of it earlier, some of it gone since, some of it new since."""
    units = []
    for before in given.units:
        row = before
        what = pick(draw, "same", "same", "more", "moved", "new")
        if what == "more":
            row = replace(row, quantity=row.quantity + draw(st.integers(1, 6)))
        elif what == "moved" and row.arrives is not None:
            row = replace(row, arrives=row.arrives + draw(days(-5, 5)))
        if what != "new":
            units.append(row)
    for number in range(draw(st.integers(0, 2))):
        model = pick(draw, *given.units)
        units.append(
            replace(model, name=100 + number, quantity=draw(st.integers(1, 9)), arrives=draw(days(0, 8)))
        )
    return units


def draw_random_current(draw: Draw, given: Facts) -> list[Held]:
    held: dict[tuple[Any, ...], Held] = {}
    for _ in range(draw(st.integers(0, 6))):
        line = pick(draw, *given.orders)
        items = {line.item} | {component for kit, component, _ in given.kits if kit == line.item}
        fits = [row for row in given.units if row.item in items]
        if not fits:
            continue
        unit = pick(draw, *fits)
        name = None if draw(st.integers(0, 3)) == 0 else unit.name
        day = draw(days(-2, 9))
        key = (line.order, line.line, name, unit.item, unit.place, day)
        held[key] = Held(line.order, line.line, name, draw(st.integers(1, 9)), day, unit.item, unit.place)
    return list(held.values())


def draw_promises(draw: Draw, given: Facts) -> Facts:
    """Promises: none, what the plan in force says, or any day."""
    last: dict[tuple[int, int], int] = {}
    for row in given.held:
        last[row.order, row.line] = max(row.ships, last.get((row.order, row.line), row.ships))
    orders = []
    for line in given.orders:
        kind = pick(draw, "none", "kept", "any")
        promised = last.get((line.order, line.line)) if kind == "kept" else None
        orders.append(replace(line, promised=draw(days(-2, 9)) if kind == "any" else promised))
    return replace(given, orders=tuple(orders))
