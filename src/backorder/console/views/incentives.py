"""Who is thanked for waiting by which rule, what that costs, and what it does to cancellations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from backorder.accounts.roles import MONEY
from backorder.care.house import look_at_house
from backorder.care.incentives.alone import is_stopped, stop
from backorder.care.incentives.giving import sum_given
from backorder.care.incentives.measuring import FEWEST, Group, Measured, measure
from backorder.care.incentives.rules import Incentive
from backorder.care.incentives.selectors import list_decided, list_known_rules, list_shadows
from backorder.care.models import GIVEN, Thanks
from backorder.console.access import may_change, signed_in
from backorder.console.chosen import press_switch
from backorder.console.parts import Cell, Column, Empty, Row, Table
from backorder.console.templatetags.words import say_day, say_money, say_time

SHOWN = 100
MODES = {"off": ("off", "plain"), "shadow": ("in the shadow", "info"), "on": ("on", "good")}
MANNERS = {"refund": "money back", "credit": "less to pay", "words": "in words", "": "nothing"}
NO_RULES = Empty(
    "Nobody is thanked",
    "By default the rules of the house hold no [[incentives]]. Write one, and what it gives and does stands here.",
)
UNREAD = Empty("The rules cannot be read", "What they gave and did stands below.")
NONE_YET = Empty("Nothing was decided yet", "Each order that meets a rule appears here, with its group.")


@require_GET
@signed_in
def show_incentives(request: HttpRequest) -> HttpResponse:
    """Show each rule with its budget, both groups of it, and what was decided last."""
    (house, faults), today = look_at_house(), timezone.localdate()
    rules = house.incentives
    names = list(dict.fromkeys([*(each.name for each in rules), *list_known_rules()]))
    measured, given = measure(names), sum_given(names, today)
    context = {
        "stopped": is_stopped(),
        "house_faults": faults,
        "fewest": FEWEST,
        "rules": Table(
            "Rules",
            (
                *(Column("Rule"), Column("Now", whole=True), Column("Days"), Column("Gives")),
                *(Column("Given"), Column("Budget"), Column("By people", numeric=True)),
            ),
            [describe_rule(each, measured[each.name], given, today) for each in rules],
            NO_RULES if not faults else UNREAD,
        ),
        "effects": Table(
            "Cancelled since",
            (
                *(Column("Rule"), Column("Given", whole=True), Column("Control", whole=True)),
                *(Column("Fewer cancelled"), Column("95 % sure of")),
            ),
            [describe_effect(name, measured[name]) for name in names],
            NONE_YET,
        ),
        "shadows": describe_shadows(rules),
        "decided": Table(
            "Decided last",
            (
                *(Column("When", whole=True), Column("Order", whole=True), Column("Rule")),
                *(Column("Group"), Column("What"), Column("By")),
            ),
            [describe_decided(each) for each in list_decided()[:SHOWN]],
            NONE_YET,
        ),
    }
    return render(request, "console/incentives.html", context)


def describe_rule(
    rule: Incentive, measured: Measured, given: Mapping[tuple[str, str], tuple[int, int]], today: date
) -> Row:
    """Lay out a rule."""
    said, tone = MODES[rule.mode]
    if rule.mode != "off" and not rule.runs(today):
        said, tone = "not today", "plain"
    sums = {currency: given.get((rule.name, currency), (0, 0)) for currency in rule.budget}
    return Row(
        [
            Cell(rule.name, note=f"{rule.control_percent} of 100 orders get nothing"),
            Cell(said, tone=tone),
            Cell(say_days(rule)),
            Cell(say_gift(rule)),
            Cell(
                ", ".join(say_money(in_all, currency) for currency, (_, in_all) in sums.items()) or "nothing",
                note="; ".join(f"{say_money(month, name)} this month" for name, (month, _) in sums.items()),
            ),
            Cell(", ".join(say_budget(rule, currency) for currency in rule.budget)),
            Cell(f"{measured.by_people:,}"),
        ]
    )


def say_days(rule: Incentive) -> str:
    """Say on which days a rule gives something."""
    begin = f"from {say_day(rule.begins)}" if rule.begins else ""
    return (
        " ".join(part for part in (begin, f"until {say_day(rule.ends)}" if rule.ends else "") if part)
        or "any"
    )


def say_gift(rule: Incentive) -> str:
    """Say what a rule gives."""
    if rule.percent:
        return f"{rule.percent} % of what waits"
    amounts = ", ".join(say_money(amount, currency) for currency, amount in rule.amounts.items())
    return f"{rule.say('en')} ({amounts})" if rule.words else amounts


def say_budget(rule: Incentive, currency: str) -> str:
    """Say how much a rule may give."""
    in_month, in_all = rule.count_most(currency)
    month = f", {say_money(in_month, currency)} a month" if in_month < in_all else ""
    return f"{say_money(in_all, currency)}{month}"


def describe_effect(name: str, measured: Measured) -> Row:
    """Lay out what a rule does to cancellations."""
    between = measured.interval
    if between is None:
        difference, sure = Cell("too few to say"), Cell("")
    else:
        tone = "good" if between[0] > 0 else "bad" if between[1] < 0 else "plain"
        difference = Cell(say_points(measured.difference), tone=tone)
        sure = Cell(f"{say_points(between[0])} to {say_points(between[1])}")
    return Row([Cell(name), say_group(measured.given), say_group(measured.control), difference, sure])


def say_group(group: Group) -> Cell:
    """Say how many orders of a group were cancelled."""
    share = f"{100 * group.share:.1f} %" if group.orders else "none yet"
    return Cell(f"{group.cancelled:,} of {group.orders:,}", note=share)


def say_points(share: float) -> str:
    """Say a difference of shares."""
    return f"{100 * share:+.1f} points"


def describe_shadows(rules: Sequence[Incentive]) -> Table:
    """Lay out which orders rules in the shadow would give something."""
    names = [rule.name for rule in rules if rule.mode == "shadow"]
    rows = [
        Row(
            [
                Cell(number, link=reverse("order", args=[number])),
                Cell(name),
                Cell(say_time(entry.at)),
                Cell("", actions=[("Give it", reverse("order-change", args=["thank", number]))]),
            ]
        )
        for name, entry in list_shadows(names)
        for number in entry.facts["orders"]
    ]
    columns = (Column("Order", whole=True), Column("Rule"), Column("Noted", whole=True), Column("Now"))
    return Table("Would get something", columns, rows[:SHOWN])


def describe_decided(row: Thanks) -> Row:
    """Lay out what was decided about an order."""
    amount = say_money(row.amount, row.currency) if row.group == GIVEN else ""
    return Row(
        [
            Cell(say_time(row.entry.at)),
            Cell(row.order.number, link=reverse("order", args=[row.order.number])),
            Cell(row.rule),
            Cell(row.group, tone="good" if row.group == GIVEN else "plain"),
            Cell(MANNERS[row.manner], note=amount),
            Cell(row.entry.who),
        ]
    )


@require_POST
@may_change(MONEY)
def stop_all(request: HttpRequest) -> HttpResponse:
    """Stop all thanks by rules, or let them go on."""
    press_switch(request, stop, "All thanks by rules are stopped.", "Rules thank again.")
    return redirect("incentives")
