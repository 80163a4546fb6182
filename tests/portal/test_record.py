"""The page of an order as data: the same facts as on the page, and nothing for strangers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backorder.care.links import sign
from backorder.outbox.models import Entry
from tests.allocation.shop import line_of, order_in, slip, stock
from tests.care.letters import send
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of, release, ship, sums
from tests.portal.pages import address, clock, read, shop
from tests.supply.shop import NOON, TODAY

__all__ = ["clock", "shop"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def ask(client: Client, number: str = "A-1") -> Any:
    answer = client.get(address(number, ".json"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    return answer.json()


def test_what_waits_why_and_what_comes_next_is_given_as_days_codes_and_numbers(client: Client) -> None:
    inbound = order_in("LAMP", 9, "PO-1", days=20)
    wait("A-0")
    wait("A-1")
    send()
    slip(inbound, 45)
    found = ask(client)
    lamp = {"line": "1", "sku": "LAMP", "item": "LAMP", "quantity": 2}
    assert (found["order"], found["language"], found["paid"]) == ("A-1", "en", True)
    assert (found["ships_now"], found["waits"]) == (
        [],
        [lamp | {"ships_on": "2027-01-08", "told_on": "2026-12-14"}],
    )
    assert found["next"] == {
        "hear_on": "2026-12-08",
        "news": ["We write again by 8 December 2026, also if nothing has changed by then."],
    }
    place = {"sku": "LAMP", "fewer_than": 5, "more_than": None}
    assert found["places"] == [place | {"text": "LAMP: fewer than 5 orders come before yours."}]
    assert found["if_you_cancel"] == []
    assert found["why"] == [
        "The reason: it comes with a delivery that is on its way to us.",
        "What we do: we follow the delivery, and what comes in goes to those who wait before it is sold to anybody else.",
    ]
    assert [(one["line"], one["promised_on"], one["reason"]) for one in found["promises"]] == [
        ("1", "2027-01-08", "INBOUND"),
        ("1", "2026-12-14", "INBOUND"),
    ]
    (notice,) = found["notices"]
    assert (notice["by"], notice["days"]) == (
        "mail",
        [{"line": "1", "quantity": 2, "ships_on": "2026-12-14"}],
    )
    page = read(client)
    for text in (*found["news"], *found["why"], *found["next"]["news"], found["places"][0]["text"]):
        assert text in page  # one source, two ways to write it


def test_what_is_here_ships_now_and_what_left_can_be_followed(client: Client) -> None:
    stock("LAMP", 3)
    wait(units=3)
    release("A-1")
    ship("A-1", 1)
    found = ask(client)
    lamp = {"line": "1", "sku": "LAMP", "item": "LAMP"}
    assert (found["ships_now"], found["waits"]) == ([lamp | {"quantity": 2}], [])
    (parcel,) = found["parcels"]
    assert (parcel["carrier"], parcel["number"], parcel["link"], parcel["units"]) == (
        *("Blue Van", "BV-1", "https://track.example/BV-1"),
        [lamp | {"quantity": 1}],
    )


def test_a_choice_is_made_by_what_the_record_names_and_is_answered_as_data() -> None:
    wait(units=5)
    strict = Client(enforce_csrf_checks=True)
    found = strict.get(address(), headers=JSON).json()
    choices = {one["choice"]: one for one in found["choices"]}
    cancel, units = choices["cancel"], f"units-{line_of('A-1').pk}"
    assert cancel["post_to"] == f"http://testserver{address(what='/cancel')}"
    assert cancel["asks"] == {units: {"line": "1", "sku": "LAMP", "item": "LAMP", "quantity": 5}}
    path, typed = address(what="/cancel"), cancel["fields"] | {units: "2"}
    after = strict.post(path, typed, headers=JSON, follow=True)
    assert (after.status_code, after.json()["said"]) == (
        200,
        "It is noted. You find it below, with day and time.",
    )
    assert (after.json()["chosen"][1]["text"], sums("A-1")) == ("Cancelled: 2 × LAMP.", (5, 0, 2, 0))
    again = strict.post(path, typed, headers=JSON)
    assert (again.status_code, again.json()["said"][:27]) == (409, "Something has changed since")
    assert sums("A-1") == (5, 0, 2, 0)


def test_a_get_of_data_never_acts_and_a_browser_gets_the_page(client: Client) -> None:
    wait()
    before = Entry.objects.count()
    ask(client)
    assert Entry.objects.count() == before
    taken = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = client.get(address(), headers={"accept": taken})
    assert (page["Content-Type"], page["Vary"]) == ("text/html; charset=utf-8", "Accept, Cookie")
    assert "no-store" in client.get(address(what=".json"))["Cache-Control"]


def test_strangers_and_links_that_are_over_get_no_data(client: Client) -> None:
    wait()
    old = sign(order_of("A-1"), TODAY - timedelta(days=1))
    for token in ("x", old, sign(order_of("A-1"), TODAY)[:-1]):
        for answer in (client.get(f"/o/{token}.json"), client.get(f"/o/{token}", headers=JSON)):
            assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
            assert answer.json() == {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "This link is not valid any more. Open your order by its number and your e-mail address, or ask us.",
            }


def test_a_link_that_only_shows_names_no_choice(client: Client) -> None:
    wait()
    link = f"/o/{sign(order_of('A-1'), TODAY, may_choose=False)}.json"
    assert client.get(link).json()["choices"] == []


def test_the_day_is_that_of_the_customers_calendar(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    wait()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(hours=16))
    link = f"/o/{sign(order_of('A-1'), TODAY + timedelta(days=3))}.json"
    assert client.get(link).json()["at"] == "2026-11-24T23:00:00-05:00"
