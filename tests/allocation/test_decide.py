"""The plan in force: what an event changes, and what it must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backorder.allocation.facts.newcomers import add_lines
from backorder.allocation.facts.snapshot import read_facts
from backorder.allocation.models import Allocation, Backorder, Promise, Standing
from backorder.catalog.models import Component, Item, Location
from backorder.catalog.services import ItemFacts, save_items
from backorder.engine.allocation import Policy
from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from backorder.supply.models import InboundLine, Level
from backorder.supply.services import SupplyError
from tests.allocation.shop import (
    buy,
    covered,
    drop,
    find_stock,
    line_of,
    order_in,
    promised,
    slip,
    standing,
    stock,
    take_in,
)
from tests.supply.shop import TODAY, cause, item, on_hand, place

pytestmark = pytest.mark.django_db


def test_an_order_takes_what_is_there_and_waits_for_the_rest() -> None:
    stock("LAMP", 6)
    order_in("LAMP", 10, "PO-1")
    buy("A-1", ("LAMP", 4))
    buy("A-2", ("LAMP", 5))
    assert (standing("A-1"), promised("A-1")) == ((4, 0, 0, "ON_HAND"), [0])
    assert (standing("A-2"), promised("A-2")) == ((2, 3, 0, "AFTER_HIGHER_RANK"), [10])
    assert covered("A-2") == [("PO-1", 3, 10), ("main", 2, 0)]
    assert (Level.objects.get().allocated, InboundLine.objects.get().allocated) == (6, 3)


def test_the_dates_of_two_deliveries_go_to_whom_they_reach() -> None:
    """T6 of docs/reference/defects-of-others.md."""
    order_in("LAMP", 10, "PO-1", days=5)
    order_in("LAMP", 20, "PO-2", days=9)
    for number in ("A-1", "A-2", "A-3"):
        buy(number, ("LAMP", 10))
    assert [promised(number) for number in ("A-1", "A-2", "A-3")] == [[5], [9], [9]]


def test_a_receipt_goes_to_the_line_that_has_waited_longest() -> None:
    line = order_in("LAMP", 5, "PO-1")
    buy("A-1", ("LAMP", 3))
    buy("A-2", ("LAMP", 4))
    take_in(line, 5)
    assert (covered("A-1"), covered("A-2")) == ([("main", 3, 0)], [("main", 2, 0)])
    assert standing("A-2") == (2, 0, 2, "AFTER_HIGHER_RANK")
    assert InboundLine.objects.get().allocated == 0


def test_half_a_delivery_leaves_the_other_half_allocated() -> None:
    """T8 of docs/reference/defects-of-others.md."""
    line = order_in("LAMP", 10, "PO-1")
    buy("A-1", ("LAMP", 8))
    take_in(line, 3)
    assert covered("A-1") == [("PO-1", 5, 10), ("main", 3, 0)]


def test_a_slip_is_a_new_promise_beside_the_first() -> None:
    line = order_in("LAMP", 10, "PO-1", days=5)
    buy("A-1", ("LAMP", 8))
    slip(line, 12)
    slip(line, 7)
    assert promised("A-1") == [5, 12]
    assert covered("A-1") == [("PO-1", 8, 7)]
    first = Promise.objects.earliest("id")
    assert first.evidence["inbound_lines"] == [line.pk]
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Promise.objects.update(promised_on=None)


def test_an_earlier_promise_is_not_broken_by_a_later_rush_order() -> None:
    stock("LAMP", 4)
    buy("A-1", ("LAMP", 4))
    buy("RUSH", ("LAMP", 4), priority=1)
    assert (standing("A-1")[:3], standing("RUSH")[:3]) == ((4, 0, 0), (0, 0, 4))
    assert promised("RUSH") == [None]


def test_cancelling_frees_units_for_the_next_and_an_unfilled_line_frees_none() -> None:
    """T9 of docs/reference/defects-of-others.md."""
    stock("LAMP", 4)
    buy("A-1", ("LAMP", 4))
    buy("A-2", ("LAMP", 3))
    buy("A-3", ("LAMP", 2))
    drop("A-3", 2)
    assert Level.objects.get().allocated == 4
    drop("A-1", 3)
    assert (standing("A-1")[:3], standing("A-2")[:3]) == ((1, 0, 0), (3, 0, 0))
    drop("A-1", 1)
    assert not Allocation.objects.filter(line=line_of("A-1")).exists()


def test_a_count_that_finds_less_takes_units_from_who_ranks_last() -> None:
    stock("LAMP", 6)
    buy("A-1", ("LAMP", 3))
    buy("A-2", ("LAMP", 3))
    find_stock("LAMP", 4)
    assert (standing("A-1")[:3], standing("A-2")[:3]) == ((3, 0, 0), (1, 0, 2))
    assert promised("A-2") == [0, None]
    assert (on_hand(), Level.objects.get().allocated) == (4, 4)


def test_a_backorder_is_open_as_long_as_the_line_waits() -> None:
    line = order_in("LAMP", 5, "PO-1")
    buy("A-1", ("LAMP", 3))
    record = Backorder.objects.get()
    assert (record.line, record.closed_by) == (line_of("A-1"), None)
    take_in(line, 5)
    record.refresh_from_db()
    assert record.closed_by is not None
    assert record.closed_by.what == "plan.decided"
    assert record.closed_by.caused_by is not None
    assert record.closed_by.caused_by.what == "inbound.received"


def test_a_cancelled_line_waits_no_more() -> None:
    buy("A-1", ("LAMP", 3))
    drop("A-1", 3)
    assert Backorder.objects.get().closed_by is not None


def test_a_record_of_waiting_is_closed_once_and_changes_in_nothing_else() -> None:
    buy("A-1", ("LAMP", 3))
    buy("A-2", ("LAMP", 2))
    drop("A-2", 2)
    buy("A-3", ("SHADE", 1))
    drop("A-3", 1)
    first, other = Entry.objects.earliest("id"), line_of("A-3")
    waits, waited = (Backorder.objects.filter(line=line_of(number)) for number in ("A-1", "A-2"))
    before = list(Backorder.objects.order_by("id").values())
    changes: list[tuple[Callable[[], object], str]] = [
        (waits.delete, "Cannot delete rows"),
        (waited.delete, "Cannot delete rows"),
        (lambda: waited.update(closed_by=None), "is closed once"),
        (lambda: waited.update(closed_by=first), "is closed once"),
        (lambda: waits.update(opened_by=first), "is closed once"),
        (lambda: waits.update(closed_by=first, line=other), "is closed once"),
    ]
    for change, text in changes:
        with pytest.raises(DatabaseError, match=text), transaction.atomic():
            change()
    assert list(Backorder.objects.order_by("id").values()) == before
    assert waits.update(closed_by=first) == 1


@pytest.mark.parametrize(
    "name", ["allocated_on_hand", "allocated_inbound", "unallocated", "units_ahead", "lines_ahead"]
)
def test_no_line_stands_with_less_than_nothing(name: str) -> None:
    stock("LAMP", 1)
    buy("A-1", ("LAMP", 3))
    before = Standing.objects.values().get()
    with pytest.raises(IntegrityError, match=f"standing_{name}_from_0"), transaction.atomic():
        Standing.objects.update(**{name: -1})
    assert Standing.objects.values().get() == before


def test_a_receipt_into_a_place_inside_fills_the_queue_of_the_region() -> None:
    """T5 of docs/reference/defects-of-others.md."""
    Location.objects.create(code="bin", parent=place("main"))
    buy("A-1", ("LAMP", 2))
    stock("LAMP", 5, "bin")
    assert covered("A-1") == [("bin", 2, 0)]


def test_kit_and_component_share_one_availability() -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    stock("LAMP", 5)
    buy("A-1", ("SET", 2))
    buy("A-2", ("LAMP", 3))
    assert (standing("A-1")[:3], covered("A-1")) == ((2, 0, 0), [("main", 4, 0)])
    assert standing("A-2")[:3] == (1, 0, 2)


def test_a_complete_order_spreads_a_change_to_the_other_items() -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 2), ("SHADE", 1), ships="complete")
    assert standing("A-1") == (0, 0, 2, "WAITS_FOR_COMPANION")
    buy("A-2", ("LAMP", 2))
    assert standing("A-1") == (0, 0, 2, "PROMISE_OF_OTHERS")
    assert standing("A-2")[:3] == (2, 0, 0)
    find_stock("LAMP", 4)
    assert standing("A-1")[:3] == (0, 0, 2)
    stock("SHADE", 1)
    assert (standing("A-1")[:3], standing("A-1", "2")[:3], standing("A-2")[:3]) == (
        (2, 0, 0),
        (1, 0, 0),
        (2, 0, 0),
    )


def test_a_change_that_is_refused_leaves_everything_as_it_was() -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 2))
    before = Entry.objects.count(), covered("A-1")
    with pytest.raises(SupplyError):
        stock("LAMP", -3)
    assert (Entry.objects.count(), covered("A-1")) == before


def test_the_story_of_an_item_says_what_led_to_each_decision() -> None:
    buy("A-1", ("LAMP", 2))
    stock("LAMP", 2)
    assert [
        (entry.what, entry.caused_by and entry.caused_by.what) for entry in read_story("item", "LAMP")
    ] == [
        ("order.placed", None),
        ("plan.decided", "order.placed"),
        ("stock.return", None),
        ("plan.decided", "stock.return"),
    ]


def test_the_database_itself_refuses_more_than_there_is() -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 3))
    Allocation.objects.update(quantity=3)
    with (
        pytest.raises(IntegrityError, match="more is allocated than there is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    Allocation.objects.update(quantity=2)


def test_rules_look_at_prices_as_files_write_them_whatever_the_currency() -> None:
    policy, currencies = Policy(rank_keys=("-price",)), ("EUR", "JPY", "KWD")
    save_items([ItemFacts(currency, price=1250, currency=currency) for currency in currencies], cause())
    items = list(Item.objects.order_by("pk").values_list("pk", flat=True))
    before = read_facts(items, TODAY, policy)
    buy("A-1", *((currency, 2) for currency in currencies))
    order = Order.objects.get()
    added = add_lines(before, list(order.lines.select_related("item").order_by("pk")))
    for facts in (added, read_facts(items, TODAY, policy)):
        assert facts.snapshot.lines.unit_price.tolist() == [12_500_000, 1_250_000_000, 1_250_000]
        assert facts.snapshot.attributes["price"].values.tolist() == [12_500_000, 1_250_000_000, 1_250_000]
