"""The time line of an item: what comes in above, what is asked below, and what is left as a line between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from backorder.console.templatetags.words import MONTHS, say_day

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 250, 56, 12, 14, 30
WIDTHS = {"broad": 1160, "wide": 700, "slim": 300}
"""The picture is drawn for a desk, a tablet and a phone; the page shows the one that fits."""
NARROWEST, WIDEST = 3.0, 22.0
APART, NEAREST = 90, 14
"""How near texts of days, and of units, may come to one another."""


@dataclass(frozen=True)
class Day:
    """What happens on one day, and what is left at its end: less than nothing is what has no supply by then."""

    on: date
    supply: int
    demand: int
    left: int


@dataclass(frozen=True)
class Shape:
    """A bar of the picture and what it means."""

    x: float
    y: float
    width: float
    height: float
    kind: str  # supply, demand
    title: str


@dataclass(frozen=True)
class Tick:
    """A mark with its text, and which part of the text stands at the mark."""

    place: float
    text: str
    anchor: str = "middle"  # or start, end


@dataclass(frozen=True)
class Picture:
    """The picture in one width."""

    name: str  # of WIDTHS
    width: int
    shapes: Sequence[Shape]
    path: str
    zero: float
    days_marked: Sequence[Tick]
    units_marked: Sequence[Tick]
    height: int = HEIGHT
    left: int = LEFT
    foot: int = HEIGHT - 8

    @property
    def right(self) -> int:
        """Where it ends."""
        return self.width - RIGHT


@dataclass(frozen=True)
class TimeLine:
    """What is drawn, in words, as pictures, and as a table of days."""

    title: str
    said: str
    pictures: Sequence[Picture]
    days: Sequence[Day]


def draw_timeline(title: str, days: Sequence[Day]) -> TimeLine:
    """Draw the days, oldest first; distances between them are true."""
    if not days:
        return TimeLine(title, "No stock, nothing inbound, nobody waits.", [], [])
    return TimeLine(title, say_timeline(days), [draw(days, *named) for named in WIDTHS.items()], days)


def draw(days: Sequence[Day], name: str, width: int) -> Picture:
    """Draw the days in one width."""
    first, last = days[0].on, days[-1].on
    span = max((last - first).days, 1)
    top = max(1, *(max(day.supply, day.left) for day in days))
    bottom = min(0, *(min(-day.demand, day.left) for day in days))
    room = HEIGHT - TOP - BOTTOM
    bar = min(WIDEST, max(NARROWEST, (width - LEFT - RIGHT) / (span + 1) * 0.7))

    def place(on: date) -> float:
        return round(LEFT + bar / 2 + (width - LEFT - RIGHT - bar) * (on - first).days / span, 1)

    def level(units: float) -> float:
        return round(TOP + room * (top - units) / (top - bottom), 1)

    zero = level(0)
    shapes = []
    for day in days:
        x = round(place(day.on) - bar / 2, 1)
        if day.supply:
            text = f"{say_day(day.on)}: {day.supply:,} come in"
            shapes.append(
                Shape(x, level(day.supply), round(bar, 1), round(zero - level(day.supply), 1), "supply", text)
            )
        if day.demand:
            text = f"{say_day(day.on)}: {day.demand:,} asked for"
            shapes.append(Shape(x, zero, round(bar, 1), round(level(-day.demand) - zero, 1), "demand", text))
    path = f"M{place(first)} {level(days[0].left)}"
    for day in days[1:]:
        path += f"H{place(day.on)}V{level(day.left)}"
    path += f"H{width - RIGHT}"
    return Picture(
        name, width, shapes, path, zero, mark_days(days, place), mark_units((0, top, bottom), level)
    )


def mark_units(units: Sequence[int], level: Callable[[float], float]) -> list[Tick]:
    """Mark these numbers, leaving out what would touch one that is marked already."""
    marked: list[Tick] = []
    for number in units:
        place = level(number)
        if all(abs(place - other.place) > NEAREST for other in marked):
            marked.append(Tick(place, f"{number:,}"))
    return marked


def mark_days(days: Sequence[Day], place: Callable[[date], float]) -> list[Tick]:
    """Mark at most so many days that their texts do not touch."""
    marked: list[Tick] = []
    for day in days:
        x = place(day.on)
        if not marked or x - marked[-1].place >= APART:
            marked.append(Tick(x, f"{day.on.day} {MONTHS[day.on.month - 1]}"))
    ends = {0: "start"} if len(marked) == 1 else {0: "start", len(marked) - 1: "end"}
    return [replace(tick, anchor=ends.get(at, "middle")) for at, tick in enumerate(marked)]


def say_timeline(days: Sequence[Day]) -> str:
    """Say the picture in one or two sentences."""
    supply, demand = sum(day.supply for day in days), sum(day.demand for day in days)
    short = [day for day in days if day.left < 0]
    first, last = say_day(days[0].on), say_day(days[-1].on)
    span = f"On {first}" if first == last else f"From {first} to {last}"
    told = f"{span}: {supply:,} units come in, {demand:,} are asked for."
    if not short:
        return f"{told} There is enough on every day."
    worst = min(short, key=lambda day: day.left)
    return f"{told} Short from {say_day(short[0].on)}; most on {say_day(worst.on)}, by {-worst.left:,} units."
