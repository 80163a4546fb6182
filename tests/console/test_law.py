"""What the law asks, on the page of an order and on the command line."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from backorder.allocation import events
from backorder.care.house import find_text, write_house
from backorder.care.models import HouseVersion
from backorder.orders.services import ShipTo
from backorder.outbox.models import Entry
from tests.allocation.shop import buy
from tests.fulfilment.shop import order_of
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db


def read(client: Client, number: str) -> str:
    """Read the page of an order."""
    return " ".join(client.get(f"/orders/{number}").content.decode().split())


def test_an_order_that_will_be_late_says_what_to_do_by_when_and_where_that_stands(planner: Client) -> None:
    buy("A-1", ("LAMP", 2))
    events.change_address(order_of("A-1"), ShipTo("A. Nother", "1 Long Lane", "Elsewhere", "US"), cause())
    page = read(planner, "A-1")
    assert "late</span> 2 of 2: will be late; the customer must be told" in page
    assert "tell the customer the new day <small>(16 CFR 435.2(b)(1)(iii))</small>" in page
    assert (
        "United States: Mail, Internet, or Telephone Order Merchandise Rule (16 CFR 435), version 1. Have your lawyer check this."
        in page
    )
    assert "If nobody does anything" in page


def test_an_order_that_goes_nowhere_says_what_is_missing(planner: Client) -> None:
    buy("A-1", ("LAMP", 2))
    assert "Nobody said where this order goes." in read(planner, "A-1")
    write_house("[seller]\nplace = 'DE'\n", cause())
    page = read(planner, "A-1")
    assert "European Union: delivery of goods to consumers" in page
    assert "It has no address: it is judged as if it went to DE." in page


def test_rules_that_cannot_be_read_any_more_break_no_page(planner: Client) -> None:
    buy("A-1", ("LAMP", 2))
    version = write_house("[seller]\nplace = 'DE'\n", cause())
    assert version is not None
    HouseVersion.objects.create(
        number=2, text="[zones]\nDE = 'Europe/Gone'\n", entry=Entry.objects.earliest("id")
    )
    assert "The rules of the house cannot be read any more: house.toml: zones.DE:" in read(planner, "A-1")


SALE = {
    "ship_to": "us-tx",
    "seller": "US-TX",
    "buyer": "consumer",
    "ordered_on": "2026-11-23",
    "seen_on": "2026-11-26",
}


def look(client: Client, **told: str) -> str:
    """Look at what the law would ask of a sale."""
    return " ".join(client.get("/what-if/law", {**SALE, **told}).content.decode().split())


def test_what_the_law_would_ask_of_a_sale_that_was_not_made(reader: Client) -> None:
    assert "Fill in the form and press Look." in reader.get("/what-if/law").content.decode()
    page = look(reader, planned_on="2027-02-05")
    assert '<span class="badge bad">late</span> will be late; the customer must be told' in page
    assert "<strong>By 23 Dec 2026</strong>: tell the customer the new day" in page
    assert "<p>time to tell the customer the new day</p>" in page
    page = look(reader, planned_on="2027-02-05", told_on="2026-11-24", revised_on="2027-02-05")
    assert "the customer is asked; silence cancels it" in page
    assert "without a yes by the end of this day it is cancelled" in page
    agreed = look(
        reader, planned_on="2027-02-05", told_on="2026-11-24", revised_on="2027-02-05", agreed_on="2026-11-25"
    )
    assert "planned by a later day that the customer agreed to" in agreed
    assert "its time is over, or it was cancelled: see what is left to do" in look(
        reader, cancelled_on="2026-11-24"
    )
    assert '<span class="badge">shipped</span> left' in look(reader, shipped_on="2026-11-24")


def test_a_further_delay_credit_a_period_and_a_last_day_of_use_are_tried_too(reader: Client) -> None:
    first = {"planned_on": "2027-01-15", "told_on": "2026-11-24", "revised_on": "2027-01-15"}
    again = first | {"told_again_on": "2027-01-04", "revised_again_on": "2027-01-20", "seen_on": "2027-01-05"}
    assert "the customer is asked; silence cancels it" in look(reader, **again)  # the renewed notice of row F
    assert '<span class="badge bad">refund due</span>' in look(reader, **again | {"seen_on": "2027-01-16"})
    agreed = again | {"agreed_on": "2027-01-06", "seen_on": "2027-01-16"}
    assert "planned by a later day that the customer agreed to" in look(reader, **agreed)
    assert "<strong>By 12 Jan 2027</strong>: tell the customer the new day" in look(reader, on_credit="on")
    germany = {"ship_to": "DE", "seller": "DE", "planned_on": "2027-02-05"}
    late = germany | {"period_set_on": "2026-12-28", "period_until": "2027-01-08", "seen_on": "2027-01-09"}
    assert '<span class="badge bad">may end</span>' in look(reader, **late)
    useless = germany | {"stated_on": "2026-12-04", "needed_by": "2026-12-03", "seen_on": "2026-12-05"}
    assert '<span class="badge bad">may end</span>' in look(reader, **useless)
    assert "a further delay is told some day after the first one" in look(reader, told_again_on="2027-01-04")
    assert "a further period needs the day on which it was set" in look(reader, period_until="2027-01-08")


def test_a_sale_that_cannot_be_is_told(reader: Client) -> None:
    assert "&#x27;TEXAS&#x27; is no country as US, and no part of one as US-CA" in look(
        reader, ship_to="Texas"
    )
    assert "Enter a valid date." in look(reader, seen_on="soon")


def test_rules_of_the_house_are_put_in_force_by_who_may(planner: Client, reader: Client) -> None:
    text = "[seller]\r\nplace = 'US-OR'\r\n"
    answer = planner.post("/house", {"text": text, "why": "moved"}, follow=True)
    assert "Version 1 is in force." in answer.content.decode()
    assert find_text() == "[seller]\nplace = 'US-OR'\n"
    page = planner.post("/house", {"text": "[seler]", "why": "typo"}).content.decode()
    assert "house.toml: seler: there is no such key; did you mean &#x27;seller&#x27;?" in page
    assert reader.post("/house", {"text": "", "why": "x"}).status_code == 403
    assert find_text() == "[seller]\nplace = 'US-OR'\n"


def test_what_the_customer_was_told_and_said_is_noted_on_the_page_of_the_order(planner: Client) -> None:
    buy("A-1", ("LAMP", 2))
    write_house("[seller]\nplace = 'US-TX'\n", cause())
    line = order_of("A-1").lines.get().pk
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    told = {
        "at": now,
        "channel": "phone",
        "revised_on": "",
        "complete": "on",
        "text": "",
        "why": "the ship is late",
    }
    assert "It said all that the law asks for" in planner.get(f"/lines/{line}/told").content.decode()
    assert planner.post(f"/lines/{line}/told", told).status_code == 302
    page = read(planner, "A-1")
    assert '<span class="badge">asked</span> 2 of 2: the customer is asked; silence cancels it' in page
    assert "noted what the customer was told by phone: no day for line 1" in page
    said = {"at": now, "channel": "phone", "kind": "cancels", "quantity": "1", "until": "", "why": "no use"}
    asked = planner.post(f"/lines/{line}/said", {**said, "preview": ""}).content.decode()
    assert "What this will do" in asked
    kept = re.findall(r'name="seen" value="([^"]+)"', asked)[0]
    assert planner.post(f"/lines/{line}/said", {**said, "save": "", "seen": kept}).status_code == 302
    page = read(planner, "A-1")
    assert "noted by phone: the customer cancels 1 unit of line 1" in page
    assert "cancelled 1 unit of line 1" in page
    wrong = planner.post(f"/lines/{line}/said", {**said, "kind": "period", "preview": ""}).content.decode()
    assert "Order A-1 line 1: a period has an end, and nothing else has. Nothing was changed." in wrong


def test_what_several_laws_ask_alike_is_said_once(reader: Client) -> None:
    page = look(reader, ship_to="US-CA", seller="US-CA", planned_on="2027-02-05")
    assert page.count("<p>the last day that is in order</p>") == 1
    assert "<small>California Business and Professions Code 17538(a), 16 CFR 435.2(a)(1)(ii)</small>" in page
