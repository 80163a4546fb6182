"""The shop's day. A decision is made for the day of its event, and never for an earlier one than was decided already.

But a clock may go wrong by years, and be set right again: a day decided for that no clock is near to is left out of account.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import DateField, Value
from django.db.models.functions import Cast, Greatest, Now

from backorder.allocation.models import Run
from backorder.engine.allocation.snapshot import NEVER

EPOCH = date(1970, 1, 1).toordinal()
NEAR_DAYS = 7
"""No day counts as decided that is later by more than the day of the event and the day of the database's clock."""


def number_day(day: date | None) -> int:
    """Give a day its number in the engine; none is NEVER."""
    return day.toordinal() - EPOCH if day else NEVER


def read_day(number: int) -> date | None:
    """Read a day of the engine; NEVER is none."""
    return None if int(number) == NEVER else date.fromordinal(int(number) + EPOCH)


def find_last_whole_day(day: date) -> date | None:
    """Find the latest day for which everything was decided; `day` is that of the event."""
    latest = Greatest(Value(day), Cast(Now(), DateField())) + timedelta(days=NEAR_DAYS)
    runs = Run.objects.filter(in_force=True, whole=True, as_of__lte=latest)
    return runs.order_by("-as_of").values_list("as_of", flat=True).first()
