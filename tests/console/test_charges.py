"""Charges on the pages of a shop: noted, charged now and again, paid by a link, called off, and what waits for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, override_settings

from backorder.payments.charging import charge_again, charge_now
from backorder.payments.models import Attempt, Charge, Means, Total
from tests.care.letters import shop
from tests.care.paid import order, pay
from tests.console.test_notices import press, read
from tests.fulfilment.shop import order_of
from tests.payments.charged import at, hold, keep, ship, take, tries, wanted
from tests.payments.conftest import stripe
from tests.payments.fake_stripe import AT, Stripe
from tests.supply.shop import NOON

__all__ = ["shop", "stripe"]  # fixtures


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, shop: None) -> None:  # noqa: ARG001 - comes before
    """Let pages be asked for two days after the shop opened, where customers come back from links."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=2))
    monkeypatch.setattr("django.conf.settings.URL", "https://lamps.example")


def test_a_card_is_noted_with_what_the_order_costs(finance: Client) -> None:
    order("A-1", ("LAMP", 4, 5_00))
    assert "Nothing to charge it by" in read(finance, "/money/A-1")
    page = press(
        finance,
        "/charging/card/A-1",
        customer="cus_1",
        reference="pm_1",
        label="Visa ending in 4242",
        cost="23.00",
    )
    assert ("Visa ending in 4242" in page, "can be charged</span>" in page) == (True, True)
    assert (Means.objects.get().customer, Total.objects.get().amount) == ("cus_1", 23_00)
    assert "noted a card that it may be charged by" in read(finance, "/orders/A-1")
    assert 'value="23.00"' in read(finance, "/charging/now/A-1")


def test_what_is_typed_wrong_is_said_and_changes_nothing(finance: Client) -> None:
    order("A-1", ("LAMP", 4, 5_00))
    for typed, said in (
        ({"customer": "cus_1", "reference": "pi_1"}, "pi_1 is a payment; a card begins with pm_"),
        ({"customer": "cus_1", "reference": ""}, "This field is required."),
        ({"customer": "cus_1", "reference": "pm_1", "cost": "1.005"}, "EUR has 2 places"),
        ({"customer": "cus_1", "reference": "pm_1", "cost": "0"}, "0.00 EUR is no cost of an order"),
    ):
        assert said in press(finance, "/charging/card/A-1", **typed)
    assert "there is nothing to charge it by" in press(
        finance, "/charging/now/A-1", amount="5.00", why="they asked"
    )
    assert "This field is required." in press(finance, "/charging/now/A-1", amount="5.00", why="")
    assert (Means.objects.count(), Charge.objects.count()) == (0, 0)


def test_what_a_card_holds_is_read_from_stripe(finance: Client, stripe: Stripe) -> None:
    order("A-1", ("LAMP", 4, 5_00))
    page = press(finance, "/charging/held/A-1", reference="pi_nobody")
    assert "stripe knows no payment pi_nobody that is taken later. Nothing was changed." in page
    name = stripe.hold(23_00, AT + 7 * 86_400, "A-1")
    for said in ("It is noted.", "It was noted already."):
        page = press(finance, "/charging/held/A-1", reference=name)
        assert (said in page, "23.00 EUR" in page) == (True, True)
    with override_settings(STRIPE_KEY="wrong"):
        page = press(finance, "/charging/held/A-1", reference=name)
    assert "Stripe does not know our key" in page
    press(finance, f"/charge-means/{Means.objects.get().pk}/void", why="they pay by bank")
    assert Means.objects.get().state == "ending"
    with override_settings(STRIPE_KEY=""):
        assert "What a card holds" not in read(finance, "/money/A-1")


def test_a_charge_that_failed_is_listed_charged_again_and_called_off(finance: Client, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "card_declined")
    charge = ship(1)
    assert charge is not None
    take()
    page = read(finance, "/charges")
    assert 'Not taken</dt><dd class="bad">1<' in page
    assert ("5.00 EUR" in page, "2 Dec 2026" in page, "the card was declined" in page) == (True, True, True)
    page = read(finance, "/money/A-1")
    assert ("not taken</span>" in page, "Let the customer pay" in page) == (True, True)
    form = read(finance, f"/charges/{charge.pk}/again")
    assert "5.00 EUR of 5.00 EUR were not taken. Nothing is taken twice: what failed is over." in form
    press(finance, f"/charges/{charge.pk}/again", why="they called")
    assert tries(charge)[-1] == ("card", 5_00, "waiting")
    page = press(finance, f"/charge-attempts/{Attempt.objects.latest('id').pk}/end", why="")
    assert "finance called it off" in page
    assert "This field is required." in press(finance, f"/charges/{charge.pk}/off", why="")
    page = press(finance, f"/charges/{charge.pk}/off", why="paid at the door")
    assert ("called off</span>" in page, "paid at the door" in page) == (True, True)
    assert "Not taken</dt><dd>0<" in read(finance, "/charges").replace('<span class="nil">0</span>', "0")
    assert "nothing of that charge failed" in press(finance, f"/charges/{charge.pk}/again", why="")


def test_a_customer_is_asked_to_pay_by_a_link(finance: Client, client: Client, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    charge = ship()
    take()
    page = read(finance, "/money/A-1")
    assert (stripe.sessions[0]["url"] in page, "by a link" in page, "End the link" in page) == (
        True,
        True,
        True,
    )
    assert "the customer is asked to pay" in read(finance, "/charges")
    stripe.pay_link()
    take(2)
    assert tries(charge)[-1] == ("link", 20_00, "taken")
    assert "taken</span>" in read(finance, "/money/A-1")
    assert client.get("/charges").status_code == 302


def test_who_paid_twice_is_listed_until_that_is_paid_back(finance: Client, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    charge_now(order_of("A-1"), 20_00, "EUR", at())
    with override_settings(URL="https://lamps.example"):
        take()
        pay("A-1", 20_00)
        stripe.pay_link()
        take(2)
    page = read(finance, "/charges")
    assert ("Paid twice" in page, "20.00 EUR" in page, "pay that back" in page) == (True, True, True)
    assert "20.00 EUR of it paid twice" in read(finance, "/money/A-1")
    press(finance, "/money-changes/back/A-1", amount="5", why="for the long wait")
    assert "20.00 EUR" in read(finance, "/charges")
    form = read(finance, "/money-changes/back/A-1")
    assert ('value="20.00"' in form, 'name="paid_twice"' in form, "checked" in form) == (True, True, True)
    page = press(finance, "/money-changes/back/A-1", amount="20", paid_twice="on", why="came twice")
    assert ("goodwill" in page, "paid twice, or not for this order" in page) == (True, True)
    assert "Paid twice" not in read(finance, "/charges")
    assert "checked" not in read(finance, "/money-changes/back/A-1")


def test_after_its_grace_a_person_decides(finance: Client, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "card_declined")
    ship(1)
    take()
    Charge.objects.update(keeps_until=NOON + timedelta(days=2))
    assert "a person decides" in read(finance, "/charges")


def test_what_ends_within_a_day_is_listed(finance: Client, stripe: Stripe) -> None:
    wanted()
    hold(stripe)
    take((7 * 86_400 + AT - NOON.timestamp()) / 86_400 - 1)
    page = read(finance, "/charges")
    assert 'Held, and ends</dt><dd class="bad">1<' in page
    assert "it ends, and no card is kept" in page
    assert "it ends: charge it, or note a card" in read(finance, "/money/A-1")
    press(finance, "/charging/now/A-1", amount="23.00", why="they agreed by phone")
    assert Charge.objects.get().amount == 23_00
    assert "charged 23.00 EUR before it left" in read(finance, "/orders/A-1")


def test_who_may_not_change_money_only_looks(planner: Client, stripe: Stripe) -> None:
    wanted()
    keep(stripe, "card_declined")
    charge = ship(1)
    assert charge is not None
    take()
    assert "Note a card" not in read(planner, "/money/A-1")
    assert planner.post(f"/charges/{charge.pk}/again", {"why": ""}).status_code == 403
    for place in ("/charges/999/again", f"/charges/{charge.pk}/nothing", "/charging/nothing/A-1"):
        assert planner.get(place).status_code in {403, 404}, place
    assert tries(charge) == [("card", 5_00, "failed")]
    assert charge_again(charge, at(1), by_link=False)
