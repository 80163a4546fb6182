"""Days that customers type."""

from __future__ import annotations

from datetime import date, timedelta

FARTHEST = timedelta(days=366)


def read_day(text: str, today: date, farthest: timedelta = FARTHEST) -> date | None:
    """Read a day to come, of the coming year or less; None if it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if today < day <= today + farthest else None
