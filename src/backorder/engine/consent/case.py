"""A case: one portion of a line under one pack, with the calendar by which that pack counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backorder.engine.consent.days import Calendar, add_days
from backorder.engine.consent.facts import Answer, Cancellation, Facts, Notice, Shipment
from backorder.engine.consent.pack import Pack
from backorder.engine.consent.portions import Portion

Event = Notice | Answer | Cancellation


@dataclass(frozen=True)
class Case:
    """What a clock is about."""

    facts: Facts
    portion: Portion
    pack: Pack
    calendar: Calendar

    def as_counted(self, shipped_on: date) -> date:
        """Turn a day of shipment into the day that the pack looks at."""
        return (
            add_days(shipped_on, self.facts.sale.transit_days)
            if self.pack.runs_to == "delivery"
            else shipped_on
        )

    def find_end(self) -> date | None:
        """Name the day on which the portion was sent or delivered, as the pack counts, or cancelled; none: it is open.

        A parcel whose delivery nobody reported counts as delivered when its way takes as long as was told.
        """
        left = self.portion.left
        if left is None:
            return None
        day = self.calendar.day(left.at)
        if isinstance(left, Cancellation):
            return day
        if left.delivered_on is not None and self.pack.runs_to == "delivery":
            return left.delivered_on
        return self.as_counted(day)

    @property
    def shipment(self) -> Shipment | None:
        """The shipment that the portion left with; none: it did not."""
        return self.portion.left if isinstance(self.portion.left, Shipment) else None

    def list_events(self) -> Iterator[Event]:
        """List what happened to the portion until it left, in order."""
        left = self.portion.left
        cancelled = [left] if isinstance(left, Cancellation) else []
        events: list[Event] = [*self.facts.notices, *self.portion.answers, *cancelled]
        yield from (event for event in sorted(events, key=when) if left is None or event.at <= left.at)

    def find_promise(self) -> date | None:
        """Name the day that is planned now, as the pack counts; none: there is none."""
        if not self.facts.promises:
            stated = self.facts.sale.stated_on
            return None if stated is None else self.as_counted(stated)
        day = self.facts.promises[-1].day
        return None if day is None else self.as_counted(day)


def when(event: Event) -> tuple[object, int]:
    """Order events by their instant; of the same instant a notice comes before what answers it."""
    return event.at, (Notice, Answer, Cancellation).index(type(event))
