"""Legal days: the local date where the goods go, and days counted on the calendar or among working days."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """Where legal days are counted: the zone of the place that goods go to, and the public holidays of a pack."""

    zone: tzinfo
    holidays: AbstractSet[date] = field(default_factory=frozenset)

    def day(self, instant: datetime) -> date:
        """Name the date that clocks show there. Raises ValueError for an instant without a zone."""
        if instant.tzinfo is None:
            message = f"{instant} has no zone"
            raise ValueError(message)
        return instant.astimezone(self.zone).date()

    def is_working(self, day: date) -> bool:
        """Tell whether a day is one from Monday to Friday and no holiday."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def add_working_days(self, day: date, count: int) -> date:
        """Count so many working days on, from the day after; back for a negative count, from the day before."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day


def add_days(day: date, count: int) -> date:
    """Count so many days on by the calendar."""
    return day + timedelta(days=count)
