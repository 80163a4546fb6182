"""What a card holds is looked at before it ends, and what Stripe tells unasked is a hint to look again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from backorder.care.house import write_house
from backorder.faults import FaultyInputError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.payments.charging import charge_again
from backorder.payments.means import Kept, note_card, void
from backorder.payments.models import Attempt, Charge, Means, Payment, Total
from backorder.payments.noting import Rules
from backorder.payments.selectors import list_ending
from backorder.payments.watching import note_provided_held, read_held_or_wait, watch_held
from backorder.worker.tasks import read_the_payment
from tests.care.paid import cancel, mark_paid, order, pay
from tests.fulfilment.shop import order_of, refused
from tests.payments.charged import UNTIL, at, check, hold, keep, ship, take, tries, wanted
from tests.payments.fake_stripe import Stripe, write_event
from tests.payments.test_hooks import jobs, tell
from tests.supply.shop import NOON

pytestmark = pytest.mark.django_db
EARLY, LATE = UNTIL - timedelta(hours=24, seconds=1), UNTIL - timedelta(hours=24)


@pytest.fixture(autouse=True)
def _site(db: None) -> Iterator[None]:  # noqa: ARG001 - gives the database
    """Begin without jobs of others, where customers come back from a link."""
    ProcrastinateJob.objects.all().delete()
    with override_settings(URL="https://lamps.example"):
        yield


def watch(now: datetime = LATE, **rules: bool) -> int:
    return watch_held(lambda: now, Rules(**rules))


def days(now: datetime) -> float:
    return (now - NOON) / timedelta(days=1)


def test_how_much_is_held_and_until_when_is_read_from_stripe(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe)
    assert (means.amount, means.currency, means.capture_before, means.label) == (
        23_00,
        "EUR",
        UNTIL,
        "Visa ending in 4242",
    )
    total = Total.objects.get()
    assert (total.amount, total.priced) == (23_00, 20_00)
    assert note_provided_held(means.reference, at(), order_of("A-1")) is None  # it is known
    assert Means.objects.count() == 1


def test_nothing_is_done_a_second_before_and_once_from_then_on(stripe: Stripe) -> None:
    wanted()
    hold(stripe)
    assert (watch(EARLY), watch(), watch()) == (0, 1, 0)
    entry = Entry.objects.latest("id")
    assert (entry.what, entry.facts["how"]) == ("authorisation.ending", "told")
    assert [each.order.number for each in list_ending()] == ["A-1"]
    assert (Charge.objects.count(), stripe.asked[-1][0]) == (0, "GET")


def test_what_ends_is_let_go_for_the_card_that_is_kept(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe)
    keep(stripe)
    assert watch() == 1
    means.refresh_from_db()
    assert means.state == "ending"
    assert take(days(LATE)) == 1
    means.refresh_from_db()
    assert (means.state, stripe.intents[means.reference]["status"]) == ("over", "canceled")
    charge = ship()
    take(days(UNTIL))
    assert tries(charge) == [("card", 23_00, "taken")]
    check(stripe)


def test_what_ends_is_charged_before_it_left_only_if_the_house_may(stripe: Stripe) -> None:
    wanted()
    pay("A-1", 3_00)
    hold(stripe)
    assert watch(before_shipment=True) == 1
    charge = Charge.objects.get()
    assert (charge.amount, charge.entry.facts["how"]) == (20_00, "charged")
    take(days(LATE))
    assert order_of("A-1").payment_state == "paid"
    assert ship() == charge
    check(stripe)


def test_the_rules_of_the_house_say_so(stripe: Stripe) -> None:
    wanted()
    hold(stripe)
    take(days(LATE))
    assert Charge.objects.count() == 0
    Means.objects.update(told_at=None)
    write_house("[charges]\nbefore_shipment = true\ngrace_days = 2", at())
    take(days(LATE))
    assert Payment.objects.get().amount == 23_00


def test_what_is_over_is_found_out_and_the_order_does_not_leave(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe)
    stripe.intents[means.reference] |= {"status": "canceled", "amount_capturable": 0}
    assert take(days(UNTIL + timedelta(minutes=1))) == 1
    means.refresh_from_db()
    assert (means.state, means.try_at) == ("over", None)
    assert "cannot be charged" in refused("A-1")
    assert order_of("A-1").payment_state == "chargeable"  # its place, and what the law asks, stay as they are


def test_what_is_held_for_what_was_cancelled_is_let_go_at_once(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe)
    cancel("A-1", 3, days=0)
    assert watch(NOON) == 0
    cancel("A-1", 1, days=0)
    assert (watch(NOON), watch(NOON)) == (1, 0)
    assert Entry.objects.latest("id").facts["how"] == "needless"
    take()
    assert stripe.intents[means.reference]["status"] == "canceled"


def test_a_person_lets_go_what_is_held_and_a_card(stripe: Stripe) -> None:
    wanted()
    means, card = hold(stripe), keep(stripe)
    void(means, at())
    void(card, at())
    with pytest.raises(ValueError, match=r"^order A-1: that is over already$"):
        void(card, at())
    stripe.faults = ["dropped"]
    assert take() == 1
    means.refresh_from_db()
    assert (means.state, means.said) == ("ending", "Stripe did not answer")
    take(2)
    means.refresh_from_db()
    assert (means.state, stripe.intents[means.reference]["status"]) == ("over", "canceled")


def test_what_cannot_be_noted_is_refused(stripe: Stripe) -> None:
    wanted()
    order("A-2", ("LAMP", 1, 5_00))
    theirs = stripe.hold(5_00, 1_800_000_000, "A-2")
    gone = stripe.hold(5_00, 1_800_000_000)
    stripe.intents[gone] |= {"status": "canceled"}
    for name, said in (
        ("pi_nobody", r"^stripe knows no payment pi_nobody that is taken later$"),
        (stripe.pay(5_00), "that is taken later$"),
        (theirs, f"^{theirs} is held for order A-2$"),
        (gone, f"^order A-1: nothing is held by {gone} any more$"),
        (stripe.hold(5_00, 1_800_000_000, currency="usd"), r"^order A-1 is in EUR, not in USD$"),
    ):
        with pytest.raises(ValueError, match=said):
            note_provided_held(name, at(), order_of("A-1"))
    for kept in (Kept("", "cus_1"), Kept("pm_1", " "), Kept("pi_1", "cus_1")):
        with pytest.raises(ValueError, match=r"^order A-1: "):
            note_card(order_of("A-1"), kept, at())
    with pytest.raises(ValueError, match=r"^order A-1: 0.00 EUR is no cost of an order"):
        note_card(order_of("A-1"), Kept("pm_1", "cus_1"), at(), 0)
    mark_paid("A-1")
    with pytest.raises(ValueError, match=r"^order A-1 is paid: nothing is to be charged$"):
        note_card(order_of("A-1"), Kept("pm_1", "cus_1"), at())
    assert (Means.objects.count(), Total.objects.count()) == (0, 0)


def test_what_a_checkout_held_is_noted_when_stripe_tells_of_it(stripe: Stripe) -> None:
    name = stripe.hold(20_00, int(UNTIL.timestamp()), "A-1")
    event = write_event("payment_intent.amount_capturable_updated", stripe.intents[name])
    assert [tell(event), tell(event)] == [(200, "heard")] * 2
    assert jobs() == [("read_authorisation", {"reference": name})]
    read_held_or_wait(name, "", Cause("stripe", NOON))  # its order is not here yet
    assert Means.objects.count() == 0
    wanted()
    read_held_or_wait(name, "", Cause("stripe", NOON + timedelta(hours=1)))
    assert Means.objects.get().amount == 20_00


@pytest.mark.parametrize("told_first", [False, True])
def test_what_is_told_twice_late_or_out_of_order_takes_nothing_more(
    stripe: Stripe, *, told_first: bool
) -> None:
    wanted()
    keep(stripe)
    charge = ship()
    stripe.faults = ["closed"]
    take()
    (intent,) = stripe.intents.values()
    events = [
        write_event(f"payment_intent.{kind}", {**intent, "amount_received": 99_00})
        for kind in ("succeeded", "payment_failed", "canceled", "succeeded")
    ]
    if told_first:
        for event in events:
            assert tell(event) == (200, "heard")
        read_the_payment("stripe", intent["id"])
        assert Payment.objects.count() == 0  # who asked for it notes it
        try_at = Attempt.objects.get().try_at
        assert try_at is not None
        assert try_at <= timezone.now()
    take(2)
    for event in reversed(events):
        tell(event)
    read_the_payment("stripe", intent["id"])
    take(10_000)  # what was told is asked about by the clock of the machine, whatever its day
    assert tries(charge) == [("card", 20_00, "taken")]
    check(stripe)


def test_who_paid_by_a_link_is_heard_of(stripe: Stripe) -> None:
    wanted()
    keep(stripe, "card_declined")
    charge = ship()
    assert charge is not None
    take()
    charge.refresh_from_db()
    charge_again(charge, at(1), by_link=True)
    take(1.1)
    Attempt.objects.filter(kind="link").update(try_at=NOON + timedelta(days=300))
    ProcrastinateJob.objects.all().delete()
    session = stripe.pay_link()
    for _ in range(2):
        assert tell(write_event("checkout.session.completed", session)) == (200, "heard")
    assert jobs() == [("take_charges", {})]
    Attempt.objects.filter(kind="link").update(try_at=NOON + timedelta(days=1.2))
    take(1.2)
    assert tries(charge)[-1] == ("link", 20_00, "taken")
    check(stripe)


def test_what_is_held_and_let_go_at_stripe_is_heard_of(stripe: Stripe) -> None:
    wanted()
    means = hold(stripe)
    stripe.intents[means.reference] |= {"status": "canceled", "amount_capturable": 0}
    tell(write_event("payment_intent.canceled", stripe.intents[means.reference]))
    assert ("take_charges", {}) in jobs()
    means.refresh_from_db()
    assert means.try_at is not None
    take(days(means.try_at))
    means.refresh_from_db()
    assert means.state == "over"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[charges]\ngrace_days = 366",
            "charges.grace_days: 366 days are no grace any more; name 365 at most",
        ),
        ("[charges]\ngrace_days = -1", "charges.grace_days: -1 is not a whole number of at least 0"),
        ("[charges]\nsooner = true", "charges.sooner"),
    ],
)
def test_a_rule_of_the_house_that_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(FaultyInputError, match=re.escape(said)):
        write_house(text, at())
