"""Money goes back by a provider once, whatever breaks on the way, and what becomes of it is followed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import close_old_connections, connection
from django.test import override_settings

from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.payments.models import Payment, Refund, Transfer
from backorder.payments.sending import look_again, send_refunds
from backorder.payments.services import go_on, stop
from tests.care.paid import back, cancel, order, pay, ways
from tests.crash.killing import Program, start_program
from tests.payments.fake_stripe import AT, Stripe
from tests.supply.shop import NOON

THEN = datetime.fromtimestamp(AT, UTC)


@pytest.fixture
def shop(db: None) -> None:
    """Let an order be paid by Stripe, and by nothing else."""


def paid(stripe: Stripe, number: str = "A-1", units: int = 4) -> Payment:
    """Let a customer order so many lamps at 5.00, and pay them."""
    order(number, ("LAMP", units, 5_00))
    name = stripe.pay(units * 5_00, order=number)
    payment = pay(number, units * 5_00, name, "stripe")
    assert payment is not None
    return payment


def let(number: str = "A-1", units: int = 1) -> Refund:
    """Cancel so many lamps, and let their price go back."""
    return back(number, units * 5_00, [cancel(number, units)])


def send(days: float = 2) -> int:
    """Ask for what is to be asked, so many days later."""
    return send_refunds(lambda: NOON + timedelta(days=days))


def check(stripe: Stripe) -> None:
    """What Stripe sent back, or will, is what we noted, and each transfer is there once."""
    going = Transfer.objects.filter(way="stripe").exclude(state__in=("failed", "waiting"))
    assert stripe.sum_back() == sum(going.values_list("amount", flat=True))
    for payment in Payment.objects.filter(way="stripe"):
        assert stripe.sum_back(payment.reference) <= payment.refunded <= payment.amount
    keys = [each["metadata"]["backorder"] for each in stripe.refunds]
    assert len(set(keys)) == len(keys)


@pytest.mark.usefixtures("shop")
def test_money_goes_back_and_is_told(stripe: Stripe) -> None:
    paid(stripe)
    refund = let()
    assert send() == 1
    assert ways(refund) == [("stripe", 5_00, "sent")]
    sent = Transfer.objects.get()
    assert (sent.sent_at, sent.reference, sent.try_at, sent.said) == (THEN, stripe.refunds[0]["id"], None, "")
    entry = Entry.objects.latest("id")
    assert (entry.what, entry.who, entry.caused_by) == ("refund.sent", "autopilot", sent.entry)
    assert send() == 0
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_money_that_is_on_its_way_is_followed_for_days(stripe: Stripe) -> None:
    paid(stripe)
    refund, stripe.status = let(), "pending"
    send()
    assert ways(refund) == [("stripe", 5_00, "pending")]
    for days in (3, 4, 5):
        assert send(days) == 1
    assert ways(refund) == [("stripe", 5_00, "pending")]
    stripe.become("succeeded")
    send(6)
    assert ways(refund) == [("stripe", 5_00, "sent")]
    assert len(stripe.refunds) == 1
    assert send(9) == 0


@pytest.mark.usefixtures("shop")
def test_money_that_did_not_arrive_goes_another_way(stripe: Stripe) -> None:
    payment = paid(stripe)
    refund, stripe.status = let(), "pending"
    send()
    stripe.become("failed", "expired_or_canceled_card")
    send(3)
    assert ways(refund) == [("stripe", 5_00, "failed")]
    assert Transfer.objects.get().said == "the card has expired, or was cancelled"
    payment.refresh_from_db()
    assert payment.refunded == 0
    go_on(refund, Cause("finance", NOON + timedelta(days=3)), by_hand=True)
    assert ways(refund) == [("stripe", 5_00, "failed"), ("by_hand", 5_00, "waiting")]
    assert send(4) == 0
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_what_was_sent_may_still_come_back(stripe: Stripe) -> None:
    paid(stripe)
    refund = let()
    send()
    changed = stripe.become("failed", "lost_or_stolen_card")
    assert send(3) == 0  # nobody asks again by itself …
    assert look_again("stripe", reference=changed["id"], now=NOON + timedelta(days=3)) == 1
    send(3)  # … but when Stripe says that something happened
    assert ways(refund) == [("stripe", 5_00, "failed")]
    go_on(refund, Cause("finance", NOON + timedelta(days=3)), by_hand=False)
    send(4)
    assert ways(refund) == [("stripe", 5_00, "failed"), ("stripe", 5_00, "sent")]
    check(stripe)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("fault", ["before", "after", "closed", "dropped", "limited", "busy"])
@pytest.mark.parametrize("forgets", [False, True])
def test_what_stripe_does_not_say_is_asked_again_and_sent_once(
    stripe: Stripe, fault: str, *, forgets: bool
) -> None:
    paid(stripe)
    refund = let()
    stripe.faults = [fault]
    send()
    transfer = Transfer.objects.get()
    assert (transfer.state, transfer.tries) == ("handed", 1)
    assert transfer.said.startswith("Stripe ")
    assert transfer.try_at == NOON + timedelta(days=2, minutes=1)
    assert send() == 0
    if forgets:
        stripe.forget_keys()
    send(3.5)
    assert ways(refund) == [("stripe", 5_00, "sent")]
    assert Transfer.objects.get().said == ""
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_an_answer_that_stripe_keeps_is_waited_out(stripe: Stripe) -> None:
    paid(stripe)
    refund = let()
    stripe.faults = ["broken"]
    for days in (2, 2.1, 2.5):
        assert send(days) == 1
        assert Transfer.objects.get().said == "Stripe said: Something went wrong on Stripe's end."
    assert (ways(refund), stripe.refunds) == ([("stripe", 5_00, "handed")], [])
    stripe.forget_keys()
    send(3.5)
    assert ways(refund) == [("stripe", 5_00, "sent")]
    check(stripe)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("fault", ["before", "dropped", "limited", "denied"])
def test_nothing_is_sent_before_it_is_known_what_was(stripe: Stripe, fault: str) -> None:
    paid(stripe)
    refund = let()
    stripe.faults, stripe.reading_faults = ["closed"], [fault]
    assert send() == 1
    assert ("POST", "/v1/refunds") not in stripe.asked
    stripe.forget_keys()
    for days in (3, 4):  # it is sent and nobody says so, then it is found
        send(days)
    assert ways(refund) == [("stripe", 5_00, "sent")]
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_a_wrong_key_sends_nothing_and_is_told(stripe: Stripe) -> None:
    paid(stripe)
    refund = let()
    with override_settings(STRIPE_KEY="sk_test_wrong"):
        send()
    assert ways(refund) == [("stripe", 5_00, "handed")]
    assert Transfer.objects.get().said == (
        "Stripe does not know our key: see BACKORDER_STRIPE_KEY in the settings"
    )
    send(3)
    assert ways(refund) == [("stripe", 5_00, "sent")]
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_a_server_that_is_away_for_days_loses_nothing(stripe: Stripe) -> None:
    paid(stripe)
    refund = let()
    with override_settings(STRIPE_URL="http://127.0.0.1:9"):
        for day in range(2, 9):
            send(day)
    assert (ways(refund), Transfer.objects.get().said) == (
        [("stripe", 5_00, "handed")],
        "Stripe did not answer",
    )
    send(10)
    assert ways(refund) == [("stripe", 5_00, "sent")]


@pytest.mark.usefixtures("shop")
def test_what_stripe_refuses_has_failed_and_a_person_sees_it(stripe: Stripe) -> None:
    payment = paid(stripe)
    stripe.intents[payment.reference]["amount_received"] = 4_00  # somebody paid back at Stripe, without us
    refund = let()
    send()
    assert ways(refund) == [("stripe", 5_00, "failed")]
    assert Transfer.objects.get().said == (
        "Stripe refused it: Refund amount (500) is greater than unrefunded amount on charge (400)"
    )
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_a_provider_that_is_not_set_up_is_told_and_nothing_is_lost(stripe: Stripe) -> None:
    paid(stripe)
    refund = let()
    with override_settings(STRIPE_KEY=""):
        send()
    assert Transfer.objects.get().said == "stripe is not set up here; see the settings"
    send(3)
    assert ways(refund) == [("stripe", 5_00, "sent")]


@pytest.mark.usefixtures("shop")
def test_once_it_was_stopped_nothing_new_is_asked_for(stripe: Stripe) -> None:
    paid(stripe)
    first, stripe.status = let(), "pending"
    send()
    second = let()
    stop(Cause("finance", NOON), stopped=True)
    stripe.become("succeeded")
    send(3)
    assert (ways(first), ways(second)) == ([("stripe", 5_00, "sent")], [("stripe", 5_00, "waiting")])
    stop(Cause("finance", NOON), stopped=False)
    send(4)
    assert ways(second) == [("stripe", 5_00, "pending")]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("fault", ["before", "dropped", "limited"])
def test_what_a_provider_did_not_take_before_a_stop_is_not_sent(stripe: Stripe, fault: str) -> None:
    paid(stripe)
    refund = let()
    stripe.faults = [fault]
    send()
    stop(Cause("finance", NOON), stopped=True)
    send(3)
    assert (ways(refund), stripe.refunds) == ([("stripe", 5_00, "handed")], [])
    assert Transfer.objects.get().said == "stripe knows nothing of it, and somebody stopped all refunds"
    stop(Cause("finance", NOON), stopped=False)
    send(4)
    assert ways(refund) == [("stripe", 5_00, "sent")]
    check(stripe)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("fault", ["closed", "after"])
def test_what_a_provider_took_before_a_stop_is_noted(stripe: Stripe, fault: str) -> None:
    paid(stripe)
    refund = let()
    stripe.faults = [fault]
    send()
    stop(Cause("finance", NOON), stopped=True)
    send(3)
    assert ways(refund) == [("stripe", 5_00, "sent")]
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_of_several_payments_each_gets_its_own_back(stripe: Stripe) -> None:
    order("A-1", ("LAMP", 4, 5_00))
    names = [stripe.pay(amount, order="A-1") for amount in (12_00, 8_00)]
    for name, amount in zip(names, (12_00, 8_00), strict=True):
        pay("A-1", amount, name, "stripe")
    refund = let(units=3)
    assert send() == 2
    assert ways(refund) == [("stripe", 8_00, "sent"), ("stripe", 7_00, "sent")]
    assert [stripe.sum_back(name) for name in names] == [7_00, 8_00]
    check(stripe)


@pytest.mark.usefixtures("shop")
def test_the_order_of_what_is_asked_is_that_of_what_is_due(stripe: Stripe) -> None:
    for number in ("A-1", "A-2"):
        paid(stripe, number)
    stripe.faults = ["before"]
    first, second = let("A-1"), let("A-2")
    assert send() == 2  # what goes wrong holds up nobody
    assert (ways(first), ways(second)) == ([("stripe", 5_00, "handed")], [("stripe", 5_00, "sent")])


@pytest.mark.django_db(transaction=True)
def test_two_who_cancel_at_once_get_no_more_than_came_in(stripe: Stripe) -> None:
    paid(stripe, units=3)
    gone = [cancel("A-1", 1) for _ in range(3)]
    told = list[str]()
    start = threading.Barrier(3)

    def let_back(row: int) -> None:
        start.wait()
        try:
            back("A-1", 6_00, [gone[row]])
        except OrderError as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=let_back, args=(row,)) for row in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert told == ["order A-1: 3.00 EUR are left of what came in, and 6.00 EUR cannot go back"]
    send()
    assert (stripe.sum_back(), Refund.objects.count()) == (12_00, 2)
    check(stripe)


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_once(stripe: Stripe) -> None:
    paid(stripe)
    for _ in range(4):
        let()
    asked = list[int]()

    def work() -> None:
        asked.append(send())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send(2.1)
    assert (stripe.sum_back(), len(stripe.refunds)) == (20_00, 4)
    assert sum(asked) == 4
    check(stripe)


@pytest.fixture
def program(transactional_db: None) -> Iterator[Program]:  # noqa: ARG001 - the program sees what is kept only
    with start_program() as running:
        yield running


@pytest.mark.parametrize("forgets", [False, True])
def test_whoever_is_killed_while_money_goes_back_sends_it_once(
    stripe: Stripe, program: Program, *, forgets: bool
) -> None:
    paid(stripe, units=200)
    told, die_at = "", 0
    while not told.startswith("done"):
        die_at += 1
        refund = let()
        told = program.run(f"send_back {stripe.url} {die_at}", die_at)
        if forgets:
            stripe.forget_keys()
        program.run(f"send_back {stripe.url} {die_at + 1}")
        assert ways(refund) == [("stripe", 5_00, "sent")], (die_at, told)
        assert (len(stripe.refunds), stripe.sum_back()) == (die_at, die_at * 5_00), told
        check(stripe)
    assert die_at > 20
    assert Transfer.objects.count() == die_at
