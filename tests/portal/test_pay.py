"""Who is asked by the bank finds on the page of the order where to pay, in their language."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from backorder.care.house import write_house
from tests.care.letters import HOUSE
from tests.payments.charged import keep, ship, take, wanted
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
    stripe.pay_link()
    take(2)
    assert title not in read(client)
