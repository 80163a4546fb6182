"""What changes between deciding a charge and taking it: nobody pays more than the order costs by then, and no hint is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings

from backorder.payments.charging import call_off, charge_again, charge_now
from backorder.payments.means import note_standing
from backorder.payments.models import Means, Payment
from backorder.payments.reading import note_provided
from backorder.payments.selectors import find_link
from backorder.payments.stripe_charges import find_stripe_charges
from backorder.payments.taking import NEEDLESS, claim_means, hear_charges
from tests.care.paid import cancel, pay
from tests.fulfilment.shop import order_of
from tests.payments.charged import UNTIL, at, check, hold, keep, ship, take, tries, wanted
from tests.payments.fake_charges import Charges, invalid
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(db: None) -> Iterator[None]:  # noqa: ARG001 - gives the database
    """Let customers come back from a link."""
    with override_settings(URL="https://lamps.example"):
        yield


@pytest.mark.parametrize("amount", [20_00, 5_00])
def test_what_was_paid_otherwise_before_it_is_asked_for_is_not_taken(stripe: Stripe, amount: int) -> None:
    wanted()
    keep(stripe)
    charge = ship()
    pay("A-1", amount)
    take()
    assert tries(charge) == [("card", 20_00, "failed")]
    assert charge is not None
    assert charge.attempts.get().said == NEEDLESS
    assert sum(Payment.objects.values_list("amount", flat=True)) == amount
    check(stripe)


def test_what_was_taken_counts_though_the_order_is_paid_otherwise_meanwhile(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge = ship()
    stripe.at = int((NOON + timedelta(days=1)).timestamp())
    stripe.faults = ["closed"]
    take()
    pay("A-1", 20_00)
    take(2)
    assert tries(charge) == [("card", 20_00, "taken")]
    check(stripe)


@pytest.mark.parametrize("paid", [False, True])
def test_a_link_ends_once_the_order_is_paid_otherwise(stripe: Stripe, *, paid: bool) -> None:
    wanted()
    keep(stripe, "authentication_required")
    charge = ship()
    take()
    assert find_link(order_of("A-1")) is not None
    pay("A-1", 20_00)
    assert find_link(order_of("A-1")) is None  # its page asks for nothing more
    if paid:
        stripe.pay_link()
    take(2)
    assert tries(charge)[1:] == [("link", 20_00, "taken" if paid else "failed")]
    assert stripe.sessions[0]["status"] == ("complete" if paid else "expired")
    check(stripe)


def test_what_was_cancelled_before_it_is_asked_for_is_not_taken(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge = charge_now(order_of("A-1"), 20_00, "EUR", at())
    cancel("A-1", 1, days=0)
    take()
    assert tries(charge) == [("card", 20_00, "failed")]
    said = r"^order A-1 costs 5.00 EUR less than that by now: call that charge off, and charge what it costs$"
    with pytest.raises(ValueError, match=said):
        charge_again(charge, at(2), by_link=True)
    call_off(charge, at(2))
    charge_now(order_of("A-1"), 15_00, "EUR", at(2))
    take(2)
    assert Payment.objects.get().amount == 15_00
    check(stripe)


def test_what_is_held_is_let_go_at_once_though_a_person_was_told_that_it_ends(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe)
    late = (UNTIL - timedelta(hours=24) - NOON) / timedelta(days=1)
    take(late)
    cancel("A-1", 3, days=late)
    take(late)
    means.refresh_from_db()
    assert (means.state, means.told_at is not None) == ("open", True)
    cancel("A-1", 1, days=late)
    take(late)
    assert stripe.intents[means.reference]["status"] == "canceled"


def test_what_a_bank_holds_no_more_is_taken_of_the_card(
    stripe: Stripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise invalid(400, "charge_expired_for_capture", "The authorization has expired.")

    wanted()
    means = hold(stripe, 20_00)
    keep(stripe)
    charge = ship()
    monkeypatch.setattr(Charges, "capture", refuse)
    take()
    assert tries(charge) == [("authorisation", 20_00, "failed"), ("card", 20_00, "taken")]
    means.refresh_from_db()
    assert means.state == "over"
    check(stripe)


def test_what_is_heard_of_what_is_held_while_stripe_is_asked_is_asked_again(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe)
    Means.objects.filter(pk=means.pk).update(try_at=NOON)
    claimed, taker = claim_means(NOON), find_stripe_charges()
    assert claimed is not None
    assert taker is not None
    held = taker.read_held(means.reference)
    hear_charges(means.reference, "", NOON)
    note_standing(claimed, held, NOON, "autopilot")
    means.refresh_from_db()
    assert means.try_at == NOON


def test_whatever_somebody_keeps_with_a_payment_it_is_noted(stripe: Stripe) -> None:
    wanted()
    name = stripe.pay(20_00, order="A-1")
    stripe.intents[name]["metadata"]["backorder"] = "yes"
    assert note_provided("stripe", name, at()) is not None
