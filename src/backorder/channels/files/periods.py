"""The periods of a table: found from its days, numbered, and gone on with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.channels.files.parse import EPOCH

Days = NDArray[Any]  # whole numbers since 1970-01-01
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Length:
    """How long a period is: some months or some days; and how many make a season. `begins` says on what day one begins."""

    name: str
    months: int
    days: int
    season: int
    least_gap: int
    begins: str


YEAR = Length("year", 12, 0, 1, 365, "the first day of a month, the same in each year")
QUARTER = Length("quarter", 3, 0, 4, 90, "the first day of every third month")
MONTH = Length("month", 1, 0, 12, 28, "the first day of a month")
WEEK = Length("week", 0, 7, 52, 7, "the same day of each week")
DAY = Length("day", 0, 1, 7, 1, "any day")
LENGTHS = (YEAR, QUARTER, MONTH, WEEK, DAY)


@dataclass(frozen=True)
class Grid:
    """All periods of one length; number 0 is one of them, and `offset` says where among months or days the grid lies."""

    length: Length
    offset: int

    def number(self, days: Days) -> Days:
        """Give the number of the period that each day lies in; later ones have larger numbers."""
        step = self.length.months or self.length.days
        return (count_steps(self.length, days) - self.offset) // step

    def fits(self, days: Days) -> NDArray[np.bool_]:
        """Tell which days begin a period."""
        step = self.length.months or self.length.days
        whole = (count_steps(self.length, days) - self.offset) % step == 0
        found: NDArray[np.bool_] = whole & is_first_of_month(days) if self.length.months else whole
        return found

    def day(self, number: int) -> date:
        """Give the first day of a period. Raises ValueError or OverflowError beyond the calendar."""
        if not self.length.months:
            return date.fromordinal(EPOCH) + timedelta(days=self.offset + number * self.length.days)
        month = self.offset + number * self.length.months
        return date(1970 + month // 12, month % 12 + 1, 1)

    def expected(self) -> str:
        """Say on what days periods begin, for who wrote another."""
        if self.length is WEEK:
            weekday = WEEKDAYS[self.day(0).weekday()]
            return f"periods of this table are weeks that begin on a {weekday}; months would be named by their first day"
        return f"periods of this table are {self.length.name}s, each named by {self.length.begins}"


def find_grid(days: Days) -> Grid:
    """Find length and place of the periods from the days that a table names, at least one; the smallest gap says how long they are.

    A gap of 28 days or more means months, quarters or years if most days are the first of a month, else weeks. One day alone is a
    month if it is a first one. Where days do not agree, most of them count, and of as many the earliest.
    """
    distinct = np.unique(days)
    gap = int(np.diff(distinct).min()) if len(distinct) > 1 else MONTH.least_gap
    length = next(length for length in LENGTHS if gap >= length.least_gap)
    if length.months and 2 * int(is_first_of_month(distinct).sum()) <= len(distinct):
        length = WEEK if len(distinct) > 1 else DAY
    step = length.months or length.days
    kept = distinct[is_first_of_month(distinct)] if length.months else distinct
    offsets = np.bincount(count_steps(length, kept) % step, minlength=step)
    return Grid(length, int(offsets.argmax()))


def count_steps(length: Length, days: Days) -> Days:
    """Count months since January 1970, or days since its first."""
    if not length.months:
        return days.astype(np.int64)
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def is_first_of_month(days: Days) -> NDArray[np.bool_]:
    """Tell which days are the first of a month."""
    dates = days.astype("datetime64[D]")
    first: NDArray[np.bool_] = dates == dates.astype("datetime64[M]").astype("datetime64[D]")
    return first
