"""Legal days: the local date where the goods go, and days counted on the calendar or among working days."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """Where legal days are counted: the zone of the place that goods go to, and the public holidays of a pack.

    Of a place with several zones, `zone` is that where days end first and `first_zone` that where they begin last: what is in time by
    both is in time everywhere.
    """

    zone: tzinfo
    holidays: Container[date] = ()
    first_zone: tzinfo | None = None  # none: the same

    def first_day(self, instant: datetime) -> date:
        """Name the date on which a clock starts that begins at an instant with a zone."""
        return instant.astimezone(self.first_zone or self.zone).date()

    def day(self, instant: datetime) -> date:
        """Name the date that clocks show there at an instant with a zone."""
        return instant.astimezone(self.zone).date()

    def is_working(self, day: date) -> bool:
        """Tell whether a day is one from Monday to Friday and no holiday."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def add_working_days(self, day: date, count: int) -> date:
        """Count so many working days on, from the day after; back for a negative count, from the day before."""
        step = 1 if count > 0 else -1
        for _ in range(abs(count)):
            day = add_days(day, step)
            while not self.is_working(day) and date.min < day < date.max:
                day = add_days(day, step)
        return day


def add_days(day: date, count: int) -> date:
    """Count so many days on by the calendar; the last of all days stays what it is: it stands for none."""
    if day == date.max or (count > 0 and date.max - day < timedelta(days=count)):
        return date.max
    return max(day, date.min + timedelta(days=max(-count, 0))) + timedelta(days=count)
