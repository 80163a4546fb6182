"""All charges are stopped by one press and go on by another; what is held without a last day is watched all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from backorder.outbox.models import Entry
from backorder.payments.charging import is_stopped, stop
from backorder.payments.models import Attempt, Charge, Means
from backorder.payments.noting import Rules
from backorder.payments.selectors import list_ending
from backorder.payments.watching import watch_held
from tests.console.conftest import sign_in
from tests.payments.charged import at, check, hold, keep, ship, take, tries, wanted
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(db: None) -> Iterator[None]:  # noqa: ARG001 - gives the database
    """Let customers come back from a link."""
    with override_settings(URL="https://lamps.example"):
        yield


def test_what_ships_while_charges_are_stopped_waits_and_is_charged_once_they_go_on(stripe: Stripe) -> None:
    wanted()
    keep(stripe, cost=23_00)
    stop(at(), stopped=True)
    charge = ship()
    assert (take(), take(2), tries(charge)) == (0, 0, [("card", 23_00, "waiting")])
    assert [kind for kind, path in ((each[0], each[1]) for each in stripe.asked) if kind == "POST"] == []
    stop(at(2), stopped=False)
    assert (take(3), tries(charge)) == (1, [("card", 23_00, "taken")])
    check(stripe)


@pytest.mark.parametrize("fault", ["before", "dropped", "limited"])
def test_what_a_provider_did_not_take_before_a_stop_is_not_taken(stripe: Stripe, fault: str) -> None:
    wanted()
    keep(stripe, cost=23_00)
    charge = ship()
    stripe.faults = [fault]
    take()
    stop(at(1), stopped=True)
    take(3)
    assert tries(charge) == [("card", 23_00, "handed")]
    assert Attempt.objects.get().said == "stripe knows nothing of it, and somebody stopped all charges"
    stop(at(3), stopped=False)
    take(5)
    assert tries(charge) == [("card", 23_00, "taken")]
    check(stripe)


def test_what_ends_while_charges_are_stopped_is_told_to_a_person(stripe: Stripe) -> None:
    wanted()
    hold(stripe)
    stop(at(), stopped=True)
    assert watch_held(lambda: NOON + timedelta(days=365), Rules(before_shipment=True)) == 1
    assert ([each.order.number for each in list_ending()], Charge.objects.count()) == (["A-1"], 0)
    assert Entry.objects.latest("id").facts["how"] == "told"


def test_one_press_stops_all_charges_and_only_who_may(db: None, stripe: Stripe) -> None:  # noqa: ARG001 - they give what is asked
    finance, reader = sign_in("finance"), sign_in("read-only")
    assert reader.post("/charges/stop", {"stopped": "yes"}).status_code == 403
    assert (is_stopped(), "Stop all charges" in read(reader)) == (False, False)
    page = finance.post("/charges/stop", {"stopped": "yes"}, follow=True).content.decode()
    assert ("All charges are stopped." in page, "Let charges go on" in page, is_stopped()) == (
        True,
        True,
        True,
    )
    assert "Somebody stopped all charges" in read(reader)
    finance.post("/charges/stop", {"stopped": "no"})
    assert (is_stopped(), [each.what for each in Entry.objects.order_by("id")][-2:]) == (
        False,
        ["charges.stopped", "charges.resumed"],
    )


def read(client: Client) -> str:
    """Read the page of charges."""
    return client.get("/charges").content.decode()


def test_what_is_held_without_a_last_day_is_watched_as_if_it_ended_in_a_week(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe, until=None)
    assert (means.capture_before, means.try_at) == (None, NOON + timedelta(days=1))
    early = NOON + timedelta(days=6, seconds=-1)
    assert (watch_held(lambda: early, Rules()), list(list_ending())) == (0, [])
    late = NOON + timedelta(days=6)
    assert (watch_held(lambda: late, Rules()), watch_held(lambda: late, Rules())) == (1, 0)
    assert [each.pk for each in list_ending()] == [means.pk]
    assert Entry.objects.latest("id").facts == {
        "how": "told",
        "amount": 23_00,
        "currency": "EUR",
        "until": "",
    }


def test_of_what_is_held_without_a_last_day_stripe_is_asked_each_day(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe, until=None)
    assert (take(0.5), take(1), take(1.5), take(2)) == (0, 1, 0, 1)
    stripe.intents[means.reference]["status"] = "canceled"
    assert take(3) == 1
    assert Means.objects.get().state == "over"
