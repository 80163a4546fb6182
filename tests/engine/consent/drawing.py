"""Random histories of lines."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from backorder.engine.consent import (
    CONTENT,
    Answer,
    Cancellation,
    Facts,
    Notice,
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
    stated = draw(st.one_of(st.none(), days().map(later)))
    sale = Sale(
        units,
        at(ORDERED),
        stated,
        draw(st.integers(0, 4)),
        essential=draw(st.booleans()),
        paid=draw(st.booleans()),
    )
    revised = st.one_of(st.none(), days().map(later))
    notices = tuple(
        Notice(f"N{number}", moment, draw(revised), draw(says), draw(st.integers(0, 5)) == 0)
        for number, moment in enumerate(sorted(draw(st.lists(instants(), max_size=4, unique=True))))
    )
    promises = tuple(
        Promise(moment, draw(revised))
        for moment in sorted(draw(st.lists(instants(), max_size=4, unique=True)))
    )
    answers = tuple(draw_answer(draw, units) for _ in range(draw(st.integers(0, 3))))
    shipments, cancellations, refunds, left = [], [], [], units
    for moment in sorted(draw(st.lists(instants(), max_size=3, unique=True))):
        if left:
            some = draw(st.integers(1, left))
            left -= some
            if draw(st.booleans()):
                shipments.append(Shipment(moment, some))
            else:
                cancellations.append(Cancellation(moment, some, draw(st.sampled_from(("buyer", "seller")))))
                if draw(st.booleans()):
                    refunds.append(Refund(moment + timedelta(hours=draw(st.integers(0, 300))), some))
    return Facts(
        sale,
        promises,
        notices,
        tuple(sorted(answers, key=lambda each: each.at)),
        tuple(shipments),
        tuple(cancellations),
        tuple(refunds),
    )


def draw_answer(draw: st.DrawFn, units: int) -> Answer:
    """Draw an answer."""
    quantity = draw(st.one_of(st.none(), st.integers(1, units)))
    if draw(st.integers(0, 3)):
        return Answer(draw(instants()), "accepts", quantity, f"N{draw(st.integers(0, 3))}")
    return Answer(draw(instants()), "period", quantity, until=later(draw(days())))
