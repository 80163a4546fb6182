"""What the page of an order says: the same as a letter of today, and what was promised, told and chosen before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from backorder.allocation.models import Promise
from backorder.care.choices import (
    PAGE,
    SOME_TIME,
    Seen,
    list_agreeable,
    list_open_lines,
    list_with_period,
    look,
)
from backorder.care.feedback.asking import is_asked
from backorder.care.house import House, read_house
from backorder.care.judging import build_parties, find_rules
from backorder.care.letters.parts import (
    REASONS,
    TOO_FEW,
    Matter,
    Said,
    give_reason,
    lay_out,
    name_units,
    say_next_day,
    say_refund,
    say_silence,
    tell_news,
)
from backorder.care.letters.pieces import list_open
from backorder.care.letters.receipts import find_day, say_answer
from backorder.care.letters.speech import Speech
from backorder.care.letters.writing import Own, choose_language, describe
from backorder.care.links import hide_links
from backorder.care.models import Answer, Notice, NoticeLine
from backorder.care.post.due import read_heard
from backorder.care.post.receipts import will_get
from backorder.fulfilment.selectors import read_shipments
from backorder.orders.models import Cancellation, Line, Order
from backorder.portal.money import find_pay, list_money
from backorder.portal.words import say_day_of, say_place, say_time, say_words

Shown = list[dict[str, Said]]
"""Paragraphs and lists, laid out."""
JUST_NOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Parcel:
    """What left at once, with whom, and where it can be followed."""

    said: str
    units: Sequence[str]
    link: str


@dataclass(frozen=True)
class Told:
    """What was told, promised or chosen, and when."""

    at: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """The page of an order."""

    order: Order
    speech: Speech
    words: dict[str, str]
    news: Shown
    sure: Sequence[str]
    reason: Shown
    silence: Shown
    next: Shown
    places: Sequence[str]
    agreeable: Sequence[str]  # what a yes would be to
    lines: Sequence[Line]  # of which something can be cancelled here
    being_packed: bool
    asks: bool  # no law lets the customer cancel: who wants to asks
    may_set_period: bool
    withdraws: bool  # by the law of the place the button that cancels has a name
    paid_back: Shown  # what is said of money before something is cancelled
    parcels: Sequence[Parcel]
    pay: tuple[str, str] | None  # what the customer is asked to pay, and where
    money: Sequence[str]
    promised: Sequence[Told]
    told: Sequence[Told]
    said: Sequence[Told]
    just_chosen: bool
    confirmed: bool  # what was just chosen is confirmed by mail
    asks_feedback: bool  # the customer is asked what they think, and did not say yet
    house: House
    state: str  # what a choice is about


def write_sheet(order: Order, now: datetime) -> Sheet:
    """Write the page of an order as it stands now."""
    house, seen = read_house(), look(order, now)
    speech = Speech(choose_language(order, house))
    words = say_words(speech)
    zone = find_rules(build_parties(order, house), order.ordered_on, house).place.zone
    matter = find_matter(order, seen, house, now)
    paid = order.payment_state != "unpaid"
    waiting = matter if matter is not None and matter.waiting and paid else None
    lines, runs = list_open_lines(order), matter is None or matter.rights.runs
    said = list(list_said(order, zone, speech))
    return Sheet(
        order=order,
        speech=speech,
        words=words,
        news=lay_out(say_news(order, (matter, seen), speech, words)),
        sure=say_how_sure(waiting, words) if waiting else [],
        reason=lay_out(give_reason(leave_out_ready(waiting), speech)) if waiting else [],
        silence=lay_out(say_silence(waiting, speech)[1:]) if waiting else [],
        next=lay_out(say_when(order, waiting, speech)) if waiting else [],
        places=list(list_places(seen, speech)) if waiting else [],
        agreeable=list(list_yes(seen, now, speech)) if paid else [],
        lines=[line for line in lines if line.quantity_unreleased and runs],
        being_packed=any(line.quantity_open > line.quantity_unreleased for line in lines),
        asks=bool(lines) and not runs,
        may_set_period=bool(paid and list_with_period(seen, now.astimezone(zone).date() + SOME_TIME, now)),
        withdraws=any(pack.name == "eu" for each in seen.judged[:1] for pack in each.rules.packs),
        paid_back=lay_out(say_paid_back(matter, speech, words)),
        parcels=list(list_parcels(order, zone, speech)),
        pay=find_pay(order, speech),
        money=list(list_money(order, now, zone, speech)),
        promised=list(list_promised(order, zone, speech)),
        told=list(list_told_before(order, zone, speech)),
        said=[told for _, told in sorted(said, key=lambda pair: pair[0], reverse=True)],
        just_chosen=any(now - at < JUST_NOW for at, _ in said),
        confirmed=is_confirmed(order, now),
        asks_feedback=is_asked(order, house),
        house=house,
        state=seen.state,
    )


def is_confirmed(order: Order, now: datetime) -> bool:
    """Tell whether mail confirms what was chosen here a moment ago."""
    answers = Answer.objects.filter(line__order=order.pk, channel=PAGE, said_at__gt=now - JUST_NOW)
    last = answers.order_by("-id").first()
    return last is not None and will_get(order, "cancelled" if last.kind == "cancels" else "answered", now)


def find_matter(order: Order, seen: Seen, house: House, now: datetime) -> Matter | None:
    """Find what there is to say of what waits; None if nothing does, or nobody can say."""
    keys = {piece.line.pk for piece in seen.pieces}
    lines = [each for each in seen.judged if each.line.pk in keys]
    return describe(order, (lines, seen.pieces), (house, Own()), now) if lines else None


def say_news(
    order: Order, found: tuple[Matter | None, Seen], speech: Speech, words: dict[str, str]
) -> list[Said]:
    """Say how an order stands."""
    matter, seen = found
    ending = list(list_ending(seen, speech))
    told: list[Said] = [words["unpaid"]] if order.payment_state == "unpaid" else []
    if matter is not None:
        told += tell_news(matter, speech)
    elif not ending and order.lines.filter(quantity_open__gt=0).exists():
        told.append(words["asked"])
    elif not ending:
        told.append(words["nothing"])
    return [*told, tuple(ending)] if ending else told


def list_ending(seen: Seen, speech: Speech) -> Iterator[str]:
    """List the units whose time is over, and by when their money leaves."""
    for each in seen.judged:
        for verdict in list_open(each.asked.verdicts):
            days = [one.refund_by for one in verdict.standings if one.refund_by is not None]
            if verdict.state == "refund_due" and days:
                yield speech.say(
                    "{units}: its time is over. We cancel it, and send back all that you paid for it by {day}.",
                    units=name_units(each.line, verdict.quantity, speech),
                    day=speech.day(min(days)),
                )


def say_how_sure(matter: Matter, words: dict[str, str]) -> list[str]:
    """Say how sure days are."""
    days = [piece.ships_on for piece in matter.waiting]
    sure = [words["sure_inbound"]] if any(day is not None and day > matter.today for day in days) else []
    return [*sure, words["sure_none"]] if None in days else sure


def leave_out_ready(matter: Matter) -> Matter:
    """Leave out what ships today: it is late, and here."""
    late = [piece for piece in matter.pieces if piece.ships_on is None or piece.ships_on > matter.today]
    return replace(matter, pieces=late)


def say_when(order: Order, matter: Matter, speech: Speech) -> list[Said]:
    """Say when the customer hears again, as it was said; the page makes up no day."""
    heard = read_heard([order]).get(order.pk)
    if heard is None:
        return []
    if heard.next_on < matter.today:
        missed = speech.say(
            "We meant to write by {day}. We are sorry that you have not heard from us.",
            day=speech.day(heard.next_on),
        )
        return [missed]
    return say_next_day(heard.next_on, speech)


def list_places(seen: Seen, speech: Speech) -> Iterator[str]:
    """List, for each item that waits for supply, roughly how many orders come before."""
    ahead: dict[str, int] = {}
    for each in seen.judged:
        standing = getattr(each.line, "standing", None)
        if standing is not None and standing.allocated_on_hand < each.line.quantity_unreleased:
            name = each.line.item.name or each.line.item.sku
            ahead[name] = min(standing.lines_ahead, ahead.get(name, standing.lines_ahead))
    for name, lines in ahead.items():
        yield say_place(lines, name, speech)


def list_yes(seen: Seen, now: datetime, speech: Speech) -> Iterator[str]:
    """List what a yes would be to: units, and the day until which they are waited for."""
    for each, _ in list_agreeable(seen, now):
        for piece in seen.pieces:
            if piece.line.pk == each.line.pk and not piece.here:
                yield say_day_of(name_units(piece.line, piece.quantity, speech), piece.ships_on, speech)


def say_paid_back(matter: Matter | None, speech: Speech, words: dict[str, str]) -> list[Said]:
    """Say what becomes of the money for what is cancelled; nothing if no law or no payment says so."""
    if matter is None or matter.rights.refund_by is None:
        return []
    return [f"{words['paid_back']} {say_refund(matter.rights.refund_by, speech)}"]


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


def list_promised(order: Order, zone: tzinfo, speech: Speech) -> Iterator[Told]:
    """List every day that was promised and why, the last first."""
    promises = Promise.objects.filter(line__order=order.pk).select_related("line__item", "entry")
    for promise in promises.order_by("-id"):
        line = promise.line
        day = say_day_of(line.item.name or line.item.sku, promise.promised_on, speech)
        why = speech.say(REASONS.get(promise.reason, TOO_FEW)) if promise.reason != "ON_HAND" else ""
        yield Told(say_time(promise.entry.at, zone, speech), f"{day} ({why})" if why else day)


def list_told_before(order: Order, zone: tzinfo, speech: Speech) -> Iterator[Told]:
    """List what the customer was told, the last first: its text, or the days that it named."""
    told = Notice.objects.filter(order=order.pk, failure=None).prefetch_related("lines__line__item")
    for notice in told.order_by("-told_at", "-id"):
        days = [say_told_day(line, speech) for line in notice.lines.all()]
        yield Told(say_time(notice.told_at, zone, speech), hide_links(notice.text) or "\n".join(days))


def say_told_day(told: NoticeLine, speech: Speech) -> str:
    """Say a day that was told of a line."""
    units = name_units(told.line, told.quantity or told.line.quantity_ordered, speech)
    return say_day_of(units, told.revised_on, speech)


def list_said(order: Order, zone: tzinfo, speech: Speech) -> Iterator[tuple[datetime, Told]]:
    """List what the customer said, and what was cancelled, each with when."""
    answers = Answer.objects.filter(line__order=order.pk).select_related("line__item", "notice")
    for answer in answers.prefetch_related("notice__lines").order_by("id"):
        units = name_units(answer.line, answer.quantity or answer.line.quantity_ordered, speech)
        yield (
            answer.said_at,
            Told(say_time(answer.said_at, zone, speech), say_answer(answer, units, find_day(answer), speech)),
        )
    gone = Cancellation.objects.filter(line__order=order.pk).select_related("line__item", "entry")
    for each in gone.order_by("id"):
        said = speech.say("Cancelled: {units}.", units=name_units(each.line, each.quantity, speech))
        yield each.entry.at, Told(say_time(each.entry.at, zone, speech), said)
