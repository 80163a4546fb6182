"""The rules of the house by which money goes back, held against the laws of the places it sells to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from backorder.care.post.rules import MODES, take_day
from backorder.engine.consent.choose import COUNTRY
from backorder.engine.consent.pack import Pack, RefundRule
from backorder.faults import show_typed
from backorder.law import list_packs
from backorder.money import say_finer, to_minor
from backorder.orders.models import MOST_MONEY
from backorder.policy_text.section import Section

CURRENCY = re.compile("[A-Z]{3}")
MANNERS = ("money", "credit")
WEEK, WEEKEND = 5, 2
"""Days of a week on which work is done, and on which none is."""
ALL = 100


@dataclass(frozen=True)
class Refunds:
    """How money goes back. `off`: nothing is looked at. `shadow`: what a rule would let go is shown, and a person lets it go."""

    mode: str = "off"
    since: date | None = None  # what was cancelled before is not looked at
    days: int = 7  # within so many days after a cancellation it leaves; a law may want it sooner
    manner: str = "money"
    keep_percent: int = 0  # of what a consumer paid for what is cancelled
    business_keep_percent: int = 0  # the same of businesses
    serves: tuple[str, ...] = ()  # countries that the house sells to; none: all
    alone_up_to: Mapping[str, int] = field(
        default_factory=dict
    )  # minor units, by currency: goes without a person
    alone_each_day: int = 20  # if more is owed than is left of it, it waits for a person while there is time


def read_refunds(section: Section) -> Refunds:
    """Take how money goes back."""
    amounts = section.section("alone_up_to")
    found = Refunds(
        mode=section.word("mode", MODES, "off"),
        since=take_day(section, "since"),
        days=take(section, "days", Refunds.days),
        manner=section.word("as", MANNERS, "money"),
        keep_percent=take_percent(section, "keep_percent"),
        business_keep_percent=take_percent(section, "business_keep_percent"),
        serves=take_countries(section),
        alone_up_to={name: take_amount(amounts, name) for name in amounts.names()},
        alone_each_day=take(section, "alone_each_day", Refunds.alone_each_day),
    )
    if found.mode != "off" and found.since is None:
        section.fault("since", "is missing: name the day from which on cancellations are paid back from here")
    for name, fault in find_unlawful(found, choose_served(list_packs(), found.serves)):
        section.fault(name, fault)
    for each in (amounts, section):
        each.finish()
    return found


def take(section: Section, name: str, default: int) -> int:
    """Take a whole number from 0."""
    value = section.whole(name, default)
    return default if value is None else value


def take_percent(section: Section, name: str) -> int:
    """Take a share of a hundred."""
    percent = take(section, name, 0)
    if percent > ALL:
        section.fault(name, f"{percent} is more than all of it")
    return percent


def take_countries(section: Section) -> tuple[str, ...]:
    """Take countries."""
    found = section.texts("serves") or ()
    for country in found:
        if not COUNTRY.fullmatch(country):
            section.fault("serves", f"{show_typed(country)} is no country as US")
    return found


def take_amount(section: Section, currency: str) -> int:
    """Take an amount, in minor units of a currency."""
    if not CURRENCY.fullmatch(currency):
        section.fault(currency, "is no currency as EUR")
    text = section.text(currency)
    amount = read_amount(text)
    if amount is None:
        section.fault(currency, f'{show_typed(text)} is no amount as "100.00"')
        return 0
    minor = to_minor(amount, currency)
    if minor is None:
        section.fault(currency, say_finer(amount, currency))
    return minor or 0


def read_amount(text: str) -> Decimal | None:
    """Read an amount; None if it is none, or none that money has."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount <= MOST_MONEY else None


def choose_served(packs: Sequence[Pack], countries: Sequence[str]) -> list[Pack]:
    """Choose the packs for consumers in countries: those that name them or a part of them, else those for everywhere; all for none."""
    known = [pack for pack in packs if "consumer" in pack.buyers]
    if not countries:
        return known
    found = []
    for country in countries:
        named = [
            pack for pack in known if any(region.partition("-")[0] == country for region in pack.regions)
        ]
        found += named or [pack for pack in known if not pack.regions]
    return list({(pack.name, pack.version): pack for pack in found}.values())


def find_unlawful(refunds: Refunds, packs: Sequence[Pack]) -> Iterator[tuple[str, str]]:
    """Find the rules of a house that a law forbids, by key, and which law does."""
    for pack in packs:
        if not pack.refund:
            continue
        where = f"{pack.title} ({pack.cite('refund')}; {pack.caution})"
        most = count_least_days(pack.refund)
        if refunds.days > most:
            yield "days", f"{refunds.days} days are too long: {most} at most in {where}"
        if refunds.keep_percent:
            yield "keep_percent", f"nothing may be kept: all of it goes back in {where}"
        if refunds.manner == "credit":
            yield "as", f"credit is no money: it goes back as it was paid in {where}"


def count_least_days(rule: RefundRule) -> int:
    """Count the days within which a law wants money sent, by the calendar; of working days the fewest that they can take."""
    days = [] if rule.calendar_days is None else [rule.calendar_days]
    if rule.working_days is not None:
        days.append(rule.working_days + WEEKEND * (rule.working_days // WEEK))
    return min(days)
