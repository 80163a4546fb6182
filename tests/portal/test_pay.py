"""Who is asked by the bank finds on the page of the order where to pay, in their language."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from backorder.care.house import write_house
from backorder.payments.charging import charge_now
from tests.allocation.shop import order_in
from tests.care.letters import HOUSE
from tests.care.paid import order
from tests.fulfilment.shop import order_of
from tests.payments.charged import at, keep, ship, take, wanted
from tests.payments.conftest import stripe
from tests.payments.fake_stripe import Stripe
from tests.portal.pages import address, clock, read, shop
from tests.supply.shop import cause

__all__ = ["clock", "shop", "stripe"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db


SAID = {
    "en": (
        "Please pay",
        "We could not take 20.00 EUR from your card. Your order keeps its place.",
        "Pay here",
    ),
    "de": (
        "Bitte bezahlen Sie",
        "Wir konnten 20,00 EUR nicht von Ihrer Karte abbuchen. Ihre Bestellung behält ihren Platz.",
        "Hier bezahlen",
    ),
}


@pytest.mark.parametrize("language", SAID)
def test_who_is_to_pay_finds_where(client: Client, stripe: Stripe, language: str) -> None:
    title, said, here = SAID[language]
    write_house(HOUSE.replace("[letters]", f'[letters]\nlanguage = "{language}"'), cause())
    wanted()
    keep(stripe, "authentication_required")
    ship()
    assert title not in read(client)
    with override_settings(URL="https://lamps.example"):
        take()
    page = read(client).replace("\xa0", " ")
    assert (f">{title}</h2>" in page, said in page) == (True, True)
    link = stripe.sessions[0]["url"]
    pay = client.get(address(what=".json")).json()["pay"]
    assert (pay["text"].replace("\xa0", " "), pay["link"]) == (said, link)
    assert f'<a class="button primary" href="{link}" rel="noreferrer">{here}</a>' in page
    assert client.get(address(what=".json")).json()["pay_also"] == []
    stripe.pay_link()
    take(2)
    assert title not in read(client)


def test_who_is_to_pay_for_several_parts_finds_a_link_for_each(client: Client, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    for amount in (15_00, 5_00):
        charge_now(order_of("A-1"), amount, "EUR", at())
    with override_settings(URL="https://lamps.example"):
        take()
    page = read(client).replace("\xa0", " ")
    for session, share in zip(stripe.sessions, ("15.00", "5.00"), strict=True):
        said = f"We could not take {share} EUR from your card. Your order keeps its place."
        assert (said in page, f'href="{session["url"]}"' in page) == (True, True)
    found = client.get(address(what=".json")).json()
    assert [found["pay"]["link"], *(each["link"] for each in found["pay_also"])] == [
        each["url"] for each in stripe.sessions
    ]


@pytest.mark.parametrize(("says", "links"), [("authentication_required", 1), ("card_declined", 0)])
def test_of_whose_charge_failed_it_is_not_said_that_nothing_need_be_done(
    client: Client, stripe: Stripe, says: str, links: int
) -> None:
    keeps = "To keep waiting there is nothing that you need to do now: your order keeps its place in line."
    order_in("LAMP", 9, "PO-1", days=20)
    order("A-1", ("LAMP", 4, 5_00))
    keep(stripe, says)
    assert keeps in read(client)
    charge_now(order_of("A-1"), 20_00, "EUR", at())
    with override_settings(URL="https://lamps.example"):
        take()
    page = read(client)
    assert (keeps in page, page.count(">Pay here</a>")) == (False, links)
