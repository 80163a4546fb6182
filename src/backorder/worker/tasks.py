"""The jobs, by name. Each calls one service, which is one transaction, and has effect once even if it is done again."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backorder.allocation.events import expire_holds
from backorder.allocation.runs import drop_old_facts
from backorder.allocation.services import pass_day
from backorder.care.charges.alone import take_what_is_due
from backorder.care.charges.announcing import announce_charges
from backorder.care.clock.alone import cancel_alone
from backorder.care.copies.carrying import send_copies
from backorder.care.incentives.alone import give_alone
from backorder.care.offers.alone import offer_alone
from backorder.care.post.alone import send_alone
from backorder.care.post.lookout import look_out
from backorder.care.post.messages import SEND
from backorder.care.post.receipts import write_receipts
from backorder.care.post.sending import send_messages
from backorder.care.refunds.alone import refund_alone
from backorder.care.waitlist.inviting import invite_waiting
from backorder.orders.selectors import find_order
from backorder.outbox.services import CLOCK, Cause
from backorder.payments.charging import TAKE
from backorder.payments.means import READ_HELD
from backorder.payments.models import STRIPE
from backorder.payments.reading import READ_PAYMENT, read_or_wait
from backorder.payments.sending import send_refunds
from backorder.payments.services import SEND as SEND_REFUNDS
from backorder.payments.watching import read_held_or_wait

BACK_OFF = RetryStrategy(max_attempts=6, exponential_wait=4)
"""Tried again after 4, 16, 64, 256 and 1,024 seconds, then it has failed."""


@app.periodic(cron="* * * * *")
@app.task(name="pass_day", queueing_lock="pass_day", retry=BACK_OFF)
def pass_the_day(timestamp: int) -> None:
    """Decide again what a new day touches; on all minutes but the first of a day there is nothing to do.

    Every minute, so that a day is passed after midnight in the shop's zone whatever that is, and as soon as a worker runs again.
    """
    pass_day(Cause(CLOCK, datetime.fromtimestamp(timestamp, UTC)))


@app.periodic(cron="* * * * *")
@app.task(name="expire_holds", queueing_lock="expire_holds", retry=BACK_OFF)
def expire_the_holds(timestamp: int) -> None:
    """Give back what was held until an instant that has passed."""
    expire_holds(Cause(CLOCK, datetime.fromtimestamp(timestamp, UTC)))


@app.periodic(cron="17 3 * * *")
@app.task(name="drop_old_facts", queueing_lock="drop_old_facts", retry=BACK_OFF)
def drop_the_facts_of_old_runs(timestamp: int) -> None:
    """Drop the facts of old runs."""
    drop_old_facts(datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="* * * * *")
@app.task(name="look_out", queueing_lock="look_out", retry=BACK_OFF)
def look_who_must_be_told(timestamp: int) -> None:  # noqa: ARG001 - what is late is not told as of then
    """Look who must be told something, write receipts of what happened, and let go and cancel what goes without a person."""
    look_out(timezone.now)
    cancel_alone(timezone.now)
    announce_charges(timezone.now)
    write_receipts(timezone.now)
    send_alone(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="invite_waiting", queueing_lock="invite_waiting", retry=BACK_OFF)
def invite_who_waits(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Invite who comes next on a waitlist, wherever units are free to sell, and end the invitations that are over."""
    invite_waiting(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="give_alone", queueing_lock="give_alone", retry=BACK_OFF)
def let_rules_thank(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Give what rules of the house give to who waits long."""
    give_alone(timezone.now)


@app.task(name="offer_alone", queueing_lock="offer_alone", retry=BACK_OFF)
def offer_what_is_free(timestamp: int) -> None:  # noqa: ARG001 - as above
    """End the offers that are over, and offer something else where lines slipped."""
    offer_alone(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="send_each_minute", queueing_lock="send_each_minute")
def send_each_minute(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Send what was let go, and what a mail server did not take before."""
    send_messages(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="send_copies", queueing_lock="send_copies")
def send_by_other_ways(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Hand over what goes by text, and tell programs of the shop what was sent."""
    send_copies(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="refund_alone", queueing_lock="refund_alone", retry=BACK_OFF)
def let_rules_pay_back(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Let go what rules of the house let go back without a person."""
    refund_alone(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="send_refunds_each_minute", queueing_lock="send_refunds_each_minute")
def send_refunds_each_minute(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Ask providers for what is to go back, and what became of what they were asked for before."""
    send_refunds(timezone.now)


@app.task(name=SEND_REFUNDS, queueing_lock=SEND_REFUNDS)
def send_the_refunds() -> None:
    """Ask for what was let go back a moment ago."""
    send_refunds(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(name="take_charges_each_minute", queueing_lock="take_charges_each_minute")
def take_charges_each_minute(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Look at what is held and ends within a day, ask for what is to be charged, and what became of it."""
    take_what_is_due(timezone.now)


@app.task(name=TAKE, queueing_lock=TAKE)
def take_the_charges() -> None:
    """Ask for what is to be charged of what left a moment ago."""
    take_what_is_due(timezone.now)


@app.task(name=READ_HELD, retry=BACK_OFF)
def read_the_held(reference: str, order: str = "", who: str = "", cost: int | None = None) -> None:
    """Note what a card holds, of which a provider told us, or a program for an order."""
    read_held_or_wait(reference, order, Cause(who or STRIPE, timezone.now()), cost)


@app.task(name=READ_PAYMENT, retry=BACK_OFF)
def read_the_payment(way: str, reference: str, order: str = "", who: str = "") -> None:
    """Note a payment of which a provider told us, or a program for an order; what is not ours is left out."""
    read_or_wait(way, reference, Cause(who or way, timezone.now()), find_order(order))


@app.task(name=SEND, queueing_lock=SEND)
def send_the_messages() -> None:
    """Send what was let go a moment ago."""
    send_messages(timezone.now)
