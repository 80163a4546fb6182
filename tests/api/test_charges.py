"""Charges as programs note, make and follow them."""

from __future__ import annotations

import pytest
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from backorder.care.charges.alone import take_what_is_due
from backorder.payments.models import Attempt, Means
from backorder.worker.tasks import read_the_held
from tests.api.client import Program, problem
from tests.api.test_money import program
from tests.payments.conftest import stripe
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import NOON

__all__ = ["program", "stripe"]  # fixtures
pytestmark = pytest.mark.django_db
CARD = {"order": "A-1", "customer": "cus_1", "reference": "pm_1", "label": "Visa ending in 4242"}


def take() -> None:
    take_what_is_due(lambda: NOON)


def test_a_card_is_noted_once_and_charged(program: Program, stripe: Stripe) -> None:
    stripe.cards["pm_1"] = ("cus_1", "")
    stripe.at = int(NOON.timestamp())
    assert program.change("/cards", {**CARD, "cost": 23_00})["changed"] is True
    assert program.change("/cards", CARD)["changed"] is False
    (means,) = program.read("/means", order="A-1")["items"]
    assert (means["kind"], means["state"], means["amount"], means["ends"]) == ("card", "open", None, False)
    assert program.read("/orders/A-1")["payment"] == "chargeable"
    body = {"order": "A-1", "amount": 23_00, "currency": "EUR", "why": "they asked"}
    made = program.change("/charges", body, status=201)
    assert (made["amount"], made["moved"], made["rest"], made["what"]) == (23_00, 23_00, 0, "charge.begun")
    assert problem(program.post("/charges", body))["detail"] == (
        "order A-1: 0.00 EUR may still be charged, not 23.00 EUR"
    )
    take()
    shown = program.read(f"/charges/{made['charge']}")
    (attempt,) = shown["attempts"]
    (payment,) = program.read("/payments", order="A-1")["items"]
    assert (attempt["by"], attempt["state"], attempt["payment"]) == ("card", "taken", payment["payment"])
    assert program.read("/orders/A-1")["payment"] == "paid"
    assert program.read("/charges", failed="true")["items"] == []


def test_what_failed_is_taken_otherwise_or_called_off(program: Program, stripe: Stripe) -> None:
    stripe.cards["pm_1"] = ("cus_1", "card_declined")
    stripe.at = int(NOON.timestamp())
    program.change("/cards", CARD)
    body = {"order": "A-1", "amount": 5_00, "currency": "EUR", "why": "they asked"}
    made = program.change("/charges", body, status=201)
    take()
    (failed,) = program.read("/charges", failed="true")["items"]
    assert (failed["rest"], failed["attempts"][0]["said"]) == (
        5_00,
        "the card was declined: Your card was declined.",
    )
    with override_settings(URL="https://lamps.example"):
        assert program.change(f"/charges/{made['charge']}/again", {"way": "link"})["changed"] is True
        take()
    link = program.read(f"/charges/{made['charge']}")["attempts"][-1]
    assert (link["by"], link["state"], link["link"]) == ("link", "pending", stripe.sessions[0]["url"])
    assert program.change(f"/charge-attempts/{link['attempt']}/end", {})["changed"] is True
    take()
    assert stripe.sessions[0]["status"] == "expired"
    off = program.change(f"/charges/{made['charge']}/called-off", {"why": "paid at the door"})
    assert off["changed"] is True
    shown = program.read(f"/charges/{made['charge']}")
    assert (shown["rest"], shown["called_off"]) == (0, True)
    assert problem(program.post(f"/charges/{made['charge']}/again", {"way": "means"}))["status"] == 409


def test_what_a_card_holds_is_read_by_the_worker(program: Program, stripe: Stripe) -> None:
    name = stripe.hold(20_00, int(NOON.timestamp()) + 600_000, "A-1")
    body = {"order": "A-1", "reference": name, "cost": 21_00}
    assert program.change("/authorisation-readings", body)["asked"] is True
    assert program.change("/authorisation-readings", body)["asked"] is False
    (job,) = ProcrastinateJob.objects.filter(task_name="read_authorisation", args__reference=name)
    read_the_held(**job.args)
    (shown,) = program.read("/means")["items"]
    assert (shown["kind"], shown["amount"], shown["label"], shown["used"]) == (
        "authorisation",
        20_00,
        "Visa ending in 4242",
        0,
    )
    assert shown["who"].startswith("key test")
    assert program.change(f"/means/{shown['means']}/end", {"why": "they pay by bank"})["changed"] is True
    assert Means.objects.get().state == "ending"
    take()
    assert (Means.objects.get().state, stripe.intents[name]["status"]) == ("over", "canceled")
    assert Attempt.objects.count() == 0
