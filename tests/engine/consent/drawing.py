"""Random histories of lines."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from backorder.engine.consent import (
    CONTENT,
    Answer,
    Cancellation,
    Facts,
    Notice,
    Part,
    Parties,
    Promise,
    Refund,
    Sale,
    Shipment,
)
from tests.engine.consent.stories import ORDERED, at, later

PARTIES = [
    Parties(to, home, buyer)
    for to in ("US-TX", "US-CA", "US-NY", "DE", "GB", "AU", "JP")
    for home, buyer in (("US-TX", "consumer"), ("DE", "consumer"), ("DE", "business"))
]
LONGEST = 150
HOUR = timedelta(hours=1)


@st.composite
def instants(draw: st.DrawFn, first: int = 0) -> datetime:
    """Draw an instant, often near the ends of days and of the times that count."""
    near = st.sampled_from((29, 30, 31, 32, 59, 60, 61, 62))
    day = draw(st.one_of(st.integers(first, LONGEST), near.filter(lambda number: number >= first)))
    return at(later(day)) + timedelta(
        seconds=draw(st.sampled_from((-43200, -1, 0, 1, 43199))) + draw(st.integers(0, 5)) / 10
    )


def days() -> st.SearchStrategy[int]:
    """Draw a day that is told, after the order."""
    return st.one_of(st.integers(0, LONGEST), st.sampled_from((30, 31, 59, 60, 61)))


says = st.one_of(st.just(frozenset(CONTENT)), st.frozensets(st.sampled_from(sorted(CONTENT)), min_size=5))


@st.composite
def facts(draw: st.DrawFn, units: int = 1) -> Facts:
    """Draw what happened to a line."""
    some_day = st.one_of(st.none(), days().map(later))
    sale = Sale(
        units,
        at(ORDERED),
        draw(some_day),
        draw(st.one_of(st.none(), days().map(later))) if draw(st.booleans()) else None,
        draw(st.integers(0, 4)),
        draw(st.booleans()),
        draw(some_day),
        at(ORDERED) if draw(st.booleans()) else None,
    )
    notices = tuple(
        notice
        for number, moment in enumerate(sorted(draw(st.lists(instants(), max_size=4, unique=True))))
        for notice in draw_notices(draw, f"N{number}", moment, units)
    )
    promises = tuple(
        Promise(moment, draw(some_day), draw(parts(units)))
        for moment in draw(st.lists(instants(), max_size=4, unique=True))
    )
    answers = tuple(draw_answer(draw, units) for _ in range(draw(st.integers(0, 3))))
    return Facts(sale, promises, notices, answers, *draw(leaves(units)))


def draw_notices(draw: st.DrawFn, name: str, moment: datetime, units: int) -> list[Notice]:
    """Draw a message: of all units, or of those at the back, of which those behind may be told a later day."""
    content = draw(says), moment + HOUR if draw(st.integers(0, 5)) == 0 else None
    told = draw(
        st.lists(st.one_of(st.none(), days().map(later)), min_size=1, max_size=min(units, 2), unique=True)
    )
    if len(told) == 1 and draw(st.booleans()):
        return [Notice(name, moment, told[0], *content)]
    told.sort(key=lambda day: day or date.max, reverse=True)
    return [Notice(name, moment, day, *content, draw(st.integers(1, units))) for day in told]


@st.composite
def parts(draw: st.DrawFn, units: int) -> tuple[Part, ...]:
    """Draw the days of a plan, the earliest first: of all units, or only of some."""
    planned = sorted(draw(st.lists(days().map(later), max_size=2, unique=True)))
    last = [None] if draw(st.booleans()) else []
    return tuple(Part(draw(st.integers(1, units)), day) for day in [*planned, *last])


@st.composite
def leaves(
    draw: st.DrawFn, units: int
) -> tuple[tuple[Shipment, ...], tuple[Cancellation, ...], tuple[Refund, ...]]:
    """Draw how units leave, and money for them."""
    shipments, cancellations, refunds, left = [], [], [], units
    for number, moment in enumerate(sorted(draw(st.lists(instants(), max_size=3, unique=True)))):
        if not left:
            break
        some = draw(st.integers(1, left))
        left -= some
        if draw(st.booleans()):
            name, day = f"S{number}", moment.date() + timedelta(days=draw(st.integers(0, 9)))
            shipments.append(
                Shipment(name, moment, some, day if draw(st.booleans()) else None, draw_after(draw, moment))
            )
        else:
            name = f"C{number}"
            cancellations.append(Cancellation(name, moment, some, draw(st.sampled_from(("buyer", "seller")))))
        if draw(st.booleans()):
            refunds.append(
                Refund(moment + HOUR * draw(st.integers(1, 300)), draw(st.integers(1, some)), name)
            )
    return tuple(shipments), tuple(cancellations), tuple(refunds)


def draw_after(draw: st.DrawFn, moment: datetime) -> datetime | None:
    """Draw an instant after another, or none."""
    return moment + HOUR * draw(st.integers(1, 300)) if draw(st.booleans()) else None


def draw_answer(draw: st.DrawFn, units: int) -> Answer:
    """Draw an answer."""
    quantity, kind = draw(st.one_of(st.none(), st.integers(1, units))), draw(st.integers(0, 5))
    if kind == 0:
        return Answer(draw(instants()), "cancels", quantity)
    if kind == 1:
        return Answer(draw(instants()), "period", quantity, until=later(draw(days())))
    return Answer(draw(instants()), "accepts", quantity, f"N{draw(st.integers(0, 3))}")
