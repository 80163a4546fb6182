"""What may be handed to the warehouse, in which order, and why not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backorder.allocation.models import Allocation, Backorder, Standing
from backorder.allocation.services import preview
from backorder.catalog.models import Component, Location
from backorder.fulfilment import services
from backorder.fulfilment.models import PickList, Release, ReleasePart
from backorder.fulfilment.selectors import find_differences, read_pick_list
from backorder.orders.clearance import set_payment_state
from backorder.orders.models import Cancellation, Line
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
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
    standing,
    stock,
)
from tests.fulfilment.shop import listed, order_of, refused, release, releases_of, shelf, sums
from tests.supply.shop import cause, item, place

pytestmark = pytest.mark.django_db


def test_released_units_leave_the_plan_and_the_rest_is_decided_without_them() -> None:
    stock("LAMP", 6)
    order_in("LAMP", 10, "PO-1")
    buy("A-1", ("LAMP", 4))
    buy("A-2", ("LAMP", 5))
    release("A-1")
    assert listed("A-1") == [("1", "main", 4)]
    assert (shelf(), sums("A-1")) == ((6, 2, 4), (4, 0, 0, 4))
    assert not Standing.objects.filter(line=line_of("A-1")).exists()
    assert (standing("A-2")[:3], covered("A-2")) == ((2, 3, 0), [("PO-1", 3, 10), ("main", 2, 0)])
    assert promised("A-1") == [0]
    assert find_differences() == []


def test_a_line_that_waits_for_the_rest_is_released_as_far_as_it_is_on_hand() -> None:
    stock("LAMP", 2)
    order_in("LAMP", 10, "PO-1")
    buy("A-1", ("LAMP", 5))
    release("A-1", "1")
    assert (listed("A-1"), standing("A-1")[:3]) == ([("1", "main", 2)], (0, 3, 0))
    assert Backorder.objects.filter(line=line_of("A-1"), closed_by=None).count() == 1
    assert promised("A-1") == [10]
    assert refused("A-1") == (
        "order A-1: line 1: none of 3 units is on hand for it; the plan has all of it on 4 December 2026"
    )


def test_units_at_two_places_are_two_lines_of_two_pick_lists() -> None:
    """T2 of docs/reference/defects-of-others.md."""
    stock("LAMP", 3, "east")
    stock("LAMP", 9, "west")
    buy("A-1", ("LAMP", 5))
    release("A-1")
    assert sorted(listed("A-1")) == [("1", "east", 3), ("1", "west", 2)]
    assert (shelf("LAMP", "east"), shelf("LAMP", "west")) == ((3, 0, 3), (9, 0, 2))
    assert sorted(PickList.objects.values_list("location__code", flat=True)) == ["east", "west"]


def test_a_kit_is_released_as_components_of_the_shelf_and_units_of_the_line() -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=1)
    stock("LAMP", 7)
    stock("BULB", 2)
    stock("SET", 1)
    buy("A-1", ("SET", 4))
    release("A-1")
    assert sorted(listed("A-1")) == [("1", "main", 1), ("1", "main", 2)]
    assert (shelf("SET"), shelf("LAMP"), shelf("BULB")) == ((1, 0, 1), (7, 0, 4), (2, 0, 2))
    assert (sums("A-1"), standing("A-1")[:3]) == ((4, 0, 0, 3), (0, 0, 1))
    assert find_differences() == []


def test_a_kit_inside_a_kit_takes_its_own_units_first_and_each_make_up_is_told_apart() -> None:
    Component.objects.create(kit=item("ROOM"), item=item("SET"), quantity=2)
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    stock("SET", 3)
    stock("LAMP", 2)
    buy("A-1", ("ROOM", 2))
    release("A-1")
    parts = ReleasePart.objects.values_list("release__quantity", "level__item__sku", "per_unit")
    assert sorted(parts) == [(1, "LAMP", 2), (1, "SET", 1), (1, "SET", 2)]
    assert (shelf("SET"), shelf("LAMP")) == ((3, 0, 3), (2, 0, 2))
    assert find_differences() == []


def test_everything_ready_at_a_place_is_one_pick_list_in_the_order_of_service() -> None:
    Location.objects.create(code="bin", parent=place("main"))
    stock("LAMP", 9)
    stock("SHADE", 1, "bin")
    stock("BULB", 9, "west")
    buy("A-1", ("LAMP", 2))
    buy("A-2", ("SHADE", 1), ("LAMP", 1), priority=1)
    buy("A-3", ("LAMP", 1), on=5)
    buy("A-4", ("BULB", 1))
    buy("A-5", ("LAMP", 1), priority=50)
    set_payment_state(order_of("A-5"), "unpaid", cause())
    ready = services.release_ready(place("main"), cause())
    assert ready.pick_list is not None
    assert [
        (one.line.order.number, one.line.number, one.location.code) for one in read_pick_list(ready.pick_list)
    ] == [("A-2", "1", "bin"), ("A-2", "2", "main"), ("A-1", "1", "main")]
    assert ready.refused == [
        "order A-5 is not paid: note that it is paid, or that it can be charged when it ships",
        "order A-3: line 1 is wanted on 29 November 2026, not before",
    ]
    assert ready.orders == 2
    assert services.release_ready(place("main"), cause()).pick_list is None
    assert find_differences() == []
    release("A-3")  # a person may ask for it earlier
    assert listed("A-3") == [("1", "main", 1)]


def test_units_received_for_waiting_lines_go_straight_onto_a_pick_list_in_the_order_of_service() -> None:
    line = order_in("LAMP", 10, "PO-1")
    buy("A-1", ("LAMP", 3))
    buy("A-2", ("LAMP", 3), priority=1)
    buy("A-3", ("LAMP", 3))
    decision = services.receive(line, 7, cause())
    assert decision is not None
    assert [(one.line.order.number, one.quantity) for one in read_pick_list(PickList.objects.get())] == [
        ("A-2", 3),
        ("A-1", 3),
        ("A-3", 1),
    ]
    assert shelf() == (7, 0, 7)
    told = Entry.objects.get(what="units.released")
    assert told.caused_by == decision.entry
    assert find_differences() == []


def test_a_place_that_does_not_release_at_once_keeps_its_receipt_on_the_shelf() -> None:
    line = order_in("LAMP", 10, "PO-1")
    Location.objects.update(releases_at_once=False)
    buy("A-1", ("LAMP", 3))
    services.receive(InboundLine.objects.get(pk=line.pk), 7, cause())
    assert (shelf(), PickList.objects.count()) == ((7, 3, 0), 0)


def test_a_receipt_completes_an_order_and_it_goes_with_what_lay_there() -> None:
    stock("LAMP", 2)
    line = order_in("SHADE", 1, "PO-1")
    buy("A-1", ("LAMP", 2), ("SHADE", 1), ships="complete")
    buy("A-2", ("SHADE", 1))
    services.receive(line, 1, cause())
    assert listed("A-1") == [("1", "main", 2), ("2", "main", 1)]
    assert find_differences() == []


def test_a_receipt_is_shown_before_it_is_saved() -> None:
    line = order_in("LAMP", 10, "PO-1")
    buy("A-1", ("LAMP", 3))
    shown = preview(lambda: services.receive(line, 2, cause()))
    assert shown is not None
    assert [move.after and move.after["allocated_on_hand"] for move in shown.moves] == [2]
    assert (Release.objects.count(), covered("A-1")) == (0, [("PO-1", 3, 10)])


def test_released_units_cannot_be_cancelled_counted_away_or_moved() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 4))
    find_stock("LAMP", 2)
    release("A-1")
    before = shelf(), sums("A-1")
    with pytest.raises(OrderError) as error:
        drop("A-1", 3)
    assert str(error.value) == (
        "order A-1 line 1: 2 of 4 open units are released to the warehouse; "
        "take them back first, or cancel 2 or fewer"
    )
    with pytest.raises(SupplyError) as lost:
        find_stock("LAMP", 1)
    assert str(lost.value) == (
        "LAMP at main: 2 sellable units are there, 1 cannot leave: 2 of them are released to the warehouse; "
        "take those back or report them short first"
    )
    assert (shelf(), sums("A-1")) == before


def test_the_database_itself_keeps_releases_and_their_sums() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 4))
    buy("A-2", ("LAMP", 1))
    release("A-1")
    one = releases_of("A-1")[0]
    changes: list[tuple[Callable[[], object], str]] = [
        (lambda: Release.objects.update(quantity=5), "a sum is changed by its rows only"),
        (lambda: Release.objects.update(quantity_ended=1), "a sum is changed by its rows only"),
        (lambda: Line.objects.update(quantity_released=0), "a sum is changed by its rows only"),
        (lambda: Line.objects.update(quantity_shipped=1), "a sum is changed by its rows only"),
        (lambda: Line.objects.update(item=item("SHADE")), "a sum is changed by its rows only"),
        (lambda: Level.objects.update(released=0), "a sum is changed by its rows only"),
        (lambda: ReleasePart.objects.update(per_unit=2), "Cannot update or delete rows"),
        (lambda: Line.objects.update(quantity_cancelled=1), "a sum is changed by its rows only"),
        (
            lambda: Cancellation.objects.create(line=one.line, quantity=1, by="buyer", entry=one.entry),
            "line_released_of_open",
        ),
    ]
    for change, text in changes:
        with pytest.raises(Exception, match=text), transaction.atomic():
            change()
    Allocation.objects.update(quantity=2)
    with (
        pytest.raises(IntegrityError, match="more is allocated than there is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    Allocation.objects.update(quantity=1)


def count_queries(act: Callable[[], object], size: int, name: str) -> int:
    """Count the queries of an act by which so many orders go to the warehouse."""
    before = Release.objects.count()
    with CaptureQueriesContext(connection) as context:
        act()
    assert Release.objects.count() - before == size, name
    return len(context)


def test_many_orders_go_to_the_warehouse_with_as_many_queries_as_few() -> None:
    counted = []
    for size in (2, 7):
        line = order_in("LAMP", size, f"PO-{size}")
        for row in range(size):
            buy(f"L-{size}-{row}", ("LAMP", 1))
        stock("SHADE", size)
        for row in range(size):
            buy(f"S-{size}-{row}", ("SHADE", 1))
        counted.append(
            [
                count_queries(partial(services.receive, line, size, cause()), size, "received"),
                count_queries(partial(services.release_ready, place("main"), cause()), size, "ready"),
            ]
        )
    assert counted[0] == counted[1]
