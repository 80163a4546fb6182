"""Asks providers for what is to be charged, each attempt once, and follows what becomes of it.

As money goes back, so it is taken: an attempt is claimed, asked for, and noted, and no transaction holds a provider. Who is killed in
the middle asks again, and asks first what became of it. What a provider tells us unasked is a hint to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backorder.orders.models import Order
from backorder.orders.services.wanted import OrderError
from backorder.outbox.jobs import defer
from backorder.outbox.turns import hold_turn
from backorder.payments.charging import TAKE, goes_on, is_stopped
from backorder.payments.means import note_standing
from backorder.payments.models import ASKED, LINK, STRIPE, Attempt, Means
from backorder.payments.noting import Rules, note_outcome
from backorder.payments.providers import Bill, Outcome, ProviderError, Taker
from backorder.payments.sending import AUTOPILOT, LONGEST_SAID, PATIENCE, PAUSES
from backorder.payments.shares import WITH, find_excess
from backorder.payments.stripe_charges import find_stripe_charges

TAKERS: dict[str, Callable[[], Taker | None]] = {STRIPE: find_stripe_charges}
"""By way; none: it is not set up."""
LINK_PAUSE = timedelta(minutes=20)
"""So long until a link is asked about again, webhooks or not."""
NEEDLESS = "more would be charged than the order costs now: it was paid otherwise, or cancelled; what is owed is charged by itself"


def find_taker(way: str) -> Taker | None:
    """Find what takes money; None: it is not set up."""
    return TAKERS[way]()


@dataclass(frozen=True)
class Way:
    """How charges go on without a person."""

    rules: Rules
    write_back: Callable[
        [Order, date], str
    ]  # where a customer comes to after paying, the same for a day; blank: nowhere


def take_charges(clock: Callable[[], datetime], way: Way, patience: timedelta = PATIENCE) -> int:
    """Ask for what is to be asked; gives how many attempts, and what is held, were asked for or about.

    It ends after a while, and is called again: other work waits for the same worker.
    """
    taker = find_taker(STRIPE)
    if taker is None:
        note_absent()
        return 0
    until, asked = clock() + patience, 0
    with hold_turn(TAKE) as held:
        while held and (now := clock()) < until:
            attempt, means = claim(now), None
            if attempt is not None:
                pursue(taker, attempt, clock, way)
            else:
                means = claim_means(now)
                if means is None:
                    break
                look(taker, means, clock)
            asked += 1
    return asked


def note_absent() -> None:
    """Note of what waits for a provider that is not set up why it does."""
    said = f"{STRIPE} is not set up here; see the settings"
    Attempt.objects.filter(state="waiting").exclude(said=said).update(said=said)


@transaction.atomic
def claim(now: datetime) -> Attempt | None:
    """Claim the next attempt to ask for or about. None: there is none.

    What was never asked for waits while somebody stopped all charges.
    """
    due = Attempt.objects.filter(try_at__lte=now).order_by("try_at", "id")
    if not goes_on():
        due = due.exclude(state="waiting")
    attempt = due.select_for_update(of=("self",)).select_related("means", "charge__order", "entry").first()
    if attempt is None:
        return None
    if attempt.state == "waiting":
        attempt.state = "handed"
    pause = PAUSES[min(attempt.tries, len(PAUSES) - 1)]
    attempt.try_at = now + (min(pause, LINK_PAUSE) if attempt.link else pause)
    attempt.tries += 1
    attempt.save()
    return attempt


def pursue(taker: Taker, attempt: Attempt, clock: Callable[[], datetime], way: Way) -> None:
    """Ask a provider about an attempt, and note what it says."""
    try:
        note_outcome(attempt, ask(taker, attempt, way), clock(), way.rules)
    except (ProviderError, OrderError) as error:  # what it took is noted of another order, or otherwise
        said = str(error)[:LONGEST_SAID]
        Attempt.objects.filter(pk=attempt.pk, state__in=ASKED).update(said=said)


def ask(taker: Taker, attempt: Attempt, way: Way) -> Outcome:
    """Ask what became of an attempt, and for it if its provider knows nothing of it. Raises ProviderError.

    Whoever claimed it may have been killed before asking: so a stop counts here too, and only what a provider took goes on.
    """
    charge, means = attempt.charge, attempt.means
    bill = Bill(
        attempt.kind,
        attempt.key,
        attempt.amount,
        charge.currency,
        charge.order.number,
        attempt.entry.at,
        means.reference if means is not None else "",
        means.customer if means is not None else "",
        attempt.reference,
        attempt.session,
        way.write_back(charge.order, timezone.localdate(attempt.entry.at)) if attempt.kind == LINK else "",
    )
    if attempt.state == "ending":
        return taker.end(bill)
    found, needless = taker.find(bill), is_needless(attempt)
    if found is None and needless:
        return Outcome("failed", said=NEEDLESS, is_needless=True)
    if found is not None and found.state == "pending" and attempt.kind == LINK and needless:
        ended = taker.end(bill)
        if ended.state != "failed":
            return ended
        return replace(ended, said=NEEDLESS, is_needless=True, is_over=False)
    if found is None and is_stopped():
        message = f"{STRIPE} knows nothing of it, and somebody stopped all charges"
        raise ProviderError(message)
    return found or taker.take(bill)


def is_needless(attempt: Attempt) -> bool:
    """Tell whether taking it would charge more than its order costs by now."""
    order = Order.objects.prefetch_related(*WITH).get(pk=attempt.charge.order_id)
    return order.payment_state == "paid" or bool(find_excess(order, attempt.charge.currency))


@transaction.atomic
def claim_means(now: datetime) -> Means | None:
    """Claim what is held of which a provider is to be asked: to let it go, or what became of it. None: there is none."""
    due = Means.objects.filter(try_at__lte=now).order_by("try_at", "id")
    means = due.select_for_update(of=("self",), no_key=True).select_related("order").first()
    if means is None:
        return None
    means.try_at = now + PAUSES[min(means.tries, len(PAUSES) - 1)]
    means.tries += 1
    means.save(update_fields=["try_at", "tries"])
    return means


def look(taker: Taker, means: Means, clock: Callable[[], datetime]) -> None:
    """Ask a provider what it holds, or to let it go, and note what it says."""
    try:
        ends = means.state == "ending"
        held = taker.let_go(means.reference) if ends else taker.read_held(means.reference)
    except ProviderError as error:
        Means.objects.filter(pk=means.pk, state__in=("open", "ending")).update(said=str(error)[:LONGEST_SAID])
    else:
        note_standing(means, held, clock(), AUTOPILOT)


@transaction.atomic
def hear_charges(payment: str, session: str, now: datetime) -> int:
    """Ask about what a provider said something of, as soon as this is kept; gives of how many attempts, and of what is held."""
    named = Q(pk=None)
    if payment:
        named |= Q(reference=payment) | Q(means__reference=payment, kind="authorisation")
    if session:
        named |= Q(session=session)
    count = Attempt.objects.filter(named, state__in=("handed", "pending", "ending")).update(try_at=now)
    if payment:
        count += Means.objects.filter(reference=payment, state__in=("open", "ending")).update(try_at=now)
    if count:
        defer(TAKE, once=TAKE)
    return count
