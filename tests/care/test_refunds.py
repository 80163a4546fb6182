"""What is owed for what was cancelled: how much, in which currency."""

from __future__ import annotations

import itertools
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.care.refunds.alone import refund_alone
from backorder.care.refunds.letting import let_owed_back
from backorder.catalog.models import CustomerClass, Item
from backorder.money import divide
from backorder.orders.services import Buyer, Wanted
from backorder.outbox.services import Cause
from tests.allocation.shop import stock
from tests.care.paid import amounts, back, cancel, mark_paid, open_house, order, owed, pay, send
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import NOON, cause, item


@pytest.fixture(autouse=True)
def shop(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let there be a house that pays back."""
    CustomerClass.objects.create(code="trade")
    open_house()


def test_what_was_cancelled_of_a_paid_order_is_owed_at_its_price() -> None:
    order("A-1", ("LAMP", 4, 5_00), ("SHADE", 2, 3_50))
    order("A-2", ("LAMP", 4, 5_00))
    mark_paid("A-1")
    assert amounts() == []
    cancel("A-1", 3)
    cancel("A-1", 1, "2")
    cancel("A-2", 1)  # nobody paid for it
    assert amounts() == [("A-1", 18_50)]


def test_each_unit_has_its_share_of_what_was_paid() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    pay("A-1", 34_99)  # shipping is in it
    cancel("A-1", 1)
    assert amounts() == [("A-1", 11_66)]
    cancel("A-1", 1)
    assert amounts() == [("A-1", 23_33)]


def test_of_a_discount_each_unit_has_its_share_too() -> None:
    order("A-1", ("LAMP", 4, 10_00))
    pay("A-1", 30_00)
    mark_paid("A-1")
    cancel("A-1", 1)
    assert amounts() == [("A-1", 7_50)]


def test_when_nothing_is_left_of_an_order_all_that_is_left_of_the_money_goes_back() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    pay("A-1", 35_00)
    back("A-1", 11_67, [cancel("A-1", 1)])
    cancel("A-1", 1)
    assert amounts() == [("A-1", 11_67)]
    cancel("A-1", 1)
    assert amounts() == [("A-1", 23_33)]
    back("A-1", 23_33, owed()[0].cancellations)
    assert amounts() == []


def test_what_was_shipped_stays_paid() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    pay("A-1", 35_00)
    stock("LAMP", 1)
    release("A-1")
    ship("A-1", 1)
    cancel("A-1", 2)
    assert amounts() == [("A-1", 23_33)]


def test_a_payment_that_comes_after_the_cancellation_goes_back() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    cancel("A-1", 3, days=0)
    assert amounts() == []
    pay("A-1", 30_00)
    assert amounts() == [("A-1", 30_00)]


def test_how_much_is_a_persons_to_say_where_prices_do_not() -> None:
    order("A-1", ("LAMP", 3, 0))
    mark_paid("A-1")
    cancel("A-1", 1)
    assert amounts() == [("A-1", None)]
    Item.objects.create(sku="BOWL", currency="JPY")
    order("A-2", ("SHADE", 3, 1_00), ("BOWL", 3, 100))
    mark_paid("A-2")
    cancel("A-2", 1)
    assert amounts() == [("A-1", None), ("A-2", 1_00)]


def test_of_a_business_the_house_keeps_what_it_says() -> None:
    trade = CustomerClass.objects.get(code="trade")
    order("A-1", ("LAMP", 3, 10_00), buyer=Buyer(customer_class=trade))
    pay("A-1", 30_00)
    cancel("A-1", 1)
    assert amounts() == [("A-1", 8_50)]
    cancel("A-1", 2)
    assert amounts() == [("A-1", 25_50)]


def test_what_is_owed_is_read_in_as_many_statements_however_many_orders() -> None:
    counts = []
    for first, last in ((0, 2), (2, 9)):
        for row in range(first, last):
            order(f"A-{row}", ("LAMP", 2, 1_00), ("SHADE", 1, 1_00))
            pay(f"A-{row}", 3_00)
            cancel(f"A-{row}", 1)
        with CaptureQueriesContext(connection) as asked:
            assert len(owed()) == last
        counts.append(len(asked))
    assert counts[0] == counts[1]


NUMBERS = itertools.count(1)


@given(st.integers(0, 10**15), st.integers(1, 10**9))
def test_half_a_minor_unit_is_one(amount: int, by: int) -> None:
    assert divide(amount, by) == int(Fraction(amount, by) + Fraction(1, 2))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9_99)), min_size=1, max_size=3),
    st.lists(st.integers(1, 60_00), min_size=0, max_size=2),
    st.data(),
)
def test_whatever_is_cancelled_no_more_than_was_paid_and_in_the_end_all_of_it_goes_back(
    lines: list[tuple[int, int]], paid: list[int], data: st.DataObject
) -> None:
    number = f"H-{next(NUMBERS)}"
    order(number, *((f"I-{row}", units, price) for row, (units, price) in enumerate(lines)))
    for amount in paid:
        pay(number, amount)
    mark_paid(number)
    open_units = [units for units, _ in lines]
    held = Fraction(sum(paid))
    while any(open_units):
        row = data.draw(st.sampled_from([row for row, units in enumerate(open_units) if units]))
        units = data.draw(st.integers(1, open_units[row]))
        cancel(number, units, str(row + 1))
        open_units[row] -= units
        (found,) = owed(1, number)
        stays = sum(left * price for left, (_, price) in zip(open_units, lines, strict=True))
        price = units * lines[row][1]
        if paid and not any(open_units):
            assert found.amount == held
        elif not paid:
            assert found.amount == (price or None)
        elif not stays + price:
            assert found.amount is None
        else:
            assert found.amount == int(held * price / (stays + price) + Fraction(1, 2))
        let_owed_back(
            order_of(number), found.mark, Cause("x", NOON + timedelta(days=1), "so"), found.amount or 0
        )
        held -= found.amount or 0
    if paid:
        assert held == 0


def test_units_that_were_cancelled_before_somebody_paid_were_not_paid() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    cancel("A-1", 2, days=0)
    pay("A-1", 10_00)
    assert amounts() == [("A-1", 0)]
    cancel("A-1", 1)
    assert amounts() == [("A-1", 5_00)]
    order("A-2", ("LAMP", 4, 5_00))
    cancel("A-2", 2, days=0)
    mark_paid("A-2")
    assert amounts()[-1] == ("A-2", None)
    assert refund_alone(lambda: NOON + timedelta(days=1)) == 1


def test_units_that_were_added_after_somebody_paid_were_not_paid() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 20_00)
    events.add_line(order_of("A-1"), Wanted("2", item("SHADE"), 2, NOON.date(), unit_price=5_00), cause())
    cancel("A-1", 2, "2")
    assert amounts() == [("A-1", 0)]
    cancel("A-1", 1)
    assert amounts() == [("A-1", 5_00)]


def test_of_a_deposit_only_what_is_too_much_goes_back() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 10_00)
    cancel("A-1", 1)
    assert amounts() == [("A-1", 0)]
    cancel("A-1", 2)
    assert amounts() == [("A-1", 5_00)]


def test_what_somebody_decided_to_keep_stays_kept() -> None:
    order("A-1", ("LAMP", 2, 10_00))
    pay("A-1", 20_00)
    cancel("A-1", 1)
    by = Cause("finance", NOON + timedelta(days=1), "paid back in cash")
    let_owed_back(order_of("A-1"), owed()[0].mark, by, 0)
    cancel("A-1", 1)
    assert amounts() == [("A-1", 10_00)]


def test_what_went_back_before_its_payment_was_noted_is_not_owed_again() -> None:
    order("A-1", ("LAMP", 2, 10_00))
    mark_paid("A-1")
    send(back("A-1", 10_00, [cancel("A-1", 1)]))
    pay("A-1", 20_00)
    cancel("A-1", 1, days=3)
    assert amounts(3) == [("A-1", 10_00)]


def test_each_currency_is_owed_by_itself() -> None:
    Item.objects.create(sku="BOWL", currency="JPY")
    order("A-1", ("LAMP", 1, 5_00), ("BOWL", 1, 300))
    mark_paid("A-1")
    cancel("A-1", 1)
    cancel("A-1", 1, "2")
    assert sorted((each.currency, each.amount) for each in owed()) == [("EUR", 5_00), ("JPY", 300)]


def test_where_nobody_noted_a_payment_a_person_says_what_goes_back() -> None:
    order("A-1", ("LAMP", 2, 10_00))
    cancel("A-1", 1)
    assert amounts() == []
    (found,) = owed(1, "A-1")
    assert found.amount is None
    let_owed_back(
        order_of("A-1"), found.mark, Cause("finance", NOON + timedelta(days=1), "pays on delivery"), 0
    )
    assert owed(1, "A-1") == []


def test_a_payment_for_a_hold_that_is_over_goes_back() -> None:
    events.hold(
        "H-1",
        [Wanted("1", item(), 2, NOON.date(), unit_price=5_00)],
        Hold(NOON + timedelta(hours=1), may_wait=True),
        cause(),
    )
    events.expire_holds(Cause("clock", NOON + timedelta(hours=2)))
    pay("H-1", 10_00)
    assert amounts() == [("H-1", 10_00)]
