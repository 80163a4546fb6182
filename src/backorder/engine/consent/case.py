"""A case: one portion of a line under one pack, with the calendar by which that pack counts."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from backorder.engine.consent.days import Calendar, add_days
from backorder.engine.consent.facts import Answer, Cancellation, Facts, Notice, Shipment
from backorder.engine.consent.pack import Pack

Event = Notice | Answer | Cancellation
Leave = Shipment | Cancellation


@dataclass(frozen=True)
class Place:
    """Where a line goes, as far as days are counted: its zone, and public holidays by the name that packs use."""

    zone: tzinfo
    holidays: Mapping[str, Container[date]]
    first_zone: tzinfo | None = None  # as Calendar has it

    def calendar(self, pack: Pack) -> Calendar:
        """Give the calendar of a pack."""
        return Calendar(self.zone, self.holidays[pack.holidays] if pack.holidays else (), self.first_zone)


@dataclass(frozen=True)
class Portion:
    """Units of a line that share one history: what was said of them, when they ship, how they left, when they were paid back."""

    quantity: int
    notices: tuple[Notice, ...] = ()
    answers: tuple[Answer, ...] = ()
    ships_on: date | None = None  # of what is open, as planned last; none: no day is known
    left: Leave | None = None
    refunded_at: datetime | None = None


@dataclass(frozen=True)
class Case:
    """What a clock is about."""

    facts: Facts
    portion: Portion
    pack: Pack
    calendar: Calendar

    @property
    def transit(self) -> int:
        """The days from a shipment to what the pack looks at."""
        return self.facts.sale.transit_days if self.pack.runs_to == "delivery" else 0

    @property
    def shipment(self) -> Shipment | None:
        """The shipment that the portion left with; none: it did not."""
        return self.portion.left if isinstance(self.portion.left, Shipment) else None

    def as_counted(self, shipped_on: date) -> date:
        """Turn a day of shipment into the day that the pack looks at."""
        return add_days(shipped_on, self.transit)

    def find_first_day(self) -> tuple[date | None, str]:
        """Name the day that counts at first, and its rule: one that was stated, else so many days from the start; none: no clock."""
        sale, pack = self.facts.sale, self.pack
        begin = sale.paid_at if pack.starts == "payment" else sale.payable_at
        if begin is None or pack.days is None:
            return None, ""
        if pack.runs_to == "delivery" and sale.deliver_by is not None:
            return sale.deliver_by, "stated"
        if sale.stated_on is not None:
            return self.as_counted(sale.stated_on), "stated"
        if sale.credit and pack.credit_days is not None:
            return add_days(self.calendar.first_day(begin), pack.credit_days), "credit"
        return add_days(self.calendar.first_day(begin), pack.days), "default"

    def find_end(self, today: date) -> date | None:
        """Name the day on which the portion was sent or delivered, as the pack counts, or cancelled; none: it is open.

        A parcel whose delivery nobody reported by today counts as delivered when its way takes as long as was told.
        """
        left = self.portion.left
        if left is None:
            return None
        day = self.calendar.day(left.at)
        if isinstance(left, Cancellation):
            return day
        reported = left.delivered_on if self.pack.runs_to == "delivery" else None
        return self.as_counted(day) if reported is None or reported > today else reported

    def find_planned(self, today: date) -> date | None:
        """Name the day that is to be expected now, as the pack counts: never one that is past; none: none is known."""
        if self.portion.left is not None:
            return self.find_end(today)
        day = self.portion.ships_on
        return None if day is None else self.as_counted(max(day, today))

    def list_events(self) -> list[Event]:
        """List what happened to the portion, in order."""
        left = self.portion.left
        cancelled = [left] if isinstance(left, Cancellation) else []
        return sorted([*self.portion.notices, *self.portion.answers, *cancelled], key=when)


def when(event: Event) -> tuple[datetime, int]:
    """Order events by their instant; of the same instant a notice comes before what answers it."""
    return event.at, (Notice, Answer, Cancellation).index(type(event))
