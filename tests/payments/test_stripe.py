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
from tests.payments.fake_stripe import AT, KEY, LONGEST_WAIT, Stripe

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
    partly = stripe.pay(5_00)
    stripe.intents[partly]["status"] = "requires_capture"  # some of it was taken, and the rest may be
    assert provider().read_payment(partly) is None


def test_a_payment_by_other_than_a_card_has_no_label(stripe: Stripe) -> None:
    name = stripe.pay(20_00)
    charge = stripe.intents[name]["latest_charge"]
    for details in ({"type": "sepa_debit", "sepa_debit": {"last4": "3000"}}, None):
        charge["payment_method_details"] = details
        assert provider().read_payment(name) == Known(Paid("stripe", 20_00, "EUR", THEN, name), "")


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
    told = provider().send(ask("pi_nobody", 1, uuid4()))
    assert told.said == "Stripe refused it: No such payment_intent: 'pi_nobody'"
    disputed = stripe.pay(5_00)
    stripe.intents[disputed]["disputed"] = True
    told = provider().send(ask(disputed, 1_00, uuid4()))
    assert told.said == "Stripe refused it: Charge has been charged back; cannot issue a refund."


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("before", "Stripe said: Something went wrong on Stripe's end."),
        ("broken", "Stripe said: Something went wrong on Stripe's end."),
        ("after", "Stripe said: Something went wrong on Stripe's end."),
        ("closed", "Stripe did not answer"),
        ("dropped", "Stripe did not answer"),
        ("limited", "Stripe said: Too many requests."),
        ("busy", "Stripe said: Another request is going on."),
        ("denied", "our key of Stripe may not read payments, or make refunds"),
    ],
)
def test_what_says_nothing_of_the_money_is_no_answer(stripe: Stripe, fault: str, said: str) -> None:
    name = stripe.pay(5_00)
    stripe.faults = [fault]
    with pytest.raises(ProviderError) as error:
        provider().send(ask(name, 5_00))
    assert str(error.value) == said
    assert [method for method, _ in stripe.asked].count("POST") == 1  # nobody asks again behind our back
    if fault == "broken":  # Stripe says the same until it forgets the key
        with pytest.raises(ProviderError):
            provider().send(ask(name, 5_00))
        stripe.forget_keys()
    told = provider().find(ask(name, 5_00)) or provider().send(ask(name, 5_00))
    assert told.state == "sent"
    assert stripe.sum_back() == 5_00


def test_an_answer_that_comes_too_late_is_none(stripe: Stripe) -> None:
    name = stripe.pay(5_00)
    stripe.faults = ["slow"]
    with pytest.raises(ProviderError, match=r"^Stripe did not answer$"):
        Provider(KEY, stripe.url, seconds=0.2).send(ask(name, 5_00))
    assert stripe.stuck.wait(LONGEST_WAIT)
    assert provider().find(ask(name, 5_00)) == Told("sent", stripe.refunds[0]["id"], THEN)


@pytest.mark.parametrize("fault", ["before", "dropped", "limited", "denied"])
def test_a_list_that_is_not_read_to_its_end_finds_nothing_and_says_so(stripe: Stripe, fault: str) -> None:
    name = stripe.pay(20_00)
    for _ in range(5):
        provider().send(ask(name, 1_00, uuid4()))
    stripe.reading_faults = ["", fault]
    with pytest.raises(ProviderError):
        provider().find(ask(name, 1_00))
    assert stripe.asked[-2:] == [("GET", "/v1/refunds")] * 2


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


@pytest.mark.parametrize(("currency", "minor"), [("ISK", 5), ("UGX", 5), ("JPY", 1_251), ("KWD", 1_250)])
def test_money_of_other_currencies_comes_and_goes_back_as_it_is(
    stripe: Stripe, currency: str, minor: int
) -> None:
    came = to_stripe(minor * 2, currency)
    assert came is not None
    name = stripe.pay(came, currency.lower())
    known = provider().read_payment(name)
    assert known is not None
    assert (known.paid.amount, known.paid.currency) == (minor * 2, currency)
    assert provider().send(ask(name, minor, currency=currency)).state == "sent"
    assert provider().send(ask(name, minor, uuid4(), currency=currency)).state == "sent"
    assert stripe.sum_back() == came
