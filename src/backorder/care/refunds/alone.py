"""What goes back without a person: by a rule of the house, up to an amount, and so many each day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from backorder.care.house import read_house
from backorder.care.refunds.letting import Chosen, let_free_back, list_batches
from backorder.care.refunds.owed import Owed, list_owed
from backorder.care.refunds.rules import Refunds
from backorder.outbox.selectors import on_day_of
from backorder.outbox.services import Cause
from backorder.outbox.turns import hold_turn
from backorder.payments.models import Refund
from backorder.payments.sending import AUTOPILOT
from backorder.payments.services import SWITCH, goes_on, is_stopped

WHY = "by a rule of the house"
LEAD = 2
"""So many days before the last one that a law gives: whoever is asked to send it may not answer at once."""


def refund_alone(clock: Callable[[], datetime]) -> int:
    """Let go what a rule lets go without a person; gives how many.

    If more is owed than a day's number, it waits for a person: something has happened that one should look at. No law waits for that:
    what it wants sent within the next days goes all the same.
    """
    now, refunds = clock(), read_house().refunds
    if refunds.mode != "on" or is_stopped():
        return 0
    with hold_turn(SWITCH) as held:
        owed = [each for each in list_owed(now) if goes_alone(each, refunds)] if held else []
        if len(owed) > refunds.alone_each_day - count_gone(now):
            owed = [each for each in owed if is_pressing(each, timezone.localdate(now))]
        chosen = [(each.order, each.mark) for each in owed]
        return sum(let_batch_alone(batch, now) for batch in list_batches(chosen))


def goes_alone(owed: Owed, refunds: Refunds) -> bool:
    """Tell whether a rule lets a refund go without a person."""
    return (
        not owed.fault
        and owed.amount is not None
        and 0 < owed.amount <= refunds.alone_up_to.get(owed.currency, 0)
    )


def is_pressing(owed: Owed, today: date) -> bool:
    """Tell whether a law wants it sent so soon that no limit of the house holds it back."""
    return owed.law_by is not None and owed.law_by <= today + timedelta(days=LEAD)


def count_gone(now: datetime) -> int:
    """Count the refunds that went alone on the shop's day."""
    return Refund.objects.filter(on_day_of(now), entry__who=AUTOPILOT).count()


@transaction.atomic
def let_batch_alone(batch: Sequence[Chosen], now: datetime) -> int:
    """Let refunds go, unless somebody stopped all; what somebody else decided meanwhile stays as it is. Gives how many went.

    Of what somebody is changing just now the next turn decides.
    """
    if not goes_on():
        return 0
    made = let_free_back(batch, Cause(AUTOPILOT, now, WHY))
    return sum(isinstance(each, Refund) for each in made)
