"""What the page of an order says: the same as a letter of today, and what was promised, told and chosen before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from django.conf import settings

from backorder.care.callbacks import find_open_callback
from backorder.care.changes import Changeable, list_changeable
from backorder.care.choices import (
    PAGE,
    SOME_TIME,
    Seen,
    list_agreeable,
    list_with_period,
    look,
)
from backorder.care.copies.text_wishes import read_number
from backorder.care.feedback.asking import is_asked
from backorder.care.house import House
from backorder.care.judging import build_parties, find_rules
from backorder.care.letters.parts import (
    Matter,
    Said,
    give_reason,
    lay_out,
    name_units,
    say_refund,
    say_silence,
    tell_news,
)
from backorder.care.letters.pieces import Piece, list_open
from backorder.care.letters.put_off import find_put_off
from backorder.care.letters.speech import Speech
from backorder.care.letters.thanked import list_thanks
from backorder.care.letters.writing import Own, choose_language, describe
from backorder.care.models import Answer, Callback, Offer
from backorder.care.post.receipts import will_get
from backorder.care.refunds.words import say_policy
from backorder.catalog.models import Item
from backorder.orders.models import Cancellation, Line, Order
from backorder.outbox.models import Entry
from backorder.payments.selectors import list_not_taken
from backorder.portal.money import list_money, list_pay
from backorder.portal.offers import Elsewhere, Offered, list_elsewhere, list_offered
from backorder.portal.story import (
    Parcel,
    Told,
    list_changed,
    list_parcels,
    list_promised,
    list_said,
    list_told_before,
)
from backorder.portal.waiting import find_hear_on, find_heard, say_late, say_when
from backorder.portal.words import Band, find_band, say_day_of, say_place, say_words

Shown = list[dict[str, Said]]
"""Paragraphs and lists, laid out."""
JUST_NOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Place:
    """Roughly how many orders for an item come before."""

    said: str
    item: Item
    band: Band


@dataclass(frozen=True)
class Sheet:
    """The page of an order at an instant, by the calendar of its customer."""

    order: Order
    at: datetime
    zone: tzinfo
    speech: Speech
    words: dict[str, str]
    news: Shown
    sure: Sequence[str]
    reason: Shown
    silence: Shown
    next: Shown
    hear_on: date | None  # by which the customer hears again, as it was said
    places: Sequence[Place]
    waiting: Sequence[Piece]  # what waits, by day; nothing if the page says nothing of it
    ready: Sequence[tuple[Line, int]]  # units that ship now, or are being packed
    agreeable: Sequence[str]  # what a yes would be to
    lines: Sequence[Line]  # of which something can be cancelled here
    changes: Changeable
    callback: Callback | None  # to be called, that nobody fulfilled yet
    texts: str | None  # on which number texts go; blank: on none; None: nobody is asked
    being_packed: bool
    asks: bool  # no law lets the customer cancel: who wants to asks
    may_set_period: bool
    withdraws: bool  # by the law of the place the button that cancels has a name
    paid_back: Shown  # what is said of money before something is cancelled
    terms: Sequence[str]  # by which rules money goes back for what is cancelled, in plain words
    keeps: bool  # whoever keeps waiting need do nothing now
    parcels: Sequence[Parcel]
    pay: Sequence[tuple[str, str]]  # what the customer is asked to pay, and where
    thanks: Sequence[str]  # what the customer is given for waiting
    money: Sequence[str]
    promised: Sequence[Told]
    told: Sequence[Told]
    said: Sequence[Told]
    has_cancelled: bool  # which is not taken back
    just_chosen: bool
    confirmed: bool  # what was just chosen is confirmed by mail
    offers: Sequence[Offered]  # what could be had instead
    elsewhere: Sequence[Elsewhere]  # what others sell
    asks_feedback: bool  # the customer is asked what they think, and did not say yet
    house: House
    state: str  # what a choice is about


def write_sheet(order: Order, now: datetime) -> Sheet:
    """Write the page of an order as it stands now."""
    seen = look(order, now)
    house = seen.house
    speech = Speech(choose_language(order, house))
    words = say_words(speech)
    zone = find_rules(build_parties(order, house), order.ordered_on, house).place.zone
    matter = find_matter(order, seen, house, now)
    paid = order.payment_state != "unpaid"
    waiting = matter if matter is not None and matter.waiting and paid else None
    lines, runs = seen.lines, matter is None or matter.rights.runs
    agreeable = list(list_yes(seen, now, speech)) if paid else []
    silence: Sequence[Said] = []
    if waiting:
        silence = say_silence(waiting, speech)[1:] if seen.knows_law else [words["no_law"]]
    changes, pay = list_changeable(order, lines, now), list_pay(order, speech)
    said = [*list_said(order, zone, speech), *list_changed(order, changes, zone, speech)]
    said.sort(key=lambda told: told.moment, reverse=True)
    chosen = any(now - told.moment < JUST_NOW for told in said)
    heard = find_heard(order) if waiting else None
    hear_on = find_hear_on(order, heard) if waiting else None
    return Sheet(
        order=order,
        at=now,
        zone=zone,
        speech=speech,
        words=words,
        news=lay_out(say_news(order, (matter, seen), speech, words)),
        sure=say_how_sure(waiting, words) if waiting else [],
        reason=lay_out(give_reason(waiting, speech)) if waiting else [],
        silence=lay_out(silence),
        next=lay_out(say_when(order, (heard, hear_on), waiting, speech)) if waiting else [],
        hear_on=hear_on,
        places=list(list_places(seen, speech)) if waiting else [],
        waiting=seen.pieces if waiting else [],
        ready=list(list_ready(lines, now.astimezone(zone).date())) if paid else [],
        agreeable=agreeable,
        lines=[line for line in lines if line.quantity_unreleased and runs],
        changes=changes,
        callback=find_open_callback(order),
        texts=say_texts(order, speech),
        being_packed=any(line.quantity_open > line.quantity_unreleased for line in lines),
        asks=bool(lines) and not runs,
        may_set_period=bool(paid and list_with_period(seen, now.astimezone(zone).date() + SOME_TIME, now)),
        withdraws=any(pack.name == "eu" for each in seen.judged[:1] for pack in each.rules.packs),
        paid_back=lay_out(say_paid_back(matter, speech, words) if seen.knows_law else []),
        terms=say_policy(house.refunds, speech) if lines and runs else [],
        keeps=waiting is not None and not (agreeable or silence or pay) and keeps_place(order, waiting),
        parcels=list(list_parcels(order, zone, speech)),
        pay=pay,
        thanks=list_thanks(order, speech),
        money=list(list_money(order, now, zone, speech, house)),
        promised=list(list_promised(order, zone, speech)),
        told=list(list_told_before(order, zone, speech)),
        offers=list_offered(order, now, zone, speech) if paid else [],
        elsewhere=list_elsewhere(lines, now.astimezone(zone).date(), speech),
        asks_feedback=is_asked(order, house),
        said=said,
        has_cancelled=any(is_cancelled(told) for told in said),
        just_chosen=chosen,
        confirmed=chosen and is_confirmed(order, said[0], now),
        house=house,
        state=seen.state,
    )


def say_texts(order: Order, speech: Speech) -> str | None:
    """Say on which number the customer gets texts, by its last digits: others may see the page. Blank: they may ask for it.

    None: no texts go from here, or no number of the customer is known.
    """
    if not settings.TEXT_URL or order.customer is None:
        return None
    number = read_number(order.customer)
    if not number:
        return "" if order.customer.phone else None
    return speech.say(
        "You get short texts about your orders on the number that ends with {digits}.", digits=number[-2:]
    )


def is_cancelled(told: Told) -> bool:
    """Tell whether the customer cancelled, and took nothing instead."""
    return isinstance(told.of, Cancellation) and told.of.by == "buyer"


def is_confirmed(order: Order, told: Told, now: datetime) -> bool:
    """Tell whether mail confirms what was chosen here a moment ago, and told last."""
    if isinstance(told.of, Offer):
        return told.of.outcome == "taken" and will_get(order, "answered", now)
    if isinstance(told.of, Entry):
        return False
    answers = Answer.objects.filter(line__order=order.pk, channel=PAGE, said_at__gt=now - JUST_NOW)
    last = answers.order_by("-id").first()
    return last is not None and will_get(order, "cancelled" if last.kind == "cancels" else "answered", now)


def find_matter(order: Order, seen: Seen, house: House, now: datetime) -> Matter | None:
    """Find what there is to say of what waits; None if nothing does, or nobody can say."""
    keys = {piece.line.pk for piece in seen.pieces}
    lines = [each for each in seen.judged if each.line.pk in keys]
    if not lines:
        return None
    matter = describe(order, (lines, seen.pieces), (house, Own()), now)
    return replace(matter, put_off=find_put_off(order, seen.pieces))


def say_news(
    order: Order, found: tuple[Matter | None, Seen], speech: Speech, words: dict[str, str]
) -> list[Said]:
    """Say how an order stands."""
    matter, seen = found
    ending = list(list_ending(seen, speech))
    told: list[Said] = [words["unpaid"]] if order.payment_state == "unpaid" else []
    if matter is not None:
        told += tell_news(matter, speech)
        told += say_late(matter.pieces, speech) if order.payment_state != "unpaid" else []
    elif not ending and order.lines.filter(quantity_open__gt=0).exists():
        told.append(words["asked"])
    elif not ending:
        told.append(words["nothing"])
    return [*told, tuple(ending)] if ending else told


def keeps_place(order: Order, waiting: Matter) -> bool:
    """Tell whether what waits keeps its place by itself: not where a charge failed, which its customer, or a person, must see to."""
    failed = order.payment_state != "paid" and list_not_taken().filter(order=order.pk).exists()
    return not failed and any(not piece.at_hand for piece in waiting.waiting)


def list_ending(seen: Seen, speech: Speech) -> Iterator[str]:
    """List the units whose time is over, and by when their money leaves."""
    for each in seen.judged if seen.knows_law else ():
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


def list_places(seen: Seen, speech: Speech) -> Iterator[Place]:
    """List, for each item that waits for supply, roughly how many orders come before."""
    ahead: dict[str, tuple[Item, int]] = {}
    for each in seen.judged:
        standing = getattr(each.line, "standing", None)
        if standing is not None and standing.allocated_on_hand < each.line.quantity_unreleased:
            item, lines = each.line.item, standing.lines_ahead
            ahead[item.sku] = item, min(lines, ahead.get(item.sku, (item, lines))[1])
    for item, lines in ahead.values():
        band = find_band(lines)
        yield Place(say_place(band, item.name or item.sku, speech), item, band)


def list_ready(lines: Sequence[Line], today: date) -> Iterator[tuple[Line, int]]:
    """List the units that ship now: those with the warehouse, and those on hand of lines that ship today."""
    for line in lines:
        standing = getattr(line, "standing", None)
        first = standing.first_ships_on if standing is not None else None
        units = line.quantity_released
        if standing is not None and first is not None and first <= today:
            units += min(standing.allocated_on_hand, line.quantity_unreleased)
        if units:
            yield line, units


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
