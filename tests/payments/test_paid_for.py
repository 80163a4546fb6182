"""What counts as paid: one rule for whether an order is paid, and for how much of it may still be charged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backorder.allocation import events
from backorder.care.incentives.giving import give
from backorder.catalog.models import CustomerClass
from backorder.orders.clearance import set_payment_state
from backorder.outbox.services import Cause
from backorder.payments.charging import charge_now
from backorder.payments.means import Kept, note_card, note_held
from backorder.payments.models import Total
from backorder.payments.providers import Held
from backorder.payments.shares import find_open, find_whole_cost
from tests.allocation.shop import line_of, order_in, slip
from tests.care.paid import back, back_twice, cancel, order, pay
from tests.care.thanked import numbers, open_house, wait
from tests.fulfilment.shop import order_of
from tests.payments.charged import UNTIL, at, keep, ship, take, wanted
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import NOON, cause

pytestmark = pytest.mark.django_db
(ONE,) = numbers(1, control=False)
THANKED = Cause("service", NOON + timedelta(days=1))


@pytest.fixture(autouse=True)
def _shop(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let there be what the rules of the house name."""
    CustomerClass.objects.create(code="trade")


def test_thanks_are_no_money_that_is_missing() -> None:
    open_house()
    wait(ONE)
    assert give(order_of(ONE), "ten days", THANKED).manner == "refund"
    events.amend_line(line_of(ONE), {"quantity": 5}, cause())
    set_payment_state(order_of(ONE), "unpaid", cause())
    pay(ONE, 9_99, "more")
    assert order_of(ONE).payment_state == "unpaid"
    pay(ONE, 1, "the rest")
    assert order_of(ONE).payment_state == "paid"


def test_who_got_something_back_for_nothing_has_paid_all_once_the_rest_is_charged(stripe: Stripe) -> None:
    wanted()
    pay("A-1", 4_00)
    keep(stripe)
    back("A-1", 1_00, why="we are sorry")
    charge = ship()
    assert charge is not None
    assert charge.amount == 16_00  # goodwill is not taken again
    take(2)
    assert order_of("A-1").payment_state == "paid"


def test_a_payment_that_went_back_whole_was_none_and_what_ships_is_charged(stripe: Stripe) -> None:
    wanted()
    pay("A-1", 15_00)
    keep(stripe)
    back_twice("A-1", 15_00, why="the card was another's")
    assert find_open(order_of("A-1"), "EUR") == 20_00
    charge = ship()
    assert charge is not None
    assert charge.amount == 20_00


def test_goodwill_as_large_as_a_payment_is_goodwill_and_nothing_is_charged_for_it(stripe: Stripe) -> None:
    wanted()
    pay("A-1", 15_00)
    keep(stripe)
    back("A-1", 15_00, why="for the long wait")
    assert find_open(order_of("A-1"), "EUR") == 5_00
    charge = ship()
    assert charge is not None
    assert charge.amount == 5_00


def test_thanks_as_large_as_a_payment_leave_an_order_paid() -> None:
    open_house()
    wait(ONE, paid=36_00)
    pay(ONE, 4_00, "the rest")
    assert give(order_of(ONE), "ten days", THANKED).amount == 4_00
    set_payment_state(order_of(ONE), "unpaid", cause())
    pay(ONE, 1, "a cent")
    assert order_of(ONE).payment_state == "paid"


def test_what_went_back_for_what_was_cancelled_was_not_paid() -> None:
    order("A-1", ("LAMP", 4, 5_00))
    pay("A-1", 15_00)
    back("A-1", 5_00, [cancel("A-1", 1)])
    pay("A-1", 4_99, "more")
    assert order_of("A-1").payment_state == "not_needed"
    pay("A-1", 1, "the rest")
    assert order_of("A-1").payment_state == "paid"


def thank_who_pays_later() -> None:
    """Let an order of 40.00 that is charged at shipment cost 4.00 less, for the wait."""
    open_house()
    inbound = order_in("LAMP", 100, "PO-1")
    order(ONE, ("LAMP", 4, 10_00))
    note_card(order_of(ONE), Kept("pm_1", "cus_1"), at())
    slip(inbound, 22)
    assert give(order_of(ONE), "ten days", THANKED).manner == "credit"
    assert find_whole_cost(order_of(ONE), "EUR") == 36_00


def test_a_credit_stays_whatever_is_noted_later_without_a_cost() -> None:
    thank_who_pays_later()
    note_card(order_of(ONE), Kept("pm_2", "cus_1"), at(2))
    note_held(order_of(ONE), Held("pi_9", 40_00, "EUR", UNTIL), at(2))
    assert find_whole_cost(order_of(ONE), "EUR") == 36_00
    charge_now(order_of(ONE), 36_00, "EUR", at(2))
    assert find_open(order_of(ONE), "EUR") == 0


def test_who_says_later_what_all_of_it_costs_says_it_with_the_credit_in_it() -> None:
    thank_who_pays_later()
    note_card(order_of(ONE), Kept("pm_2", "cus_1"), at(2), 41_00)
    assert find_whole_cost(order_of(ONE), "EUR") == 41_00
    rows = Total.objects.order_by("id").values_list("amount", flat=True)
    assert list(rows) == [40_00, 36_00, 41_00]  # each stays to be read
