"""The letter of an order: read on its page, sent elsewhere, noted as it was read."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from backorder.care.house import write_house
from backorder.care.models import Notice, NoticeLine
from backorder.console.templatetags.words import say_day
from tests.allocation.shop import buy, order_in
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db
HOUSE = '[seller]\nplace = "US"\n[letters]\nname = "Lamps"\nmail = "help@lamps.example"\n'


@pytest.fixture(autouse=True)
def order(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let somebody wait for two lamps."""
    write_house(HOUSE, cause())
    buy("A-1", ("LAMP", 2))


def read(client: Client, **wishes: str) -> str:
    """Read the page of the letter."""
    return " ".join(client.get("/letters/A-1", wishes).content.decode().split())


def find_mark(client: Client, **wishes: str) -> str:
    """Find the mark of the letter that is shown."""
    return str(client.get("/letters/A-1", wishes).context["letter"].mark)


def send(client: Client, mark: str, **typed: str) -> str:
    """Note that it was sent."""
    at = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    posted = {"at": at[:16], "channel": "mail", "mark": mark, **typed}
    answer = client.post("/letters/A-1", posted, follow=True)
    return " ".join(answer.content.decode().split())


def test_the_page_of_an_order_leads_to_its_letter_which_is_noted_as_it_was_read(planner: Client) -> None:
    assert '<a class="button" href="/letters/A-1">Letter to the customer</a>' in " ".join(
        planner.get("/orders/A-1").content.decode().split()
    )
    page = read(planner, language="de", reason="Der Ofen ist kaputt.")
    assert "Ihre Bestellung A-1: wann sie abgeht" in page
    assert "Der Ofen ist kaputt." in page
    assert "2 × LAMP: wir können noch keinen Tag nennen." in page
    mark = find_mark(planner, language="de", reason="Der Ofen ist kaputt.")
    page = send(planner, mark, language="de", reason="Der Ofen ist kaputt.")
    assert "It is noted, and counts." in page
    assert "asked</span> 2 of 2: the customer is asked; silence cancels it" in page
    assert "2 of line 1" in page
    next_on = Notice.objects.get().next_on
    assert next_on is not None
    assert f"You said that you write again by <strong>{say_day(next_on)}</strong>." in page
    row = NoticeLine.objects.select_related("notice").get()
    assert (row.quantity, row.revised_on, row.notice.channel) == (2, None, "mail")
    assert "Der Ofen ist kaputt." in row.notice.text


def test_what_says_something_else_by_now_is_not_noted(planner: Client) -> None:
    mark = find_mark(planner)
    order_in("LAMP", 2, "PO-1")
    page = send(planner, mark)
    assert "What it says has changed since you read it: read it again, and note it if you sent it so." in page
    assert not Notice.objects.exists()


def test_what_keeps_a_letter_from_being_written_is_said(planner: Client, reader: Client) -> None:
    assert "promotes something" in read(planner, reason="Take 10 % off")
    write_house("[seller]\nplace = 'US'\n", cause())
    assert "nobody could answer it: name an address in the rules of the house" in read(planner)
    assert planner.get("/letters/A-9").status_code == 404
    assert reader.get("/letters/A-1").status_code == 403
