"""Puts a letter together, and checks that it counts as it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from django.db import transaction
from django.template.loader import render_to_string

from backorder.care.facts import find_ship_to
from backorder.care.house import House, read_house
from backorder.care.judging import Judged, judge_orders
from backorder.care.letters.arrangement import PART, USUAL, find_own_faults, list_paragraphs
from backorder.care.letters.parts import (
    PARTS,
    Matter,
    Parts,
    Rights,
    Said,
    find_next,
    join,
    lay_out,
    list_said,
    name_subject,
)
from backorder.care.letters.pieces import (
    LetterError,
    Piece,
    judge_after,
    list_days,
    list_open,
    list_pieces,
    list_told,
    list_waiting,
    read_meaning,
)
from backorder.care.letters.put_off import find_put_off
from backorder.care.letters.speech import LANGUAGES, Speech
from backorder.care.links import write_link
from backorder.care.models import Notice, tells_days
from backorder.care.telling import Revised, Told, note_notice
from backorder.engine import consent
from backorder.engine.consent import Answer, Verdict
from backorder.engine.consent.days import add_days
from backorder.orders.models import Disclosure, Order
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause


@dataclass(frozen=True)
class Own:
    """What a person adds, in the language of the letter."""

    reason: str = ""  # why it is late; blank: what the plan says
    steps: str = ""  # what is being done


@dataclass(frozen=True)
class Letter:
    """A letter as it is read: its plain text and its HTML say the same."""

    order: Order
    to: str  # the address of the customer; blank: not known
    language: str
    written_on: date  # as the calendar shows it where the order goes
    zone: tzinfo
    subject: str
    body: tuple[Said, ...]
    next_on: date | None  # by which it says that the customer hears again
    revised: tuple[Revised, ...]  # what it says of each line, the last day first
    after: int | None  # the last notice before it
    matter: Matter  # what it is about

    @property
    def text(self) -> str:
        """The letter as plain text."""
        return join(self.body)

    @property
    def html(self) -> str:
        """The letter as a page of its own: no picture, no script, nothing that is fetched."""
        return render_to_string("care/letter.html", {"letter": self})

    @property
    def paragraphs(self) -> list[dict[str, Said]]:
        """The letter for a page: texts, and lists of items."""
        return lay_out(self.body)

    @property
    def mark(self) -> str:
        """What stands for all that it says: another letter has another mark."""
        told = [(each.line.pk, str(each.on), each.quantity, sorted(each.says)) for each in self.revised]
        all_of_it = [self.to, self.language, self.subject, self.text, told, self.after]
        return hashlib.sha256(json.dumps(all_of_it).encode()).hexdigest()[:16]


def write_letter(
    order: Order,
    now: datetime,
    language: str = "",
    own: Own | None = None,
    found: Sequence[Judged] | None = None,
) -> Letter:
    """Write what the customer of an order is to know now. Raises LetterError, FactsError, FaultyInputError.

    `found`: its lines as they were judged now, if they were.
    """
    own, house = own or Own(), read_house()
    refuse_unfit(order, house, own)
    judged = choose_waiting(order, judge_orders([order], now) if found is None else found)
    zone = judged[0].rules.place.zone
    today = now.astimezone(zone).date()
    told = [list_told(each, each.here) for each in judged]
    pieces = [list_pieces(each, named, now) for each, named in zip(judged, told, strict=True)]
    speech = Speech(language or choose_language(order, house))
    every = [piece for each in pieces for piece in each]
    matter = describe(order, (judged, every), (house, own), now)
    matter = replace(matter, put_off=find_put_off(order, every))
    revised = [
        row
        for each, named, parts in zip(judged, told, pieces, strict=True)
        for row in list_revised(each, named, list_says(parts, matter), now)
    ]
    return Letter(
        order,
        order.customer.email if order.customer else "",
        speech.language,
        today,
        zone,
        name_subject(matter, speech),
        tuple(arrange(matter, speech)),
        find_next(matter),
        tuple(revised),
        find_last(order),
        matter,
    )


def describe(
    order: Order, found: tuple[Sequence[Judged], Sequence[Piece]], said: tuple[House, Own], now: datetime
) -> Matter:
    """Describe what there is to say of lines that wait, and of their pieces, by a house and in words of its own."""
    judged, pieces = found
    house, own = said
    today = now.astimezone(judged[0].rules.place.zone).date()
    rights = find_rights(judged, house, now)
    link = write_link(order, today)
    return Matter(
        order.number,
        name_customer(order),
        pieces,
        rights,
        house,
        today,
        own.reason.strip(),
        own.steps.strip(),
        link,
    )


def choose_waiting(order: Order, found: Sequence[Judged]) -> list[Judged]:
    """Choose the lines of an order that wait. Raises LetterError if there is none."""
    if not found and order.lines.filter(quantity_open__gt=0).exists():
        message = f"nobody said where {order.number} goes: give it an address, or say in the rules of the house where you sell from"
        raise LetterError(message)
    waiting = [each for each in found if list_waiting(each)]
    if not waiting:
        message = f"nothing of {order.number} waits that its customer could be told of"
        raise LetterError(message)
    return waiting


def find_last(order: Order) -> int | None:
    """Find the last news that the customer of an order was told."""
    told = Notice.objects.filter(tells_days(), order=order)
    return told.order_by("-id").values_list("pk", flat=True).first()


def refuse_unfit(order: Order, house: House, own: Own) -> None:
    """Raise LetterError for an order that is none, a house that cannot be answered, and words that may not stand in a letter."""
    if order.held_until is not None:
        message = f"{order.number} is a hold: nothing is ordered yet"
        raise LetterError(message)
    if order.payment_state == "unpaid":
        message = f"{order.number} is not paid: nothing of it ships before; ask for the payment first"
        raise LetterError(message)
    if not house.mail:
        message = 'nobody could answer it: name an address in the rules of the house, [letters] mail = "help@shop.example"'
        raise LetterError(message)
    faults = [fault for text in (own.reason, own.steps) for fault in find_own_faults(text)]
    if faults:
        raise LetterError("; ".join(faults))


def choose_language(order: Order, house: House) -> str:
    """Choose the language in which the customer bought, else that of the place that the order goes to, else that of the house."""
    shown = Disclosure.objects.filter(line__order=order, shown=True).order_by("-id")
    bought_in = (shown.values_list("language", flat=True).first() or "").partition("-")[0]
    if bought_in in LANGUAGES:
        return bought_in
    return house.languages_to.get(find_ship_to(order, house).partition("-")[0], house.language)


def name_customer(order: Order) -> str:
    """Name whoever waits; blank if nobody said."""
    address = getattr(order, "address", None)
    return (order.customer.name if order.customer else "") or (address.name if address else "")


def find_rights(judged: Sequence[Judged], house: House, now: datetime) -> Rights:
    """Find what the laws that hold, and the house, give the customer; all lines of an order are judged by the same."""
    running = [pack for pack in judged[0].rules.packs if pack.days is not None]
    paid = [each for each in judged if each.facts.sale.paid_at is not None]
    days = [day for each in paid for day in list_refund_days(each, now)]
    may_set = any("may_set_period" in pack.near.must_say for pack in running)
    may_end = any(verdict.state == "may_end" for each in judged for verdict in list_waiting(each))
    refund_by = max(days, default=None)
    if refund_by is not None and house.refunds.mode != "off":  # a house that is quicker than the law says so
        refund_by = min(
            refund_by, add_days(now.astimezone(judged[0].rules.place.zone).date(), house.refunds.days)
        )
    return Rights(bool(running), may_set, may_end, refund_by)


def list_refund_days(judged: Judged, now: datetime) -> Iterator[date]:
    """List by when the money for what waits would be sent, if the customer cancelled now."""
    facts = replace(judged.facts, answers=(*judged.facts.answers, Answer(now, "cancels")))
    after = list_open(consent.judge(facts, judged.rules, now).verdicts)
    for verdict in after[len(after) - len(list_waiting(judged)) :]:
        days = [standing.refund_by for standing in verdict.standings if standing.refund_by is not None]
        if days:
            yield min(days)


def list_says(pieces: Sequence[Piece], matter: Matter) -> dict[date | None, frozenset[str]]:
    """List what is said of the units of each day that is told."""
    says: dict[date | None, frozenset[str]] = {}
    for piece in pieces:
        if not piece.here:
            says[piece.ships_on] = says.get(piece.ships_on, frozenset()) | list_said(piece, matter)
    return says


def list_revised(
    judged: Judged,
    told: Sequence[Verdict],
    says: Mapping[date | None, frozenset[str]],
    now: datetime,
) -> list[Revised]:
    """List what is told of a line, the last day first. Raises LetterError if it would not count as it says."""
    before = list_open(judged.asked.verdicts)
    meant, counted = (list_open(judge_after(judged, told, now, each)) for each in (None, says))
    for first, second, third in zip(before, meant, counted, strict=True):
        if read_meaning(first, second) != read_meaning(first, third):
            needed = frozenset[str]().union(*(action.must_say for action in first.actions))
            lacks = ", ".join(consent.CONTENT[name] for name in sorted(needed.difference(*says.values())))
            message = f"line {judged.line.number}: it would not count as it says; a law asks for {lacks or 'other words'}"
            raise LetterError(message)
    return [Revised(judged.line, day, says[day], units) for day, units in list_days(told)]


def arrange(matter: Matter, speech: Speech, parts: Parts = PARTS) -> list[Said]:
    """Put the parts in the order of the house."""
    found: list[Said] = []
    for paragraph in list_paragraphs(matter.house.texts.get(speech.language, USUAL)):
        part = PART.fullmatch(paragraph)
        found += parts[part[1]](matter, speech) if part else [paragraph]
    return found


@transaction.atomic
def note_letter(letter: Letter, channel: str, at: datetime, cause: Cause, told: str = "") -> Entry:
    """Note that a letter was sent as it stands, or told in other words, on the day that it names. Raises OrderError."""
    number = letter.order.number
    Order.objects.select_for_update(no_key=True).get(pk=letter.order.pk)
    refuse(
        find_last(letter.order) != letter.after,
        f"order {number}: its customer was told something since; write it again",
    )
    day = at.astimezone(letter.zone).date()
    refuse(
        day != letter.written_on,
        f"order {number}: the letter is of {letter.written_on}, and was not sent on {day}",
    )
    text = told or f"{letter.subject}\n\n{letter.text}"
    return note_notice(letter.order, letter.revised, Told(at, channel, text, letter.next_on), cause)
