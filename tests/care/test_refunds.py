"""What is owed for what was cancelled: how much, by when and by which law, and what of it a rule lets go."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.care.judging import judge_orders
from backorder.care.refunds.alone import refund_alone
from backorder.care.refunds.letting import let_owed_back
from backorder.care.refunds.owed import divide
from backorder.catalog.models import CustomerClass, Item
from backorder.engine.consent import Sale
from backorder.orders.clearance import set_payment_state
from backorder.orders.services import Buyer, Wanted
from backorder.outbox.services import Cause
from backorder.payments.models import Refund
from backorder.payments.services import Paid, note_payment, stop
from tests.allocation.shop import stock
from tests.care.paid import amounts, back, cancel, mark_paid, open_house, order, owed, pay, send, ways
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
    number = f"H-{Refund.objects.count()}-{Cause('x', NOON).at.timestamp()}-{data.draw(st.uuids())}"
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
    assert alone() == 1


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
