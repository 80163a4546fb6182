"""By when money goes back and by which law, what settles the law, and what a rule lets go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backorder.care.judging import judge_orders
from backorder.care.refunds.alone import refund_alone
from backorder.catalog.models import CustomerClass
from backorder.engine.consent import Sale
from backorder.orders.clearance import set_payment_state
from backorder.outbox.services import Cause
from backorder.payments.models import Refund
from backorder.payments.services import Paid, note_payment, stop
from tests.care.paid import amounts, back, cancel, mark_paid, open_house, order, owed, pay, send, ways
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause


@pytest.fixture(autouse=True)
def shop(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let there be a house that pays back."""
    CustomerClass.objects.create(code="trade")
    open_house()


@pytest.mark.parametrize(
    ("country", "due_by", "law"),
    [
        # the day after tomorrow is Thanksgiving; seven working days would end on 7 December
        ("US", date(2026, 12, 2), ""),
        ("DE", date(2026, 12, 2), ""),
    ],
)
def test_a_house_that_is_quicker_than_the_law_keeps_its_word(country: str, due_by: date, law: str) -> None:
    order("A-1", ("LAMP", 3, 10_00), country=country)
    mark_paid("A-1")
    cancel("A-1", 1)
    assert [(each.due_by, each.by_law) for each in owed()] == [(due_by, law)]


@pytest.mark.parametrize(
    ("country", "due_by", "law"),
    [
        ("US", date(2026, 12, 7), "us-federal"),
        ("DE", date(2026, 12, 9), "eu"),
        ("JP", date(2026, 12, 9), "elsewhere"),
    ],
)
def test_a_law_names_the_last_day(country: str, due_by: date, law: str) -> None:
    open_house(days='14\nserves = ["JP"]')  # as if it sold to no other country
    order("A-1", ("LAMP", 3, 10_00), country=country)
    mark_paid("A-1")
    cancel("A-1", 1)
    assert [(each.due_by, each.by_law) for each in owed()] == [(due_by, law)]


def test_the_days_of_a_law_are_counted_from_each_cancellation() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    mark_paid("A-1")
    cancel("A-1", 1, days=1)
    cancel("A-1", 2, days=5)
    (both,) = owed(5)
    assert (len(both.cancellations), both.due_by) == (2, date(2026, 12, 2))


def test_nothing_is_looked_at_before_the_house_says_so() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    mark_paid("A-1")
    cancel("A-1", 1)
    open_house(since="2026-11-26")
    assert amounts() == []
    assert owed(1, "A-1") == []
    open_house(mode='"off"')
    assert amounts() == []
    assert [each.amount for each in owed(1, "A-1")] == [10_00]  # who asks for an order sees it


def test_the_law_is_settled_once_the_money_has_left() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    pay("A-1", 30_00)
    gone = cancel("A-1", 3)
    assert states_of_all("A-1") == [(3, "refund_due")]
    refund = back("A-1", 30_00, [gone])
    assert states_of_all("A-1") == [(3, "refund_due")]
    send(refund)
    assert states_of_all("A-1", 3) == [(3, "settled")]
    assert states_of_all("A-1", 1) == [(3, "refund_due")]


def test_a_deposit_counts_as_money_that_was_taken() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    set_payment_state(order_of("A-1"), "unpaid", cause())
    assert sale("A-1").paid_at is None
    pay("A-1", 5_00)
    assert sale("A-1").paid_at == NOON
    gone = cancel("A-1", 3)
    assert states_of_all("A-1") == [(3, "refund_due")]
    assert amounts() == [("A-1", 5_00)]
    send(back("A-1", 5_00, [gone]))
    assert states_of_all("A-1", 3) == [(3, "settled")]


def test_money_was_taken_when_it_came_in_and_not_when_that_was_noted() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    set_payment_state(order_of("A-1"), "unpaid", cause())
    later = Cause("finance", NOON + timedelta(days=9))
    note_payment(order_of("A-1"), Paid("by_hand", 30_00, "EUR", NOON + timedelta(days=2)), later)
    assert sale("A-1").paid_at == NOON + timedelta(days=2)


def sale(number: str) -> Sale:
    """Read what was agreed on the first line."""
    return judge_orders([order_of(number)], NOON + timedelta(days=20), every=True)[0].facts.sale


def test_the_law_is_settled_once_it_was_found_that_nothing_was_paid() -> None:
    order("A-1", ("LAMP", 3, 10_00))
    gone = cancel("A-1", 2)
    assert states_of_all("A-1") == [(2, "refund_due"), (1, "late")]
    back("A-1", 0, [gone], why="it was to be paid on delivery")
    assert states_of_all("A-1") == [(2, "settled"), (1, "late")]


def states_of_all(number: str, days: int = 2) -> list[tuple[int, str]]:
    """List units and states of every line."""
    judged = judge_orders([order_of(number)], NOON + timedelta(days=days), every=True)
    return [(each.quantity, each.state) for one in judged for each in one.asked.verdicts]


def alone(days: float = 1) -> int:
    return refund_alone(lambda: NOON + timedelta(days=days))


def test_a_rule_lets_small_amounts_go() -> None:
    for number, price in (("A-1", 40_00), ("A-2", 40_01), ("A-3", 0)):
        order(number, ("LAMP", 1, price))
        mark_paid(number)
        cancel(number, 1)
    assert alone() == 1
    refund = Refund.objects.get()
    assert (refund.order.number, refund.amount, refund.entry.who) == ("A-1", 40_00, "autopilot")
    assert (refund.entry.why, refund.due_by) == ("by a rule of the house", date(2026, 12, 2))
    assert ways(refund) == [("by_hand", 40_00, "waiting")]
    assert alone() == 0


def test_of_more_than_a_days_number_none_goes() -> None:
    for row in range(3):
        order(f"A-{row}", ("LAMP", 2, 1_00))
        mark_paid(f"A-{row}")
        cancel(f"A-{row}", 1)
    assert alone() == 0
    back("A-0", 1_00, owed(1, "A-0")[0].cancellations)
    assert alone() == 2
    cancel("A-1", 1)
    assert alone() == 0  # the day's number has gone
    assert alone(2) == 1


def test_no_limit_of_the_house_holds_back_what_a_law_wants_sent() -> None:
    open_house(alone_each_day="0", days="3")
    for number in ("A-1", "A-2"):
        order(number, ("LAMP", 1, 1_00))
        mark_paid(number)
    cancel("A-1", 1)
    cancel("A-2", 1, days=4)
    (first, second) = owed(4)
    assert (first.due_by, first.law_by) == (date(2026, 11, 28), date(2026, 12, 7))
    assert (second.due_by, second.law_by) == (date(2026, 12, 1), date(2026, 12, 8))
    assert (alone(10), alone(11)) == (0, 1)  # two days before the last; the day of the house is its choice
    assert [refund.order.number for refund in Refund.objects.all()] == ["A-1"]


def test_no_rule_lets_anything_go_in_the_shadow_or_once_it_was_stopped() -> None:
    order("A-1", ("LAMP", 1, 1_00))
    mark_paid("A-1")
    cancel("A-1", 1)
    stop(cause(), stopped=True)
    assert alone() == 0
    stop(cause(), stopped=False)
    open_house(mode='"shadow"')
    assert alone() == 0
    open_house()
    assert alone() == 1
