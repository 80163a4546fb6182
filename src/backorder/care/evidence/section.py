"""What evidence is made of: sections of rows, instants and days as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

Cell = str | int | bool | None


@dataclass(frozen=True)
class Section:
    """Rows of one kind, with the names of their columns."""

    title: str
    note: str  # what the rows are, and where they end
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def say(at: datetime | None) -> str:
    """Write an instant in UTC; none is blank."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at else ""


def say_day(day: date | None) -> str:
    """Write a day; none is blank."""
    return day.isoformat() if day else ""
