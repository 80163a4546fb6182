"""The shop's day. A decision is made for the day of its event, and never for an earlier one than was decided already."""

from __future__ import annotations

from datetime import date

from backorder.allocation.models import Run


def find_last_day() -> date | None:
    """Find the latest day that was decided for; none before the first decision."""
    return Run.objects.filter(in_force=True).order_by("-as_of").values_list("as_of", flat=True).first()


def find_last_whole_day() -> date | None:
    """Find the latest day for which everything was decided."""
    runs = Run.objects.filter(in_force=True, whole=True)
    return runs.order_by("-as_of").values_list("as_of", flat=True).first()


def choose_day(day: date) -> date:
    """Choose the day of a decision: that of its event, unless a later one was decided already."""
    last = find_last_day()
    return day if last is None else max(day, last)
