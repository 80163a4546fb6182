"""Bars: one for each name, as long as its number. Drawn in hundredths of the room that there is, so they fit everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WHOLE = 100


@dataclass(frozen=True)
class Bar:
    """A bar with its name and number."""

    name: str
    number: int
    width: float


@dataclass(frozen=True)
class Bars:
    """A picture of bars, and what it says."""

    title: str
    bars: Sequence[Bar]
    unit: str


def draw_bars(title: str, numbers: Sequence[tuple[str, int]], unit: str) -> Bars:
    """Draw a bar for each name; the longest fills the picture."""
    most = max((number for _, number in numbers), default=0) or 1
    return Bars(title, [Bar(name, number, round(WHOLE * number / most, 1)) for name, number in numbers], unit)
