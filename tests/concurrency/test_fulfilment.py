"""Shipping beside cancelling, releasing, receiving, over connections of their own."""

from __future__ import annotations

from functools import partial

import pytest

from backorder.fulfilment import services
from backorder.fulfilment.models import Release, Shipment
from backorder.fulfilment.selectors import find_differences
from backorder.fulfilment.services import FulfilmentError
from backorder.orders.models import Line
from backorder.orders.services import OrderError
from backorder.supply.models import InboundLine
from tests.allocation.shop import buy, drop, line_of, order_in, stock
from tests.allocation.test_sets import ask
from tests.concurrency.test_stock import all_at_once
from tests.fulfilment.shop import PARCEL, order_of, release, releases_of, shelf, sums
from tests.supply.shop import cause, item, place

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_a_release_and_a_cancellation_at_once_the_first_counts() -> None:
    stock("LAMP", 40)
    outcomes = set()
    for number in range(6):
        name = f"A-{number}"
        buy(name, ("LAMP", 5))
        order = order_of(name)

        def hand_over(order: object = order) -> object:
            return services.release_order(order, cause())  # type: ignore[arg-type] # bound early

        def cancel(name: str = name) -> None:
            drop(name, 5)

        released, dropped = all_at_once([hand_over, cancel])
        outcomes.add((type(released), type(dropped)))
        assert sums(name) == ((5, 0, 0, 5) if released is None else (5, 0, 5, 0))
    assert outcomes <= {(type(None), OrderError), (FulfilmentError, type(None))}
    assert find_differences() == []


def test_units_that_are_being_shipped_cannot_be_cancelled_at_the_same_time() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 5))
    release("A-1")
    order, one = order_of("A-1"), releases_of("A-1")[0]
    sent, dropped = all_at_once(
        [lambda: services.ship(order, [(one, 5)], PARCEL, cause()), lambda: drop("A-1", 5)]
    )
    assert sent is None
    assert isinstance(dropped, OrderError)
    assert (sums("A-1"), shelf()) == ((5, 5, 0, 0), (0, 0, 0))
    assert find_differences() == []


def test_shipping_beside_taking_back_and_cancelling_never_ships_what_is_cancelled() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 5))
    release("A-1")
    order, one = order_of("A-1"), releases_of("A-1")[0]

    def give_up() -> None:
        services.take_back(one, 5, cause())
        drop("A-1", 5)

    sent, given_up = all_at_once([lambda: services.ship(order, [(one, 5)], PARCEL, cause()), give_up])
    assert [type(sent), type(given_up)].count(FulfilmentError) == 1
    assert sums("A-1") == ((5, 5, 0, 0) if sent is None else (5, 0, 5, 0))
    assert find_differences() == []


def test_a_parcel_is_shipped_once_whoever_presses_the_button() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 5))
    release("A-1")
    order, one = order_of("A-1"), releases_of("A-1")[0]
    raised = all_at_once([lambda: services.ship(order, [(one, 5)], PARCEL, cause())] * 4)
    assert sorted(type(error).__name__ for error in raised) == ["FulfilmentError"] * 3 + ["NoneType"]
    assert (Shipment.objects.count(), shelf()) == (1, (0, 0, 0))


def test_all_that_is_ready_is_released_once_beside_receipts() -> None:
    stock("LAMP", 4)
    line = InboundLine.objects.select_related("location").get(pk=order_in("LAMP", 30, "PO-1").pk)
    for number in range(6):
        buy(f"A-{number}", ("LAMP", 3))
    main = place()
    raised = all_at_once(
        [
            *[lambda: services.release_ready(main, cause())] * 2,
            *[lambda: services.receive(line, 7, cause())] * 2,
        ]
    )
    assert raised == [None] * 4
    services.release_ready(main, cause())
    assert sum(Release.objects.values_list("quantity", flat=True)) == 18
    assert (shelf(), line_of("A-0").quantity_released) == ((18, 0, 18), 3)
    assert find_differences() == []


def test_of_two_hand_overs_at_once_no_more_leave_than_an_order_may() -> None:
    stock("LAMP", 20)
    stock("SHADE", 20)
    item("BULB")
    for number in range(6):
        name = f"A-{number}"
        ask(name, ("LAMP", 1, ""), ("SHADE", 1, ""), ("BULB", 1, ""), most=2)
        lines = [line_of(name, row) for row in ("1", "2")]

        def hand_over(line: Line) -> object:
            return services.release_line(line, cause())

        outcomes = all_at_once([partial(hand_over, line) for line in lines])
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FulfilmentError", "NoneType"]
        assert (order_of(name).shipments_begun, order_of(name).ships_whole) == (1, True)
    assert find_differences() == []
