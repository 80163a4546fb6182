"""What the warehouse does with releases: pick, put back, not find, ship, take back from customers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from backorder.allocation.models import Backorder, Standing
from backorder.catalog.models import Component
from backorder.fulfilment import services
from backorder.fulfilment.models import Release, ReleaseEnd, Return, Shipment
from backorder.fulfilment.selectors import count_rows, find_differences, read_dock_hours
from backorder.fulfilment.services import FulfilmentError, Parcel
from backorder.orders.clearance import set_consent
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from backorder.outbox.services import Cause
from backorder.supply.models import DAMAGED, SELLABLE, InboundLine, Movement
from tests.allocation.shop import buy, covered, drop, line_of, order_in, promised, standing, stock
from tests.fulfilment.shop import (
    PARCEL,
    listed,
    order_of,
    release,
    releases_of,
    shelf,
    ship,
    sums,
)
from tests.supply.shop import NOON, cause, item, on_hand, place

pytestmark = pytest.mark.django_db


def test_what_was_released_before_its_customer_was_asked_to_wait_does_not_leave_until_the_answer() -> None:
    stock("LAMP", 4)
    buy("A-1", ("LAMP", 4))
    release("A-1")
    set_consent(line_of("A-1"), "waiting", cause())
    told = (
        "order A-1: the customer was asked to wait longer for line 1 and has not answered; put its units back"
    )
    with pytest.raises(FulfilmentError) as raised:
        ship("A-1")
    assert str(raised.value) == told
    assert not Shipment.objects.exists()
    set_consent(line_of("A-1"), "given", cause())
    ship("A-1")
    assert sums("A-1") == (4, 4, 0, 0)


def test_what_is_shipped_has_left_the_shelf_and_is_told_with_its_carrier() -> None:
    stock("LAMP", 6)
    buy("A-1", ("LAMP", 4))
    release("A-1")
    ship("A-1")
    assert (shelf(), sums("A-1")) == ((2, 0, 0), (4, 4, 0, 0))
    sent = Shipment.objects.get()
    assert (sent.order.number, sent.carrier, sent.tracking_number, sent.tracking_link, sent.shipped_at) == (
        "A-1",
        "Blue Van",
        "BV-1",
        "https://track.example/BV-1",
        NOON,
    )
    moved = Movement.objects.get(kind="shipment")
    assert (moved.quantity, moved.entry) == (-4, sent.entry)
    assert not Standing.objects.exists()
    assert read_story("order", "A-1")[2].facts == {
        "carrier": "Blue Van",
        "tracking_number": "BV-1",
        "lines": [{"order": "A-1", "line": "1", "quantity": 4, "location": "main"}],
    }
    assert find_differences() == []
    assert count_rows() == {
        "levels": 1,
        "inbound lines": 0,
        "open lines": 0,
        "allocations": 0,
        "releases": 1,
        "shipments": 1,
        "payments": 0,
        "transfers of money": 0,
        "charges": 0,
    }


def test_an_order_ships_in_parts() -> None:
    stock("LAMP", 6)
    buy("A-1", ("LAMP", 4))
    release("A-1")
    ship("A-1", 1)
    assert (shelf(), sums("A-1"), listed("A-1")) == ((5, 0, 3), (4, 1, 0, 3), [("1", "main", 3)])
    ship("A-1", 3)
    assert (shelf(), sums("A-1"), Shipment.objects.count()) == ((2, 0, 0), (4, 4, 0, 0), 2)


def test_after_any_cancel_or_ship_from_two_places_the_shelf_is_the_sum_of_its_movements() -> None:
    """T3: each place gives what was taken from it, never the whole quantity."""
    stock("LAMP", 3, "east")
    stock("LAMP", 9, "west")
    buy("A-1", ("LAMP", 5), ("LAMP", 2))
    release("A-1", "1")
    ship("A-1")
    drop("A-1", 2, "2")
    assert (on_hand("LAMP", "east"), on_hand("LAMP", "west")) == (0, 7)
    assert sorted(Movement.objects.filter(kind="shipment").values_list("location__code", "quantity")) == [
        ("east", -3),
        ("west", -2),
    ]
    assert (shelf("LAMP", "east"), shelf("LAMP", "west")) == ((0, 0, 0), (7, 0, 0))
    assert find_differences() == []


def test_cancelling_a_line_that_has_nothing_frees_nothing() -> None:
    """T9: the stock and the releases of others stay as they are."""
    stock("LAMP", 4)
    buy("A-1", ("LAMP", 4))
    buy("A-2", ("LAMP", 3))
    release("A-1")
    drop("A-2", 3)
    assert (shelf(), sums("A-1"), listed("A-1")) == ((4, 0, 4), (4, 0, 0, 4), [("1", "main", 4)])
    assert find_differences() == []


def test_after_a_part_is_shipped_and_the_rest_cancelled_the_remainder_is_free() -> None:
    """T19: nothing of it stays reserved."""
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 5))
    buy("A-2", ("LAMP", 3))
    release("A-1")
    ship("A-1", 2)
    services.take_back(releases_of("A-1")[0], 3, cause())
    drop("A-1", 3)
    assert (shelf(), sums("A-1"), sums("A-2")) == ((3, 3, 0), (5, 2, 3, 0), (3, 0, 0, 0))
    assert standing("A-2")[:3] == (3, 0, 0)
    assert find_differences() == []


def test_units_put_back_are_the_lines_again_at_its_old_promise() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 4))
    buy("A-2", ("LAMP", 4), priority=1)
    release("A-1")
    services.take_back(releases_of("A-1")[0], 3, cause("wrong shelf"))
    assert (listed("A-1"), standing("A-1")[:3], covered("A-1")) == (
        [("1", "main", 1)],
        (3, 0, 0),
        [("main", 3, 0)],
    )
    assert (promised("A-1"), standing("A-2")[:3]) == ([0], (1, 0, 3))
    release("A-1")
    assert listed("A-1") == [("1", "main", 1), ("1", "main", 3)]
    assert find_differences() == []


def test_what_is_not_found_is_counted_off_and_the_line_waits_again() -> None:
    stock("LAMP", 5)
    order_in("LAMP", 9, "PO-1")
    buy("A-1", ("LAMP", 4))
    release("A-1")
    services.pick(releases_of("A-1")[0], 3, cause())
    services.short_ship(releases_of("A-1")[0], 1, cause("shelf is empty"))
    assert (shelf(), sums("A-1")) == ((4, 1, 3), (4, 0, 0, 3))
    assert standing("A-1")[:3] == (1, 0, 0)
    moved = Movement.objects.get(kind="adjustment")
    assert (moved.quantity, moved.entry.what, moved.entry.why) == (-1, "release.short", "shelf is empty")
    ship("A-1")
    assert (sums("A-1"), find_differences()) == ((4, 3, 0, 0), [])


def test_a_shortage_beyond_the_spare_units_opens_the_backorder_again() -> None:
    stock("LAMP", 4)
    order_in("LAMP", 9, "PO-1")
    buy("A-1", ("LAMP", 4))
    release("A-1")
    services.short_ship(releases_of("A-1")[0], 1, cause("shelf is empty"))
    assert (standing("A-1")[:3], promised("A-1")) == ((0, 1, 0), [0, 10])
    assert Backorder.objects.filter(line=line_of("A-1"), closed_by=None).count() == 1


def test_a_missing_part_of_a_kit_is_counted_off_and_its_other_parts_go_back() -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=1)
    stock("LAMP", 6)
    stock("BULB", 3)
    buy("A-1", ("SET", 3))
    release("A-1")
    one = releases_of("A-1")[0]
    with pytest.raises(
        FulfilmentError, match=r"made up of several items: say how many of which are missing$"
    ):
        services.short_ship(one, 1, cause("broken"))
    with pytest.raises(FulfilmentError, match=r"of 1 units 2 of this component can be missing, not 3$"):
        services.short_ship(one, 1, cause("broken"), {item("LAMP").pk: 3})
    services.short_ship(one, 1, cause("broken"), {item("LAMP").pk: 1})
    assert (shelf("LAMP"), shelf("BULB"), sums("A-1")) == ((5, 0, 4), (3, 0, 2), (3, 0, 0, 2))
    ship("A-1")
    assert (on_hand("LAMP"), on_hand("BULB"), sums("A-1")) == (1, 1, (3, 2, 0, 0))
    assert find_differences() == []


def test_a_complete_order_with_a_missing_unit_goes_back_as_a_whole() -> None:
    stock("LAMP", 2)
    stock("SHADE", 1)
    buy("A-1", ("LAMP", 2), ("SHADE", 1), ships="complete")
    release("A-1")
    with pytest.raises(FulfilmentError, match=r"^order A-1 ships complete: 3 units are open, not 2$"):
        ship("A-1", 2)
    services.short_ship(releases_of("A-1")[1], 1, cause("not there"))
    assert (listed("A-1"), shelf("LAMP"), shelf("SHADE")) == ([], (2, 0, 0), (0, 0, 0))
    assert standing("A-1")[2:] == (2, "WAITS_FOR_COMPANION")
    assert sorted(ReleaseEnd.objects.values_list("how", "quantity")) == [("returned", 2), ("short", 1)]
    stock("SHADE", 1)
    release("A-1")
    ship("A-1")
    assert (sums("A-1"), sums("A-1", "2")) == ((2, 2, 0, 0), (1, 1, 0, 0))
    assert find_differences() == []


def test_a_line_that_ships_whole_and_one_with_a_minimum_leave_no_smaller_part() -> None:
    stock("LAMP", 9)
    buy("A-1", ("LAMP", 3), ships="line_complete")
    buy("A-2", ("LAMP", 5))
    Line.objects.filter(pk=line_of("A-2").pk).update(minimum_quantity=3)
    release("A-1")
    release("A-2")
    with pytest.raises(FulfilmentError, match=r"^order A-1 line 1 ships 3 units or more at a time, not 2$"):
        ship("A-1", 2)
    with pytest.raises(FulfilmentError, match=r"^order A-2 line 1 ships 3 units or more at a time, not 2$"):
        ship("A-2", 2)
    ship("A-2", 3)
    ship("A-2", 2)  # the rest
    services.take_back(releases_of("A-1")[0], 1, cause())
    assert (sums("A-2"), listed("A-1")) == ((5, 5, 0, 0), [])
    assert find_differences() == []


def test_fewer_than_a_minimum_left_on_the_list_go_back_too() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 5))
    Line.objects.update(minimum_quantity=3)
    release("A-1")
    services.take_back(releases_of("A-1")[0], 2, cause())
    assert listed("A-1") == [("1", "main", 3)]
    services.take_back(releases_of("A-1")[0], 1, cause())
    assert (listed("A-1"), standing("A-1")[:3]) == ([], (5, 0, 0))


@pytest.mark.parametrize(
    ("units", "parcel", "text"),
    [
        (5, PARCEL, "order A-1 line 1 at main: 4 units are with the warehouse, not 5"),
        (0, PARCEL, "order A-1 line 1 at main: 4 units are with the warehouse, not 0"),
        (
            4,
            Parcel(tracking_link="javascript:x"),
            "order A-1: javascript:x is no link to follow; it begins with https://",
        ),
    ],
)
def test_a_shipment_that_cannot_be_is_refused(units: int, parcel: Parcel, text: str) -> None:
    stock("LAMP", 6)
    buy("A-1", ("LAMP", 4))
    release("A-1")
    before = Entry.objects.count()
    with pytest.raises(FulfilmentError) as error:
        services.ship(order_of("A-1"), [(releases_of("A-1")[0], units)], parcel, cause())
    assert str(error.value) == text
    assert (Entry.objects.count(), shelf()) == (before, (6, 0, 4))


def test_a_shipment_of_nothing_or_of_another_order_is_refused() -> None:
    stock("LAMP", 6)
    buy("A-1", ("LAMP", 4))
    buy("A-2", ("LAMP", 2))
    release("A-1")
    release("A-2")
    mine, other = releases_of("A-1")[0], releases_of("A-2")[0]
    for parts, text in (
        ([], "order A-1: a shipment of nothing; name releases and quantities"),
        ([(mine, 1), (mine, 1)], "order A-1: a release is named twice; name it once, with the sum"),
        ([(mine, 1), (other, 1)], "order A-2 line 1 at main is not of order A-1"),
    ):
        with pytest.raises(FulfilmentError) as error:
            services.ship(order_of("A-1"), parts, PARCEL, cause())
        assert str(error.value) == text
    services.block(order_of("A-1"), "fraud", cause())
    with pytest.raises(FulfilmentError, match=r"^order A-1 is blocked by anna since 24 November 2026: fraud"):
        ship("A-1")
    assert (Shipment.objects.count(), shelf()) == (0, (6, 0, 6))


def test_no_more_is_picked_than_is_to_be_picked() -> None:
    stock("LAMP", 6)
    buy("A-1", ("LAMP", 4))
    release("A-1")
    services.pick(releases_of("A-1")[0], 3, cause())
    with pytest.raises(FulfilmentError, match=r"^order A-1 line 1 at main: 1 units are to be picked, not 2$"):
        services.pick(releases_of("A-1")[0], 2, cause())
    assert Release.objects.get().quantity_picked == 3


def test_what_is_put_back_is_not_to_be_picked_any_more() -> None:
    stock("LAMP", 10)
    buy("A-1", ("LAMP", 10))
    release("A-1")
    services.pick(releases_of("A-1")[0], 4, cause())
    services.take_back(releases_of("A-1")[0], 6, cause())
    with pytest.raises(FulfilmentError, match=r"^order A-1 line 1 at main: 0 units are to be picked, not 4$"):
        services.pick(releases_of("A-1")[0], 4, cause())
    assert (Release.objects.get().quantity_open, Release.objects.get().quantity_picked) == (4, 4)


def test_what_comes_back_is_stock_again_and_the_line_stays_shipped() -> None:
    stock("LAMP", 4)
    buy("A-1", ("LAMP", 4))
    buy("A-2", ("LAMP", 3))
    release("A-1")
    ship("A-1", 3)
    services.accept_return(line_of("A-1"), 1, (place(), DAMAGED), cause("cracked"))
    services.accept_return(line_of("A-1"), 2, (place(), SELLABLE), cause())
    assert (sums("A-1"), on_hand(status=DAMAGED), shelf()) == ((4, 3, 0, 1), 1, (3, 2, 1))
    assert standing("A-2")[:3] == (2, 0, 1)
    for status, text in (
        (SELLABLE, "order A-1 line 1: 0 shipped units can come back, not 1"),
        ("eaten", "order A-1 line 1: units are sellable, damaged, quality_hold, not eaten"),
    ):
        with pytest.raises(FulfilmentError) as error:
            services.accept_return(line_of("A-1"), 1, (place(), status), cause())
        assert str(error.value) == text
    row = Return.objects.latest("id")
    with pytest.raises(IntegrityError, match="more comes back than was shipped"), transaction.atomic():
        Return.objects.create(line=row.line, level=row.level, quantity=1, entry=row.entry)
    assert find_differences() == []


def test_hours_from_receipt_to_shipment_are_those_of_the_units_that_came_first() -> None:
    """2 units of stock that was counted, 3 received at 12, 4 at 18; 4 leave at 20, 3 a day later."""

    def at(hours: int) -> Cause:
        return Cause("anna", NOON + dt.timedelta(hours=hours))

    span = NOON, NOON + dt.timedelta(days=9)
    assert read_dock_hours(*span) is None
    stock("LAMP", 2)
    assert read_dock_hours(*span) is None
    first, second = order_in("LAMP", 3, "PO-1"), order_in("LAMP", 4, "PO-2")
    services.receive(first, 3, at(0))
    services.receive(InboundLine.objects.get(pk=second.pk), 4, at(6))
    stock("BULB", 5)
    buy("A-1", ("LAMP", 7), ("BULB", 2))
    release("A-1")
    ship("A-1", 4, hours=8)
    assert read_dock_hours(*span) == 8.0  # two units of 12 o'clock
    ship("A-1", hours=32)
    # two units of 8 hours; then one more of 12 o'clock: 32 hours, and two of 18 o'clock: 26 hours each
    assert read_dock_hours(*span) == (2 * 8 + 1 * 32 + 2 * 26) / 5
    assert read_dock_hours(NOON + dt.timedelta(hours=9), span[1]) == (1 * 32 + 2 * 26) / 3
    assert read_dock_hours(NOON + dt.timedelta(days=3), span[1]) is None
