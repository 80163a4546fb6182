"""Sets leave together."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.fulfilment import services
from backorder.fulfilment.models import Shipment
from backorder.fulfilment.selectors import find_differences
from backorder.orders.services import Buyer, Wanted
from backorder.supply.models import InboundLine
from tests.allocation.shop import covered, line_of, order_in, stock, take_in
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
    sums,
)
from tests.supply.shop import TODAY, cause, item, place

pytestmark = pytest.mark.django_db


def test_a_set_is_released_whole_and_not_before_its_last_line_is_on_hand() -> None:
    stock("LAMP", 2)
    stock("SHADE", 1)
    coming = order_in("BULB", 1, "PO-1", days=10)
    ask("A-1", ("LAMP", 2, "gift"), ("SHADE", 1, ""), ("BULB", 1, "gift"))
    assert refused("A-1", "1") == (
        "order A-1: lines 1 and 3 ship together (set gift), and line 3: none of 1 units is on hand for it; "
        "the plan has all of it on 4 December 2026"
    )
    release("A-1")
    assert listed("A-1") == [("2", "main", 1)]
    take_in(coming, 1)
    release("A-1", "3")
    assert listed("A-1") == [("2", "main", 1), ("1", "main", 2), ("3", "main", 1)]
    assert find_differences() == []


def test_a_line_alone_in_its_set_ships_whole() -> None:
    stock("LAMP", 1)
    order_in("LAMP", 1, "PO-1", days=10)
    ask("A-1", ("LAMP", 2, "gift"))
    assert refused("A-1") == (
        "order A-1: line 1 ships whole (set gift), and line 1: 1 of 2 units are on hand for it; "
        "the plan has all of it on 4 December 2026"
    )


def test_what_is_ready_at_a_place_takes_the_parts_of_a_set_from_everywhere_and_no_set_that_lies_elsewhere() -> (
    None
):
    stock("LAMP", 1, "east")
    stock("BULB", 1, "west")
    stock("SHADE", 2, "west")
    stock("CABLE", 1, "east")
    ask("A-1", ("LAMP", 1, "A"), ("BULB", 1, "A"), ("SHADE", 1, "B"), ("CABLE", 1, ""))
    services.release_ready(place("east"), cause())
    assert listed("A-1") == [("1", "east", 1), ("2", "west", 1), ("4", "east", 1)]


def test_a_set_leaves_in_one_parcel() -> None:
    stock("LAMP", 2)
    stock("BULB", 1)
    stock("SHADE", 1)
    ask("A-1", ("LAMP", 2, "A"), ("SHADE", 1, ""), ("BULB", 1, "A"))
    release("A-1")
    by_line = {one.line.number: one for one in releases_of("A-1")}
    assert refused_parcel((by_line["1"], 2)) == ("order A-1: set A ships together: 3 units are open, not 2")
    services.ship(order_of("A-1"), [(by_line["2"], 1)], PARCEL, cause())
    services.ship(order_of("A-1"), [(by_line["1"], 2), (by_line["3"], 1)], PARCEL, cause())
    assert Shipment.objects.count() == 2
    assert find_differences() == []


def test_when_a_unit_of_a_set_goes_back_the_set_goes_back() -> None:
    stock("LAMP", 2)
    stock("BULB", 1)
    stock("SHADE", 1)
    ask("A-1", ("LAMP", 2, "A"), ("SHADE", 1, ""), ("BULB", 1, "A"))
    release("A-1")
    lamps = next(one for one in releases_of("A-1") if one.line.number == "1")
    services.take_back(lamps, 1, cause())
    assert listed("A-1") == [("2", "main", 1)]
    assert (sums("A-1", "1"), sums("A-1", "3")) == ((2, 0, 0, 0), (1, 0, 0, 0))
    assert (covered("A-1", "1"), covered("A-1", "3")) == ([("main", 2, 0)], [("main", 1, 0)])
    assert begun() == (1, False)
    assert find_differences() == []


def test_of_a_line_with_a_minimum_the_rest_comes_back_once_too_little_is_left() -> None:
    stock("LAMP", 6)
    ask("A-1", ("LAMP", 6, ""))
    events.amend_line(line_of("A-1"), {"minimum_quantity": 4}, cause())
    release("A-1")
    (lamps,) = releases_of("A-1")
    services.take_back(lamps, 2, cause())
    assert listed("A-1") == [("1", "main", 4)]
    services.take_back(lamps, 1, cause())
    assert listed("A-1") == []


def test_a_receipt_sends_a_set_on_at_once_when_its_last_item_comes() -> None:
    stock("LAMP", 1)
    order_in("BULB", 1, "PO-1", days=9)
    order_in("SHADE", 1, "PO-2", days=9)
    ask("A-1", ("LAMP", 1, "A"), ("BULB", 1, "A"), ("SHADE", 1, "B"))
    services.receive(InboundLine.objects.get(order__number="PO-1"), 1, cause())
    assert listed("A-1") == [("1", "main", 1), ("2", "main", 1)]


def test_releasing_a_set_costs_as_many_queries_however_many_lines_are_in_it() -> None:
    stock("LAMP", 50)
    day = TODAY + dt.timedelta(days=0)

    def count(number: str, lines: int) -> int:
        wanted = [Wanted(str(row), item("LAMP"), 1, day, ship_set="A") for row in range(lines)]
        events.place_order(number, wanted, cause(), Buyer(most_shipments=3))
        with CaptureQueriesContext(connection) as queries:
            release(number)
        parts = releases_of(number)
        with CaptureQueriesContext(connection) as more:
            services.ship(order_of(number), [(one, 1) for one in parts], PARCEL, cause())
        return len(queries) + len(more)

    count("A-0", 1)
    assert count("A-1", 2) == count("A-2", 12)
