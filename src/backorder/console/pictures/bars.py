"""Bars: one for each name, as long as its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, LABEL, NUMBER = 640, 28, 180, 70


@dataclass(frozen=True)
class Bar:
    """A bar with where its texts stand."""

    name: str
    number: int
    y: int
    text_y: int
    width: float
    number_x: float


@dataclass(frozen=True)
class Bars:
    """A picture of bars, and what it says."""

    title: str
    bars: Sequence[Bar]
    height: int
    unit: str
    width: int = WIDTH
    bar_x: int = LABEL


def draw_bars(title: str, numbers: Sequence[tuple[str, int]], unit: str) -> Bars:
    """Draw a bar for each name; the longest fills the picture."""
    most = max((number for _, number in numbers), default=0) or 1
    room = WIDTH - LABEL - NUMBER
    bars = []
    for place, (name, number) in enumerate(numbers):
        width, top = round(room * number / most, 1), place * ROW
        bars.append(Bar(name, number, top + 5, top + 19, width, LABEL + width + 8))
    return Bars(title, bars, max(len(numbers), 1) * ROW, unit)
