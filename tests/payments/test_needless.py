"""What changes between deciding a charge and taking it: nobody pays more than the order costs by then, and no hint is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings

from backorder.payments.charging import call_off, charge_again, charge_now, end_attempt
from backorder.payments.means import note_standing
from backorder.payments.models import Charge, Means, Payment
from backorder.payments.noting import CHEAPER
from backorder.payments.reading import note_provided
from backorder.payments.selectors import list_not_taken, list_open_links
from backorder.payments.stripe_charges import find_stripe_charges
from backorder.payments.taking import NEEDLESS, claim_means, hear_charges
from tests.care.paid import back_twice, cancel, pay
from tests.fulfilment.shop import order_of
from tests.payments.charged import UNTIL, at, check, hold, keep, list_twice, ship, take, tries, wanted
from tests.payments.fake_charges import Charges, invalid
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(db: None) -> Iterator[None]:  # noqa: ARG001 - gives the database
    """Let customers come back from a link."""
    with override_settings(URL="https://lamps.example"):
        yield


def test_what_was_paid_otherwise_before_it_is_asked_for_is_not_taken(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge = ship()
    pay("A-1", 20_00)
    take()
    assert tries(charge) == [("card", 20_00, "failed")]
    assert charge is not None
    assert charge.attempts.get().said == NEEDLESS
    assert Payment.objects.get().amount == 20_00
    assert Charge.objects.count() == 1
    check(stripe)


def test_of_what_was_paid_otherwise_in_part_the_rest_is_taken(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge = ship()
    assert charge is not None
    pay("A-1", 5_00)
    take()
    lower = Charge.objects.latest("id")
    assert (tries(charge), tries(lower)) == ([("card", 20_00, "failed")], [("card", 15_00, "taken")])
    charge.refresh_from_db()
    assert (charge.rest, charge.stands, charge.called_off and charge.called_off.why) == (0, 0, CHEAPER)
    assert lower.entry.facts == {"amount": 15_00, "was": 20_00, "currency": "EUR"}
    assert order_of("A-1").payment_state == "paid"
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
    assert [each.amount for each in list_open_links(order_of("A-1"))] == [20_00]
    pay("A-1", 20_00)
    assert list_open_links(order_of("A-1")) == []  # its page asks for nothing more
    if paid:
        stripe.pay_link()
    take(2)
    assert tries(charge)[1:] == [("link", 20_00, "taken" if paid else "failed")]
    assert stripe.sessions[0]["status"] == ("complete" if paid else "expired")
    assert list_twice() == ([("A-1", 20_00, "EUR")] if paid else [])
    if paid:
        assert list(Payment.objects.order_by("id").values_list("paid_twice", flat=True)) == [0, 20_00]
        back_twice("A-1", 20_00)
        assert (list_twice(), order_of("A-1").payment_state) == ([], "paid")
    check(stripe)


def test_what_is_to_go_back_for_what_was_cancelled_was_not_paid_twice(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge = charge_now(order_of("A-1"), 20_00, "EUR", at())
    stripe.at = int((NOON + timedelta(days=1)).timestamp())
    stripe.faults = ["closed"]
    take()
    cancel("A-1", 1)
    take(2)
    assert tries(charge) == [("card", 20_00, "taken")]
    assert (Payment.objects.get().paid_twice, list_twice()) == (0, [])
    check(stripe)


@pytest.mark.parametrize("by", ["card", "authorisation"])
def test_what_was_cancelled_before_it_is_asked_for_is_not_taken_and_what_is_owed_is(
    stripe: Stripe, by: str
) -> None:
    wanted()
    if by == "card":
        keep(stripe)
    else:
        hold(stripe, 20_00)
    charge = charge_now(order_of("A-1"), 20_00, "EUR", at())
    cancel("A-1", 1, days=0)
    take()
    lower = Charge.objects.latest("id")
    assert (tries(charge), tries(lower)) == ([(by, 20_00, "failed")], [(by, 15_00, "taken")])
    assert (lower.entry.what, lower.entry.who) == ("charge.lowered", "autopilot")
    assert (Payment.objects.get().amount, order_of("A-1").payment_state) == (15_00, "paid")
    assert take(3) == 0
    check(stripe)


def test_of_two_parts_of_a_charge_only_what_is_owed_is_taken(stripe: Stripe) -> None:
    wanted()
    hold(stripe, 12_00, cost=20_00)
    keep(stripe)
    charge_now(order_of("A-1"), 20_00, "EUR", at())
    cancel("A-1", 1, days=0)
    take()
    assert sum(Payment.objects.values_list("amount", flat=True)) == 15_00
    assert order_of("A-1").payment_state == "paid"
    check(stripe)


def call_off_what_was_held(stripe: Stripe, says: str = "") -> Charge:
    """Let 12.00 of a charge of 20.00 be called off while the card is still to be asked for the rest."""
    wanted()
    hold(stripe, 12_00, cost=20_00)
    keep(stripe, says)
    charge = charge_now(order_of("A-1"), 20_00, "EUR", at())
    end_attempt(charge.attempts.get(kind="authorisation"), at())
    charge.refresh_from_db()
    call_off(charge, at())
    return charge


def test_what_was_not_called_off_of_a_charge_is_lowered_too(stripe: Stripe) -> None:
    charge = call_off_what_was_held(stripe)
    pay("A-1", 15_00)
    take()
    assert [state for _, _, state in tries(charge)] == ["failed", "failed"]
    assert sum(Payment.objects.values_list("amount", flat=True)) == 20_00
    assert (order_of("A-1").payment_state, list(list_not_taken())) == ("paid", [])
    check(stripe)


def test_what_fails_after_the_other_part_was_called_off_waits_for_a_person(stripe: Stripe) -> None:
    charge = call_off_what_was_held(stripe, "card_declined")
    take()
    charge.refresh_from_db()
    (failed,) = list_not_taken()
    assert (charge.stands, failed.rest, failed.keeps_until is not None) == (0, 8_00, True)
    charge_again(failed, at(1), by_link=True)
    assert tries(failed) == [("link", 8_00, "waiting")]
    check(stripe)


def test_what_was_declined_of_a_charge_that_is_lowered_is_not_asked_for_again(stripe: Stripe) -> None:
    wanted()
    hold(stripe, 12_00, cost=20_00)
    keep(stripe, "card_declined")
    charge = charge_now(order_of("A-1"), 20_00, "EUR", at())
    charge.attempts.filter(kind="authorisation").update(try_at=NOON + timedelta(days=2))
    take()
    assert tries(charge) == [("authorisation", 12_00, "waiting"), ("card", 8_00, "failed")]
    charge.refresh_from_db()
    cancel("A-1", 1)
    take(2)
    lower = Charge.objects.latest("id")
    assert (lower.amount, tries(lower)) == (15_00, [("authorisation", 7_00, "taken")])
    assert (lower.rest, lower.keeps_until, list(list_not_taken())) == (8_00, charge.keeps_until, [lower])
    check(stripe)


def test_a_charge_of_which_nothing_is_owed_any_more_is_called_off(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge = charge_now(order_of("A-1"), 20_00, "EUR", at())
    cancel("A-1", 4, days=0)
    take()
    charge.refresh_from_db()
    assert (charge.rest, charge.stands, Charge.objects.count()) == (0, 0, 1)
    assert Payment.objects.count() == 0
    check(stripe)


def test_a_link_for_more_than_is_owed_is_shown_no_more_and_another_takes_its_place(stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    charge = charge_now(order_of("A-1"), 20_00, "EUR", at())
    take()
    (link,) = list_open_links(order_of("A-1"))
    assert (link.amount, link.charge) == (20_00, charge)
    charge.refresh_from_db()
    cancel("A-1", 1)
    assert list_open_links(order_of("A-1")) == []  # it would take more than is owed
    take(1.1)
    (other,) = list_open_links(order_of("A-1"))
    assert (other.amount, other.charge.keeps_until) == (15_00, charge.keeps_until)
    assert [each["status"] for each in stripe.sessions] == ["expired", "open"]
    stripe.pay_link()
    take(1.2)
    assert (Payment.objects.get().amount, order_of("A-1").payment_state) == (15_00, "paid")
    check(stripe)


def test_each_part_that_is_owed_has_its_link_and_both_take_what_the_order_costs(stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    for amount in (15_00, 5_00):
        charge_now(order_of("A-1"), amount, "EUR", at())
    take()
    assert [each.amount for each in list_open_links(order_of("A-1"))] == [15_00, 5_00]
    stripe.pay_link()
    take(1.1)
    assert [each.amount for each in list_open_links(order_of("A-1"))] == [15_00]
    stripe.sessions.reverse()
    stripe.pay_link()
    take(1.2)
    assert list_open_links(order_of("A-1")) == []
    assert sum(Payment.objects.values_list("amount", flat=True)) == 20_00
    assert order_of("A-1").payment_state == "paid"
    check(stripe)


def test_a_failed_charge_is_not_charged_again_above_what_the_order_costs(stripe: Stripe) -> None:
    wanted()
    keep(stripe, "card_declined")
    charge = charge_now(order_of("A-1"), 20_00, "EUR", at())
    take()
    cancel("A-1", 1)
    said = r"^order A-1 costs 5.00 EUR less than that by now: call that charge off, and charge what it costs$"
    with pytest.raises(ValueError, match=said):
        charge_again(charge, at(2), by_link=True)
    call_off(charge, at(2))
    keep(stripe, name="pm_2")
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
