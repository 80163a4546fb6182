"""Law L8 over long sequences of events: deciding only what an event touches gives what deciding everything gives.

It can hold only if the plan in force stands: decided again without an event, no row changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import pytest
from django.db import connection, models, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.models import Allocation, Backorder, Promise, Standing
from backorder.allocation.selectors import find_differences
from backorder.allocation.services import decide_after
from backorder.catalog.models import Location, Substitute
from backorder.catalog.services import CatalogError, ComponentFacts, remove_components, save_components
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_items_of_order, find_touched_items
from backorder.orders.services import Buyer, OrderError, Wanted, amend_line, amend_order, cancel, place
from backorder.outbox.models import Entry
from backorder.outbox.services import write
from backorder.supply.models import QUALITY_HOLD, SELLABLE, InboundLine
from backorder.supply.services import (
    Expected,
    Part,
    SupplyError,
    adjust,
    cancel_rest,
    change_status,
    count,
    expect,
    place_inbound,
    receive,
    split,
)
from tests.allocation.shop import Change
from tests.searching import count_sequences
from tests.supply.shop import TODAY, cause, item
from tests.supply.shop import place as location

pytestmark = pytest.mark.django_db

SKUS = ("LAMP", "SHADE", "BULB", "CABLE", "SET")
PLACES = ("main", "shop")
EVENTS, SEQUENCES = 40, count_sequences(5, share=10)

SKU, UNITS, NUMBER = st.sampled_from(SKUS), st.integers(1, 6), st.integers(0, 99)
DAY = st.integers(0, 12).map(lambda days: TODAY + dt.timedelta(days=days))
SET = st.sampled_from(["", "", "A", "A", "B"])
MOST = st.sampled_from([None, None, None, 1, 2, 3])
LINES = st.lists(
    st.tuples(SKU, UNITS, st.sampled_from([None, None, *PLACES]), st.sampled_from([1, 1, 3]), SET),
    min_size=1,
    max_size=3,
)
SHIPS = st.sampled_from(["complete", "complete", "as_ready", "as_ready", "line_complete"])
WANTED = st.tuples(LINES, SHIPS, MOST)


Asked = tuple[str, int, str | None, int, str]


class Shop(RuleBasedStateMachine):
    """A small shop in which most lines ship together with others of their order; everything is undone at its end."""

    refusals: ClassVar[tuple[type[Exception], ...]] = (SupplyError, OrderError, CatalogError)
    find_differences = staticmethod(find_differences)

    def __init__(self) -> None:
        """Open the shop in a transaction of its own."""
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.every = {item(sku).pk for sku in SKUS}
        self.events = 0

    def teardown(self) -> None:
        """Hold the laws that the database checks at the end, and undo everything."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert self.find_differences() == []
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    @initialize(kit=st.booleans(), substitute=st.booleans(), nested=st.booleans())
    def open(self, *, kit: bool, substitute: bool, nested: bool) -> None:
        """Choose what ties the items."""
        Location.objects.create(code="shop", parent=location() if nested else None)
        if kit:
            save_components([ComponentFacts("SET", "BULB", 2)], cause())
        if substitute:
            Substitute.objects.create(item=item("LAMP"), substitute=item("CABLE"), kind="equivalent")

    @rule(wanted=WANTED, priority=st.sampled_from([1, 100, 100]), day=DAY)
    def buy(self, wanted: tuple[list[Asked], str, int | None], priority: int, day: dt.date) -> None:
        """Somebody orders."""
        asked, ships, most = wanted
        lines = list_wanted(asked, day)
        buyer = Buyer(ship_policy=ships, priority=priority, most_shipments=most)
        order = partial(place, f"A-{self.events}", lines, cause(), buyer)
        self.happen({line.item.pk for line in lines}, order)

    @precondition(lambda _: Line.objects.exists())
    @rule(number=NUMBER, name=SET)
    def join(self, number: int, name: str) -> None:
        """A line joins a set, or leaves it."""
        line = choose(Line.objects.select_related("order"), number)
        self.happen(find_touched_items(line), partial(amend_line, line, {"ship_set": name}, cause()))

    @precondition(lambda _: Order.objects.exists())
    @rule(number=NUMBER, most=MOST)
    def limit(self, number: int, most: int | None) -> None:
        """An order may leave oftener, or less often."""
        order = choose(Order.objects, number)
        change = partial(amend_order, order, {"most_shipments": most}, cause())
        self.happen(find_items_of_order(order), change)

    @rule(sku=SKU, at=st.sampled_from(PLACES), found=st.integers(0, 9))
    def count(self, sku: str, at: str, found: int) -> None:
        """Somebody counts."""
        level = (item(sku), location(at), SELLABLE)
        self.happen({item(sku).pk}, partial(count, level, found, cause("counted")))

    @rule(sku=SKU, at=st.sampled_from(PLACES), units=UNITS, day=DAY)
    def order_in(self, sku: str, at: str, units: int, day: dt.date) -> None:
        """Units are put on order."""
        expected = Expected("1", item(sku), location(at), units, day)
        self.happen({item(sku).pk}, partial(place_inbound, f"PO-{self.events}", [expected], cause()))

    @precondition(lambda _: InboundLine.objects.exists())
    @rule(number=NUMBER, units=UNITS)
    def receive(self, number: int, units: int) -> None:
        """Some of it comes."""
        line = choose(InboundLine.objects, number)
        self.happen({line.item_id}, partial(receive, line, units, cause()))

    @precondition(lambda _: InboundLine.objects.exists())
    @rule(number=NUMBER, units=UNITS)
    def cancel_rest(self, number: int, units: int) -> None:
        """Some of it does not come."""
        line = choose(InboundLine.objects, number)
        self.happen({line.item_id}, partial(cancel_rest, line, units, cause()))

    @precondition(lambda _: InboundLine.objects.exists())
    @rule(number=NUMBER, day=DAY)
    def slip(self, number: int, day: dt.date) -> None:
        """It comes on another day."""
        line = choose(InboundLine.objects, number)
        self.happen({line.item_id}, partial(expect, line, day, "supplier", cause()))

    @precondition(lambda _: Line.objects.exists())
    @rule(number=NUMBER, units=UNITS)
    def cancel(self, number: int, units: int) -> None:
        """A customer cancels."""
        line = choose(Line.objects.select_related("order"), number)
        self.happen(find_touched_items(line), partial(cancel, line, units, cause()))

    @rule(component=st.sampled_from(SKUS), units=st.integers(0, 2))
    def change_kit(self, component: str, units: int) -> None:
        """The kit is made of something else."""
        part = ComponentFacts("SET", component, units)

        def change() -> Entry | None:
            if units == 0:
                return remove_components([("SET", component)], cause()).entry
            return save_components([part], cause()).entry

        self.happen({item("SET").pk, item(component).pk}, change)

    @rule(sku=SKU, at=st.sampled_from(PLACES), units=st.integers(-3, 6).filter(bool))
    def adjust(self, sku: str, at: str, units: int) -> None:
        """Units come back, or are found to be gone."""
        level = (item(sku), location(at), SELLABLE)
        kind = "return" if units > 0 else "adjustment"
        self.happen({item(sku).pk}, partial(adjust, level, units, kind, cause()))

    @rule(sku=SKU, at=st.sampled_from(PLACES), units=UNITS, back=st.booleans())
    def spoil(self, sku: str, at: str, units: int, *, back: bool) -> None:
        """Units are not to be sold, or may be again."""
        was, to = (QUALITY_HOLD, SELLABLE) if back else (SELLABLE, QUALITY_HOLD)
        level = (item(sku), location(at), was)
        self.happen({item(sku).pk}, partial(change_status, level, to, units, cause()))

    @precondition(lambda _: InboundLine.objects.exists())
    @rule(number=NUMBER, units=UNITS, days=st.tuples(DAY, DAY))
    def split(self, number: int, units: int, days: tuple[dt.date, dt.date]) -> None:
        """It comes on two days."""
        line = choose(InboundLine.objects, number)
        parts = [Part(units, days[0]), Part(max(line.remaining - units, 1), days[1])]
        self.happen({line.item_id}, partial(split, line, parts, "supplier", cause()))

    @rule(wanted=WANTED, day=DAY, keep=st.sampled_from([None, None, False, True]))
    def ask(self, wanted: tuple[list[Asked], str, int | None], day: dt.date, *, keep: bool | None) -> None:
        """Somebody asks the gate to order, or to hold units, which may wait or not."""
        asked, ships, most = wanted
        lines = list_wanted(asked, day)
        buyer = Buyer(ship_policy=ships, most_shipments=most)
        if keep is None:
            self.let(lambda: events.place_order(f"G-{self.events}", lines, cause(), buyer))
        else:
            hold = Hold(cause().at + dt.timedelta(hours=1), keep)
            self.let(lambda: events.hold(f"H-{self.events}", lines, hold, cause(), buyer))

    @precondition(lambda _: Order.objects.filter(held_until__isnull=False).exists())
    @rule(number=NUMBER)
    def confirm(self, number: int) -> None:
        """What is held is ordered."""
        order = choose(Order.objects.filter(held_until__isnull=False), number)
        self.let(lambda: events.confirm(order, cause()))

    @precondition(lambda _: Line.objects.exists())
    @rule(number=NUMBER, sku=SKU, units=UNITS, more=st.booleans())
    def add(self, number: int, sku: str, units: int, *, more: bool) -> None:
        """More units of a line are asked for, or another line."""
        line = choose(Line.objects.select_related("order", "item"), number)
        if more:
            self.let(lambda: events.amend_line(line, {"quantity": line.quantity_ordered + units}, cause()))
        else:
            wanted = Wanted(f"more {self.events}", item(sku), units, TODAY)
            self.let(lambda: events.add_line(line.order, wanted, cause()))

    def let(self, act: Callable[[], object]) -> None:
        """Let something happen that decides by itself, and compare with deciding everything."""
        self.events += 1
        try:
            with transaction.atomic():
                act()
        except self.refusals:
            return
        self.stand()

    def stand(self) -> None:
        """Decide everything again: no row changes."""
        before = list_rows()
        again = decide_after(lambda: self.every, lambda: write(cause(), "plan.asked", []))
        assert again is not None
        assert list_rows() == before

    def happen(self, touched: set[int], change: Change) -> None:
        """Let an event happen, decide what it touches, and compare: with deciding everything, and with deciding again."""
        self.events += 1
        try:
            with transaction.atomic():
                decide_after(lambda: self.every, change)
                whole = list_plan()
                transaction.set_rollback(True)
        except self.refusals:
            return
        if decide_after(lambda: touched, change) is None:
            return
        assert list_plan() == whole
        self.stand()


def list_wanted(asked: list[Asked], day: dt.date) -> list[Wanted]:
    """List what is wanted on a day."""
    return [
        Wanted(
            str(row),
            item(sku),
            units,
            day,
            location=location(at) if at else None,
            minimum_quantity=least,
            ship_set=name,
        )
        for row, (sku, units, at, least, name) in enumerate(asked, 1)
    ]


def choose(rows: Any, number: int) -> Any:
    """Choose one of the rows."""
    found = list(rows.order_by("id"))
    return found[number % len(found)]


def list_plan() -> dict[str, list[tuple[Any, ...]]]:
    """List the plan in force, by names: an event made again gives its rows other ids."""
    line = ("line__order__number", "line__number")
    supply = ("level__item__sku", "level__location__code", "inbound_line__order__number")
    stands = [name for name in list_fields(Standing) if name not in {"line", "entry"}]
    told: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for order, number, day, reason in Promise.objects.order_by("id").values_list(
        *line, "promised_on", "reason"
    ):
        told.setdefault((order, number), []).append((day, reason))
    return {
        "allocations": sort(Allocation.objects.values_list(*line, *supply, "quantity", "ships_on")),
        "standings": sort(Standing.objects.values_list(*line, *stands)),
        "promises": sorted((*name, tuple(days)) for name, days in told.items()),
        "waiting": sort(Backorder.objects.filter(closed_by=None).values_list(*line)),
    }


def sort(rows: Any) -> list[tuple[Any, ...]]:
    """Sort rows that may have blanks."""
    return sorted(rows, key=repr)


def list_rows() -> dict[str, list[tuple[Any, ...]]]:
    """List every row of the plan in force as it is."""
    return {
        model.__name__: list(model.objects.order_by("pk").values_list(*list_fields(model)))
        for model in (Allocation, Standing, Promise, Backorder)
    }


def list_fields(model: type[models.Model]) -> list[str]:
    """Name the columns of a table."""
    return [field.name for field in model._meta.fields]  # noqa: SLF001 - Django's name for it


def play(shop: type[Shop], sequences: int) -> None:
    """Play so many sequences of events."""
    run_state_machine_as_test(shop, settings=settings(max_examples=sequences, stateful_step_count=EVENTS))


@pytest.mark.hypothesis
def test_every_event_decided_alone_is_as_if_everything_were_decided_and_stands() -> None:
    play(Shop, SEQUENCES)
