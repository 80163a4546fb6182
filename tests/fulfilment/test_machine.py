"""Whatever the warehouse, customers and suppliers do, everything adds up after each step, and no law is broken."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from backorder.allocation.models import Promise
from backorder.catalog.models import Component
from backorder.fulfilment import services
from backorder.fulfilment.models import Release
from backorder.fulfilment.selectors import find_differences
from backorder.fulfilment.services import FulfilmentError
from backorder.orders.models import Line, Order
from backorder.orders.services import OrderError
from backorder.supply.models import SELLABLE, InboundLine
from backorder.supply.services import SupplyError
from tests.allocation.shop import drop, find_stock, order_in, stock
from tests.allocation.test_sets import ask
from tests.fulfilment.shop import PARCEL
from tests.supply.shop import cause, item, place

SKU = st.sampled_from(("LAMP", "SHADE", "BULB", "SET"))
UNITS = st.integers(1, 5)
ROW = st.integers(0, 20)
WANTED = st.lists(st.tuples(SKU, UNITS, st.sampled_from(("", "", "A", "B"))), min_size=1, max_size=3)
MOST = st.sampled_from((None, None, None, 1, 2, 3))
POLICY = st.sampled_from(("as_ready", "as_ready", "complete", "line_complete"))


def choose(rows: Any, at: int) -> list[Any]:
    """Choose one of some rows; none if there is none."""
    found = list(rows.order_by("pk"))
    return found and [found[at % len(found)]]


def choose_release(at: int) -> list[Release]:
    """Choose one of the open releases."""
    return choose(Release.objects.filter(quantity_open__gt=0).select_related("line__order"), at)


def attempt(act: Callable[[], object]) -> bool:
    """Do it, or be refused and leave everything as it was; gives whether it was done."""
    try:
        with transaction.atomic():
            act()
    except (FulfilmentError, OrderError, SupplyError):
        return False
    return True


class Shop(RuleBasedStateMachine):
    """A shop with a kit; each example is taken back at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
        Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=1)
        for sku in ("LAMP", "BULB", "SHADE"):
            stock(sku, 4)
        self.numbers = 0
        self.shipped: dict[int, int] = {}
        self.first: dict[int, object] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(wanted=WANTED, ships=POLICY, most=MOST, minimum=st.sampled_from((1, 1, 3)))
    def buys(self, wanted: list[tuple[str, int, str]], ships: str, most: int | None, minimum: int) -> None:
        self.numbers += 1
        ask(f"A-{self.numbers}", *wanted, most=most, ships=ships)
        Line.objects.filter(order__number=f"A-{self.numbers}").update(minimum_quantity=minimum)

    @rule(sku=SKU, units=UNITS)
    def is_on_the_way(self, sku: str, units: int) -> None:
        self.numbers += 1
        order_in(sku, units, f"PO-{self.numbers}")

    @rule(at=ROW, units=UNITS)
    def comes_in(self, at: int, units: int) -> None:
        for line in choose(InboundLine.objects.select_related("location", "order"), at):
            assert attempt(partial(services.receive, line, units, cause()))

    @rule(at=ROW)
    def is_released(self, at: int) -> None:
        for order in choose(Order.objects.all(), at):
            attempt(partial(services.release_order, order, cause()))

    @rule()
    def all_that_is_ready_is_released(self) -> None:
        services.release_ready(place(), cause())
        assert services.release_ready(place(), cause()).pick_list is None

    @rule(at=ROW, units=UNITS)
    def is_shipped(self, at: int, units: int) -> None:
        for one in choose_release(at):
            attempt(partial(services.ship, one.line.order, [(one, units)], PARCEL, cause()))

    @rule(at=ROW)
    def all_of_an_order_is_shipped(self, at: int) -> None:
        for one in choose_release(at):
            beside = Release.objects.filter(line__order=one.line.order_id, quantity_open__gt=0)
            parts = [(other, other.quantity_open) for other in beside]
            assert attempt(partial(services.ship, one.line.order, parts, PARCEL, cause()))

    @rule(at=ROW, units=UNITS)
    def is_put_back(self, at: int, units: int) -> None:
        for one in choose_release(at):
            done = attempt(partial(services.take_back, one, units, cause()))
            assert done == (units <= one.quantity_open)

    @rule(at=ROW, units=UNITS)
    def is_not_found(self, at: int, units: int) -> None:
        for one in choose_release(at):
            part = one.parts.select_related("level").order_by("pk")[0]
            lost = {part.level.item_id: 1}
            done = attempt(partial(services.short_ship, one, units, cause("empty"), lost))
            assert done == (units <= one.quantity_open)

    @rule(at=ROW, units=UNITS)
    def is_cancelled(self, at: int, units: int) -> None:
        for line in choose(Line.objects.select_related("order"), at):
            done = attempt(partial(drop, line.order.number, units, line.number))
            assert done == (units <= line.quantity_unreleased)

    @rule(at=ROW, units=UNITS)
    def comes_back(self, at: int, units: int) -> None:
        for line in choose(Line.objects.filter(quantity_shipped__gt=0), at):
            attempt(partial(services.accept_return, line, units, (place(), SELLABLE), cause()))

    @rule(sku=SKU, units=st.integers(0, 6))
    def is_counted(self, sku: str, units: int) -> None:
        attempt(lambda: find_stock(sku, units))

    @invariant()
    def everything_adds_up(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert find_differences() == []

    @invariant()
    def what_is_shipped_stays_shipped_and_the_first_promise_stays_first(self) -> None:
        now = dict(Line.objects.values_list("pk", "quantity_shipped"))
        assert all(now[line] >= units for line, units in self.shipped.items())
        self.shipped = now
        first = dict(
            Promise.objects.order_by("line", "id").distinct("line").values_list("line", "promised_on")
        )
        assert self.first.items() <= first.items()
        self.first = dict(first)


@pytest.mark.django_db
@pytest.mark.hypothesis
def test_whatever_happens_in_the_warehouse_everything_adds_up() -> None:
    run_state_machine_as_test(
        Shop, settings=settings(max_examples=settings().max_examples // 8, stateful_step_count=15)
    )
