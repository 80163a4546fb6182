"""Money as programs note it, let it go back and follow it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from backorder.outbox.models import Entry
from backorder.payments.models import Payment, Refund
from backorder.worker.tasks import read_the_payment
from tests.api.care import open_house
from tests.api.client import Program, in_days, problem
from tests.payments.conftest import stripe
from tests.payments.fake_stripe import Stripe
from tests.supply.shop import NOON, item

__all__ = ["stripe"]  # a fixture
pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop in which four lamps at 5.00 wait."""
    open_house()
    item().__class__.objects.filter(sku="LAMP").update(price=5_00)
    program = Program()
    program.change(
        "/recorded-orders", {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 4}]}, status=201
    )
    return program


def pay(program: Program, amount: int = 20_00, status: int = 201, **more: Any) -> Any:
    body = {"order": "A-1", "amount": amount, "currency": "EUR", "at": NOON.isoformat(), **more}
    return program.change("/payments", body, status=status)


def cancel(program: Program, units: int) -> None:
    program.change("/orders/A-1/lines/1/cancellations", {"quantity": units})


def test_a_payment_is_noted_and_goes_back(program: Program) -> None:
    paid = pay(program, reference="T-1", label="bank transfer")
    assert (paid["amount"], paid["refunded"], paid["way"], paid["order"]) == (20_00, 0, "by_hand", "A-1")
    assert program.read("/orders/A-1")["payment"] == "paid"
    assert program.read("/owed")["items"] == []
    cancel(program, 3)
    (owed,) = program.read("/owed")["items"]
    assert (owed["order"], owed["amount"], owed["currency"], owed["due_by"]) == (
        "A-1",
        15_00,
        "EUR",
        in_days(7),
    )
    assert [(one["line"], one["sku"], one["quantity"]) for one in owed["cancelled"]] == [("1", "LAMP", 3)]
    assert program.read("/owed", order="A-1")["items"] == [owed]
    made = program.change("/refunds", {"order": "A-1", "mark": owed["mark"]}, status=201)
    assert (made["amount"], made["moved"], made["cancelled"]) == (15_00, 15_00, owed["cancelled"])
    (transfer,) = made["transfers"]
    assert (transfer["way"], transfer["state"]) == ("by_hand", "waiting")
    assert program.read(f"/refunds/{made['refund']}") == made
    assert program.read("/owed")["items"] == []
    assert program.read("/payments", order="A-1")["items"][0]["refunded"] == 15_00
    sent = {"at": NOON.isoformat(), "reference": "B-1"}
    assert program.change(f"/transfers/{transfer['transfer']}/sent", sent)["changed"] is True
    assert program.change(f"/transfers/{transfer['transfer']}/failure", {"said": "closed"})["changed"] is True
    assert program.read(f"/refunds/{made['refund']}")["moved"] == 0
    assert program.change(f"/refunds/{made['refund']}/again", {"way": "same"})["changed"] is True
    states = [one["state"] for one in program.read("/refunds", order="A-1")["items"][0]["transfers"]]
    assert states == ["failed", "waiting"]


def test_what_was_paid_twice_is_a_programs_to_say(program: Program) -> None:
    pay(program, reference="T-1")
    assert pay(program, reference="T-2")["paid_twice"] == 0  # what the order costs nobody said
    given = {"order": "A-1", "amount": 20_00, "currency": "EUR", "why": "sorry"}
    assert program.change("/goodwill", given, status=201)["paid_twice"] is False
    assert program.change("/goodwill", {**given, "paid_twice": True}, status=201)["paid_twice"] is True
    assert [one["paid_twice"] for one in program.read("/refunds", order="A-1")["items"]] == [True, False]


def test_a_payment_that_is_known_changes_nothing(program: Program) -> None:
    first = pay(program, reference="T-1")
    assert pay(program, reference="T-1")["payment"] == first["payment"]
    assert Payment.objects.count() == 1
    told = problem(
        program.post(
            "/payments",
            {"order": "A-1", "amount": 1, "currency": "EUR", "at": NOON.isoformat(), "reference": "T-1"},
        )
    )
    assert (told["status"], told["detail"]) == (409, "order A-1: payment T-1 is noted already, and otherwise")


def test_a_payment_of_stripe_is_read_by_the_worker(program: Program, stripe: Stripe) -> None:
    name = stripe.pay(20_00, order="A-1")
    body = {"order": "A-1", "way": "stripe", "reference": name}
    assert program.change("/payment-readings", body)["asked"] is True
    assert program.change("/payment-readings", body)["asked"] is False
    (job,) = ProcrastinateJob.objects.filter(task_name="read_payment", args__reference=name)
    read_the_payment(**job.args)
    (shown,) = program.read("/payments")["items"]
    assert (shown["way"], shown["amount"], shown["label"]) == ("stripe", 20_00, "Visa ending in 4242")
    assert shown["who"].startswith("key test")
    with override_settings(STRIPE_KEY=""):
        told = problem(program.post("/payment-readings", body))
    assert told["detail"] == "stripe is not set up here; see the settings"


def test_another_amount_and_goodwill_are_a_programs_to_say(program: Program) -> None:
    pay(program)
    cancel(program, 1)
    (owed,) = program.read("/owed")["items"]
    body = {"order": "A-1", "mark": owed["mark"], "amount": 6_00}
    assert problem(program.post("/refunds", body))["detail"] == "order A-1: say why another amount goes back"
    assert program.change("/refunds", {**body, "why": "it was late"}, status=201)["amount"] == 6_00
    assert problem(program.post("/refunds", body))["detail"] == (
        "order A-1: what is owed has changed since you read it; read it again"
    )
    made = program.change(
        "/goodwill", {"order": "A-1", "amount": 1_00, "currency": "EUR", "why": "sorry"}, status=201
    )
    assert (made["amount"], made["cancelled"], made["why"]) == (1_00, [], "sorry")
    too_much = {"order": "A-1", "amount": 13_01, "currency": "EUR", "why": "sorry again"}
    assert problem(program.post("/goodwill", too_much))["detail"] == (
        "order A-1: 13.00 EUR are left of what came in, and 13.01 EUR cannot go back"
    )


def test_what_is_only_tried_is_not_kept(program: Program) -> None:
    pay(program)
    cancel(program, 1)
    (owed,) = program.read("/owed")["items"]
    before = Entry.objects.count()
    tried = program.change("/refunds?preview=true", {"order": "A-1", "mark": owed["mark"]}, status=200)
    assert (tried["refund"], tried["entry"], tried["amount"]) == (None, None, 5_00)
    assert (Refund.objects.count(), Entry.objects.count()) == (0, before)


def test_the_rules_are_said_in_plain_words_before_buying() -> None:
    program = Program(["money:read"])
    assert program.read("/refund-policy")["says"] == []
    open_house("business_keep_percent = 15\n")
    assert program.read("/refund-policy")["says"] == [
        "You may cancel what has not shipped, all of it or a part, at any time.",
        "You get back all that you paid for it, shipping included, within 7 days, as you paid.",
        "If you buy as a business, we keep 15 % of it.",
    ]
    said = program.read("/refund-policy", language="de")
    assert (said["language"], said["says"][2]) == (
        "de",
        "Wenn Sie als Unternehmen kaufen, behalten wir davon 15 %.",
    )


def test_one_switch_stops_all_refunds() -> None:
    program = Program(["money:read", "money:write"])
    assert program.read("/refund-switch") == {"stopped": False}
    assert program.put("/refund-switch", {"stopped": True, "why": "a wrong price"})["changed"] is True
    assert program.put("/refund-switch", {"stopped": True})["changed"] is False
    assert program.read("/refund-switch") == {"stopped": True}
    assert program.put("/refund-switch", {"stopped": False})["changed"] is True
