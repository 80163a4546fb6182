"""Stories of lines for tests: what happened, in days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backorder.engine.consent import (
    CONTENT,
    Answer,
    Cancellation,
    Facts,
    Judgement,
    Notice,
    Pack,
    Parties,
    Promise,
    Refund,
    Rules,
    Sale,
    Shipment,
    Verdict,
    choose_packs,
    judge,
)
from backorder.law import find_place, list_packs

ZONE = "America/New_York"
ORDERED = date(2026, 11, 23)
EVERYTHING = frozenset(CONTENT)
US = Parties("US-TX", "US-TX", "consumer")


def at(day: date, hour: int = 12, zone: str = ZONE) -> datetime:
    """Name an instant by the clock of a zone."""
    return datetime.combine(day, time(hour), ZoneInfo(zone))


def later(days: int) -> date:
    """Count days from the day of the order."""
    return ORDERED + timedelta(days=days)


def packs_for(parties: Parties) -> list[Pack]:
    """Choose packs of those that come with the program."""
    return choose_packs(list_packs(), parties, ORDERED)


def rules_for(parties: Parties, zone: str = ZONE) -> Rules:
    """Give the rules that hold, counted in a zone."""
    packs = tuple(packs_for(parties))
    return Rules(packs, find_place((zone, zone), parties.ship_to, packs))


class Story:
    """A line, told day by day; without a promise it is planned for no day."""

    def __init__(
        self, quantity: int = 1, parties: Parties = US, stated_on: date | None = None, **sale: object
    ) -> None:
        """Order and pay at noon of the day of the order."""
        self.rules = rules_for(parties)
        given = {"paid_at": at(ORDERED), **sale}
        self.facts = Facts(Sale(quantity, at(ORDERED), stated_on, **given))  # type: ignore[arg-type]

    def promise(self, day: date, promised_on: date | None) -> Story:
        """Plan another day."""
        return self.add(promises=(*self.facts.promises, Promise(at(day, 9), promised_on)))

    def notify(
        self,
        day: date,
        revised_on: date | None,
        says: frozenset[str] = EVERYTHING,
        *,
        failed_on: date | None = None,
        quantity: int | None = None,
    ) -> Story:
        """Send a notice, of units at the back or of all; its name is N and its number."""
        name = f"N{len(self.facts.notices) + 1}"
        fails = at(failed_on, 11) if failed_on else None
        told = Notice(name, at(day, 10), revised_on, says, fails, quantity)
        return self.add(notices=(*self.facts.notices, told))

    def accept(self, day: date, notice: str = "N1", quantity: int | None = None) -> Story:
        """Let the buyer say yes."""
        return self.add(answers=(*self.facts.answers, Answer(at(day, 11), "accepts", quantity, notice)))

    def set_period(self, day: date, until: date) -> Story:
        """Let the buyer set a period."""
        return self.add(answers=(*self.facts.answers, Answer(at(day, 11), "period", until=until)))

    def ask_to_cancel(self, day: date, quantity: int | None = None) -> Story:
        """Let the buyer say that units are no longer wanted."""
        return self.add(answers=(*self.facts.answers, Answer(at(day, 11), "cancels", quantity)))

    def ship(self, day: date, quantity: int = 1, **more: object) -> Story:
        """Hand units to the carrier; its name is S and its number."""
        name = f"S{len(self.facts.shipments) + 1}"
        return self.add(shipments=(*self.facts.shipments, Shipment(name, at(day, 13), quantity, **more)))  # type: ignore[arg-type]

    def cancel(self, day: date, quantity: int = 1, by: str = "buyer") -> Story:
        """Take units off the order; its name is C and its number."""
        gone = Cancellation(f"C{len(self.facts.cancellations) + 1}", at(day, 13), quantity, by)  # type: ignore[arg-type]
        return self.add(cancellations=(*self.facts.cancellations, gone))

    def refund(self, day: date, quantity: int = 1, of: str = "C1") -> Story:
        """Send money."""
        return self.add(refunds=(*self.facts.refunds, Refund(at(day, 14), quantity, of)))

    def add(self, **facts: Sequence[object]) -> Story:
        """Add facts."""
        self.facts = replace(self.facts, **facts)  # type: ignore[arg-type]
        return self

    def judge(self, day: date, hour: int = 23) -> Judgement:
        """Judge at an hour of a day, by default late."""
        return judge(self.facts, self.rules, at(day, hour))

    def look_ahead(self, day: date) -> list[tuple[date, str, int]]:
        """List what is to come: day, what, units."""
        return [(each.day, each.what, each.quantity) for each in self.judge(day).coming]

    def verdict(self, day: date) -> Verdict:
        """Judge a line whose units share one history."""
        (verdict,) = self.judge(day).verdicts
        return verdict


def show(verdict: Verdict) -> str:
    """Write a verdict as one line: state, what must be done by when."""
    actions = [f"{action.kind} by {action.by}" for action in verdict.actions]
    return "; ".join([verdict.state, *actions])
