"""What Stripe says is read as it is, over HTTP, and never asked for twice."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from backorder.money import PLACES
from backorder.payments.providers import Ask, Known, ProviderError, Told
from backorder.payments.services import Paid
from backorder.payments.stripe import Stripe as Provider
from backorder.payments.stripe import find_stripe, from_stripe, to_stripe
from tests.payments.fake_stripe import AT, KEY, Stripe

THEN = datetime.fromtimestamp(AT, UTC)
NAME = UUID("11111111-1111-4111-8111-111111111111")


def provider() -> Provider:
    found = find_stripe()
    assert found is not None
    return found


def ask(payment: str, amount: int, key: UUID = NAME, currency: str = "EUR") -> Ask:
    return Ask(key, payment, amount, currency, "A-1")


def test_a_payment_is_read_with_what_the_customer_knows_it_by(stripe: Stripe) -> None:
    name = stripe.pay(20_00, order="A-1")
    assert provider().read_payment(name) == Known(
        Paid("stripe", 20_00, "EUR", THEN, name, "Visa ending in 4242"), "A-1"
    )


def test_what_is_no_payment_is_none(stripe: Stripe) -> None:
    assert provider().read_payment("pi_nobody") is None
    assert provider().read_payment(stripe.pay(0)) is None


def test_money_is_sent_once_under_a_key_and_found_by_it(stripe: Stripe) -> None:
    name = stripe.pay(20_00)
    assert provider().find(ask(name, 5_00)) is None
    told = provider().send(ask(name, 5_00))
    assert told == Told("sent", stripe.refunds[0]["id"], THEN)
    assert provider().send(ask(name, 5_00)) == told
    stripe.forget_keys()
    assert provider().find(ask(name, 5_00)) == told
    assert stripe.sum_back() == 5_00
    assert stripe.refunds[0]["metadata"] == {"backorder": str(NAME), "order": "A-1"}


def test_a_refund_is_found_on_the_last_page(stripe: Stripe) -> None:
    name = stripe.pay(20_00)
    keys = [uuid4() for _ in range(5)]
    for key in keys:
        provider().send(ask(name, 1_00, key))
    assert [provider().find(ask(name, 1_00, key)).reference for key in keys] == [  # type: ignore[union-attr]
        each["id"] for each in stripe.refunds
    ]
    assert provider().find(ask(name, 1_00)) is None


@pytest.mark.parametrize(
    ("status", "reason", "told"),
    [
        ("pending", None, ("pending", "")),
        ("requires_action", None, ("pending", "")),
        ("succeeded", None, ("sent", "")),
        ("failed", "expired_or_canceled_card", ("failed", "the card has expired, or was cancelled")),
        ("failed", "something_new", ("failed", "something new")),
        ("failed", None, ("failed", "Stripe does not say why")),
        ("canceled", "merchant_request", ("failed", "it was called back")),
        ("a_new_state", None, ("pending", "")),
    ],
)
def test_a_state_is_read_in_our_words(
    stripe: Stripe, status: str, reason: str | None, told: tuple[str, str]
) -> None:
    name = stripe.pay(20_00)
    provider().send(ask(name, 5_00))
    stripe.become(status, reason)
    found = provider().find(ask(name, 5_00))
    assert found is not None
    assert (found.state, found.said) == told


def test_what_stripe_refuses_has_failed(stripe: Stripe) -> None:
    name = stripe.pay(5_00)
    told = provider().send(ask(name, 5_01))
    assert told == Told(
        "failed",
        "",
        said="Stripe refused it: Refund amount (501) is greater than unrefunded amount on charge (500)",
    )
    provider().send(ask(name, 5_00, uuid4()))
    told = provider().send(ask(name, 1, uuid4()))
    assert told.said == "Stripe refused it: Charge has already been refunded."
    assert (
        provider().send(ask("pi_nobody", 1)).said == "Stripe refused it: No such payment_intent: 'pi_nobody'"
    )


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("before", "Stripe said: Something went wrong on Stripe's end."),
        ("after", "Stripe said: Something went wrong on Stripe's end."),
        ("closed", "Stripe did not answer"),
        ("limited", "Stripe said: Too many requests."),
        ("busy", "Stripe said: Another request is going on."),
    ],
)
def test_what_says_nothing_of_the_money_is_no_answer(stripe: Stripe, fault: str, said: str) -> None:
    name = stripe.pay(5_00)
    stripe.faults = [fault]
    with pytest.raises(ProviderError) as error:
        provider().send(ask(name, 5_00))
    assert str(error.value) == said
    assert [method for method, _ in stripe.asked].count("POST") == 1  # nobody asks again behind our back
    assert provider().send(ask(name, 5_00)).state == "sent"
    assert stripe.sum_back() == 5_00


def test_the_same_key_for_something_else_is_no_answer(stripe: Stripe) -> None:
    name = stripe.pay(5_00)
    provider().send(ask(name, 1_00))
    with pytest.raises(
        ProviderError, match=r"^Stripe said: Keys can only be used with the same parameters\.$"
    ):
        provider().send(ask(name, 2_00))


def test_a_wrong_key_is_told_and_not_shown(stripe: Stripe) -> None:
    with override_settings(STRIPE_KEY="sk_test_wrong"), pytest.raises(ProviderError) as error:
        provider().find(ask("pi_1", 1))
    assert str(error.value) == "Stripe does not know our key: see BACKORDER_STRIPE_KEY in the settings"
    assert "wrong" not in str(error.value)
    assert stripe.refunds == []


def test_a_server_that_is_not_there_is_no_answer() -> None:
    with (
        override_settings(STRIPE_KEY=KEY, STRIPE_URL="http://127.0.0.1:9"),
        pytest.raises(ProviderError) as error,
    ):
        provider().send(ask("pi_1", 1))
    assert str(error.value) == "Stripe did not answer"


def test_without_a_key_there_is_none() -> None:
    assert find_stripe() is None


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (12_50, "EUR", 1250),
        (1250, "JPY", 1250),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (5_00, "MGA", 5),
        (5_01, "MGA", None),
        (1_250, "KWD", 1250),
        (1_255, "KWD", None),
    ],
)
def test_amounts_are_turned_into_those_that_stripe_takes(
    minor: int, currency: str, amount: int | None
) -> None:
    assert to_stripe(minor, currency) == amount
    if amount is not None:
        assert from_stripe(amount, currency) == minor


@given(st.integers(1, 10**13), st.sampled_from(["EUR", "MGA", *PLACES]))
def test_no_amount_changes_on_its_way(minor: int, currency: str) -> None:
    amount = to_stripe(minor, currency)
    assert amount is None or from_stripe(amount, currency) == minor


def test_an_amount_that_stripe_has_not_is_not_asked_for(stripe: Stripe) -> None:
    name = stripe.pay(5_000, "kwd")
    told = provider().send(ask(name, 1_255, currency="KWD"))
    assert told == Told("failed", "", said="Stripe cannot send 1.255 KWD: it takes no such fraction")
    assert stripe.asked == []
