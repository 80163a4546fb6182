"""An order leaves as often as it may, and the last time whole."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from backorder.allocation import events
from backorder.fulfilment import services
from backorder.fulfilment.models import Release, Shipment
from backorder.fulfilment.selectors import find_differences
from backorder.orders.models import Order
from backorder.orders.services import OrderError, Wanted
from backorder.outbox.models import Entry
from backorder.supply.models import InboundLine
from tests.allocation.shop import buy, covered, line_of, order_in, promised, stock, take_in
from tests.allocation.test_sets import ask
from tests.fulfilment.shop import (
    PARCEL,
    begun,
    listed,
    order_of,
    refused,
    refused_parcel,
    release,
    releases_of,
    ship,
    sums,
)
from tests.supply.shop import TODAY, cause, item, place

pytestmark = pytest.mark.django_db


def test_of_two_shipments_the_first_goes_as_ready_and_the_rest_whole() -> None:
    stock("LAMP", 1)
    order_in("SHADE", 1, "PO-1", days=3)
    order_in("BULB", 1, "PO-2", days=9)
    ask("A-1", ("LAMP", 1, ""), ("SHADE", 1, ""), ("BULB", 1, ""), most=2)
    assert [promised("A-1", row) for row in "123"] == [[0], [3], [9]]
    assert begun() == (0, False)
    release("A-1")
    assert (listed("A-1"), begun()) == ([("1", "main", 1)], (1, True))
    assert [promised("A-1", row) for row in "123"] == [[0], [3, 9], [9]]
    take_in(InboundLine.objects.get(order__number="PO-1"), 1)
    assert listed("A-1") == [("1", "main", 1)]
    assert refused("A-1", "2") == (
        "order A-1 has one shipment left of 2, so all that is open of it ships together, and "
        "line 3: none of 1 units is on hand for it; the plan has all of it on 3 December 2026"
    )
    services.receive(InboundLine.objects.get(order__number="PO-2"), 1, cause())
    assert listed("A-1") == [("1", "main", 1), ("2", "main", 1), ("3", "main", 1)]
    assert begun() == (2, True)
    assert find_differences() == []


def test_a_hand_over_from_several_places_is_one_shipment_and_leaves_as_one() -> None:
    stock("LAMP", 1, "east")
    stock("SHADE", 1, "west")
    order_in("BULB", 1, "PO-1")
    ask("A-1", ("LAMP", 1, ""), ("SHADE", 1, ""), ("BULB", 1, ""), most=2)
    release("A-1")
    lamp, shade = releases_of("A-1")
    assert begun() == (1, True)
    assert refused_parcel((lamp, 1)) == (
        "order A-1 leaves in 2 shipments at most: 2 units were released together and leave together, not 1"
    )
    services.ship(order_of("A-1"), [(lamp, 1), (shade, 1)], PARCEL, cause())
    assert (Shipment.objects.count(), begun()) == (1, (1, True))


def test_taking_all_of_a_hand_over_back_gives_its_shipment_again_and_a_part_does_not() -> None:
    stock("LAMP", 3)
    order_in("BULB", 1, "PO-1", days=9)
    ask("A-1", ("LAMP", 3, ""), ("BULB", 1, ""), most=2)
    release("A-1")
    (lamps,) = releases_of("A-1")
    services.take_back(lamps, 1, cause())
    assert (listed("A-1"), begun()) == ([("1", "main", 2)], (1, True))
    assert covered("A-1", "1") == [("main", 1, 9)]
    services.take_back(lamps, 2, cause())
    assert (listed("A-1"), begun()) == ([], (0, False))
    assert covered("A-1", "1") == [("main", 3, 0)]
    assert find_differences() == []


def test_of_the_last_shipment_all_goes_back_or_nothing() -> None:
    stock("LAMP", 2)
    stock("SHADE", 2)
    order_in("BULB", 1, "PO-1", days=9)
    ask("A-1", ("LAMP", 2, ""), ("BULB", 1, ""), ("SHADE", 1, ""), most=2)
    release("A-1", "3")
    services.receive(InboundLine.objects.get(order__number="PO-1"), 1, cause())
    assert (listed("A-1"), begun()) == ([("3", "main", 1), ("1", "main", 2), ("2", "main", 1)], (2, True))
    bulb = next(one for one in releases_of("A-1") if one.line.number == "2")
    services.short_ship(bulb, 1, cause("not on the shelf"))
    assert (listed("A-1"), begun()) == ([("3", "main", 1)], (1, True))
    assert find_differences() == []


def test_a_hand_over_that_left_in_part_before_there_was_a_limit_counts_twice() -> None:
    stock("LAMP", 3)
    buy("A-1", ("LAMP", 3))
    release("A-1")
    ship("A-1", 1)
    assert begun() == (2, False)
    with pytest.raises(OrderError) as error:
        events.amend_order(order_of("A-1"), {"most_shipments": 1}, cause())
    assert str(error.value) == (
        "order A-1 cannot leave in 1 shipment at most: 2 left or are with the warehouse and 0 units are still to go; "
        "name 2 or more, or none for as many as need be"
    )
    events.amend_order(order_of("A-1"), {"most_shipments": 2}, cause())
    (lamps,) = releases_of("A-1")
    services.take_back(lamps, 1, cause())
    assert (sums("A-1"), begun()) == ((3, 1, 0, 0), (1, True))
    release("A-1")
    ship("A-1")
    assert (Shipment.objects.count(), begun()) == (2, (2, True))


def test_two_hand_overs_in_one_parcel_are_one_shipment() -> None:
    stock("LAMP", 1)
    stock("SHADE", 1)
    ask("A-1", ("LAMP", 1, ""), ("SHADE", 1, ""), ("BULB", 1, ""), most=3)
    release("A-1", "1")
    release("A-1", "2")
    assert begun() == (2, True)
    services.ship(order_of("A-1"), [(one, 1) for one in releases_of("A-1")], PARCEL, cause())
    assert (Shipment.objects.count(), begun()) == (1, (1, False))
    assert find_differences() == []


def hand_over_twice() -> tuple[Release, Release, Release]:
    """An order of ten lamps and a shade, at most two shipments: four lamps go first, six and the shade whole."""
    stock("LAMP", 4)
    ask("A-1", ("LAMP", 10, ""), ("SHADE", 1, ""), most=2)
    release("A-1")
    stock("SHADE", 1)
    stock("LAMP", 6)
    release("A-1")
    four, six, shade = releases_of("A-1")
    assert (listed("A-1"), begun()) == ([("1", "main", 4), ("1", "main", 6), ("2", "main", 1)], (2, True))
    return four, six, shade


def test_a_unit_of_the_first_hand_over_that_comes_back_leaves_the_last_one_alone() -> None:
    four, _, _ = hand_over_twice()
    services.take_back(four, 1, cause())
    assert (listed("A-1"), begun()) == ([("1", "main", 6), ("2", "main", 1)], (1, True))
    assert covered("A-1") == [("main", 4, 0)]
    assert find_differences() == []


def test_a_unit_of_the_last_hand_over_that_comes_back_leaves_the_first_one_alone() -> None:
    _, six, _ = hand_over_twice()
    services.take_back(six, 1, cause())
    assert (listed("A-1"), begun()) == ([("1", "main", 4)], (1, True))
    assert find_differences() == []


def test_what_comes_back_for_the_sake_of_a_set_brings_its_own_companions_back() -> None:
    stock("LAMP", 1)
    stock("SHADE", 1)
    ask("A-1", ("LAMP", 1, "A"), ("SHADE", 1, ""), ("BULB", 1, ""), most=3)
    release("A-1", "1")
    release("A-1", "2")
    events.amend_line(line_of("A-1", "2"), {"ship_set": "A"}, cause())
    stock("BULB", 1)
    release("A-1")
    lamp, _, bulb = releases_of("A-1")
    assert begun() == (3, True)
    services.take_back(bulb, 1, cause())
    assert (listed("A-1"), begun()) == ([("1", "main", 1), ("2", "main", 1)], (2, True))
    release("A-1")
    services.take_back(lamp, 1, cause())
    assert (listed("A-1"), begun()) == ([("3", "main", 1)], (1, False))
    assert find_differences() == []


def test_nobody_spends_a_shipment_on_part_of_what_may_leave() -> None:
    stock("LAMP", 1, "east")
    stock("SHADE", 1, "west")
    order_in("BULB", 1, "PO-1", days=3)
    order_in("CABLE", 1, "PO-2", days=9)
    ask("A-1", ("LAMP", 1, ""), ("SHADE", 1, ""), ("BULB", 1, ""), ("CABLE", 1, ""), most=2)
    services.receive(InboundLine.objects.get(order__number="PO-1"), 1, cause())
    assert (listed("A-1"), begun()) == (
        [("1", "east", 1), ("2", "west", 1), ("3", "main", 1)],
        (1, True),
    )


def test_what_is_ready_at_a_place_takes_all_of_a_limited_order_that_may_leave() -> None:
    stock("LAMP", 1, "east")
    stock("SHADE", 1, "west")
    order_in("BULB", 1, "PO-1", days=9)
    ask("A-1", ("LAMP", 1, ""), ("SHADE", 1, ""), ("BULB", 1, ""), most=2)
    services.release_ready(place("east"), cause())
    assert (listed("A-1"), begun()) == ([("1", "east", 1), ("2", "west", 1)], (1, True))


def test_no_shipment_is_spent_elsewhere_for_what_may_not_leave_here() -> None:
    stock("LAMP", 1, "east")
    stock("SHADE", 1, "west")
    coming = order_in("BULB", 1, "PO-1", days=3)
    order_in("CABLE", 1, "PO-2", days=9)
    ask("A-1", ("LAMP", 1, "A"), ("SHADE", 1, ""), ("BULB", 1, "A"), ("CABLE", 1, "A"), most=2)
    ready = services.release_ready(place("east"), cause())
    assert (ready.pick_list, ready.orders, listed("A-1")) == (None, 0, [])
    (why,) = ready.refused
    assert why == (
        "order A-1: lines 1, 3 and 4 ship together (set A), and line 3: none of 1 units is on hand for it; "
        "the plan has all of it on 3 December 2026; line 4: none of 1 units is on hand for it; "
        "the plan has all of it on 3 December 2026; nothing else of it is at this place"
    )
    services.receive(coming, 1, cause())
    assert (listed("A-1"), begun()) == ([], (0, False))


def test_what_is_left_of_a_hand_over_is_no_less_than_the_minimum_of_its_line() -> None:
    stock("LAMP", 4)
    ask("A-1", ("LAMP", 9, ""), most=3)
    events.amend_line(line_of("A-1"), {"minimum_quantity": 4}, cause())
    release("A-1")
    stock("LAMP", 4)
    release("A-1")
    first, second = releases_of("A-1")
    services.take_back(second, 1, cause())
    assert (listed("A-1"), begun()) == ([("1", "main", 4)], (1, False))
    services.ship(order_of("A-1"), [(first, 4)], PARCEL, cause())
    assert find_differences() == []


@pytest.mark.django_db(transaction=True)
def test_an_older_database_lets_an_order_that_passed_its_limit_leave_once_more() -> None:
    stock("LAMP", 6)
    stock("SHADE", 1)
    connection.check_constraints()
    try:
        call_command("migrate", "fulfilment", "0002", verbosity=0)
        buy("A-1", ("LAMP", 3), ("SHADE", 1))
        release("A-1", "1")
        ship("A-1", 1)
        events.amend_order(order_of("A-1"), {"most_shipments": 2}, cause())
        buy("A-2", ("LAMP", 3))
        release("A-2")
        ship("A-2", 1)
        events.amend_order(order_of("A-2"), {"most_shipments": 1}, cause())
        assert (begun("A-1"), begun("A-2")) == ((1, True), (1, True))
    finally:
        call_command("migrate", verbosity=0)
    rows = Order.objects.order_by("number").values_list("number", "shipments_begun", "most_shipments")
    assert list(rows) == [("A-1", 2, 3), ("A-2", 2, 2)]
    assert find_differences() == []
    release("A-1")
    assert begun("A-1") == (3, True)


def test_more_is_not_ordered_after_the_last_shipment_before_one_more_is_allowed() -> None:
    stock("LAMP", 3)
    ask("A-1", ("LAMP", 2, ""), most=1)
    release("A-1")
    before = Entry.objects.count()
    message = (
        "order A-1 went to the warehouse for the last time, in 1 of at most 1 shipments; allow one more first, "
        "or place another order"
    )
    with pytest.raises(OrderError) as error:
        events.amend_line(line_of("A-1"), {"quantity": 3}, cause())
    assert str(error.value) == message
    with pytest.raises(OrderError) as error:
        events.add_line(order_of("A-1"), Wanted("2", item("LAMP"), 1, TODAY), cause())
    assert (str(error.value), Entry.objects.count()) == (message, before)
    events.amend_order(order_of("A-1"), {"most_shipments": 2}, cause())
    events.add_line(order_of("A-1"), Wanted("2", item("LAMP"), 1, TODAY), cause())
    assert covered("A-1", "2") == [("main", 1, 0)]


def test_fewer_shipments_than_have_begun_and_are_needed_are_refused() -> None:
    stock("LAMP", 2)
    order_in("BULB", 1, "PO-1", days=9)
    ask("A-1", ("LAMP", 1, ""), ("BULB", 1, ""))
    release("A-1")
    with pytest.raises(OrderError) as error:
        events.amend_order(order_of("A-1"), {"most_shipments": 1}, cause())
    assert str(error.value) == (
        "order A-1 cannot leave in 1 shipment at most: 1 left or is with the warehouse and 1 units are still to go; "
        "name 2 or more, or none for as many as need be"
    )
    assert order_of("A-1").most_shipments is None
    events.cancel_line(line_of("A-1", "2"), 1, cause())
    events.amend_order(order_of("A-1"), {"most_shipments": 1}, cause())
    assert begun() == (1, True)


@pytest.mark.django_db(transaction=True)
def test_what_an_older_database_handed_over_counts_as_shipments() -> None:
    stock("LAMP", 5)
    stock("SHADE", 5)
    buy("A-1", ("LAMP", 3), ("SHADE", 1))
    release("A-1", "1")
    ship("A-1", 1)
    release("A-1", "2")
    buy("A-2", ("LAMP", 1))
    release("A-2")
    services.take_back(releases_of("A-2")[0], 1, cause())
    buy("A-3", ("LAMP", 1))
    connection.check_constraints()
    before = list(Order.objects.order_by("number").values("number", "shipments_begun", "ships_whole"))
    try:
        call_command("migrate", "orders", "0003", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    assert list(Order.objects.order_by("number").values("number", "shipments_begun", "ships_whole")) == before
    assert [row["shipments_begun"] for row in before] == [3, 0, 0]
    assert Release.objects.count() == 3
    assert find_differences() == []
