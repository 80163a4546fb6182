"""What Stripe tells us unasked is a hint: signed, or refused; repeated, late and out of order, it changes nothing."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.payments.models import Payment, Transfer
from backorder.payments.providers import ProviderError
from backorder.payments.reading import note_provided, read_or_wait
from backorder.payments.sending import send_refunds
from backorder.payments.services import go_on
from backorder.worker.tasks import read_the_payment
from tests.care.paid import order, ways
from tests.fulfilment.shop import order_of
from tests.payments.fake_stripe import SECRET, Stripe, sign, write_event
from tests.payments.test_sending import THEN, check, let, paid, send
from tests.supply.shop import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_jobs(db: None) -> None:  # noqa: ARG001 - gives the database
    """Begin without jobs: those of tests whose writing is kept stay behind."""
    ProcrastinateJob.objects.all().delete()


def tell(body: bytes, signature: str | None = None) -> tuple[int, str]:
    """Tell us something as Stripe does."""
    headers = {"Stripe-Signature": sign(body) if signature is None else signature}
    answer = Client(enforce_csrf_checks=True).post("/hooks/stripe", body, "application/json", headers=headers)
    return answer.status_code, answer.content.decode().strip()


def jobs() -> list[tuple[str, dict[str, Any]]]:
    """List the jobs that wait, with their arguments."""
    return list(
        ProcrastinateJob.objects.filter(status="todo").order_by("id").values_list("task_name", "args")
    )


def work() -> None:
    """Ask about what we were told of."""
    send_refunds(timezone.now)


def test_a_payment_of_ours_is_noted_as_stripe_says_when_asked(stripe: Stripe) -> None:
    order("A-1", ("LAMP", 4, 5_00))
    name = stripe.pay(20_00, order="A-1")
    lie = write_event("payment_intent.succeeded", {**stripe.intents[name], "amount_received": 90_00})
    for _ in range(3):
        assert tell(lie) == (200, "heard")
    assert (jobs(), Payment.objects.count()) == ([("read_payment", {"way": "stripe", "reference": name})], 0)
    for _ in range(2):
        read_the_payment("stripe", name)
    payment = Payment.objects.get()
    assert (payment.amount, payment.reference, payment.label) == (20_00, name, "Visa ending in 4242")
    assert (payment.entry.who, Order.objects.get().payment_state) == ("stripe", "paid")


def test_a_payment_of_nobody_we_know_is_not_noted(stripe: Stripe) -> None:
    for name in (stripe.pay(20_00), "pi_nobody"):
        assert note_provided("stripe", name, Cause("stripe", timezone.now())) is None
    assert (Payment.objects.count(), Entry.objects.filter(what="payment.noted").count()) == (0, 0)


def test_a_payment_waits_some_days_for_its_order(stripe: Stripe) -> None:
    name = stripe.pay(20_00, order="A-1")
    for hours, waits in ((1, True), (71, True), (73, False)):
        ProcrastinateJob.objects.all().delete()
        assert read_or_wait("stripe", name, Cause("stripe", THEN + timedelta(hours=hours))) is None
        assert bool(jobs()) == waits
    order("A-1", ("LAMP", 4, 5_00))
    assert read_or_wait("stripe", name, Cause("stripe", THEN + timedelta(hours=2))) is not None


def test_a_person_notes_a_payment_of_stripe_by_its_reference(stripe: Stripe) -> None:
    order("A-1", ("LAMP", 4, 5_00))
    order("A-2", ("LAMP", 4, 5_00))
    by = Cause("finance", timezone.now())
    found = note_provided("stripe", stripe.pay(20_00), by, order_of("A-1"))
    assert found is not None
    assert (found.order.number, found.amount) == ("A-1", 20_00)
    theirs = stripe.pay(20_00, order="A-2")
    for name, said in (
        (theirs, f"^payment {theirs} is for order A-2$"),
        ("pi_nobody", "^stripe knows no payment pi_nobody of which anything came in$"),
    ):
        with pytest.raises(ValueError, match=said):
            note_provided("stripe", name, by, order_of("A-1"))
    with override_settings(STRIPE_KEY=""), pytest.raises(ValueError, match=r"^stripe is not set up here"):
        note_provided("stripe", theirs, by, order_of("A-2"))
    with override_settings(STRIPE_KEY="wrong"), pytest.raises(ProviderError):
        note_provided("stripe", theirs, by, order_of("A-2"))


def test_what_became_of_a_refund_is_asked_for(stripe: Stripe) -> None:
    paid(stripe)
    refund, stripe.status = let(), "pending"
    send()
    ProcrastinateJob.objects.all().delete()
    done = stripe.become("succeeded")
    assert tell(write_event("refund.updated", done)) == (200, "heard")
    assert jobs() == [("send_refunds", {})]
    work()
    assert ways(refund) == [("stripe", 5_00, "sent")]


@pytest.mark.parametrize("order_of_events", list(itertools.permutations(("created", "updated", "failed"))))
def test_events_in_any_order_and_twice_end_as_stripe_says(
    stripe: Stripe, order_of_events: tuple[str, ...]
) -> None:
    paid(stripe)
    refund, stripe.status = let(), "pending"
    send()
    at_first = dict(stripe.refunds[0])
    stripe.become("failed", "declined")
    events = {
        "created": write_event("refund.created", at_first),
        "updated": write_event(
            "refund.updated", {**at_first, "status": "succeeded"}
        ),  # it was so for a moment
        "failed": write_event("refund.failed", stripe.refunds[0]),
    }
    for name in (*order_of_events, *order_of_events):
        assert tell(events[name]) == (200, "heard")
        work()
    assert ways(refund) == [("stripe", 5_00, "failed")]
    assert Entry.objects.filter(what="refund.failed").count() == 1
    check(stripe)


def test_money_that_came_back_after_it_was_sent_has_failed_and_goes_again(stripe: Stripe) -> None:
    payment = paid(stripe)
    refund = let()
    send()
    stripe.become("failed", "lost_or_stolen_card")
    for _ in range(2):
        assert tell(write_event("refund.failed", stripe.refunds[0])) == (200, "heard")
        work()
    payment.refresh_from_db()
    assert (ways(refund), payment.refunded) == ([("stripe", 5_00, "failed")], 0)
    assert Transfer.objects.get().said == "the card was lost or stolen"
    go_on(refund, Cause("finance", timezone.now()), by_hand=False)
    work()
    assert ways(refund) == [("stripe", 5_00, "failed"), ("stripe", 5_00, "sent")]
    assert tell(write_event("refund.failed", stripe.refunds[0])) == (200, "heard")  # late, of the first
    work()
    assert ways(refund) == [("stripe", 5_00, "failed"), ("stripe", 5_00, "sent")]
    check(stripe)


@pytest.mark.django_db(transaction=True)
def test_an_event_that_comes_while_stripe_answers_is_not_lost(stripe: Stripe) -> None:
    paid(stripe)
    refund = let()

    def fail() -> None:
        """It is declined as soon as it is made, and Stripe tells of that before it answers who asked for it."""
        stripe.meanwhile = None
        told.append(tell(write_event("refund.failed", stripe.become("failed", "declined"))))
        connection.close()

    told = list[tuple[int, str]]()
    stripe.meanwhile = fail
    work()
    assert told == [(200, "heard")]
    work()
    assert ways(refund) == [("stripe", 5_00, "failed")]
    check(stripe)


def test_an_event_that_comes_before_we_noted_the_refund_finds_it_by_its_payment(stripe: Stripe) -> None:
    paid(stripe)
    refund = let()
    stripe.faults = ["closed"]
    send()
    assert Transfer.objects.get().reference == ""
    assert tell(
        write_event("charge.refunded", {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"})
    ) == (200, "heard")
    assert Transfer.objects.get().try_at != NOON
    work()
    assert ways(refund) == [("stripe", 5_00, "sent")]
    check(stripe)


WRONG = {
    "none": "",
    "made up": "t=1,v1=00",
    "no signature": "nonsense",
    "of something else": sign(b"{}", SECRET),
    "of somebody else": sign(b'{"type": "x"}', "whsec_of_somebody_else"),
    "too old": sign(b'{"type": "x"}', SECRET, time.time() - 301),
    "no instant": "t=x,v1=00",
    "no such letters": "t=1,v1=\u00e9",
}


@pytest.mark.parametrize("how", list(WRONG))
def test_what_nobody_signed_is_refused_and_changes_nothing(stripe: Stripe, how: str) -> None:  # noqa: ARG001 - sets up
    assert tell(b'{"type": "x"}', WRONG[how]) == (
        400,
        "the event is not signed by a secret in force, or was signed too long ago",
    )
    assert (jobs(), Entry.objects.count()) == ([], 0)


def test_two_secrets_are_in_force_while_one_takes_over(stripe: Stripe) -> None:  # noqa: ARG001 - sets up
    body = write_event("x", {})
    assert tell(body, sign(body, "whsec_old")) == tell(body, sign(body, SECRET)) == (200, "heard")


def test_what_we_do_not_know_is_heard_and_changes_nothing(stripe: Stripe) -> None:  # noqa: ARG001 - sets up
    for body in (
        write_event("customer.created", {"object": "customer", "id": "cus_1"}),
        write_event(
            "refund.updated", {"object": "refund", "id": "re_of_another_shop", "payment_intent": "pi_x"}
        ),
        *(
            b"{}",
            b"[]",
            b"1",
            b'"x"',
            b"null",
            b'{"data": null}',
            b'{"data": {"object": []}}',
            b"[" * 90_000,
            b"no JSON",
        ),
        write_event("payment_intent.succeeded", {"object": "payment_intent", "id": "pi_\0"}),
        write_event("payment_intent.succeeded", {"object": "payment_intent", "id": ["pi_1"]}),
    ):
        assert tell(body) == (200, "heard")
    assert jobs() == []


def test_only_what_is_posted_is_heard_and_only_where_a_secret_is_set(stripe: Stripe) -> None:  # noqa: ARG001 - sets up
    assert Client().get("/hooks/stripe").status_code == 405
    with override_settings(STRIPE_WEBHOOK_SECRETS=[]):
        assert tell(b"{}")[0] == 404
    assert tell(b" " * (256 * 1024 + 1)) == (413, "that is too long for an event")
