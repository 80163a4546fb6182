"""What is cancelled without a person: by a rule of the house, so many orders each day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from backorder.care.choices import hold_choices
from backorder.care.clock.cancelling import Overdue, cancel_overdue, list_overdue
from backorder.care.clock.rules import Cancelling
from backorder.care.house import read_house
from backorder.care.judging import FactsError, judge_orders
from backorder.care.models import LAPSED, Look
from backorder.care.post.messages import AUTOPILOT
from backorder.care.refunds.rules import choose_served, count_least_days
from backorder.care.replies.selectors import list_unread
from backorder.law import list_packs
from backorder.orders.models import Order
from backorder.orders.services.wanted import OrderError
from backorder.outbox import switches
from backorder.outbox.models import Entry
from backorder.outbox.selectors import on_day_of
from backorder.outbox.services import Cause
from backorder.outbox.turns import hold_turn

SWITCH = "cancelling"
stop, is_stopped = partial(switches.stop, SWITCH), partial(switches.is_stopped, SWITCH)
goes_on = partial(switches.goes_on, SWITCH)
"""All that rules cancel."""
LEAD = 5
"""So many days are left for the money: a weekend, and days on which somebody lets it go, and it is sent."""


def cancel_alone(clock: Callable[[], datetime]) -> int:
    """Cancel what a rule cancels without a person; gives of how many orders.

    If more are due than are left of a day's number, they wait for a person: something has happened that one should look at. No law
    waits for that: each goes all the same while there is time for its money. While orders are still to be looked at it is not known
    how many are due.
    """
    now, rules = clock(), read_house().cancelling
    if rules.mode != "on" or is_stopped() or Look.objects.exists():
        return 0
    with hold_turn(SWITCH) as held:
        due = [each for each in list_overdue() if goes_alone(each, rules)] if held else []
        if is_over_limit(due, rules, now):
            due = [each for each in due if find_end_of_limit(each) <= timezone.localdate(now)]
        return sum(cancel_one(each, now) for each in due)


def goes_alone(overdue: Overdue, rules: Cancelling) -> bool:
    """Tell whether a rule cancels it: not while an answer of its customer waits for a person."""
    waits = not overdue.at_hand or overdue.unread
    return not waits and rules.since is not None and overdue.order.ordered_on >= rules.since


def is_over_limit(due: Sequence[Overdue], rules: Cancelling, now: datetime) -> bool:
    """Tell whether more is due that a rule cancels than is left of the number of the shop's day."""
    return len(due) > rules.alone_each_day - count_gone(now)


def find_end_of_limit(overdue: Overdue) -> date:
    """Name the day from which on no limit holds it back: by the law that gives the fewest days, `LEAD` are left to send the money."""
    given = [count_least_days(pack.refund) for pack in choose_served(list_packs(), ()) if pack.refund]
    return overdue.since + timedelta(days=max(min(given, default=LEAD) - LEAD, 0))


def count_gone(now: datetime) -> int:
    """Count the orders of which a rule cancelled something on the shop's day."""
    return Entry.objects.filter(on_day_of(now, "at"), what=LAPSED, who=AUTOPILOT).count()


@transaction.atomic
def cancel_one(overdue: Overdue, now: datetime) -> bool:
    """Cancel what is due of one order, unless somebody stopped all; what has changed waits until it is looked at again."""
    if not goes_on():
        return False
    hold_choices(overdue.order)
    try:
        judged = judge_orders([Order.objects.get(pk=overdue.order.pk)], now)
        crossed = any(each.asked.crossed for each in judged)
        if crossed or list_unread().filter(message__order=overdue.order).exists():
            return False
        cancel_overdue(overdue.order, overdue.mark, Cause(AUTOPILOT, now))
    except (OrderError, FactsError):
        return False
    return True
