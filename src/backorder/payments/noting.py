"""Notes what a provider says of an attempt to take money, and goes on by what there is: in one transaction, with the order locked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.payments.charging import (
    Part,
    ask_for,
    call_off,
    choose_means,
    keep,
    lock_charge,
    read_to_charge,
)
from backorder.payments.failing import FAILED, LOWERED
from backorder.payments.models import AUTHORISATION, CARD, LINK, Attempt, Charge, Payment
from backorder.payments.providers import Outcome
from backorder.payments.sending import AUTOPILOT, LONGEST_SAID
from backorder.payments.services import note_payment
from backorder.payments.shares import find_card, find_open

CHEAPER = "the order costs less by now"


@dataclass(frozen=True)
class Rules:
    """The rules of the house about charges."""

    grace_days: int = 7  # so long an order keeps its place after a charge failed, and nobody need decide
    announce_days: int = 0  # so long before it ships a customer hears what is to be charged; 0: not at all
    before_shipment: bool = False  # what is held and ends may be charged though nothing left


@transaction.atomic
def note_outcome(attempt: Attempt, outcome: Outcome, now: datetime, rules: Rules) -> None:
    """Note what a provider said of an attempt. What ended stays so, whatever is said later."""
    claimed_until = attempt.try_at
    order, charge = lock_charge(attempt.charge)
    attempt = (
        Attempt.objects.select_for_update(of=("self",)).select_related("means", "entry").get(pk=attempt.pk)
    )
    if attempt.state in ("taken", "failed"):
        return
    attempt.reference = outcome.reference or attempt.reference
    attempt.session, attempt.link = outcome.session or attempt.session, outcome.link or attempt.link
    cause = Cause(AUTOPILOT, now, caused_by=attempt.entry)
    if outcome.state == "taken":
        end_taken(order, attempt, outcome, cause)
    elif outcome.state == "failed":
        end_failed(order, charge, attempt, (outcome, cause, rules))
    else:
        made = attempt.state == "handed" and bool(attempt.link)
        if attempt.state == "handed":
            attempt.state = "pending"
        attempt.said = ""
        if attempt.try_at != claimed_until:
            attempt.try_at = now  # something happened since the provider spoke: ask again
        attempt.save()
        if made:
            tell(order, attempt, "charge.link_made", cause)


def end_taken(order: Order, attempt: Attempt, outcome: Outcome, cause: Cause) -> None:
    """Note that money was taken: it is a payment like any other."""
    assert outcome.paid is not None
    at = cause.at if attempt.kind == AUTHORISATION else min(outcome.paid.at, cause.at)
    paid = replace(outcome.paid, at=max(at, order.ordered_at))  # clocks of two machines differ
    payment = note_payment(order, paid, cause) or Payment.objects.get(way=paid.way, reference=paid.reference)
    attempt.state, attempt.payment, attempt.try_at, attempt.said = "taken", payment, None, ""
    attempt.save()
    if attempt.means is not None and attempt.kind == AUTHORISATION:
        attempt.means.state, attempt.means.try_at = "used", None
        attempt.means.save(update_fields=["state", "try_at"])


def end_failed(order: Order, charge: Charge, attempt: Attempt, found: tuple[Outcome, Cause, Rules]) -> None:
    """Note that nothing was taken, and go on by what there is; what does not go on waits for a person."""
    outcome, cause, rules = found
    ends = attempt.state == "ending" or order.payment_state == "paid"  # it was paid otherwise
    attempt.state, attempt.failed_at, attempt.try_at = "failed", cause.at, None
    attempt.said, attempt.needs_customer = outcome.said[:LONGEST_SAID], outcome.needs_customer
    attempt.save()
    entry = tell(order, attempt, FAILED, cause)
    if attempt.means is not None and attempt.kind == AUTHORISATION:
        means = attempt.means
        means.state, means.said = "over" if outcome.is_over else means.state, attempt.said
        means.try_at = None if outcome.is_over else cause.at  # its provider says how it stands
        means.save(update_fields=["state", "try_at", "said"])
    if charge.called_off_id and not ends:  # that was about what had failed by then
        charge = keep(order, charge.currency, attempt.amount, entry)
    if outcome.is_needless and not ends:
        lower(charge, attempt, Cause(cause.who, cause.at, CHEAPER, entry))
        return
    parts = [] if ends else choose_next(order, charge, attempt, (outcome, cause.at))
    if charge.keeps_until is None and not (parts and parts[0][1] == CARD):
        charge.keeps_until = cause.at + timedelta(days=rules.grace_days)
        charge.save(update_fields=["keeps_until"])
    ask_for(charge, parts, entry)


def lower(charge: Charge, attempt: Attempt, cause: Cause) -> None:
    """Charge what is still owed in the place of what would be more, as it was to be charged; a link keeps its grace.

    What was declined of it before waits for its customer, or a person, as it did: nobody is asked for it again.
    """
    rest = Charge.objects.get(pk=charge.pk).rest
    declined = rest - attempt.amount
    call_off(charge, cause)
    order = read_to_charge(charge.order)
    amount = min(rest, find_open(order, charge.currency))
    if not amount:
        return
    facts = {"amount": amount, "was": rest, "currency": charge.currency}
    entry = write(cause, LOWERED, [("order", order.number)], facts)
    asked = max(amount - declined, 0)
    parts: list[Part] = [(None, LINK, asked)] if asked else []
    if attempt.kind != LINK:
        parts = choose_means(order, charge.currency, asked)
    made = keep(order, charge.currency, amount, entry)
    made.keeps_until = charge.keeps_until
    made.save(update_fields=["keeps_until"])
    ask_for(made, parts, entry)


def choose_next(
    order: Order, charge: Charge, attempt: Attempt, found: tuple[Outcome, datetime]
) -> list[Part]:
    """Choose by what is taken next what was not: what was held is taken by the card, what the bank asks for by a link."""
    outcome, now = found
    if attempt.kind == AUTHORISATION and outcome.is_over:
        card = find_card(order)
        return [] if card is None else [(card, CARD, attempt.amount)]
    if attempt.kind == CARD and outcome.needs_customer:
        return [(None, LINK, attempt.amount)]
    if (
        attempt.kind == LINK
        and outcome.is_over
        and charge.keeps_until is not None
        and now < charge.keeps_until
    ):
        return [(None, LINK, attempt.amount)]  # links live for a day
    return []


def tell(order: Order, attempt: Attempt, what: str, cause: Cause) -> Entry:
    """Tell the journal what became of an attempt."""
    facts = {
        "attempt": attempt.pk,
        "amount": attempt.amount,
        "currency": attempt.charge.currency,
        "by": attempt.kind,
    }
    return write(cause, what, [("order", order.number)], facts)
