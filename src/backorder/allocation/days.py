"""The shop's day. A decision is made for the day of its event, and never for an earlier one than was decided already."""

from __future__ import annotations

from datetime import date

from backorder.allocation.models import Run
from backorder.engine.allocation.snapshot import NEVER

EPOCH = date(1970, 1, 1).toordinal()


def number_day(day: date | None) -> int:
    """Give a day its number in the engine; none is NEVER."""
    return day.toordinal() - EPOCH if day else NEVER


def read_day(number: int) -> date | None:
    """Read a day of the engine; NEVER is none."""
    return None if int(number) == NEVER else date.fromordinal(int(number) + EPOCH)


def find_last_whole_day() -> date | None:
    """Find the latest day for which everything was decided."""
    runs = Run.objects.filter(in_force=True, whole=True)
    return runs.order_by("-as_of").values_list("as_of", flat=True).first()
