"""Gives an order what a rule gives it, or notes that it gets nothing: once for each order and rule, and within the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from backorder.care.choices import hold_choices
from backorder.care.house import find_version, parse_house
from backorder.care.incentives.choosing import Due, is_control, list_due
from backorder.care.incentives.rules import Incentive
from backorder.care.models import CONTROL, GIVEN, HouseVersion, Thanks
from backorder.care.models.incentives import BUDGETS
from backorder.care.refunds.owed import list_owed
from backorder.money import say_amount
from backorder.orders.models import Order
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.payments.charging import read_to_charge
from backorder.payments.means import lower_total
from backorder.payments.models import Refund, Total
from backorder.payments.services import Back, let_back, sum_held
from backorder.payments.shares import find_open, find_whole_cost

__all__ = ["Given", "give", "give_by_rule"]

GIVES, HOLDS_BACK = "incentive.given", "incentive.control"
"""The entries by which an order is given something, or is in the group that gets nothing."""


@dataclass(frozen=True)
class Given:
    """What an order is to get, by which rule of which version of the house."""

    due: Due
    rule: Incentive
    version: HouseVersion
    manner: str


@transaction.atomic
def give(order: Order, name: str, cause: Cause) -> Thanks:
    """Give an order what a rule gives it, because a person says so. Raises OrderError.

    Who gets nothing by it, so that one sees what it does, gets nothing from a person either.
    """
    order, about = hold(order), f"order {order.number}"
    found = find_rule(name)
    refuse(found is None, f"{about}: there is no rule {name} in the rules of the house")
    assert found is not None
    (version, rule), today = found, timezone.localdate(cause.at)
    refuse(
        Thanks.objects.filter(order=order, rule=name).exists(),
        f"{about}: {name} is decided for it already, once and for good",
    )
    refuse(not rule.runs(today), f"{about}: {name} gives nothing today")
    refuse(
        is_control(rule, order.number),
        f"{about} is one of those that get nothing by {name}, so that it can be seen what it does",
    )
    due = list_due(rule, today, [order])
    refuse(not due, f"{about}: {name} does not hold for it, or it is not noted here how it is paid")
    manner = find_manner(order, due[0], rule, cause.at)
    refuse(not manner, f"{about}: of its money {say_amount(due[0].amount, due[0].currency)} are not left")
    lock_budget(rule, due[0].currency)
    most = min(find_left(rule, today).get(due[0].currency, 0), due[0].amount)
    refuse(most < due[0].amount, f"{about}: the budget of {name} is given away")
    return keep(order, Given(due[0], rule, version, manner), cause, group=GIVEN, drawn=False)


@transaction.atomic
def give_by_rule(order: Order, name: str, cause: Cause) -> Thanks | None:
    """Give an order what a rule gives, or note that it is in the group without; None if it can get nothing now.

    Whoever could not get it is in no group, or those who could would be held against those who could not.
    """
    order = hold(order)
    found, today = find_rule(name), timezone.localdate(cause.at)
    if found is None or found[1].mode != "on":
        return None
    version, rule = found
    for due in list_due(rule, today, [order]):
        manner = find_manner(order, due, rule, cause.at)
        lock_budget(rule, due.currency)
        if manner and find_left(rule, today).get(due.currency, 0) >= due.amount:
            group = CONTROL if is_control(rule, order.number) else GIVEN
            return keep(order, Given(due, rule, version, manner), cause, group=group, drawn=True)
    return None


def find_rule(name: str) -> tuple[HouseVersion, Incentive] | None:
    """Find a rule by its name in the version of the house that is in force."""
    version = find_version()
    rules = parse_house(version.text).incentives if version else ()
    return next(((version, rule) for rule in rules if version and rule.name == name), None)


def hold(order: Order) -> Order:
    """Let nobody choose for an order or move its money until the transaction ends, and read it again."""
    hold_choices(order)
    return read_to_charge(order)


def lock_budget(rule: Incentive, currency: str) -> None:
    """Let nobody else give of a budget until the transaction ends. This lock comes last; the trigger takes it too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [BUDGETS, f"{rule.name} {currency}"])


def sum_given(names: Sequence[str], today: date) -> dict[tuple[str, str], tuple[int, int]]:
    """Add up what was given by rules, by name and currency: in the month of a day, and in all."""
    given = Thanks.objects.filter(rule__in=names).values("rule", "currency").order_by()
    this_month = Q(month=today.replace(day=1))
    sums = given.annotate(in_all=Sum("amount"), in_month=Sum("amount", filter=this_month))
    return {(each["rule"], each["currency"]): (each["in_month"] or 0, each["in_all"]) for each in sums}


def find_left(rule: Incentive, today: date) -> Mapping[str, int]:
    """Find how much a rule may still give today, by currency: of the month, and of all."""
    given, left = sum_given([rule.name], today), {}
    for currency in rule.budget:
        in_month, in_all = given.get((rule.name, currency), (0, 0))
        most_in_month, most_in_all = rule.count_most(currency)
        left[currency] = max(min(most_in_month - in_month, most_in_all - in_all), 0)
    return left


def find_manner(order: Order, due: Due, rule: Incentive, now: datetime) -> str:
    """Find how an order gets what a rule gives; blank: it cannot. It is never a part of what is owed for what was cancelled."""
    if rule.words:
        return "words"
    cost = find_whole_cost(order, due.currency)
    before = sum(each.amount for each in order.thanks.filter(manner="refund", currency=due.currency))
    if order.payment_state == "paid":
        free = find_free(order, due.currency, now)
        return "refund" if due.amount <= free and before + due.amount <= cost else ""
    return "credit" if find_open(order, due.currency) >= due.amount and cost > due.amount else ""


def find_free(order: Order, currency: str, now: datetime) -> int:
    """Find how much of what is held of payments is owed to nobody; 0 if a person must say how much is owed."""
    owed = [each.amount for each in list_owed(now, [order]) if each.currency == currency]
    known = [amount for amount in owed if amount is not None]
    return sum_held(order, currency) - sum(known) if len(known) == len(owed) else 0


def keep(order: Order, given: Given, cause: Cause, *, group: str, drawn: bool) -> Thanks:
    """Keep what an order gets, or that it gets nothing, in the caller's transaction. Raises OrderError."""
    due, rule = given.due, given.rule
    amount, manner = (due.amount, given.manner) if group == GIVEN else (0, "")
    facts = {"rule": rule.name, "manner": manner, "amount": amount, "currency": due.currency}
    subjects = [("order", order.number), ("incentive", rule.name)]
    entry = write(cause, GIVES if group == GIVEN else HOLDS_BACK, subjects, facts)
    most_in_month, most_in_all = rule.count_most(due.currency)
    refund, total = move_money(order, given, entry) if group == GIVEN else (None, None)
    return Thanks.objects.create(
        order=order,
        rule=rule.name,
        version=given.version,
        group=group,
        drawn=drawn,
        manner=manner,
        amount=amount,
        currency=due.currency,
        month=timezone.localdate(cause.at).replace(day=1),
        most_in_month=most_in_month,
        most_in_all=most_in_all,
        refund=refund,
        total=total,
        entry=entry,
    )


def move_money(order: Order, given: Given, entry: Entry) -> tuple[Refund | None, Total | None]:
    """Let money go back, or let the order cost less."""
    due = given.due
    if given.manner == "refund":
        why = f"thanks for waiting: {given.rule.name}"
        return let_back(order, Back(due.amount, due.currency), Cause(entry.who, entry.at, why, entry)), None
    if given.manner == "credit":
        return None, lower_total(order, due.amount, due.currency, entry)
    return None, None
