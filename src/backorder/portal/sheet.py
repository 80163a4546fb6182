"""What the page of an order says: the same as a letter of today, and what was told and chosen before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.utils import timezone

from backorder.care.choices import list_open, name_state
from backorder.care.house import House, read_house
from backorder.care.judging import FactsError, Judged, judge_orders
from backorder.care.letters.parts import (
    Matter,
    Said,
    give_reason,
    lay_out,
    say_next,
    say_next_day,
    say_silence,
    tell_news,
)
from backorder.care.letters.pieces import LetterError, list_pieces, list_told, list_waiting
from backorder.care.letters.speech import Speech
from backorder.care.letters.writing import Own, choose_language, describe
from backorder.care.models import Answer, Notice
from backorder.care.post.due import read_heard
from backorder.faults import FaultyInputError
from backorder.fulfilment.selectors import read_shipments
from backorder.orders.models import Line, Order
from backorder.portal.words import say_answer, say_place, say_time, say_words

Shown = list[dict[str, Said]]
"""Paragraphs and lists, laid out."""


@dataclass(frozen=True)
class Parcel:
    """What left at once, with whom, and where it can be followed."""

    said: str
    units: Sequence[str]
    link: str


@dataclass(frozen=True)
class Told:
    """What was told or chosen, and when."""

    at: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """The page of an order."""

    order: Order
    speech: Speech
    words: dict[str, str]
    news: Shown
    reason: Shown
    silence: Shown
    next: Shown
    places: Sequence[str]
    lines: Sequence[Line]  # of which something can be cancelled
    being_packed: bool
    may_wait: bool
    may_set_period: bool
    withdraws: bool  # by the law of the place the button that cancels has a name
    parcels: Sequence[Parcel]
    told: Sequence[Told]
    said: Sequence[Told]
    house: House
    state: str  # what a choice is about


def write_sheet(order: Order, now: datetime) -> Sheet:
    """Write the page of an order as it stands now."""
    house = read_house()
    speech = Speech(choose_language(order, house))
    words = say_words(speech)
    judged, matter = find_matter(order, house, now)
    zone = judged[0].rules.place.zone if judged else timezone.get_default_timezone()
    lines = list_open(order)
    waiting = matter is not None and bool(matter.waiting)
    return Sheet(
        order=order,
        speech=speech,
        words=words,
        news=lay_out(say_news(order, matter, speech, words)),
        reason=lay_out(give_reason(matter, speech) if matter else []),
        silence=lay_out(say_silence(matter, speech)[1:] if matter else []),
        next=lay_out(say_when(order, matter, speech) if matter and waiting else []),
        places=list(list_places(judged, speech)) if waiting else [],
        lines=[line for line in lines if line.quantity_unreleased],
        being_packed=any(line.quantity_open > line.quantity_unreleased for line in lines),
        may_wait=may_wait(judged),
        may_set_period=matter is not None and waiting and matter.rights.may_set_period,
        withdraws=bool(lines) and any(pack.name == "eu" for each in judged[:1] for pack in each.rules.packs),
        parcels=list(list_parcels(order, zone, speech)),
        told=list(list_told_before(order, zone, speech)),
        said=list(list_said(order, zone, speech)),
        house=house,
        state=name_state(order),
    )


def find_matter(order: Order, house: House, now: datetime) -> tuple[list[Judged], Matter | None]:
    """Find what there is to say of what waits; None if nothing does, or nobody can say."""
    try:
        judged = judge_orders([order], now)
        lines = [each for each in judged if list_waiting(each)]
        pieces = [
            piece
            for each in lines
            for piece in list_pieces(each, list_told(each, each.here), now, tells=False)
        ]
    except (LetterError, FactsError, FaultyInputError):
        return [], None
    return judged, describe(order, (lines, pieces), (house, Own()), now) if lines else None


def say_news(order: Order, matter: Matter | None, speech: Speech, words: dict[str, str]) -> list[Said]:
    """Say how an order stands."""
    if order.payment_state == "unpaid":
        return [words["unpaid"]]
    if matter is not None:
        return tell_news(matter, speech)
    return [words["asked" if order.lines.filter(quantity_open__gt=0).exists() else "nothing"]]


def say_when(order: Order, matter: Matter, speech: Speech) -> list[Said]:
    """Say when the customer hears again: as it was said last, if that is still to come."""
    heard = read_heard([order]).get(order.pk)
    if heard is None or heard.said_next is None or heard.said_next < matter.today:
        return say_next(matter, speech)
    return say_next_day(heard.said_next, speech)


def list_places(judged: Sequence[Judged], speech: Speech) -> Iterator[str]:
    """List roughly how many come before each line that waits for supply."""
    for each in judged:
        standing = getattr(each.line, "standing", None)
        if standing is not None and standing.allocated_on_hand < each.line.quantity_unreleased:
            yield say_place(standing.lines_ahead, each.line.item.name or each.line.item.sku, speech)


def may_wait(judged: Sequence[Judged]) -> bool:
    """Tell whether a yes to wait would count for something: a day was told, and nobody answered it."""
    states = {verdict.state for each in judged for verdict in each.asked.verdicts}
    told = any(notice.failed_at is None for each in judged for notice in each.facts.notices)
    return told and not states.isdisjoint({"asked", "told", "agreed", "missed", "may_end"})


def name_units(line: Line, units: int, speech: Speech) -> str:
    """Name units of a line."""
    return f"{speech.number(units)} × {line.item.name or line.item.sku}"


def list_parcels(order: Order, zone: tzinfo, speech: Speech) -> Iterator[Parcel]:
    """List what left."""
    for shipment in read_shipments().filter(order=order.pk).order_by("shipped_at", "pk"):
        day = speech.day(shipment.shipped_at.astimezone(zone).date())
        by = " ".join(part for part in (shipment.carrier, shipment.tracking_number) if part)
        said = (
            speech.say("Left on {day} with {carrier}.", day=day, carrier=by)
            if by
            else speech.say("Left on {day}.", day=day)
        )
        units = [name_units(end.release.line, end.quantity, speech) for end in shipment.lines.all()]
        yield Parcel(said, units, shipment.tracking_link)


def list_told_before(order: Order, zone: tzinfo, speech: Speech) -> Iterator[Told]:
    """List what the customer was told, the last first; without a text only that something was told."""
    for notice in Notice.objects.filter(order=order.pk, failure=None).order_by("-told_at", "-id"):
        yield Told(say_time(notice.told_at, zone, speech), notice.text)


def list_said(order: Order, zone: tzinfo, speech: Speech) -> Iterator[Told]:
    """List what the customer said, the last first."""
    answers = (
        Answer.objects.filter(line__order=order.pk).select_related("line__item").order_by("-said_at", "-id")
    )
    for answer in answers:
        units = name_units(answer.line, answer.quantity or answer.line.quantity_ordered, speech)
        until = speech.day(answer.until) if answer.until else ""
        yield Told(say_time(answer.said_at, zone, speech), say_answer(answer.kind, units, until, speech))


def read_day(text: str) -> date | None:
    """Read a day of a form; None if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
