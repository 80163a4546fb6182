"""What customers have in writing of charges: what is to be charged when it ships, and what could not be taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.care.charges.announcing import announce_charges
from backorder.care.house import parse_house, write_house
from backorder.care.models import Message
from backorder.care.post.messages import stop
from backorder.faults import FaultyInputError
from backorder.orders.clearance import set_payment_state
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.payments.means import Kept, note_card
from backorder.payments.models import Charge
from backorder.supply.models import InboundLine
from tests.allocation.shop import line_of, order_in, slip, take_in
from tests.care.paid import order, pay
from tests.care.post import Box, box, name_mail, post
from tests.care.receipts import confirm, note, plain
from tests.fulfilment.shop import order_of
from tests.payments.charged import keep, ship, take, wanted
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["box"]  # a fixture
pytestmark = pytest.mark.django_db
SENDS = """
[seller]
place = "US"
[letters]
mail = "help@lamps.example"
[sending]
mode = "on"
receipts = ["charge_ahead", "charge_failed"]
[charges]
announce_days = 5
"""
DAY = 24 * 60


@pytest.fixture(autouse=True)
def _house(db: None) -> Iterator[None]:  # noqa: ARG001 - gives the database
    """Let the house tell of charges."""
    write_house(SENDS, cause())
    with override_settings(URL="https://lamps.example"):
        yield


def go_on(days: float) -> None:
    """Let days pass, and see what is to be told."""
    announce_charges(lambda: NOON + timedelta(days=days))
    confirm(days * DAY)


def kinds() -> list[tuple[str, str]]:
    """List messages: of which kind, and how they ended."""
    return list(Message.objects.order_by("id").values_list("kind", "outcome"))


def test_a_charge_that_failed_is_told_once_with_amount_and_how_long_the_place_is_kept(
    box: Box, stripe: Stripe
) -> None:
    wanted()
    keep(stripe, "card_declined")
    name_mail()
    note()
    ship()
    take()
    for minute in (1, 2):
        confirm(DAY + minute)
    (mail,) = box.came
    assert (kinds(), mail["Subject"]) == (
        [("charge_failed", "sent")],
        "Your order A-1: we could not take 20.00 EUR",
    )
    said = plain(mail)
    assert "We could not take 20.00 EUR from your card." in said
    assert "Your order keeps its place until 2 December 2026." in said
    assert "Please give us another card, or ask us how else you can pay." in said


def test_who_is_asked_by_their_bank_hears_where_to_pay(box: Box, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    name_mail()
    note()
    ship()
    take()
    confirm(DAY + 1)
    (mail,) = box.came
    said = plain(mail)
    assert "Your bank wants to ask you first: pay on the page of your order." in said
    assert "See here how your order stands today: https://lamps.example/o/" in said


def test_what_was_taken_is_no_news(box: Box, stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    name_mail()
    note()
    ship()
    take()
    confirm(DAY + 1)
    assert box.came == []


def wait_for_lamps(stripe: Stripe) -> object:
    """Let a customer with a card wait for lamps that come in ten days."""
    inbound = order_in("LAMP", 9, "PO-1", days=10)
    order("A-1", ("LAMP", 4, 5_00))
    keep(stripe)
    name_mail()
    note()
    return inbound


def test_what_is_to_be_charged_is_told_some_days_before_and_once(box: Box, stripe: Stripe) -> None:
    wait_for_lamps(stripe)
    assert line_of("A-1").standing.planned_on == TODAY + timedelta(days=10)
    go_on(4)
    assert box.came == []
    for days in (5, 5.01, 6, 7):
        go_on(days)
    (mail,) = box.came
    assert (kinds(), mail["Subject"]) == (
        [("charge_ahead", "sent")],
        "Your order A-1: 20.00 EUR to be charged when it ships",
    )
    said = plain(mail)
    assert "We plan to ship on 4 December 2026, and charge 20.00 EUR to your card then." in said
    assert "Nothing is charged before it ships." in said
    entry = Entry.objects.get(what="charge.announced")
    assert (entry.who, entry.facts) == ("autopilot", {"on": "2026-12-04", "amounts": {"EUR": 20_00}})


def test_another_day_is_told_anew_with_what_it_costs_then(box: Box, stripe: Stripe) -> None:
    inbound = wait_for_lamps(stripe)
    go_on(5)
    events.cancel_line(line_of("A-1"), 1, cause())
    slip(inbound, 12)  # type: ignore[arg-type] # as it was made
    go_on(6)
    assert len(box.came) == 1
    go_on(8)
    assert box.came[1]["Subject"] == "Your order A-1: 15.00 EUR to be charged when it ships"


def test_more_on_the_same_day_is_told_anew_and_less_is_not(box: Box, stripe: Stripe) -> None:
    wait_for_lamps(stripe)
    go_on(5)
    events.amend_line(line_of("A-1"), {"quantity": 6}, cause())
    go_on(6)
    events.cancel_line(line_of("A-1"), 1, cause())
    go_on(7)
    assert [mail["Subject"] for mail in box.came] == [
        "Your order A-1: 20.00 EUR to be charged when it ships",
        "Your order A-1: 30.00 EUR to be charged when it ships",
    ]


def wait_for_two(stripe: Stripe, paid: int = 15_00) -> list[InboundLine]:
    """Let a customer with a card, who paid some of it ahead, wait for lamps in ten days and for shades in twelve."""
    inbound = [order_in("LAMP", 4, "PO-1", days=10), order_in("SHADE", 4, "PO-2", days=12)]
    order("A-1", ("LAMP", 4, 5_00), ("SHADE", 4, 5_00))
    pay("A-1", paid)
    keep(stripe)
    name_mail()
    note()
    return inbound


def test_two_charges_within_the_days_are_told_together_and_are_what_is_charged(
    box: Box, stripe: Stripe
) -> None:
    inbound = wait_for_two(stripe)
    for days in (7, 8, 9):
        go_on(days)
    (mail,) = box.came
    assert mail["Subject"] == "Your order A-1: 25.00 EUR to be charged when it ships"
    said = plain(mail)
    assert "We plan to ship on 4 December 2026, and charge 5.00 EUR to your card then." in said
    assert "We plan to ship on 6 December 2026, and charge 20.00 EUR to your card then." in said
    entry = Entry.objects.get(what="charge.announced")
    assert entry.facts == {
        "on": "2026-12-04",
        "amounts": {"EUR": 5_00},
        "then": [{"on": "2026-12-06", "amounts": {"EUR": 20_00}}],
    }
    for row in inbound:
        take_in(row, 4)
        ship()
        go_on(9.5)
    assert list(Charge.objects.order_by("id").values_list("amount", flat=True)) == [5_00, 20_00]
    assert len(box.came) == 1


def test_a_second_day_that_comes_within_the_days_later_is_told_with_the_first(
    box: Box, stripe: Stripe
) -> None:
    wait_for_two(stripe, 1)
    for days in (5, 6, 7):
        go_on(days)
    assert [mail["Subject"] for mail in box.came] == [
        "Your order A-1: 19.99 EUR to be charged when it ships",
        "Your order A-1: 39.99 EUR to be charged when it ships",
    ]


def wait_for_what_is_paid(*numbers: str) -> None:
    """Let orders wait for lamps that were paid ahead, and come in ten days."""
    order_in("LAMP", 4 * len(numbers), f"PO-{numbers[0]}", days=10)
    for number in numbers:
        order(number, ("LAMP", 4, 5_00), ("SHADE", 1, 5_00))
        pay(number, 20_00)
        note_card(order_of(number), Kept("pm_1", "cus_1"), cause())


def look() -> list[str]:
    """See what is to be told of charges; gives the statements that it takes."""
    with CaptureQueriesContext(connection) as asked:
        announce_charges(lambda: NOON + timedelta(days=7))
    return [each["sql"] for each in asked]


def test_orders_of_which_nothing_is_charged_on_their_day_are_read_together_and_not_locked() -> None:
    wait_for_what_is_paid("A-1")
    one = look()
    wait_for_what_is_paid("A-2", "A-3")
    three = look()
    assert (len(three), [each for each in three if "FOR NO KEY UPDATE" in each]) == (len(one), [])
    assert not Entry.objects.filter(what="charge.announced").exists()
    events.amend_line(line_of("A-2"), {"quantity": 5}, cause())
    order_in("LAMP", 1, "PO-9", days=10)
    look()
    entry = Entry.objects.get(what="charge.announced")
    assert entry.facts == {"on": "2026-12-04", "amounts": {"EUR": 5_00}}


def test_of_two_days_only_what_is_still_planned_is_told_once_messages_go_on(box: Box, stripe: Stripe) -> None:
    wait_for_two(stripe)
    announce_charges(lambda: NOON + timedelta(days=7))
    events.cancel_line(line_of("A-1", "2"), 4, cause())
    confirm(7 * DAY)
    (mail,) = box.came
    assert mail["Subject"] == "Your order A-1: 5.00 EUR to be charged when it ships"
    assert "6 December" not in plain(mail)


def test_what_is_not_charged_any_more_is_not_told_once_messages_go_on(box: Box, stripe: Stripe) -> None:
    wait_for_lamps(stripe)
    stop(Cause("service", NOON), stopped=True)
    go_on(5)
    events.cancel_line(line_of("A-1"), 4, cause())
    stop(Cause("service", NOON), stopped=False)
    post(6 * DAY)
    assert (kinds(), box.came) == ([("charge_ahead", "withdrawn")], [])


def test_who_paid_meanwhile_does_not_hear_that_a_charge_failed(box: Box, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "card_declined")
    name_mail()
    note()
    ship()
    take()
    stop(Cause("service", NOON), stopped=True)
    confirm(DAY + 1)
    set_payment_state(order_of("A-1"), "paid", cause())
    stop(Cause("service", NOON), stopped=False)
    post(DAY + 60)
    assert (kinds(), box.came) == ([("charge_failed", "withdrawn")], [])


def test_nobody_is_told_where_the_house_names_no_days(box: Box, stripe: Stripe) -> None:
    write_house(SENDS.replace("= 5", "= 0"), cause())
    wait_for_lamps(stripe)
    go_on(9)
    assert box.came == []
    with pytest.raises(FaultyInputError, match=r"charges.announce_days: 400 days are too far ahead"):
        parse_house("[charges]\nannounce_days = 400\n")
