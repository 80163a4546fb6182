"""Who must be told something: the difference between what was told last and what is planned now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.care.house import write_house
from backorder.care.models import Draft, Look, Notice
from backorder.care.post.lookout import look_at_some, note_looks
from backorder.care.telling import Revised, Told, note_failure, note_notice
from backorder.orders.clearance import set_payment_state
from backorder.orders.customers import CustomerFacts, save_customers
from backorder.supply.models import InboundLine
from tests.allocation.shop import buy, drop, line_of, order_in, slip, stock
from tests.care.letters import HOUSE, by, go_to, send, shop
from tests.care.post import MAIL, look, name_mail, open_house
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["shop"]  # a fixture that each test uses
pytestmark = pytest.mark.django_db
DAY = 24 * 60


def wait(number: str = "A-1", units: int = 2) -> None:
    """Let somebody wait whom mail reaches."""
    buy(number, ("LAMP", units))
    go_to(number, "US", "OR")
    name_mail(number)


def draft(number: str = "A-1") -> Draft:
    return Draft.objects.get(order__number=number)


def test_who_waits_is_told_so_once_and_who_has_everything_is_not() -> None:
    stock("LAMP", 2)
    order_in("LAMP", 5, "PO-1")
    wait("A-1")
    wait("A-2")
    assert look() == [("A-2", "opening")]
    send("A-2")
    assert look(1) == []


def test_a_later_day_is_told_and_so_is_one_that_is_lost() -> None:
    inbound = order_in("LAMP", 5, "PO-1")
    wait()
    send()
    slip(inbound, 20)
    assert look(1) == [("A-1", "later")]
    events.cancel_rest(inbound, 5, cause())
    assert look(2) == [("A-1", "lost")]
    order_in("LAMP", 5, "PO-2")
    assert look(3) == []  # it comes on the day that was told


def test_an_earlier_day_is_told_if_it_is_much_earlier_and_nothing_was_told_for_a_week() -> None:
    inbound = order_in("LAMP", 5, "PO-1", days=40)
    wait()
    send()
    slip(inbound, 38)
    assert look(8 * DAY) == []
    slip(inbound, 37)
    assert look(6 * DAY) == []
    assert look(7 * DAY) == [("A-1", "earlier")]


def test_a_day_that_was_found_is_told_at_once() -> None:
    wait()
    send()
    order_in("LAMP", 5, "PO-1")
    assert look(1) == [("A-1", "found")]


def test_who_hears_nothing_is_told_that_nothing_has_changed_on_the_day_that_was_named() -> None:
    order_in("LAMP", 5, "PO-1", days=29)
    wait()
    send()
    assert Notice.objects.get().next_on == TODAY + timedelta(days=14)
    assert look(12 * DAY) == []
    assert look(13 * DAY) == [("A-1", "on_track")]  # its day may begin while we sleep


def test_news_keep_their_first_hour_and_change_begins_another() -> None:
    inbound = order_in("LAMP", 5, "PO-1")
    wait()
    look()
    first = draft()
    look(5)
    assert (draft().since, draft().changed_at) == (first.since, first.changed_at)
    slip(inbound, 20)
    look(8)
    assert (draft().since - NOON, draft().changed_at - NOON) == (timedelta(), timedelta(minutes=8))


def test_the_last_day_of_the_law_stands_at_the_draft() -> None:
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    look()
    assert (draft().kind, draft().tell_by, draft().zones) == (
        "opening",
        TODAY + timedelta(days=30),
        ["America/New_York", "America/Adak"],
    )


def test_what_did_not_arrive_was_not_told() -> None:
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    send()
    note_failure(Notice.objects.get(), by(0))
    assert look(1) == [("A-1", "opening")]


def test_what_a_law_wants_said_is_due_although_the_day_was_told() -> None:
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    told = [Revised(line_of("A-1"), TODAY + timedelta(days=45), frozenset())]
    note_notice(order_of("A-1"), told, Told(NOON, "phone"), by(0))
    assert (look(1), draft().tell_by) == ([("A-1", "required")], TODAY + timedelta(days=30))


def test_who_was_told_without_a_day_to_hear_again_hears_again_after_two_weeks() -> None:
    order_in("LAMP", 5, "PO-1", days=29)
    wait()
    told = [Revised(line_of("A-1"), TODAY + timedelta(days=29), frozenset())]
    note_notice(order_of("A-1"), told, Told(NOON, "phone"), by(0))
    assert [look(days * DAY) for days in (12, 13)] == [[], [("A-1", "on_track")]]


def test_a_delivery_between_the_first_and_the_last_that_moves_is_seen() -> None:
    order_in("LAMP", 1, "PO-1", days=5)
    middle = order_in("LAMP", 1, "PO-2", days=10)
    order_in("LAMP", 1, "PO-3", days=29)
    wait(units=3)
    send()
    assert look(1) == []
    slip(middle, 20)
    assert look(2) == [("A-1", "later")]


def test_an_order_that_is_over_or_not_paid_or_held_has_none() -> None:
    wait("A-1")
    wait("A-2")
    wait("A-3")
    assert len(look()) == 3
    drop("A-1", 2)
    set_payment_state(order_of("A-2"), "unpaid", cause())
    assert look(1) == [("A-3", "opening")]
    set_payment_state(order_of("A-2"), "paid", cause())
    assert look(2) == [("A-3", "opening"), ("A-2", "opening")]


def test_only_what_an_event_touches_is_looked_at_and_all_when_a_day_begins() -> None:
    wait("A-1")
    buy("A-2", ("TENT", 1))
    look()
    assert Look.objects.count() == 0
    note_looks(TODAY)
    assert Look.objects.count() == 0
    order_in("TENT", 1, "PO-1")
    note_looks(TODAY)
    assert list(Look.objects.values_list("order__number", flat=True)) == ["A-2"]
    note_looks(TODAY + timedelta(days=1))
    assert Look.objects.count() == 2


def test_other_rules_of_the_house_are_a_reason_to_look_at_all() -> None:
    order_in("LAMP", 5, "PO-1")
    wait("A-1")
    assert look() == [("A-1", "opening")]
    write_house(HOUSE + f"[sending]\nsince = {TODAY + timedelta(days=1)}\n", cause())
    assert look(1) == []
    slip(InboundLine.objects.get(), 45)
    assert look(2) == [("A-1", "required")]  # whatever the house says


def test_another_address_of_a_customer_is_used_at_once() -> None:
    wait()
    look()
    save_customers([CustomerFacts(MAIL, email="b@customers.example")], cause())
    look(1)
    assert draft().to == "b@customers.example"


def test_looking_at_many_orders_asks_no_more_than_at_one() -> None:
    open_house()
    order_in("LAMP", 50, "PO-1", days=45)
    asked = []
    for numbers in (["A-1"], [f"B-{number}" for number in range(8)]):
        for number in numbers:
            wait(number)
        note_looks(TODAY)
        with CaptureQueriesContext(connection) as queries:
            look_at_some(NOON)
        asked.append(len(queries))
    assert asked[0] == asked[1]
