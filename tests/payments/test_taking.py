"""What leaves is charged once, whatever breaks on the way: of what is held, of a card that is kept, or by a link."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings

from backorder.fulfilment.services import FulfilmentError
from backorder.outbox.models import Entry
from backorder.payments.charging import call_off, charge_again, charge_now, end_attempt
from backorder.payments.models import Attempt, Charge, Means, Payment
from backorder.payments.services import Back, let_back
from tests.allocation.shop import stock
from tests.care.paid import cancel, order, owed, pay
from tests.crash.killing import Program, start_program
from tests.fulfilment.shop import order_of, refused, release
from tests.fulfilment.shop import ship as ship_units
from tests.payments.charged import at, check, hold, keep, ship, take, tries, wanted
from tests.payments.fake_stripe import AT, Stripe
from tests.supply.shop import NOON

ONE_BY_ONE = (5_75, 5_75, 5_75, 5_75)


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    """Let customers come back from a link."""
    with override_settings(URL="https://lamps.example"):
        yield


@pytest.fixture
def shop(db: None) -> None:
    """Let the database be there."""


def shares() -> list[int | None]:
    """List what of the order is to go back."""
    return [each.amount for each in owed(1, "A-1")]


@pytest.mark.usefixtures("shop")
def test_what_is_held_is_taken_when_it_ships_with_shipping(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe)
    assert order_of("A-1").payment_state == "chargeable"
    charge = ship()
    assert charge is not None
    assert (charge.amount, charge.entry.what, tries(charge)) == (
        23_00,
        "order.shipped",
        [("authorisation", 23_00, "waiting")],
    )
    assert take() == 1
    assert tries(charge) == [("authorisation", 23_00, "taken")]
    payment = Payment.objects.get()
    assert (payment.amount, payment.reference, payment.paid_at) == (
        23_00,
        means.reference,
        NOON + timedelta(days=1),
    )
    means.refresh_from_db()
    assert (means.state, order_of("A-1").payment_state) == ("used", "paid")
    assert take(2) == 0
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_the_shares_of_shipments_are_the_whole_and_the_rest_goes_by_the_card(stripe: Stripe) -> None:
    wanted()
    means, _ = hold(stripe), keep(stripe)
    for amount in ONE_BY_ONE:
        charge = ship(1) if not Charge.objects.exists() else None
        if charge is None:
            ship_units("A-1", 1)
            charge = Charge.objects.latest("id")
        assert charge.amount == amount
        take()
    assert [tries(each)[0][0] for each in Charge.objects.order_by("id")] == ["authorisation", *["card"] * 3]
    assert sum(Payment.objects.values_list("amount", flat=True)) == 23_00
    means.refresh_from_db()
    assert (means.state, order_of("A-1").payment_state) == ("used", "paid")
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_more_than_is_held_is_taken_of_the_card_too(stripe: Stripe) -> None:
    wanted()
    hold(stripe, 15_00, cost=23_00)
    keep(stripe)
    charge = ship()
    take()
    assert tries(charge) == [("authorisation", 15_00, "taken"), ("card", 8_00, "taken")]
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_what_was_cancelled_or_paid_ahead_is_not_charged(stripe: Stripe) -> None:
    wanted()
    pay("A-1", 4_00)
    keep(stripe)
    cancel("A-1", 1, days=0)
    first = ship(1)
    assert first is not None
    assert first.amount == 1_00  # 5.00, less what was paid ahead
    ship_units("A-1", 2)
    assert Charge.objects.latest("id").amount == 10_00
    let_back(order_of("A-1"), Back(1_00, "EUR"), at())  # goodwill is not taken again
    take()
    assert sum(Payment.objects.values_list("amount", flat=True)) == 15_00
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_what_was_charged_for_what_left_does_not_go_back_for_what_is_cancelled(stripe: Stripe) -> None:
    stock("LAMP", 3)
    order("A-1", ("LAMP", 4, 5_00))
    keep(stripe, cost=23_00)
    ship()
    take()
    cancel("A-1", 1)
    assert (Payment.objects.get().amount, shares()) == (17_25, [0])  # shipping is in it, and stays
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_what_was_charged_before_it_left_goes_back_with_its_share_of_shipping(stripe: Stripe) -> None:
    wanted()
    keep(stripe, cost=23_00)
    charge_now(order_of("A-1"), 23_00, "EUR", at())
    take()
    cancel("A-1", 1)
    assert shares() == [5_75]


@pytest.mark.usefixtures("shop")
def test_nothing_is_charged_here_of_who_pays_elsewhere(stripe: Stripe) -> None:
    wanted()
    assert ship() is None
    assert (take(), stripe.asked) == (0, [])


@pytest.mark.usefixtures("shop")
def test_what_cannot_be_charged_does_not_leave(stripe: Stripe) -> None:
    wanted()
    hold(stripe, 12_00)
    said = "order A-1 cannot be charged: what was held is used or over, or is less than it costs; note a card"
    assert refused("A-1") == said
    keep(stripe)
    release("A-1")


@pytest.mark.usefixtures("shop")
def test_a_card_that_is_declined_waits_for_a_person_and_keeps_its_place(stripe: Stripe) -> None:
    wanted()
    keep(stripe, "card_declined")
    charge = ship(1)
    assert charge is not None
    take()
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.said, attempt.needs_customer) == (
        "failed",
        "the card was declined: Your card was declined.",
        False,
    )
    charge.refresh_from_db()
    assert (charge.rest, charge.keeps_until) == (5_00, NOON + timedelta(days=8))
    assert stripe.intents[attempt.reference]["status"] == "canceled"
    assert (Entry.objects.latest("id").what, order_of("A-1").payment_state) == ("charge.failed", "chargeable")
    with pytest.raises(FulfilmentError, match=r"^order A-1 was charged for what left before and that failed"):
        ship_units("A-1", 1)
    assert take(9) == 0  # nobody asks again without a person
    keep(stripe, name="pm_2")
    charge_again(charge, at(2), by_link=False)
    take(2)
    assert tries(charge) == [("card", 5_00, "failed"), ("card", 5_00, "taken")]
    ship_units("A-1", 1)
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_who_paid_otherwise_meanwhile_is_not_charged_again(stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    charge = ship(1)
    assert charge is not None
    pay("A-1", 20_00)
    assert order_of("A-1").payment_state == "paid"
    take()
    assert tries(charge) == [("card", 5_00, "failed")]  # and no link
    charge.refresh_from_db()
    with pytest.raises(ValueError, match=r"^order A-1 is paid: call that charge off$"):
        charge_again(charge, at(2), by_link=False)
    ship_units("A-1", 3)
    assert Charge.objects.count() == 1
    call_off(charge, at(2))
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_who_is_asked_by_the_bank_pays_by_a_link_that_is_made_once(stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    charge = ship()
    assert take() == 2
    assert tries(charge) == [("card", 20_00, "failed"), ("link", 20_00, "pending")]
    (session,) = stripe.sessions
    link = Attempt.objects.get(kind="link")
    assert (link.link, session["amount_total"], session["name"]) == (session["url"], 20_00, "A-1")
    take(2)
    assert len(stripe.sessions) == 1
    stripe.pay_link()
    take(3)
    assert tries(charge) == [("card", 20_00, "failed"), ("link", 20_00, "taken")]
    assert order_of("A-1").payment_state == "paid"
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_a_link_is_made_again_until_grace_is_over(stripe: Stripe) -> None:
    wanted()
    keep(stripe, "authentication_required")
    charge = ship()
    take()
    for day in (2, 3):
        stripe.sessions[-1] |= {"status": "expired", "url": None}
        stripe.at = AT + day * 86_400
        take(day)
    assert [state for _, _, state in tries(charge)] == ["failed", "failed", "failed", "pending"]
    stripe.sessions[-1] |= {"status": "expired", "url": None}
    take(9)
    assert [state for _, _, state in tries(charge)] == ["failed"] * 4
    check(stripe)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("paid", [False, True])
def test_a_link_that_a_person_ends_is_over_unless_somebody_was_faster(stripe: Stripe, *, paid: bool) -> None:
    wanted()
    keep(stripe, "authentication_required")
    charge = ship()
    assert charge is not None
    take()
    link = Attempt.objects.get(kind="link")
    with pytest.raises(ValueError, match=r"^order A-1: nothing of that charge failed"):
        charge_again(charge, at(2), by_link=False)
    if paid:
        stripe.pay_link()
    end_attempt(link, at(2))
    take(2)
    assert tries(charge)[-1] == ("link", 20_00, "taken" if paid else "failed")
    assert stripe.sessions[0]["status"] == ("complete" if paid else "expired")
    if not paid:
        call_off(charge, at(3))
        charge.refresh_from_db()
        assert (charge.rest, charge.stands) == (0, 0)
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_what_is_held_no_more_is_taken_of_the_card(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe, 20_00)
    keep(stripe)
    stripe.intents[means.reference] |= {"status": "canceled", "amount_capturable": 0}
    charge = ship()
    take()
    assert tries(charge) == [("authorisation", 20_00, "failed"), ("card", 20_00, "taken")]
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_what_somebody_took_at_stripe_is_not_taken_again(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe, 20_00)
    keep(stripe)
    stripe.intents[means.reference] |= {"status": "succeeded", "amount_received": 20_00}
    charge = ship()
    take()
    assert tries(charge) == [("authorisation", 20_00, "failed")]
    assert Attempt.objects.get().said.startswith("somebody took what was held, without us")
    means.refresh_from_db()
    assert means.state == "used"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("fault", ["before", "after", "closed", "dropped", "limited", "busy"])
@pytest.mark.parametrize("forgets", [False, True])
@pytest.mark.parametrize("kind", ["authorisation", "card", "link"])
def test_what_stripe_does_not_say_is_asked_again_and_taken_once(
    stripe: Stripe, fault: str, kind: str, *, forgets: bool
) -> None:
    wanted()
    if kind == "authorisation":
        hold(stripe, 20_00)
    else:
        keep(stripe, "authentication_required" if kind == "link" else "")
    charge = ship()
    stripe.at = int((NOON + timedelta(days=1)).timestamp())
    stripe.faults = ["", "", fault] if kind == "link" else [fault]  # after the card, and its end
    take()
    attempt = Attempt.objects.get(kind=kind)
    assert (attempt.state, attempt.said[:7]) == ("handed", "Stripe ")
    if forgets:
        stripe.forget_keys()
    take(2)
    if kind == "link":
        assert len(stripe.sessions) == 1
        stripe.pay_link()
        take(3)
    assert tries(charge)[-1] == (kind, 20_00, "taken")
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_a_server_that_is_away_for_days_loses_nothing(stripe: Stripe) -> None:
    wanted()
    hold(stripe, 20_00)
    charge = ship()
    with override_settings(STRIPE_URL="http://127.0.0.1:9"):
        for days in (1, 2, 3):
            take(days)
    with override_settings(STRIPE_KEY=""):
        take(4)
    take(5)
    assert tries(charge) == [("authorisation", 20_00, "taken")]
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_a_person_charges_before_anything_left_and_says_why(stripe: Stripe) -> None:
    wanted()
    hold(stripe)
    with pytest.raises(ValueError, match=r"^order A-1: 23.00 EUR may still be charged, not 24.00 EUR$"):
        charge_now(order_of("A-1"), 24_00, "EUR", at())
    charge_now(order_of("A-1"), 23_00, "EUR", at())
    take()
    assert order_of("A-1").payment_state == "paid"
    ship()
    assert Charge.objects.count() == 1
    check(stripe)


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_once(stripe: Stripe) -> None:
    wanted()
    keep(stripe)
    charge = ship()

    def work() -> None:
        take()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    take(2)
    assert tries(charge) == [("card", 20_00, "taken")]
    check(stripe)


@pytest.fixture
def program(transactional_db: None) -> Iterator[Program]:  # noqa: ARG001 - the program sees what is kept only
    with start_program() as running:
        yield running


@pytest.mark.parametrize(("kind", "forgets"), [("authorisation", False), ("card", True)])
def test_whoever_is_killed_while_money_is_taken_takes_it_once(
    stripe: Stripe, program: Program, kind: str, *, forgets: bool
) -> None:
    order("A-1", ("LAMP", 200, 5_00))
    keep(stripe)
    told, die_at = "", 0
    while not told.startswith("done"):
        die_at += 1
        if kind == "authorisation":
            hold(stripe, 5_00)
        charge = charge_now(order_of("A-1"), 5_00, "EUR", at())
        told = program.run(f"take_charge {stripe.url} {die_at}", die_at)
        if forgets:
            stripe.forget_keys()
        program.run(f"take_charge {stripe.url} {die_at + 1}")
        assert tries(charge) == [(kind, 5_00, "taken")], (die_at, told)
        assert sum(each["amount_received"] for each in stripe.intents.values()) == die_at * 5_00, told
    assert die_at > 20
    check(stripe)
    assert Means.objects.filter(kind="authorisation", state="used").count() == (
        die_at if kind == "authorisation" else 0
    )
