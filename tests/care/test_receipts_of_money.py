"""Receipts of money: what is promised when something is cancelled, and what is said when it left."""

from __future__ import annotations

import pytest

from backorder.care.house import write_house
from backorder.care.models import Message
from backorder.catalog.models import CustomerClass
from backorder.orders.services import Buyer
from backorder.payments.transfers import note_returned, note_sent
from tests.care.paid import HOUSE, back, cancel, order, pay
from tests.care.post import Box, box, name_mail
from tests.care.receipts import RECEIPTS, confirm, note, plain
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

__all__ = ["box"]  # a fixture
pytestmark = pytest.mark.django_db
DAY = 24 * 60
LATER = 3 * DAY


@pytest.fixture(autouse=True)
def _sends(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let the house send, and pay back."""
    CustomerClass.objects.create(code="trade")
    write_house(HOUSE + RECEIPTS, cause())


def buy(number: str = "A-1", buyer: Buyer | None = None, country: str = "US") -> None:
    """Let somebody buy lamps and a tent."""
    order(number, ("LAMP", 4, 1000), ("TENT", 1, 9000), buyer=buyer, country=country)
    name_mail(number)
    note()


def body(box: Box, place: int = -1) -> list[str]:
    """Read what a mail says between its greeting and whom to ask."""
    return plain(box.came[place]).split("\n\n")[1:-2]


def test_what_was_paid_comes_back_in_part_by_the_day_of_the_law(box: Box) -> None:
    buy()
    pay("A-1", 13000)
    cancel("A-1", 2, days=0)
    confirm()
    assert body(box) == [
        "This was cancelled on 24 November 2026, 07:00 (UTC-5):",
        "- 2 × LAMP",
        "For what was cancelled we send 20.00 EUR back by 1 December 2026.",
        "This is still to come, as it stands on 24 November 2026, 07:01 (UTC-5):",
        "- 2 × LAMP: we cannot name a day yet.\n- 1 × TENT: we cannot name a day yet.",
    ]


def test_what_somebody_has_decided_meanwhile_is_said_as_it_was_decided(box: Box) -> None:
    buy()
    pay("A-1", 13000)
    cancelled = cancel("A-1", 2, days=0)
    refund = back("A-1", 1500, [cancelled], days=0)
    confirm()
    assert [said for said in body(box) if "EUR" in said] == ["15.00 EUR are on their way back to you."]
    assert refund.due_by is None


def test_a_business_hears_what_the_house_says(box: Box) -> None:
    buy(buyer=Buyer(customer_class=CustomerClass.objects.get(code="trade")))
    pay("A-1", 13000)
    cancel("A-1", 2, days=0)
    confirm()
    assert [said for said in body(box) if "EUR" in said] == [
        "For what was cancelled we send 17.00 EUR back by 1 December 2026."
    ]


def test_money_that_left_is_told_with_amount_day_where_to_and_for_what(box: Box) -> None:
    buy()
    pay("A-1", 13000)
    refund = back("A-1", 2000, [cancel("A-1", 2)])
    note(2 * DAY)
    (transfer,) = refund.transfers.all()
    at = type(cause())("finance", NOON.replace(day=26))
    note_sent(transfer, at.at, at, label="account ending in 42")
    assert confirm(LATER) == 2  # what was cancelled, and this
    assert [mail["Subject"] for mail in box.came] == [
        "Your order A-1: cancelled: 2 × LAMP",
        "Your order A-1: 20.00 EUR sent back to you",
    ]
    assert body(box) == [
        "We sent 20.00 EUR back to you on 26 November 2026, to account ending in 42.",
        "It is for what was cancelled:",
        "- 2 × LAMP",
    ]
    assert "EUR" not in plain(box.came[0])
    assert confirm(LATER + 1) == 0


def test_a_refund_that_leaves_on_two_ways_is_one_receipt(box: Box) -> None:
    buy(country="DE")
    pay("A-1", 10000)
    pay("A-1", 3000)
    refund = back("A-1", 11000, [cancel("A-1", 1, "2"), cancel("A-1", 2)])
    note(2 * DAY)
    at = type(cause())("finance", NOON.replace(day=26))
    first, second = refund.transfers.order_by("id")
    note_sent(first, at.at, at)
    assert confirm(LATER) == 2
    assert box.came[-1]["Subject"] == f"Your order A-1: {first.amount // 100}.00 EUR sent back to you"
    assert body(box)[:3] == [
        f"We sent {first.amount // 100}.00 EUR back to you on 26 November 2026.",
        "It is a part of 110.00 EUR that you get back.",
        "It is for what was cancelled:",
    ]
    note_sent(second, at.at, at)
    assert (confirm(LATER + 1), Message.objects.filter(kind="refunded").count()) == (1, 2)


def test_money_that_did_not_arrive_is_no_news_for_its_customer(box: Box) -> None:
    buy()
    pay("A-1", 13000)
    refund = back("A-1", 2000, [cancel("A-1", 2)])
    confirm(2 * DAY)
    (transfer,) = refund.transfers.all()
    note_returned(transfer, "no such account", type(cause())("finance", NOON.replace(day=27)))
    assert (confirm(LATER), len(box.came)) == (0, 1)
    assert order_of("A-1").refunds.count() == 1
