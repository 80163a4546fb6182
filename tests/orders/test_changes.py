"""Changes of what was ordered, at the level of facts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backorder.orders.models import Address, Disclosure, Line, Order, Refusal
from backorder.orders.selectors import list_holds_over, list_open_lines
from backorder.orders.services import (
    Buyer,
    LineChange,
    OrderError,
    ShipTo,
    Wanted,
    add_line,
    amend_line,
    amend_order,
    cancel_order,
    change_address,
    place,
)
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from tests.allocation.shop import stock
from tests.fulfilment.shop import release, ship
from tests.supply.shop import NOON, TODAY, cause, item
from tests.supply.shop import place as location

pytestmark = pytest.mark.django_db
OUT_OF_RANGE = "is not between 1900-01-01 and 2200-12-31; name a day that can be planned with"
CHANGEABLE = "quantity, requested_on, needed_by, minimum_quantity, location, commitment, ship_set"
HOME = ShipTo("Ann Doe", "1 Some Street", "Town", "DE", "12345")


def order(*quantities: int, buyer: Buyer | None = None) -> Order:
    lines = [Wanted(str(row), item("LAMP"), units, TODAY) for row, units in enumerate(quantities, 1)]
    place("A-1", lines, cause(), buyer)
    return Order.objects.get()


def ship_two() -> None:
    """Send two units of the first line."""
    stock("LAMP", 2)
    release("A-1", "1")
    ship("A-1")


def story() -> list[tuple[str, dict[str, Any]]]:
    return [(entry.what, entry.facts) for entry in read_story("order", "A-1")][1:]


def test_what_is_open_of_an_order_is_cancelled_in_one_entry() -> None:
    placed = order(5, 2)
    ship_two()
    before = story()
    cancel_order(placed, cause("closed"))
    assert list(Line.objects.order_by("number").values_list("quantity_open", "quantity_cancelled")) == [
        *((0, 3), (0, 2)),
    ]
    assert story()[len(before) :] == [("order.cancelled", {"lines": {"1": 3, "2": 2}})]
    with pytest.raises(OrderError, match=r"^order A-1 has nothing open$"):
        cancel_order(placed, cause())


def test_a_line_is_amended_and_the_journal_says_what_was_and_is() -> None:
    order(5)
    line = Line.objects.get()
    change: LineChange = {
        "quantity": 7,
        "requested_on": TODAY + dt.timedelta(days=3),
        "location": location("north"),
        "commitment": "soft",
    }
    amend_line(line, change, cause())
    line.refresh_from_db()
    assert (line.quantity_ordered, line.quantity_open, line.requested_on) == (7, 7, change["requested_on"])
    assert story() == [
        (
            "line.amended",
            {
                "line": "1",
                "from": {"quantity": 5, "requested_on": "2026-11-24", "location": None},
                "to": {"quantity": 7, "requested_on": "2026-11-27", "location": "north"},
            },
        )
    ]
    assert amend_line(line, {"quantity": 7}, cause()) is None
    amend_line(line, {"quantity": 4}, cause())
    line.refresh_from_db()
    assert (line.quantity_ordered, line.quantity_cancelled, line.quantity_open) == (7, 3, 4)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"quantity": 0}, "order A-1 line 1: 0 units cannot be ordered; name 1 to 1,000,000,000"),
        (
            {"minimum_quantity": 0},
            "order A-1 line 1: 0 cannot be the fewest units to ship; name 1 to 1,000,000,000",
        ),
        (
            {"requested_on": dt.date(1899, 12, 31)},
            f"order A-1 line 1: requested on 1899-12-31 {OUT_OF_RANGE}",
        ),
        (
            {"needed_by": dt.date(2201, 1, 1)},
            f"order A-1 line 1: needed by 2201-01-01 {OUT_OF_RANGE}",
        ),
        (
            {"commitment": "maybe"},
            "order A-1 line 1: 'maybe' is no commitment; there are on_hand_only, soft, reserved, firm, locked",
        ),
        (
            {"price": 3},
            f"price cannot be changed; these can: {CHANGEABLE}",
        ),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(change: Any, text: str) -> None:
    order(5)
    before = list(Line.objects.values())
    with pytest.raises(OrderError) as error:
        amend_line(Line.objects.get(), change, cause())
    assert str(error.value) == text
    assert (list(Line.objects.values()), story()) == (before, [])


def test_a_line_of_fewer_units_than_have_shipped_is_refused_and_changes_nothing() -> None:
    order(5)
    ship_two()
    before = list(Line.objects.values()), story()
    with pytest.raises(OrderError) as error:
        amend_line(Line.objects.get(), {"quantity": 1}, cause())
    assert str(error.value) == (
        "order A-1 line 1: 2 units have shipped or are released to the warehouse, so it cannot be of 1"
    )
    assert (list(Line.objects.values()), story()) == before


@pytest.mark.parametrize(
    ("changes", "buyer", "text"),
    [
        (
            {"quantity": 10**9 + 1},
            {},
            "order A-1 line 1: 1000000001 units cannot be ordered; name 1 to 1,000,000,000",
        ),
        (
            {"unit_price": 10**13 + 1},
            {},
            "order A-1 line 1: 10000000000001 is no price; name 0 to 10,000,000,000,000 in minor units",
        ),
        (
            {"unit_price": -1},
            {},
            "order A-1 line 1: -1 is no price; name 0 to 10,000,000,000,000 in minor units",
        ),
        ({"number": " "}, {}, "order A-1 line  : a line has a number"),
        (
            {"commitment": "sure"},
            {},
            "order A-1 line 1: 'sure' is no commitment; there are on_hand_only, soft, reserved, firm, locked",
        ),
        (
            {},
            {"ship_policy": "fast"},
            "order A-1: 'fast' is no ship policy; there are as_ready, complete, line_complete",
        ),
        (
            {},
            {"priority": 2**31},
            "order A-1: priority 2147483648 cannot be kept; name -2,147,483,648 to 2,147,483,647",
        ),
        (
            {},
            {"ship_to": ShipTo("Ann Doe", "1 Some Street", "Town", "de")},
            "order A-1: 'de' is no country code; name two capital letters, as DE",
        ),
        ({}, {"ship_to": ShipTo("Ann Doe", " ", "Town", "DE")}, "order A-1: the address has no street"),
        (
            {},
            {"ship_to": ShipTo("Ann Doe", "1 Some Street", "Town", "US", region="Texas")},
            "order A-1: 'Texas' is no code of a state or province; name one to three capital letters or digits, as CA, or none",
        ),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(
    changes: dict[str, Any], buyer: dict[str, Any], text: str
) -> None:
    line = {"number": "1", "item": item("LAMP"), "quantity": 1, "requested_on": TODAY, **changes}
    with pytest.raises(OrderError) as error:
        place("A-1", [Wanted(**line)], cause(), Buyer(**buyer))
    assert str(error.value) == text
    assert not Order.objects.exists()


def test_a_line_number_is_used_once_in_an_order() -> None:
    with pytest.raises(OrderError, match=r"^order A-1 has two lines 1$"):
        place("A-1", [Wanted("1", item("LAMP"), 1, TODAY)] * 2, cause())
    placed = order(1)
    with pytest.raises(OrderError, match=r"^there is an order A-1 line 1 already$"):
        add_line(placed, Wanted("1", item("LAMP"), 1, TODAY), cause())
    add_line(placed, Wanted("2", item("LAMP"), 4, TODAY), cause())
    assert story() == [("line.added", {"line": "2", "quantity": 4})]


def test_an_order_is_amended() -> None:
    placed = order(1)
    amend_order(placed, {"priority": 1, "ship_policy": "complete"}, cause())
    assert story() == [
        (
            "order.amended",
            {
                "from": {"priority": 100, "ship_policy": "as_ready"},
                "to": {"priority": 1, "ship_policy": "complete"},
            },
        )
    ]
    assert amend_order(placed, {"priority": 1}, cause()) is None
    with pytest.raises(OrderError, match="'fast' is no ship policy"):
        amend_order(placed, {"ship_policy": "fast"}, cause())


def test_an_address_is_changed_and_the_journal_does_not_repeat_it() -> None:
    placed = order(1, buyer=Buyer(ship_to=HOME))
    assert change_address(placed, HOME, cause()) is None
    change_address(placed, ShipTo("Ann Doe", "2 Other Street", "Town", "DE", "12345"), cause("moved"))
    assert Address.objects.get().street == "2 Other Street"
    assert story() == [("order.address_changed", {"changed": ["street"]})]


def test_a_first_address_is_added_later() -> None:
    change_address(order(1), HOME, cause())
    assert Address.objects.get().city == "Town"


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"quantity_ordered": 10**9 + 1}, "line_ordered_from_1"),
        ({"unit_price": 10**13 + 1}, "line_price_from_0_to_10_13"),
        ({"quantity_ordered": 901, "unit_price": 10**13}, "line_value_to_2_53"),
        ({"requested_on": dt.date(2201, 1, 1)}, "line_days_between_1900_and_2200"),
        ({"needed_by": dt.date(1899, 1, 1)}, "line_days_between_1900_and_2200"),
        ({"minimum_quantity": 0}, "line_minimum_from_1"),
        ({"commitment": "sure"}, "line_commitment"),
        ({"quantity_from_hand": -1}, "line_from_hand_from_0"),
    ],
)
def test_the_database_refuses_what_a_service_would(changes: dict[str, Any], constraint: str) -> None:
    order(1)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Line.objects.update(**changes)


def test_what_was_told_and_what_was_refused_stays() -> None:
    placed, entry = order(1), Entry.objects.get()
    line = Line.objects.get()
    disclosure = Disclosure.objects.create(line=line, quantity_now=1, quantity_later=0, at=NOON, entry=entry)
    refusal = Refusal.objects.create(
        item=line.item,
        quantity=1,
        reason="CAP",
        requested_on=TODAY,
        order_number=placed.number,
        line_number="1",
        at=NOON,
        entry=entry,
    )
    for row in (disclosure, refusal):
        with pytest.raises(Exception, match="Cannot update or delete rows"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(at=NOON + dt.timedelta(days=1))
        with pytest.raises(Exception, match="Cannot update or delete rows"), transaction.atomic():
            row.delete()


def test_a_hold_is_not_among_what_customers_wait_for() -> None:
    placed = order(1)
    assert list_open_lines().count() == 1
    Order.objects.update(held_until=NOON)
    assert list_open_lines().count() == 0
    assert list(list_holds_over(NOON)) == [placed]
    assert list(list_holds_over(NOON - dt.timedelta(seconds=1))) == []
