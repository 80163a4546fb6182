"""The page of an order: what it says, and that it makes nothing up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, override_settings

from backorder.allocation import events
from backorder.care.house import write_house
from backorder.care.links import sign, write_link
from backorder.care.models import Offer
from backorder.care.offers.answering import take
from backorder.care.telling import Revised, Told, note_notice
from tests.allocation.shop import buy, line_of, order_in, slip, stock
from tests.care.letters import HOUSE, by, go_to, send, write
from tests.care.offering import have_desks, offer, wait_for_lamp
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of, release, ship
from tests.portal.pages import address, clock, read, shop
from tests.supply.shop import NOON, TODAY, cause, item

__all__ = ["clock", "shop"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db


def test_a_stranger_reads_what_is_late_why_when_how_sure_what_to_do_and_when_they_hear_again(
    client: Client,
) -> None:
    inbound = order_in("LAMP", 9, "PO-1", days=20)
    item("LAMP")
    wait("A-0")
    wait("A-1")
    send()
    slip(inbound, 45)
    page = read(client)
    assert "<h1>Your order A-1</h1>" in page
    assert "We are sorry: your order A-1 takes longer than we told you." in page
    assert "<li>2 × LAMP: ships on 8 January 2027. We told you 14 December 2026 before.</li>" in page
    assert "<li>LAMP: fewer than 5 orders come before yours.</li>" in page
    assert "The reason: it comes with a delivery that is on its way to us." in page
    assert "We write again by 8 December 2026, also if nothing has changed by then." in page
    assert (
        "How sure a day is: planned, not certain. It rests on a delivery to us. If that is put off, we tell you the new day."
        in page
    )
    assert (
        "24 November 2026, 07:00</time> LAMP: 8 January 2027 (it comes with a delivery that is on its way to us)"
        in page
    )
    assert "I agree to wait" not in page  # to a day that no letter told
    assert "If you say nothing" not in page  # a page tells nothing by law: the letter does
    assert '<a class="button" href="' + address(what="/cancel") in page
    assert "24 November 2026, 07:00" in page  # by the clock of the customer
    assert "ships on 14 December 2026." in page  # in the letter of then
    assert "<script" not in page


def test_who_was_asked_reads_by_when_to_answer(client: Client) -> None:
    order_in("LAMP", 9, "PO-1", days=65)
    wait()
    assert "If you say nothing" not in read(client)
    send()
    assert (
        "<h3>If you say nothing</h3><ul><li>2 × LAMP: if you have not agreed to wait by 23 January 2027"
        in read(client)
    )


def test_the_day_to_hear_again_is_that_which_was_said_and_none_is_made_up(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_in("LAMP", 9, "PO-1", days=29)
    wait()
    assert "We write" not in read(client)
    send()
    link = f"/o/{sign(order_of('A-1'), TODAY + timedelta(days=30))}"
    for days, said in (
        (12, "We write again by 8 December 2026"),
        (20, "We meant to write by 8 December 2026. We are sorry that you have not heard from us."),
    ):
        monkeypatch.setattr("django.utils.timezone.now", lambda days=days: NOON + timedelta(days=days))
        assert said in " ".join(client.get(link).content.decode().split())


def test_what_left_can_be_followed(client: Client) -> None:
    stock("LAMP", 1)
    wait(units=2)
    release("A-1")
    ship("A-1")
    page = read(client)
    assert "Left on 24 November 2026 with Blue Van BV-1." in page
    assert '<a href="https://track.example/BV-1" rel="noreferrer">Follow the parcel</a>' in page
    assert "<li>1 × LAMP</li>" in page


def test_what_was_cancelled_is_said_and_so_is_what_is_to_be(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait("A-1", 3)
    wait("A-2")
    events.cancel_line(line_of("A-1"), 1, cause(), "seller")
    assert "Cancelled: 1 × LAMP." in read(client)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=40))
    page = " ".join(
        client.get(f"/o/{sign(order_of('A-2'), TODAY + timedelta(days=60))}").content.decode().split()
    )
    assert "2 × LAMP: its time is over. We cancel it, and send back all that you paid for it by" in page


def test_what_was_told_by_phone_is_told_by_its_days(client: Client) -> None:
    wait()
    told = [Revised(line_of("A-1"), TODAY + timedelta(days=45), frozenset())]
    note_notice(order_of("A-1"), told, Told(NOON, "phone"), by(0))
    assert "<p>2 × LAMP: 8 January 2027</p>" in read(client)


def test_a_letter_names_the_page_of_its_order_if_the_site_has_an_address(client: Client) -> None:
    wait()
    assert "/o/" not in write().text
    with override_settings(URL="https://lamps.example"):
        letter = write()
        link = write_link(order_of("A-1"), TODAY)
        assert f"Or see here how it stands today, and choose there: {link}" in letter.text
        assert f'<a href="{link}"' in letter.html
        assert letter.mark == write().mark
    assert client.get(link.removeprefix("https://lamps.example")).status_code == 200


def test_an_order_that_is_not_paid_is_promised_no_letter(client: Client) -> None:
    wait()
    order = order_of("A-1")
    order.payment_state = "unpaid"
    order.save()
    page = read(client)
    assert "This order is not paid yet: nothing of it ships before." in page
    for said in ("We write", "The reason", "next in line", "I agree to wait"):
        assert said not in page


def test_an_order_of_which_nobody_can_say_how_it_stands_says_whom_to_ask(client: Client) -> None:
    buy("A-1", ("LAMP", 1))
    write_house(HOUSE.replace('place = "US-OR"', ""), cause())
    page = read(client)
    assert "We cannot show here how it stands. Please ask us." in page
    assert "mailto:help@lamps.example" in page


def test_of_an_item_on_two_lines_one_place_in_line_is_told(client: Client) -> None:
    order_in("LAMP", 9, "PO-1")
    buy("A-1", ("LAMP", 1), ("LAMP", 2))
    go_to("A-1", "US", "OR")
    page = read(client)
    assert (page.count("next in line"), page.count("orders come before")) == (1, 0)


def test_what_was_taken_instead_is_told_beside_what_was_cancelled_each_as_what_it_was(client: Client) -> None:
    have_desks(2)
    wait_for_lamp(4)
    events.cancel_line(line_of("A-1"), 2, by(0), "buyer")
    taken = take(offer(), by(0))
    made = Offer.objects.get()
    assert made.cancellation_id != taken.pk
    page = read(client)
    assert "You took 2 × DESK instead of 2 × LAMP." in page
    assert page.count("Cancelled: 2 × LAMP.") == 1
