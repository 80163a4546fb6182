"""A stranger reads the page of a waiting order, and knows what is late, why, until when, how sure, what to do, and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from backorder.allocation import events
from backorder.care.house import read_house, write_house
from backorder.care.letters.speech import Speech
from backorder.care.letters.writing import note_letter, write_letter
from backorder.care.models import Draft
from backorder.care.refunds.words import say_policy
from backorder.catalog.models import CustomerClass
from backorder.orders.clearance import set_payment_state
from backorder.orders.models import Order
from backorder.outbox.services import Cause
from backorder.supply.models import InboundLine
from tests.allocation.shop import order_in, slip, stock
from tests.care.letters import HOUSE
from tests.care.post import SENDING, Box, box, fly, look, open_house
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of
from tests.portal.pages import clock, read, shop
from tests.supply.shop import NOON, TODAY, cause, item

__all__ = ["box", "clock", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
SURE = "How sure a day is: planned, not certain. It rests on a delivery to us. If that is put off, we tell you the new day."


def put_off(line: InboundLine, days: int, minutes: int = 1) -> None:
    """Let a supplier name another day, after who waits ordered."""
    events.expect(
        line, TODAY + timedelta(days=days), "supplier", Cause("buyer", NOON + timedelta(minutes=minutes))
    )


def wait_and_slip(days: int = 45) -> InboundLine:
    """Let somebody wait for a delivery that is put off from day 20 to a later one, before anybody wrote."""
    inbound = order_in("LAMP", 9, "PO-1", days=20)
    item("LAMP")
    wait()
    put_off(inbound, days)
    return inbound


def tell() -> None:
    """Let a letter tell how it stands, a minute after that."""
    at = NOON + timedelta(minutes=2)
    note_letter(write_letter(order_of("A-1"), at), "mail", at, Cause("service", at))


def test_what_is_late_says_the_page_also_once_a_letter_told_the_new_day(client: Client) -> None:
    wait_and_slip()
    late = "<li>2 × LAMP: late. Planned at first for 14 December 2026.</li>"
    assert late in read(client)
    tell()
    page = read(client)
    assert late in page
    assert "takes longer than we told you" not in page  # the last letter told that very day


def test_what_comes_as_planned_or_is_here_is_not_called_late(client: Client) -> None:
    stock("LAMP", 2)
    order_in("LAMP", 9, "PO-1", days=20)
    wait("A-0")
    wait("A-1")
    for number in ("A-0", "A-1"):
        assert ": late." not in read(client, number)


def test_an_order_that_is_not_paid_is_not_called_late(client: Client) -> None:
    wait_and_slip()
    set_payment_state(order_of("A-1"), "unpaid", Cause("finance", NOON + timedelta(minutes=2)))
    page = read(client)
    assert ("This order is not paid yet" in page, ": late." in page) == (True, False)


def test_why_says_the_page_with_the_delivery_that_was_put_off_since(client: Client) -> None:
    inbound = order_in("LAMP", 9, "PO-1", days=10)
    item("LAMP")
    slip(inbound, 20)  # before anybody ordered: they were never told another day
    wait()
    why = "<p>The reason: it comes with a delivery that is on its way to us.</p>"
    moved = "<li>LAMP: a delivery that brings it was put off.</li>"
    page = read(client)
    assert (why in page, moved in page) == (True, False)
    put_off(inbound, 15)  # sooner after all
    assert moved not in read(client)
    put_off(inbound, 45, 2)
    page = read(client)
    assert (why in page, moved in page) == (True, True)


def test_when_it_comes_says_the_page_with_the_day_of_arrival(client: Client) -> None:
    write_house(HOUSE.replace("{ DE = 6 }", "{ US = 3 }"), cause())
    wait_and_slip()
    assert "<li>2 × LAMP: ships on 8 January 2027 and is with you by 11 January 2027.</li>" in read(client)


def test_how_sure_that_is_says_the_page_of_a_day_and_of_none(client: Client) -> None:
    stock("LAMP", 2)
    wait("A-0")
    assert SURE not in read(client, "A-0")
    wait("A-1")
    page = read(client)
    assert (SURE in page, "Where we name no day, no delivery is certain yet." in page) == (False, True)
    order_in("LAMP", 9, "PO-1", days=20)
    page = read(client)
    assert (SURE in page, "Where we name no day, no delivery is certain yet." in page) == (True, False)


def test_what_they_can_do_says_the_page_each_with_its_button(client: Client) -> None:
    wait_and_slip(65)
    tell()
    page = read(client)
    choices = page[page.index('<h2 id="choose">What you can do</h2>') :]
    for said in (
        "You agree to wait, at most as long as this:</p><ul><li>2 × LAMP: 28 January 2027</li>",
        ">I agree to wait</button>",
        ">Cancel all or a part</a>",
        ">Say until when you can use it</a>",
        ">Ask us to call you</a>",
    ):
        assert said in choices


KEEP = "<p>To keep waiting there is nothing that you need to do now: your order keeps its place in line.</p>"


def test_who_keeps_waiting_reads_that_nothing_need_be_done_unless_a_law_asks(client: Client) -> None:
    stock("LAMP", 2)
    inbound = order_in("LAMP", 9, "PO-1", days=10)
    wait("A-0")
    wait("A-1")
    assert (KEEP in read(client), KEEP in read(client, "A-0")) == (True, False)  # A-0 has all of it
    put_off(inbound, 65)
    tell()
    page = read(client)  # silence cancels it, and a yes is asked for
    assert (KEEP in page, ">I agree to wait</button>" in page) == (False, True)


def test_by_which_rules_money_goes_back_says_the_page_as_it_is_said_before_buying(client: Client) -> None:
    wait_and_slip()
    assert "If you cancel" not in read(client)  # the house says nothing of it
    write_house(HOUSE + '\n[refunds]\nmode = "on"\nsince = 2026-11-01\ndays = 5\n', cause())
    terms = say_policy(read_house().refunds, Speech("en"))
    assert terms[1] == "You get back all that you paid for it, shipping included, within 5 days, as you paid."
    said = "".join(f"<li>{one}</li>" for one in terms)
    assert f'<h3>If you cancel</h3><ul class="quiet">{said}</ul>' in read(client)
    events.cancel_order(order_of("A-1"), Cause("service", NOON + timedelta(minutes=2)))
    assert "If you cancel" not in read(client)


def test_who_buys_as_a_business_and_has_to_ask_is_not_told_that_they_may_cancel(client: Client) -> None:
    wait_and_slip()
    write_house(HOUSE + '\n[refunds]\nmode = "on"\nsince = 2026-11-01\ndays = 5\n', cause())
    assert "If you cancel" in read(client)
    Order.objects.update(customer_class=CustomerClass.objects.get(code="trade"))
    page = read(client)
    assert ("please ask us" in page, "If you cancel" in page) == (True, False)


def test_who_was_not_written_to_reads_that_another_day_stands_on_the_page(client: Client) -> None:
    order_in("LAMP", 9, "PO-1", days=20)
    wait()
    assert "<p>Whenever a day changes, it stands on this page.</p>" in read(client)
    tell()
    assert "Whenever a day changes" not in read(client)


def test_when_they_hear_again_says_the_page_before_anybody_wrote_by_the_day_of_the_law(
    client: Client,
) -> None:
    wait_and_slip()
    assert "hear from us" not in read(client)  # nobody looked yet at what is to be told
    look(2)
    day = Draft.objects.get(order=order_of("A-1")).tell_by
    assert day is not None
    assert day >= TODAY
    assert f"<p>You hear from us by {day.day} {day:%B %Y}.</p>" in read(client)
    tell()
    page = read(client)
    assert "You hear from us" not in page
    assert "<p>We write again by 8 December 2026, also if nothing has changed by then.</p>" in page


def test_when_they_hear_again_says_the_page_as_a_letter_that_named_no_day(client: Client, box: Box) -> None:
    open_house(SENDING.replace("10", "0") + "alone = { opening = 9 }\n")
    order_in("LAMP", 9, "PO-1", days=5)
    wait()
    look()
    assert fly(4) == 1
    assert len(box.came) == 1
    assert "<p>We write when it ships, and before that if a day changes.</p>" in read(client)
