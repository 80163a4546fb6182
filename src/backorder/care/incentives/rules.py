"""The rules of the house by which who waits long is thanked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from backorder.care.letters.arrangement import find_own_faults
from backorder.care.letters.speech import LANGUAGES
from backorder.care.post.rules import MODES, take_day, take_whole
from backorder.care.refunds.rules import ALL, take_amount, take_percent
from backorder.engine.allocation.policy import Condition
from backorder.faults import not_one_of, show_typed
from backorder.policy_text.groups import read_name, read_where
from backorder.policy_text.section import Section

DAYS_LATE = "days_late"
COLUMNS = (DAYS_LATE, "sku", "customer_class", "channel")
"""What a rule asks of a line, and of its order."""
DAYS = re.compile(r"[0-9]{1,4}")
LONGEST_NAME, LONGEST_WORDS = 60, 300
USUAL_CONTROL = 20
"""Of a hundred orders so many get nothing, so that one can see what thanks do."""


@dataclass(frozen=True)
class Incentive:
    """One rule. `off`: nobody gets anything. `shadow`: who would is noted, and a person may give it. Amounts are minor units."""

    name: str
    mode: str = "off"
    begins: date | None = None  # the first day on which it gives something
    ends: date | None = None  # the last one
    where: tuple[Condition, ...] = ()
    percent: int = 0  # of the price of the units that wait; 0: an amount
    amounts: Mapping[str, int] = field(
        default_factory=dict
    )  # by currency; with words: what it costs the house
    words: Mapping[str, str] = field(default_factory=dict)  # what is given instead of money, by language
    budget: Mapping[str, int] = field(
        default_factory=dict
    )  # in all, by currency; in others nobody gets anything
    each_month: Mapping[str, int] = field(default_factory=dict)  # none for a currency: as much as in all
    control_percent: int = USUAL_CONTROL
    each_day: int = 20  # so many orders are given something each day without a person

    def runs(self, day: date) -> bool:
        """Tell whether it gives anything on a day of the shop."""
        began = self.begins is None or self.begins <= day
        return self.mode != "off" and began and (self.ends is None or day <= self.ends)

    def say(self, language: str) -> str:
        """Give the words in a language, else in the first that there is; blank: it gives money."""
        return self.words.get(language) or next(iter(self.words.values()), "")

    def count_most(self, currency: str) -> tuple[int, int]:
        """Count how much may be given in a month, and in all."""
        most = self.budget.get(currency, 0)
        return min(self.each_month.get(currency, most), most), most


def read_incentives(sections: Sequence[Section]) -> tuple[Incentive, ...]:
    """Take the rules, in their order."""
    names: set[str] = set()
    return tuple(read_incentive(section, names) for section in sections)


def read_incentive(section: Section, names: set[str]) -> Incentive:
    """Take one rule."""
    words = section.section("words")
    found = Incentive(
        name=read_name(section, names),
        mode=section.word("mode", MODES, "off"),
        begins=take_day(section, "from"),
        ends=take_day(section, "until"),
        where=read_where(section),
        percent=take_percent(section, "percent"),
        amounts=take_amounts(section, "amount"),
        words={name: words.text(name) for name in words.names()},
        budget=take_amounts(section, "budget"),
        each_month=take_amounts(section, "budget_each_month"),
        control_percent=take_share(section),
        each_day=take_whole(section, "each_day", Incentive.each_day),
    )
    check_name(found, section)
    check_where(found, section)
    check_words(found, words)
    check_money(found, section)
    for each in (words, section):
        each.finish()
    return found


def take_amounts(section: Section, name: str) -> dict[str, int]:
    """Take amounts by currency."""
    amounts = section.section(name)
    found = {currency: take_amount(amounts, currency) for currency in amounts.names()}
    amounts.finish()
    return found


def take_share(section: Section) -> int:
    """Take of how many of a hundred orders one looks what they do without."""
    share = section.whole("control_percent", USUAL_CONTROL, 1)
    share = USUAL_CONTROL if share is None else share
    if share >= ALL:
        section.fault("control_percent", f"{share} leaves nobody who gets anything; name {ALL - 1} at most")
    return share


def check_name(rule: Incentive, section: Section) -> None:
    """Note a name that the journal cannot hold, and days that never come."""
    if len(rule.name) > LONGEST_NAME or not rule.name.isprintable():
        section.fault("name", f"is no name of one line with {LONGEST_NAME} characters at most")
    if rule.begins and rule.ends and rule.ends < rule.begins:
        section.fault("until", f"{rule.ends} is before from, {rule.begins}")


def check_where(rule: Incentive, section: Section) -> None:
    """Note conditions of what is not known of a line that waits."""
    where = f"where.{DAYS_LATE}"
    for each in rule.where:
        if each.column not in COLUMNS:
            section.fault(f"where.{each.column}", not_one_of(each.column, COLUMNS))
        elif each.column != DAYS_LATE and each.one_of is None:
            section.fault(f"where.{each.column}", 'cannot be compared; give a list such as ["web"]')
        elif each.column == DAYS_LATE and not (each.operator and DAYS.fullmatch(each.value)):
            section.fault(where, 'is no comparison with whole days such as ">=10"')


def check_words(rule: Incentive, words: Section) -> None:
    """Note words that no letter to who waits may hold."""
    for language, text in rule.words.items():
        if language not in LANGUAGES:
            words.fault(language, not_one_of(language, LANGUAGES))
        if not text or len(text) > LONGEST_WORDS or not text.isprintable():
            words.fault(language, f"{show_typed(text)} is not one line of {LONGEST_WORDS} characters at most")
        for fault in find_own_faults(text):
            words.fault(language, fault)


def check_money(rule: Incentive, section: Section) -> None:
    """Note a rule that does not say what it gives, or how much of it at most."""
    if bool(rule.percent) == bool(rule.amounts):
        section.fault("amount", "name either amount, by currency, or percent of what waits")
    if rule.words and rule.percent:
        section.fault("percent", "says no price of words; name amount: what they cost the house")
    if rule.mode != "off" and not any(rule.budget.values()):
        section.fault("budget", 'is missing: name how much is given in all, as { EUR = "500.00" }')
    for currency in rule.amounts.keys() - rule.budget.keys():
        section.fault("budget", f"names nothing in {currency}, in which amount does")
    for currency in rule.each_month.keys() - rule.budget.keys():
        section.fault("budget", f"names nothing in {currency}, in which budget_each_month does")
