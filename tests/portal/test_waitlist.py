"""The page of a place on a waitlist: it says how it stands, a POST orders or leaves, and a GET never does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backorder.care.links import hide_links, sign, sign_wish, write_wish_link
from backorder.care.models import Invitation, Wish
from backorder.orders.models import Order
from tests.allocation.shop import stock
from tests.care.post import box, post
from tests.care.waiting import free, invite, invited, invites, waiting, wish
from tests.fulfilment.shop import order_of
from tests.portal.pages import clock, shop
from tests.supply.shop import NOON, TODAY, item

__all__ = ["box", "clock", "invites", "shop"]  # fixtures that each test uses
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invites")]
TYPED = {
    "name": "A. Nother",
    "street": "1 Long Lane",
    "postcode": "97201",
    "city": "Elsewhere",
    "region": "or",
}
TO_US = {**TYPED, "country": "US"}


def address(made: Wish, what: str = "") -> str:
    return f"/o/waitlist/{sign_wish(made, TODAY)}{what}"


def read(client: Client, made: Wish) -> str:
    return " ".join(client.get(address(made)).content.decode().split())


def invite_one(units: int = 1) -> Wish:
    made = wish("C-1", units)
    stock("LAMP", units)
    invite()
    post()
    return made


def test_who_waits_reads_since_when_and_for_what_and_leaves_by_one_button(client: Client) -> None:
    made = wish("C-1", 2)
    page = read(client, made)
    assert "You are on the list since 24 November 2026, 12:00, for 2 × LAMP." in page
    assert ("Order it" in page, "Leave the list" in page) == (False, True)
    answer = client.post(address(made, "/leave"))
    assert (answer.status_code, answer["Location"]) == (302, address(made))
    assert "You are not on the list for 2 × LAMP any more." in read(client, made)
    assert waiting() == []


def test_who_is_invited_orders_with_an_address_and_is_led_to_the_order(client: Client) -> None:
    made = invite_one(2)
    page = read(client, made)
    assert "We keep for you until 26 November 2026, 07:00 (UTC-5): 2 × LAMP." in page
    assert "It ships once it is paid." in page
    assert '<option value="US">United States</option>' in page
    answer = client.post(address(made, "/order"), TO_US)
    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/o/{sign(order, TODAY)}")
    assert "This order is not paid yet" in client.get(answer["Location"]).content.decode()
    assert (order.held_until, order.address.region, order.address.country) == (None, "OR", "US")
    page = read(client, made)
    assert ("You ordered what we kept for you." in page, f"/o/{sign(order, TODAY)}" in page) == (True, True)
    assert client.post(address(made, "/order"), TO_US).status_code == 409
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Please fill in: Name, Street and number, City, Country."),
        ({**TO_US, "name": " "}, "Please fill in: Name."),
        ({**TO_US, "city": "a\ab"}, "Please fill in: City."),
        ({**TO_US, "country": "Germany"}, "Please choose the country from the list"),
        ({**TO_US, "region": "OREGON"}, "write a state or province as one to three letters"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_what_is_missing_and_nothing_is_ordered(
    client: Client, typed: dict[str, str], said: str
) -> None:
    made = invite_one()
    answer = client.post(address(made, "/order"), typed)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert (invited(), Order.objects.get().held_until is None) == ([("C-1", 1)], False)


def test_what_was_typed_stays_when_something_is_missing(client: Client) -> None:
    made = invite_one()
    page = client.post(address(made, "/order"), {**TO_US, "name": ""}).content.decode()
    assert ('value="1 Long Lane"' in page, '<option value="US" selected>' in page) == (True, True)


def test_who_gives_it_back_leaves_the_list_and_it_is_free_again(client: Client) -> None:
    made = invite_one()
    assert "Give it back, and leave the list" in read(client, made)
    client.post(address(made, "/leave"))
    assert (free(), waiting(), Invitation.objects.get().outcome) == (1, [], "given_back")


def test_what_is_over_is_not_kept_any_more_before_the_clock_comes_by(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = invite_one()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=2))
    link = f"/o/waitlist/{sign_wish(made, TODAY + timedelta(days=9))}"
    assert "You are not on the list for 1 × LAMP any more." in client.get(link).content.decode()
    assert client.post(f"{link}/order", TO_US).status_code == 409
    assert Order.objects.get().held_until is not None


def test_a_get_changes_nothing(client: Client) -> None:
    made = invite_one()
    for what in ("", "/order", "/leave"):
        client.get(address(made, what))
    assert (invited(), free()) == ([("C-1", 1)], 0)


def test_a_link_opens_its_own_place_only_and_until_its_day(client: Client) -> None:
    made = invite_one()
    order = order_of(Order.objects.get().number)
    for link in (
        "/o/waitlist/x",
        f"/o/waitlist/{sign(order, TODAY)}",
        f"/o/waitlist/{sign_wish(made, TODAY - timedelta(days=1))}",
        f"/o/{sign_wish(made, TODAY)}",
    ):
        assert client.get(link).status_code == 404
        assert client.post(f"{link}/leave").status_code in {404, 405}
    assert waiting() == ["C-1"]
    assert hide_links(f"see {write_wish_link(made, TODAY)} now") == "see https://lamps.example/o/… now"


def test_the_page_is_in_the_language_that_was_asked_for(client: Client) -> None:
    made = wish("C-1", language="fr")
    page = client.get(address(made)).content.decode()
    assert ('lang="fr"' in page, "Quitter la liste" in page, "<script" in page) == (True, True, False)


def test_as_many_queries_for_a_long_list_as_for_a_short_one(client: Client) -> None:
    made = invite_one()
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(made))
        counts.append(len(queries))
        for number in range(3):
            wish(f"D-{turn}-{number}")
    assert counts[0] == counts[1]
    assert item("LAMP").wishes.count() == 7
