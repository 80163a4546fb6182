"""What was paid twice is a fact of the payment, and what goes back of it of the refund: goodwill is neither."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.catalog.models import CustomerClass
from backorder.orders.services import OrderError
from backorder.payments.charging import charge_now
from backorder.payments.means import Kept, note_card
from backorder.payments.models import Attempt, Payment, Refund, RefundPart
from backorder.payments.selectors import read_twice
from tests.allocation.shop import line_of
from tests.care.paid import amounts, back, back_twice, cancel, open_house, order, pay, ways
from tests.fulfilment.shop import order_of
from tests.payments.charged import at, keep, list_twice, take, wanted
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db
SAID = "more came in than the order costs, for it was paid otherwise too: pay back what is too much"


def pay_twice(number: str = "A-1") -> None:
    """Let an order of 20.00 that is charged when it ships be paid ahead, and once more."""
    order(number, ("LAMP", 4, 5_00))
    note_card(order_of(number), Kept("pm_1", "cus_1"), at())
    for _ in range(2):
        pay(number, 20_00)


def test_who_pays_what_was_charged_is_listed_too(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge_now(order_of("A-1"), 20_00, "EUR", at())
    take()
    pay("A-1", 20_00)
    assert list(Payment.objects.order_by("id").values_list("way", "paid_twice")) == [
        ("stripe", 0),
        ("by_hand", 20_00),
    ]
    assert list_twice() == [("A-1", 20_00, "EUR")]


def test_of_an_order_that_is_not_charged_here_nobody_knows_what_it_costs() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 23_00)
    assert (Payment.objects.get().paid_twice, list_twice()) == (0, [])


def test_nor_of_one_without_prices_though_a_card_is_kept_for_it() -> None:
    order("A-1", ("LAMP", 4, 0))
    note_card(order_of("A-1"), Kept("pm_1", "cus_1"), at())
    pay("A-1", 20_00)
    assert (Payment.objects.get().paid_twice, list_twice()) == (0, [])


def test_goodwill_makes_what_was_paid_twice_no_smaller() -> None:
    pay_twice()
    back("A-1", 5_00, why="for the long wait")
    assert list_twice() == [("A-1", 20_00, "EUR")]
    back_twice("A-1", 12_00)
    assert list_twice() == [("A-1", 8_00, "EUR")]
    back_twice("A-1", 8_00, why="the rest of it")
    assert (list_twice(), read_twice(order_of("A-1"))) == ([], [])


def test_no_more_is_listed_than_is_held() -> None:
    pay_twice()
    back("A-1", 35_00, why="for the long wait")
    assert list_twice() == [("A-1", 5_00, "EUR")]


def test_what_was_paid_twice_goes_back_as_that_came_in(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge_now(order_of("A-1"), 20_00, "EUR", at())
    take()
    pay("A-1", 20_00)  # noted last, and paid before the card was charged
    assert ways(back_twice("A-1", 20_00)) == [("by_hand", 20_00, "waiting")]


def test_an_order_that_costs_more_by_now_is_listed_no_more() -> None:
    pay_twice()
    events.amend_line(line_of("A-1"), {"quantity": 9}, cause())
    assert list_twice() == []


def test_no_more_orders_are_added_up_than_are_listed() -> None:
    for row in range(1, 6):
        pay_twice(f"A-{row}")
    back_twice("A-1", 20_00)
    with CaptureQueriesContext(connection) as few:
        assert list_twice(1) == [("A-2", 20_00, "EUR")]
    with CaptureQueriesContext(connection) as many:
        assert list_twice(3) == [(f"A-{row}", 20_00, "EUR") for row in (2, 3, 4)]
    assert len(many) == len(few)
    events.amend_line(line_of("A-2"), {"quantity": 9}, cause())
    assert list_twice(1) == [("A-3", 20_00, "EUR")]


def test_what_was_cancelled_was_not_paid_twice() -> None:
    pay_twice()
    gone = cancel("A-1", 1)
    with pytest.raises(OrderError, match="what was cancelled was not paid twice"):
        back_twice("A-1", 5_00, [gone])
    twice = back_twice("A-1", 20_00)
    with pytest.raises(DatabaseError, match="pays for nothing that was cancelled"):
        RefundPart.objects.create(refund=twice, cancellation=gone)


@pytest.mark.parametrize("statement", ["payment SET paid_twice = 1", "refund SET paid_twice = FALSE"])
def test_nobody_changes_what_was_paid_twice(statement: str) -> None:
    pay_twice()
    back_twice("A-1", 20_00)
    with (
        pytest.raises(DatabaseError, match="a sum is changed by its rows only"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE payments_{statement}")


def test_goodwill_makes_the_share_of_what_is_cancelled_no_smaller() -> None:
    CustomerClass.objects.create(code="trade")
    open_house()
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 20_00)
    back("A-1", 4_00, why="for the long wait")
    cancel("A-1", 1)
    assert amounts() == [("A-1", 5_00)]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_older_than_the_program_keeps_what_was_paid_twice(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge_now(order_of("A-1"), 20_00, "EUR", at())
    take()
    pay("A-1", 20_00)
    for amount in (5_00, 20_00):
        back("A-1", amount, why="because")
    order("A-2", ("LAMP", 4, 5_00))
    pay("A-2", 20_00)
    for amount in (3_00, 17_00):
        back("A-2", amount, why="because")
    connection.check_constraints()
    try:
        call_command("migrate", "payments", "0004", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("UPDATE payments_attempt SET said = %s", [SAID])
            cursor.execute("SET session_replication_role = DEFAULT")
    finally:
        call_command("migrate", verbosity=0)
    assert Payment.objects.get(attempt__in=Attempt.objects.all()).paid_twice == 20_00
    rows = Refund.objects.order_by("id").values_list("order__number", "amount", "paid_twice")
    assert list(rows) == [
        ("A-1", 5_00, True),
        ("A-1", 20_00, True),
        ("A-2", 3_00, False),
        ("A-2", 17_00, False),
    ]
