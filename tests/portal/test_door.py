"""Who gets in: by links and by number and address; strangers learn nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from backorder.accounts.selectors import find_opening
from backorder.allocation import events
from backorder.care.links import sign
from tests.allocation.shop import buy, line_of
from tests.care.letters import send
from tests.care.post import MAIL
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of, sums
from tests.portal.pages import address, clock, read, shop, state
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["clock", "shop"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db


def ask(client: Client, number: str, mail: str, place: str = "10.0.0.1") -> int:
    return client.post("/o/", {"number": number, "mail": mail}, REMOTE_ADDR=place).status_code


def test_a_link_that_only_shows_lets_nobody_choose(client: Client) -> None:
    wait()
    link = f"/o/{sign(order_of('A-1'), TODAY, may_choose=False)}"
    page = client.get(link).content.decode()
    assert "This link only shows the order." in page
    assert "/cancel" not in page
    seen = state(client)
    assert client.post(f"{link}/wait", {"state": seen}).status_code == 403
    assert (
        client.post(
            f"{link}/cancel", {f"units-{line_of('A-1').pk}": "1", "confirmed": "yes", "state": seen}
        ).status_code
        == 302
    )
    assert sums("A-1") == (2, 0, 0, 0)


def test_a_text_that_was_told_shows_no_link_of_others(client: Client) -> None:
    wait()
    with override_settings(URL="https://lamps.example"):
        send()
    assert "https://lamps.example/o/…" in read(client)


def test_forged_links_those_that_are_over_and_those_of_others_open_nothing(client: Client) -> None:
    wait("A-1")
    wait("A-2")
    good = sign(order_of("A-1"), TODAY)
    old = sign(order_of("A-1"), TODAY - timedelta(days=1))
    body, _, signature = good.partition(":")
    others = sign(order_of("A-2"), TODAY).partition(":")[0]
    for token in (old, f"{body}:x", f"{others}:{signature}", "x", "x:y:z", good[:-1]):
        answer = client.get(f"/o/{token}")
        assert (answer.status_code, b"This link is not valid any more." in answer.content) == (404, True)
        assert b"A-1" not in answer.content
        assert client.post(f"/o/{token}/cancel", {"confirmed": "yes"}).status_code == 404
        assert client.post(f"/o/{token}/wait").status_code == 404
    events.cancel_order(order_of("A-1"), cause())
    assert "Nothing of this order waits." in read(client, "A-1")


def test_number_and_address_open_an_order_and_a_stranger_is_told_nothing(client: Client) -> None:
    wait()
    found = client.post("/o/", {"number": " a-1 ", "mail": MAIL.upper()})
    assert (found.status_code, client.get(found["Location"]).status_code) == (302, 200)
    pairs = (("A-1", "x@y.example"), ("A-9", MAIL))
    wrong = [client.post("/o/", {"number": number, "mail": mail}) for number, mail in pairs]
    texts = {re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in wrong}
    assert (len(texts), [answer.status_code for answer in wrong]) == (1, [200, 200])


def test_who_guesses_from_one_network_is_stopped_and_nobody_else(client: Client) -> None:
    wait()
    for turn in range(5):
        assert ask(client, f"Z-{turn}", MAIL, f"2001:db8::{turn + 1}") == 200
    assert ask(client, "A-1", MAIL, "2001:db8::99") == 429
    assert ask(client, "A-1", MAIL, "2001:db8:1::1") == 302
    for turn in range(50):
        ask(client, "A-1", "x@y.example", f"10.0.{turn}.1")
    assert ask(client, "A-1", MAIL, "10.1.0.1") == 429  # so often was this number tried from everywhere
    assert find_opening("2001:db8::/64", "2001:db8::/64", NOON) is None  # of signing in nobody is kept


def test_customers_get_no_page_of_the_console(client: Client) -> None:
    wait()
    for where in (f"{address()}/x", f"{address()}/", "/o/x/y/z"):
        answer = client.get(where)
        assert (answer.status_code, b"Queue" in answer.content) == (404, False)
        assert b"There is nothing at this address." in answer.content
    strict = Client(enforce_csrf_checks=True).post(address(what="/wait"))
    assert (strict.status_code, b"Allow cookies" in strict.content, b"Queue" in strict.content) == (
        403,
        True,
        False,
    )


def test_an_order_without_an_address_is_opened_by_no_address(client: Client) -> None:
    buy("A-1", ("LAMP", 1))
    assert client.post("/o/", {"number": "A-1", "mail": ""}).status_code == 200


def test_the_door_speaks_the_language_of_the_browser(client: Client) -> None:
    assert (
        "Trouver votre commande"
        in client.get("/o/", headers={"accept-language": "xx, fr-CA;q=0.9, en"}).content.decode()
    )


def test_pages_stay_out_of_caches_and_search_engines_and_tell_other_sites_nothing(client: Client) -> None:
    wait()
    for where in (address(), address(what="/cancel"), "/o/", "/o/x"):
        answer = client.get(where)
        assert "no-store" in answer["Cache-Control"]
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
        assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_a_choice_without_the_token_of_its_form_is_refused() -> None:
    wait()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(what="/cancel"), {"confirmed": "yes"}).status_code == 403
    assert sums("A-1") == (2, 0, 0, 0)
