"""What a law wants cancelled goes on its day: no grace of the house puts it off, and its money goes back by the day of the law."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backorder.care.clock.alone import cancel_alone
from backorder.care.house import write_house
from backorder.care.post.lookout import look_out
from backorder.care.refunds.alone import refund_alone
from backorder.orders.models import Cancellation
from backorder.orders.services import OrderError
from backorder.outbox.services import Cause
from backorder.payments.charging import charge_again, charge_now
from backorder.payments.models import Charge, Refund
from tests.care.letters import send, shop
from tests.care.paid import HOUSE, order, owed, pay
from tests.fulfilment.shop import order_of
from tests.payments.charged import at, keep, take
from tests.payments.conftest import stripe
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import NOON, cause

__all__ = ["shop", "stripe"]  # fixtures
CANCELLING = """
[cancelling]
mode = "on"
since = 2026-11-01
"""
T30 = 30
"""So many days after an order without a day its law wants it shipped, see rows B, D and E of the rule."""


@pytest.fixture(autouse=True)
def _cancels(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let rules cancel, and pay back by the last day that the law gives."""
    write_house(HOUSE + CANCELLING, cause())


def alone(days: float) -> int:
    """Look so many days later, and let rules cancel."""
    now = NOON + timedelta(days=days)
    look_out(lambda: now)
    return cancel_alone(lambda: now)


def gone() -> list[date]:
    """List on which days something was cancelled."""
    return [each.entry.at.date() for each in Cancellation.objects.order_by("id").select_related("entry")]


def test_who_was_not_told_is_cancelled_the_day_after_the_last_and_paid_back() -> None:
    """Row E: no valid notice in time, so the refund is due from the day after."""
    order("A-1", ("LAMP", 2, 5_00))
    pay("A-1", 10_00)
    assert [alone(days) for days in (T30 - 1, T30, T30 + 1, T30 + 2)] == [0, 0, 1, 0]
    assert gone() == [date(2026, 12, 25)]
    (one,) = owed(T30 + 1)
    assert (one.amount, one.due_by) == (10_00, date(2027, 1, 1))  # a week; the law gives seven working days
    assert refund_alone(lambda: NOON + timedelta(days=T30 + 1)) == 1
    assert Refund.objects.get().due_by == date(2027, 1, 1)


def test_who_did_not_agree_to_wait_without_a_day_is_cancelled_the_day_after_thirty_more() -> None:
    """Row D: told in time that there is no day, and silent."""
    order("A-1", ("LAMP", 2, 5_00))
    pay("A-1", 10_00)
    send(days=1)
    days = (T30 + 1, 2 * T30, 2 * T30 + 1, 2 * T30 + 2)
    assert [alone(each) for each in days] == [0, 0, 1, 0]
    assert gone() == [date(2027, 1, 24)]
    assert refund_alone(lambda: NOON + timedelta(days=2 * T30 + 1)) == 1


def test_the_grace_of_a_failed_charge_puts_off_nothing_that_a_law_wants_cancelled(stripe: Stripe) -> None:
    order("A-1", ("LAMP", 2, 5_00))
    keep(stripe, "card_declined")
    charge = charge_now(order_of("A-1"), 10_00, "EUR", at(T30 - 1))
    take(T30 - 1)
    charge = Charge.objects.get(pk=charge.pk)
    assert charge.keeps_until == NOON + timedelta(
        days=T30 - 1 + 7
    )  # its place is kept so long, no longer than its order
    assert [alone(days) for days in (T30, T30 + 1)] == [0, 1]
    assert gone() == [date(2026, 12, 25)]
    with pytest.raises(OrderError, match="call that charge off"):
        charge_again(charge, Cause("finance", NOON + timedelta(days=T30 + 2)), by_link=True)
