"""Receipts: what happened, in writing, once, at once, and whatever happens next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, override_settings

from backorder.allocation import events
from backorder.care import choices
from backorder.care.house import write_house
from backorder.care.letters.speech import name_offset
from backorder.care.models import RECEIPTS as KINDS
from backorder.care.models import Message
from backorder.care.post.rules import RECEIPTS as NAMED
from backorder.care.telling import Said, note_answer
from backorder.catalog.models import CustomerClass
from backorder.orders.clearance import set_payment_state
from backorder.orders.models import Order
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, drop, line_of, order_in, stock
from tests.care.letters import HOUSE, by, go_to, send, shop
from tests.care.post import MAIL, Box, box, name_mail, open_house
from tests.care.receipts import (
    RECEIPTS,
    cancel_here,
    confirm,
    customer,
    html,
    note,
    plain,
    wait_for_lamps,
    words,
)
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import NOON, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sends(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let the house send."""
    open_house(RECEIPTS)


def test_a_withdrawal_in_the_eu_is_acknowledged_with_day_and_time(box: Box) -> None:
    wait_for_lamps(to=("DE", ""))
    cancel_here({"1": 2}, minutes=5)
    assert confirm(6) == 1
    (mail,) = box.came
    assert (mail["Subject"], mail["To"], mail["Content-Language"]) == (
        "Ihre Bestellung A-1: storniert: 2 × LAMP",
        MAIL,
        "de",
    )
    assert plain(mail) == (
        "Guten Tag A. Nother,\n\n"
        "Ihr Widerruf ist am 24. November 2026, 13:05 Uhr (UTC+1) über die Seite Ihrer Bestellung bei uns eingegangen. "
        "Er betrifft:\n\n"
        "- 2 × LAMP\n\n"
        "Alles, was Sie für das Stornierte bezahlt haben, senden wir bis 8. Dezember 2026 zurück, auch den Versand.\n\n"
        "Das steht noch aus, Stand 24. November 2026, 13:06 Uhr (UTC+1):\n\n"
        "- 1 × LAMP: geht am 4. Dezember 2026 ab und ist spätestens am 10. Dezember 2026 bei Ihnen.\n\n"
        "Fragen: help@lamps.example\n\n"
        "The lamp shop"
    )


def test_the_mail_says_the_same_twice_and_asks_no_machine_to_answer(box: Box) -> None:
    with override_settings(URL="https://shop.example"):
        wait_for_lamps()
        cancel_here({"1": 3})
        confirm()
    (mail,) = box.came
    message = Message.objects.get()
    assert words(html(mail)) == plain(mail).replace("\n- ", "\n").split()
    assert "https://shop.example/o/" in plain(mail)
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert mail["Message-ID"] == f"<{message.name}@lamps.example>"
    assert ("<form" in html(mail), "<img" in html(mail), "<script" in html(mail)) == (False, False, False)
    assert (message.kind, message.lines, message.next_on, message.tell_by) == ("cancelled", [], None, None)
    assert message.news == f"line.cancelled {Entry.objects.get(what='line.cancelled').pk}"


def test_the_link_of_a_receipt_shows_and_does_not_act(box: Box, client: Client) -> None:
    with override_settings(URL="https://shop.example"):
        wait_for_lamps()
        cancel_here({"1": 1})
        confirm()
    link = next(word for word in plain(box.came[0]).split() if word.startswith("https://"))
    before = Entry.objects.count()
    for ask in (client.get, client.head):
        ask(link.removeprefix("https://shop.example"))
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("language", "country", "said"),
    [
        ("fr", "FR", "24 novembre 2026 à 13:05 (UTC+1)"),
        ("es", "AR", "24 de noviembre de 2026, 09:05 (UTC-3)"),
        ("en", "GB", "24 November 2026, 12:05 (UTC)"),
        ("en", "IN", "24 November 2026, 17:35 (UTC+5:30)"),
    ],
)
def test_each_language_writes_day_and_time_by_the_clock_of_the_customer(
    box: Box, language: str, country: str, said: str
) -> None:
    write_house(HOUSE.replace('DE = "de"', f'{country} = "{language}"') + RECEIPTS, cause())
    wait_for_lamps(to=(country, ""))
    cancel_here({"1": 3}, minutes=5)
    confirm(6)
    assert (box.came[0]["Content-Language"], said in plain(box.came[0])) == (language, True)


def test_what_a_customer_cancels_by_phone_says_so_and_by_when_money_is_sent(box: Box) -> None:
    wait_for_lamps()
    note_answer(line_of("A-1"), Said(NOON, "phone", "cancels", 3), by(0))
    confirm()
    assert plain(box.came[0]) == (
        "Good day A. Nother,\n\n"
        "Your cancellation reached us on 24 November 2026, 07:00 (UTC-5), by phone. This is cancelled:\n\n"
        "- 3 × LAMP\n\n"
        "All that you paid for what was cancelled we send back by 4 December 2026, shipping included.\n\n"
        "Nothing else of your order is still to come.\n\n"
        "Questions: help@lamps.example\n\n"
        "The lamp shop"
    )


def test_where_nothing_is_paid_no_money_is_promised(box: Box) -> None:
    wait_for_lamps()
    set_payment_state(order_of("A-1"), "unpaid", cause())
    cancel_here({"1": 1})
    confirm()
    said = plain(box.came[0])
    assert ("money" in said, "ships on" in said, "- 2 × LAMP\n" in said) == (False, False, True)


def test_between_businesses_no_law_runs_and_nobody_promises_a_day_for_money(box: Box) -> None:
    wait_for_lamps()
    Order.objects.update(customer_class=CustomerClass.objects.get(code="trade"))
    drop("A-1", 1)
    confirm()
    said = plain(box.came[0])
    assert "This was cancelled on 24 November 2026, 07:00 (UTC-5):\n\n- 1 × LAMP" in said
    assert ("money" in said, "withdrawal" in said) == (False, False)


def test_what_the_seller_will_not_send_is_said_to_be_so(box: Box) -> None:
    wait_for_lamps()
    events.cancel_order(order_of("A-1"), cause(), "seller")
    confirm()
    said = plain(box.came[0])
    assert "We are sorry: we cannot send you what stands here, and cancelled it on 24 November 2026" in said
    assert "Nothing else of your order is still to come." in said


def test_a_smaller_quantity_is_confirmed_as_cancelled_and_a_larger_is_not(box: Box) -> None:
    wait_for_lamps()
    events.amend_line(line_of("A-1"), {"quantity": 2}, cause())
    assert confirm() == 1
    assert "This was cancelled on 24 November 2026, 07:00 (UTC-5):\n\n- 1 × LAMP" in plain(box.came[0])
    events.amend_line(line_of("A-1"), {"quantity": 4}, cause())
    assert (confirm(2), len(box.came)) == (0, 1)


def test_what_is_cancelled_at_once_is_one_receipt(box: Box) -> None:
    order_in("LAMP", 5, "PO-1")
    buy("A-1", ("LAMP", 2), ("TENT", 4))
    go_to("A-1", "US", "OR")
    name_mail()
    note()
    cancel_here({"1": 1, "2": 3})
    drop("A-1", 1, "2")
    assert (confirm(), len(box.came)) == (1, 1)
    assert box.came[0]["Subject"] == "Your order A-1: cancelled: 1 × LAMP, and more"
    assert plain(box.came[0]).split("\n\n")[1:5] == [
        "Your cancellation reached us on 24 November 2026, 07:00 (UTC-5), on the page of your order. This is cancelled:",
        "- 1 × LAMP\n- 3 × TENT",
        "This was cancelled on 24 November 2026, 07:00 (UTC-5):",
        "- 1 × TENT",
    ]


def test_a_yes_and_a_further_period_on_the_page_are_confirmed_and_those_by_phone_are_not(box: Box) -> None:
    order_in("LAMP", 20, "PO-1", days=65)
    buy("A-1", ("LAMP", 3))
    go_to("A-1", "US", "OR")
    name_mail()
    send()
    note()
    order, cause_ = order_of("A-1"), customer(5)
    choices.wait(order, choices.look(order, cause_.at).state, cause_)
    note_answer(line_of("A-1"), Said(NOON, "phone", "accepts"), by(0))
    assert confirm(6) == 1
    assert box.came[0]["Subject"] == "Your order A-1: what you chose has reached us"
    assert plain(box.came[0]).split("\n\n")[1:3] == [
        "We received on 24 November 2026, 07:05 (UTC-5), on the page of your order:",
        "- You agreed to wait for 3 × LAMP until 28 January 2027.",
    ]


def test_what_has_left_is_told_with_its_parcel_and_what_still_waits(box: Box) -> None:
    stock("LAMP", 2)
    wait_for_lamps(units=5)
    release("A-1")
    ship("A-1")
    assert confirm() == 1
    assert box.came[0]["Subject"] == "Your order A-1: shipped: 2 × LAMP"
    assert plain(box.came[0]).split("\n\n")[1:-2] == [
        "Left on 24 November 2026 with Blue Van.",
        "- 2 × LAMP",
        "Number of the parcel: BV-1",
        "Follow the parcel: https://track.example/BV-1",
        "This is still to come, as it stands on 24 November 2026, 07:01 (UTC-5):",
        "- 3 × LAMP: ships on 4 December 2026.",
    ]


def test_shipping_is_told_only_where_the_house_says_so(box: Box) -> None:
    open_house()
    stock("LAMP", 2)
    wait_for_lamps(units=5)
    release("A-1")
    ship("A-1")
    assert (confirm(), box.came) == (0, [])


def test_an_offset_names_a_clock() -> None:
    hours = [name_offset(timedelta(minutes=minutes)) for minutes in (0, 60, -210, 345)]
    assert hours == ["UTC", "UTC+1", "UTC-3:30", "UTC+5:45"]


def test_the_kinds_of_receipts_are_named_once() -> None:
    assert tuple(NAMED) == KINDS
