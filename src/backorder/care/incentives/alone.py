"""What is given without a person: by a rule of the house, up to so many orders each day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from backorder.care.house import read_house
from backorder.care.incentives.choosing import Due, is_control, list_due
from backorder.care.incentives.giving import find_left, give_by_rule
from backorder.care.incentives.rules import Incentive
from backorder.care.models import GIVEN, Thanks
from backorder.care.post.lookout import PATIENCE
from backorder.care.post.messages import AUTOPILOT
from backorder.orders.models import Order
from backorder.orders.services.wanted import OrderError
from backorder.outbox import switches
from backorder.outbox.models import Entry
from backorder.outbox.selectors import on_day_of
from backorder.outbox.services import Cause, write
from backorder.outbox.turns import hold_turn
from backorder.payments.services import goes_on as does_money_go_on
from backorder.payments.services import is_stopped as is_money_stopped

SWITCH = "incentives"
stop, is_stopped = partial(switches.stop, SWITCH), partial(switches.is_stopped, SWITCH)
goes_on = partial(switches.goes_on, SWITCH)
"""All that rules give."""
SHADOW = "incentive.shadowed"


def give_alone(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Give what rules give without a person; gives how many orders were decided. In the shadow that is noted, and nobody gets it.

    It ends after a while, and goes on when it is called again.
    """
    begun, decided = clock(), 0
    for rule in read_house().incentives:
        if rule.mode == "shadow":
            note_shadow(rule, begun)
        elif rule.mode == "on":
            with hold_turn(f"{SWITCH} {rule.name}") as held:
                decided += give_some(rule, clock, begun + patience) if held else 0
    return decided


def give_some(rule: Incentive, clock: Callable[[], datetime], until: datetime) -> int:
    """Decide about the orders that meet a rule, one after the other; gives about how many."""
    decided = 0
    for due in list_affordable(rule, clock()):
        now = clock()
        if now >= until or is_obstructed(rule) or count_given(rule, now) >= rule.each_day:
            break
        decided += give_one(due.order, rule, now)
    return decided


@transaction.atomic
def give_one(order: int, rule: Incentive, now: datetime) -> bool:
    """Decide about one order, unless somebody stopped what the rule gives; somebody may have been faster."""
    if not (goes_on() and (rule.words or does_money_go_on())):
        return False
    try:
        return give_by_rule(Order.objects.get(pk=order), rule.name, Cause(AUTOPILOT, now)) is not None
    except OrderError:  # somebody moved its money meanwhile
        return False


def list_affordable(rule: Incentive, now: datetime) -> list[Due]:
    """List the orders that meet a rule and of which its budget holds what they get, as it is now."""
    today = timezone.localdate(now)
    left = find_left(rule, today)
    return [due for due in list_due(rule, today) if due.amount <= left.get(due.currency, 0)]


def is_obstructed(rule: Incentive) -> bool:
    """Tell whether somebody stopped what a rule gives: all of it, or all money that goes back."""
    return is_stopped() or (not rule.words and is_money_stopped())


def count_given(rule: Incentive, now: datetime) -> int:
    """Count the orders that a rule gave something on the shop's day."""
    return Thanks.objects.filter(on_day_of(now), rule=rule.name, group=GIVEN, drawn=True).count()


@transaction.atomic
def note_shadow(rule: Incentive, now: datetime) -> None:
    """Note which orders a rule would give something, and which nothing, if that is not what was noted last."""
    due = list_affordable(rule, now)[: rule.each_day]
    control = [each.number for each in due if is_control(rule, each.number)]
    orders = [each.number for each in due if each.number not in control]
    facts = {"orders": orders, "control": control}
    noted = Entry.objects.filter(what=SHADOW, subjects__kind="incentive", subjects__key=rule.name)
    last = noted.order_by("-id").values_list("facts", flat=True).first()
    if facts != (last or {"orders": [], "control": []}):
        write(Cause(AUTOPILOT, now), SHADOW, [("incentive", rule.name)], facts)
