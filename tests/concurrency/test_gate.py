"""Many at the gate at once, over connections of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.models import Backorder
from backorder.allocation.selectors import find_differences
from backorder.catalog.models import Component
from backorder.orders.models import Line, Order, Refusal
from backorder.orders.services import OrderError, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.supply.models import Level
from tests.allocation.shop import drop, line_of, standing, stock
from tests.allocation.test_acceptance import ask, rule
from tests.concurrency.test_stock import all_at_once
from tests.supply.shop import NOON, TODAY, cause, item

pytestmark = pytest.mark.django_db(transaction=True)

Buys = Callable[..., Callable[[], object]]


def buyer(number: str, *wanted: tuple[str, int]) -> Callable[[], object]:
    return lambda: ask(number, *wanted)


def buyer_elsewhere(number: str, *wanted: tuple[str, int]) -> Callable[[], object]:
    """At another server: who is in a transaction is served alone, and meets others in the database only."""
    return transaction.atomic(buyer(number, *wanted))


AT_ONE_SERVER_OR_MANY = pytest.mark.parametrize("buys", [buyer, buyer_elsewhere])


def count_ordered(sku: str = "LAMP") -> int:
    return sum(Line.objects.filter(item__sku=sku).values_list("quantity_open", flat=True))


def count_refused(sku: str = "LAMP") -> int:
    return sum(Refusal.objects.filter(item__sku=sku).values_list("quantity", flat=True))


@AT_ONE_SERVER_OR_MANY
def test_t1_of_50_buyers_of_49_units_exactly_one_is_refused(buys: Buys) -> None:
    rule("none")
    stock("LAMP", 49)
    assert all_at_once([buys(f"A-{number}", ("LAMP", 1)) for number in range(50)]) == [None] * 50
    assert (Order.objects.count(), count_ordered(), count_refused()) == (49, 49, 1)
    assert (Refusal.objects.get().reason, Backorder.objects.count()) == ("NOT_ON_HAND", 0)
    assert find_differences() == []


@AT_ONE_SERVER_OR_MANY
def test_t1_of_50_buyers_of_49_units_exactly_one_is_backordered_where_all_is_accepted(buys: Buys) -> None:
    rule("open")
    stock("LAMP", 49)
    assert all_at_once([buys(f"A-{number}", ("LAMP", 1)) for number in range(50)]) == [None] * 50
    assert (Order.objects.count(), count_refused(), Backorder.objects.count()) == (50, 0, 1)


def test_t4_changes_of_one_line_at_once_wait_for_one_another_and_all_count() -> None:
    stock("LAMP", 3)
    ask("A-1", ("LAMP", 10))
    line = line_of("A-1")
    acts: list[Callable[[], object]] = [lambda: drop("A-1", 1)] * 11
    raised = [str(error) for error in all_at_once(acts) if error]
    assert raised == ["order A-1 line 1: 0 units are open, not 1"]
    line.refresh_from_db()
    assert (line.quantity_cancelled, Entry.objects.filter(what="line.cancelled").count()) == (10, 10)
    assert Level.objects.get().allocated == 0


@AT_ONE_SERVER_OR_MANY
def test_t17_kits_and_components_bought_at_once_share_what_is_there(buys: Buys) -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    rule("none", None)
    stock("LAMP", 15)
    kits = [buys(f"K-{number}", ("SET", 1)) for number in range(8)]
    # An odd number of lamps: with all of them sold, what is left is whole pairs, so in whatever
    # order they come every unit finds a buyer.
    lamps = [buys(f"L-{number}", ("LAMP", 1)) for number in range(7)]
    assert all_at_once([*kits, *lamps]) == [None] * 15
    used = count_ordered("SET") * 2 + count_ordered()
    assert (used, Level.objects.get().allocated, Backorder.objects.count()) == (15, 15, 0)
    assert find_differences() == []


def test_t18_what_is_allocated_never_goes_below_nothing() -> None:
    stock("LAMP", 6)
    for number in range(6):
        ask(f"A-{number}", ("LAMP", 1))
    cancels = [lambda number=number: drop(f"A-{number}", 1) for number in range(6)]
    again = [lambda number=number: drop(f"A-{number}", 1) for number in range(6)]
    raised = [error for error in all_at_once([*cancels, *again]) if error]
    assert [type(error) for error in raised] == [OrderError] * 6
    assert (Level.objects.get().allocated, count_ordered()) == (0, 0)
    with pytest.raises(IntegrityError):
        Level.objects.update(allocated=-1)


@AT_ONE_SERVER_OR_MANY
def test_t21_the_item_on_two_lines_of_many_orders_at_once_is_counted_together(buys: Buys) -> None:
    rule("capped", cap=3)
    stock("LAMP", 10)
    orders = [buys(f"A-{number}", ("LAMP", 1), ("LAMP", 1)) for number in range(10)]
    assert all_at_once(orders) == [None] * 10
    assert (count_ordered(), count_refused()) == (13, 7)


@AT_ONE_SERVER_OR_MANY
def test_t23_of_50_buyers_40_are_accepted_by_a_cap_of_30_with_10_on_hand(buys: Buys) -> None:
    rule("capped", cap=30)
    stock("LAMP", 10)
    assert all_at_once([buys(f"A-{number}", ("LAMP", 1)) for number in range(50)]) == [None] * 50
    assert (Order.objects.count(), count_refused(), Backorder.objects.count()) == (40, 10, 30)


def test_one_number_at_once_for_two_items_is_one_order_and_one_error() -> None:
    for number in range(5):
        skus = (f"LAMP-{number}", f"SHADE-{number}")
        for sku in skus:
            item(sku)
        raised = all_at_once([buyer(f"A-{number}", (sku, 1)) for sku in skus])
        assert sorted(str(error) for error in raised) == ["None", f"there is an order A-{number} already"]
        assert Line.objects.filter(order__number=f"A-{number}").count() == 1


def test_a_hold_is_either_confirmed_or_expires() -> None:
    until = NOON + dt.timedelta(minutes=30)
    for number in range(8):
        name, sku = f"H-{number}", f"LAMP-{number}"
        stock(sku, 1)
        events.hold(name, [Wanted("1", item(sku), 1, TODAY)], Hold(until), cause())
        order = Order.objects.get(number=name)
        expire: Callable[[], object] = partial(events.expire_holds, Cause("clock", until))
        raised = all_at_once([partial(events.confirm, order, cause()), expire, expire])
        order.refresh_from_db()
        units = Line.objects.get(order=order).quantity_open
        if raised[0] is None:
            assert (raised, order.held_until, units) == ([None] * 3, None, 1)
            assert standing(name)[:3] == (1, 0, 0)
        else:
            assert [str(error) for error in raised] == [
                f"the hold {name} is over; place an order",
                "None",
                "None",
            ]
            assert (order.held_until, units) == (until, 0)
        ends = Entry.objects.filter(subjects__kind="order", subjects__key=name).exclude(what="order.held")
        assert ends.count() == 1


def test_more_of_one_line_and_new_orders_at_once_stay_inside_the_rule() -> None:
    rule("none")
    stock("LAMP", 12)
    ask("A-1", ("LAMP", 1))
    amend = [lambda: events.amend_line(line_of("A-1"), {"quantity": 8}, cause())] * 3
    orders = [buyer(f"B-{number}", ("LAMP", 2)) for number in range(5)]
    assert all_at_once([*amend, *orders]) == [None] * 8
    assert (count_ordered(), Backorder.objects.count()) == (12, 0)
    assert find_differences() == []
