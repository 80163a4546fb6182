"""Days that customers type."""

from __future__ import annotations

from datetime import date, timedelta

FARTHEST = timedelta(days=366)


def read_day(text: str, today: date) -> date | None:
    """Read a day of the coming year; None if it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if today < day <= today + FARTHEST else None
