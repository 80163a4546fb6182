"""Law L8: deciding only what an event touches gives what deciding everything gives."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from backorder.allocation.models import Allocation, Standing
from backorder.allocation.selectors import find_differences
from backorder.allocation.services import decide_after
from backorder.allocation.snapshot import Facts, read_facts
from backorder.catalog.models import Component
from backorder.engine.allocation import Plan, Policy, Reason, allocate
from backorder.orders.models import Line
from backorder.orders.selectors import find_touched_items
from backorder.orders.services import Buyer, OrderError, Wanted, cancel, place
from backorder.supply.models import SELLABLE, InboundLine, Level
from backorder.supply.services import SupplyError, cancel_rest, count, expect, receive
from tests.allocation.shop import Change
from tests.supply.shop import TODAY, cause, item, on_the_way
from tests.supply.shop import place as location

pytestmark = pytest.mark.django_db

SKUS = ("LAMP", "SHADE", "BULB", "SET")
UNITS = st.integers(1, 6)
SKU = st.sampled_from(SKUS)
DAYS = st.integers(0, 12)
EVENT = st.one_of(
    st.tuples(
        st.just("buy"),
        st.lists(st.tuples(SKU, UNITS), min_size=1, max_size=3),
        st.sampled_from(["as_ready", "complete", "complete", "line_complete"]),
        DAYS,
    ),
    st.tuples(st.just("count"), SKU, st.integers(0, 9), st.just(0)),
    st.tuples(st.just("order in"), SKU, UNITS, DAYS),
    st.tuples(st.just("receive"), st.integers(0, 9), UNITS, st.just(0)),
    st.tuples(st.just("short"), st.integers(0, 9), UNITS, st.just(0)),
    st.tuples(st.just("slip"), st.integers(0, 9), st.just(0), DAYS),
    st.tuples(st.just("cancel"), st.integers(0, 9), UNITS, st.just(0)),
)
Event = tuple[str, object, object, int]
Listed = tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]


def find_change(number: int, event: tuple[object, ...]) -> tuple[set[int], Change] | None:
    """Name what an event touches, and the change; None if there is nothing that it could be about."""
    what, about, units, days = event
    day = TODAY + dt.timedelta(days=int(str(days)))
    if what == "buy":
        assert isinstance(about, list)
        lines = [Wanted(str(row), item(sku), many, day) for row, (sku, many) in enumerate(about, 1)]
        order = partial(place, f"A-{number}", lines, cause(), Buyer(ship_policy=str(units)))
        return {line.item.pk for line in lines}, order
    if what == "count":
        assert isinstance(about, str)
        assert isinstance(units, int)
        found = partial(count, (item(about), location(), SELLABLE), units, cause("monday"))
        return {item(about).pk}, found
    if what == "order in":
        assert isinstance(about, str)
        assert isinstance(units, int)
        line = on_the_way(units, about, "main", f"PO-{number}")
        return {line.item_id}, partial(expect, line, day, "supplier", cause())
    assert isinstance(about, int)
    assert isinstance(units, int)
    if what == "cancel":
        wanted = list(Line.objects.select_related("order").order_by("id"))
        if not wanted:
            return None
        chosen = wanted[about % len(wanted)]
        return find_touched_items(chosen), partial(cancel, chosen, units, cause())
    coming = list(InboundLine.objects.order_by("id"))
    if not coming:
        return None
    line = coming[about % len(coming)]
    changes: dict[str, Change] = {
        "receive": partial(receive, line, units, cause()),
        "short": partial(cancel_rest, line, units, cause()),
        "slip": partial(expect, line, day, "supplier", cause()),
    }
    return {line.item_id}, changes[str(what)]


def name_lines() -> dict[int, str]:
    """Name lines by their numbers: a change made again gives its rows other ids."""
    return {
        row: f"{order} {number}"
        for row, order, number in Line.objects.values_list("id", "order__number", "number")
    }


def name_supplies() -> tuple[dict[int, str], dict[int, str]]:
    """Name levels and inbound lines."""
    levels = dict(Level.objects.values_list("id", "item__sku"))
    inbound = dict(InboundLine.objects.values_list("id", "order__number"))
    return levels, inbound


def list_plan(facts: Facts, plan: Plan) -> Listed:
    """List what a plan says: allocations, and how each line stands."""
    lines, (levels, inbound) = name_lines(), name_supplies()
    supplies = [levels[row] for row in facts.levels.tolist()] + [
        inbound[row] for row in facts.inbound.tolist()
    ]
    pegs = zip(plan.pegs.line.tolist(), plan.pegs.supply.tolist(), plan.pegs.quantity.tolist(), strict=True)
    got = plan.lines
    return (
        {(lines[int(facts.lines[row])], supplies[supply], units) for row, supply, units in pegs},
        {
            (
                lines[int(facts.lines[row])],
                int(got.allocated_on_hand[row]),
                int(got.allocated_inbound[row]),
                int(got.unallocated[row]),
                bool(got.in_time[row]),
                int(got.units_ahead[row]),
                Reason(int(got.reason[row])).name,
            )
            for row in range(len(facts.lines))
        },
    )


def list_rows() -> Listed:
    """List what the database says."""
    lines, (levels, inbound) = name_lines(), name_supplies()
    columns = (
        "line_id",
        "allocated_on_hand",
        "allocated_inbound",
        "unallocated",
        "in_time",
        "units_ahead",
        "reason",
    )
    return (
        {
            (
                lines[found.line_id],
                levels[found.level_id] if found.level_id else inbound[found.inbound_line_id or 0],
                found.quantity,
            )
            for found in Allocation.objects.all()
        },
        {(lines[row[0]], *row[1:]) for row in Standing.objects.values_list(*columns)},
    )


@pytest.mark.hypothesis
@settings(max_examples=60)
@given(st.booleans(), st.lists(EVENT, min_size=1, max_size=12))
def test_every_event_decided_alone_is_as_if_everything_were_decided(kits: bool, events: list[Event]) -> None:  # noqa: FBT001 - drawn
    with transaction.atomic():
        every = {item(sku).pk for sku in SKUS}
        if kits:
            Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
        for number, event in enumerate(events):
            found = find_change(number, event)
            if found is None:
                continue
            touched, change = found
            expected = None
            try:
                with transaction.atomic():
                    if change() is not None:
                        facts = read_facts(every, TODAY, Policy())
                        expected = list_plan(facts, allocate(facts.snapshot, Policy()))
                    transaction.set_rollback(True)
            except (SupplyError, OrderError):
                continue
            decided = decide_after(touched, change)
            assert (decided is None) == (expected is None)
            assert expected is None or list_rows() == expected
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert find_differences() == []
        transaction.set_rollback(True)
