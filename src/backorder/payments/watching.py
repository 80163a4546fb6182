"""Looks at what cards hold before it ends: lets it go for the card that is kept, charges it if the house may, or tells a person.

What is not needed any more, because everything was cancelled or paid otherwise, is let go.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_order
from backorder.orders.services.wanted import refuse
from backorder.outbox.jobs import defer
from backorder.outbox.services import Cause, write
from backorder.payments.charging import begin, is_stopped
from backorder.payments.means import READ_HELD, find_named, let_go, lock_means, note_held, note_standing
from backorder.payments.models import AUTHORISATION, STRIPE, Means
from backorder.payments.noting import Rules
from backorder.payments.reading import AGAIN, PATIENCE
from backorder.payments.sending import AUTOPILOT
from backorder.payments.shares import find_card, find_open
from backorder.payments.taking import find_taker

AHEAD = timedelta(hours=24)
"""So long before the last instant of what is held something is done about it."""
PRESUMED = timedelta(days=7)
"""So long after it was noted what is held is taken to end if nobody says until when: most cards hold no longer."""


def watch_held(clock: Callable[[], datetime], rules: Rules) -> int:
    """Look at what is held and ends within a day, or of whose order nothing is open; gives of how much something was done."""
    now = clock()
    waits = Exists(Line.objects.filter(order=OuterRef("order"), quantity_open__gt=0))
    held = Means.objects.filter(kind=AUTHORISATION, state="open", used=0)
    soon = Q(capture_before__lte=now + AHEAD) | Q(capture_before=None, entry__at__lte=now + AHEAD - PRESUMED)
    ends = held.filter((soon & Q(told_at=None)) | ~waits)
    found = list(ends.order_by("capture_before", "id").select_related("order"))
    return sum(act_before_end(means, now, rules) for means in found)


@transaction.atomic
def act_before_end(means: Means, now: datetime, rules: Rules) -> bool:
    """Do what is to be done before what is held ends, or once it is not needed; nothing, if something was done meanwhile."""
    order, means = lock_means(means)
    if means.state != "open" or means.used:
        return False
    most = find_open(order, means.currency)
    needed = bool(most) or any(each.rest for each in order.charges.all())
    ends = (means.capture_before or means.entry.at + PRESUMED) <= now + AHEAD
    if needed and (not ends or means.told_at is not None):
        return False
    how = choose_how(order, rules, needed=needed, most=most)
    most = min(most, means.amount or 0)
    facts = {
        "how": how,
        "amount": most if how == "charged" else means.amount,
        "currency": means.currency,
        "until": means.capture_before.isoformat() if means.capture_before else "",
    }
    cause = Cause(AUTOPILOT, now, caused_by=means.entry)
    entry = write(cause, "authorisation.ending", [("order", order.number)], facts)
    means.told_at = now
    means.save(update_fields=["told_at"])
    if how in ("switched", "needless"):
        let_go(means, cause)
    elif how == "charged":
        begin(order, means.currency, most, entry)
    return True


def choose_how(order: Order, rules: Rules, *, needed: bool, most: int) -> str:
    """Choose what is done about what is held: it is not needed, a card is kept, the house may charge it, or a person must say.

    While somebody stopped all charges a person must say: it would end before it is taken.
    """
    if not needed:
        return "needless"
    if find_card(order) is not None:
        return "switched"
    return "charged" if rules.before_shipment and most and not is_stopped() else "told"


def note_provided_held(
    reference: str, cause: Cause, order: Order | None = None, cost: int | None = None
) -> Means | None:
    """Note what a card holds as its provider knows it, or how it stands now; None if that is known, or is for no order of ours.

    Raises OrderError, ProviderError. It is for the order that it names, else for the one that is given; for one that is not here yet
    it is tried again in an hour, for some days. No transaction may be open: a provider is asked.
    """
    taker = find_taker(STRIPE)
    refuse(taker is None, f"{STRIPE} is not set up here; see the settings")
    assert taker is not None
    held = taker.read_held(reference)
    known = Means.objects.filter(kind=AUTHORISATION, reference=reference).select_related("order").first()
    if known is not None and (order is None or order.pk == known.order_id):
        note_standing(known, held, cause.at, cause.who)
        return None
    if held is None:
        refuse(order is not None, f"{STRIPE} knows no payment {reference} that is taken later")
        return None
    found = find_named(held, order)
    if found is not None:
        return note_held(found, held, cause, cost)
    if (
        held.order
        and held.state == "open"
        and (held.capture_before or cause.at + PATIENCE) > cause.at + AHEAD
    ):
        with transaction.atomic():
            defer(READ_HELD, once=f"{READ_HELD} {reference}", at=cause.at + AGAIN, reference=reference)
    return None


def read_held_or_wait(reference: str, order: str, cause: Cause, cost: int | None = None) -> None:
    """Note what is held, as a job: for the order that is named here, or at the provider."""
    note_provided_held(reference, cause, find_order(order) if order else None, cost)
