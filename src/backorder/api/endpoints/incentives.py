"""Thanks for waiting: the rules with both groups of each, what was decided, and the switch that stops what rules give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import take_order
from backorder.api.endpoints.noted import NewSwitch, Noted, Stopped, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.values import Instant, Key, Label, Reason, Sent, Shown
from backorder.care.house import read_house
from backorder.care.incentives import alone, giving
from backorder.care.incentives.measuring import Measured, measure
from backorder.care.incentives.rules import Incentive
from backorder.care.incentives.selectors import list_known_rules, read_thanks
from backorder.care.models import Thanks

incentives = Noun("incentives", "money")


class OrderGroup(Shown):
    """Orders of one group of a rule."""

    orders: int
    cancelled: int = Field(
        description="Of which the customer cancelled anything after their group was drawn."
    )


class BudgetOfRule(Shown):
    """How much a rule may give in a currency, and gave: minor units."""

    currency: str
    most: int
    most_each_month: int
    given: int
    given_this_month: int


class ShownIncentive(Shown):
    """A rule by which who waits long is thanked, and what it does to cancellations."""

    rule: str
    mode: str = Field(description="off, shadow or on; blank: it stands in the rules of the house no more.")
    runs: bool = Field(description="It gives something today.")
    budgets: list[BudgetOfRule]
    given: OrderGroup
    control: OrderGroup = Field(description="They get nothing, so that one sees what the rule does.")
    by_people: int = Field(description="Orders that a person gave something: they are in no group.")
    fewer_cancelled: float | None = Field(
        description="The share of the control group less that of the other; null: there are too few to say."
    )
    at_least: float | None = Field(description="Below this it lies with a chance of 2.5 %.")
    at_most: float | None = Field(description="Above this it lies with a chance of 2.5 %.")


class Incentives(Shown):
    """All rules, as the house orders them."""

    rules: list[ShownIncentive]


class ShownThanks(Shown):
    """What was decided about an order by a rule: once, and for good."""

    order: str
    rule: str
    group: str = Field(description="given, or control: it gets nothing by this rule, ever.")
    drawn: bool = Field(description="False: a person gave it, and it is in no figure.")
    manner: str = Field(description="refund, credit or words; blank: nothing.")
    amount: int = Field(description="Minor units.")
    currency: str
    at: Instant
    who: str
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class NewThanks(Sent):
    """Give an order what a rule of the house gives."""

    order: Key
    rule: Label
    why: Reason = ""


class ChosenThanks(Asked):
    """Which decisions."""

    order: Annotated[Key | None, Field(description="Only about this order.")] = None
    rule: Annotated[Key | None, Field(description="Only by this rule.")] = None


@incentives.reads("/incentives", Incentives)
def list_incentives() -> Incentives:
    """List the rules, with what each gave and what it does."""
    rules = {rule.name: rule for rule in read_house().incentives}
    names, today = list(dict.fromkeys([*rules, *list_known_rules()])), timezone.localdate()
    measured, given = measure(names), giving.sum_given(names, today)
    shown = []
    for name in names:
        rule = rules.get(name)
        shown.append(
            show_rule(name, rule, measured[name]).model_copy(
                update={
                    "runs": rule is not None and rule.runs(today),
                    "budgets": list_budgets(rule, given) if rule else [],
                }
            )
        )
    return Incentives(rules=shown)


def show_rule(name: str, rule: Incentive | None, measured: Measured) -> ShownIncentive:
    """Show what a rule does."""
    between = measured.interval
    return ShownIncentive(
        rule=name,
        mode=rule.mode if rule else "",
        runs=False,
        budgets=[],
        given=OrderGroup(orders=measured.given.orders, cancelled=measured.given.cancelled),
        control=OrderGroup(orders=measured.control.orders, cancelled=measured.control.cancelled),
        by_people=measured.by_people,
        fewer_cancelled=None if between is None else measured.difference,
        at_least=None if between is None else between[0],
        at_most=None if between is None else between[1],
    )


def list_budgets(rule: Incentive, given: dict[tuple[str, str], tuple[int, int]]) -> list[BudgetOfRule]:
    """List how much a rule may give."""
    found = []
    for currency in rule.budget:
        most_each_month, most = rule.count_most(currency)
        in_month, in_all = given.get((rule.name, currency), (0, 0))
        found.append(
            BudgetOfRule(
                currency=currency,
                most=most,
                most_each_month=most_each_month,
                given=in_all,
                given_this_month=in_month,
            )
        )
    return found


@incentives.reads("/thanks", Page[ShownThanks])
def list_thanks(chosen: Query[ChosenThanks]) -> Page[ShownThanks]:
    """List what was decided by rules that thank, the last first."""
    rows = read_thanks()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    if chosen.rule is not None:
        rows = rows.filter(rule=chosen.rule)
    return take_page(rows, "-id", chosen, show_thanks)


@incentives.changes("/thanks", ShownThanks)
def give_thanks(act: Act, thanks: NewThanks) -> ShownThanks:
    """Give an order what a rule gives: once, within the budget, and never to one of those that are to get nothing by it."""
    made = giving.give(take_order(thanks.order), thanks.rule, act.cause(thanks.why))
    (shown,) = show_thanks([made])
    return shown.model_copy(update={"entry": None}) if act.preview else shown


def show_thanks(rows: Sequence[Thanks]) -> list[ShownThanks]:
    """Show what was decided."""
    return [
        ShownThanks(
            order=row.order.number,
            rule=row.rule,
            group=row.group,
            drawn=row.drawn,
            manner=row.manner,
            amount=row.amount,
            currency=row.currency,
            at=row.entry.at,
            who=row.entry.who,
            entry=row.entry_id,
        )
        for row in rows
    ]


@incentives.reads("/incentive-switch", Stopped)
def get_incentive_switch() -> Stopped:
    """Show whether somebody stopped what rules give."""
    return Stopped(stopped=alone.is_stopped())


@incentives.changes("/incentive-switch", Noted, method="PUT")
def put_incentive_switch(act: Act, switch: NewSwitch) -> Noted:
    """Stop what rules give, or let it go on."""
    return note(act, alone.stop(act.cause(switch.why), stopped=switch.stopped))
