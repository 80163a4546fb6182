"""A message is let go: written from what is true then, and kept as it will be sent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import formataddr
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backorder.care.house import read_house
from backorder.care.judging import Judged, judge_orders
from backorder.care.letters.writing import Letter, Own, write_letter
from backorder.care.models import INVITED, OFFERED, RECEIPTS, Draft, Message
from backorder.care.post.due import read_heard
from backorder.care.post.lookout import find_drafts, find_mail
from backorder.care.post.mail import write_mail
from backorder.care.post.rules import Zones
from backorder.care.post.touched import list_touching
from backorder.care.telling import Note, Revised, Told, note_notices
from backorder.orders.models import Line, Order
from backorder.orders.services.wanted import refuse
from backorder.outbox import switches
from backorder.outbox.feed import find_end
from backorder.outbox.jobs import defer
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.rows import update_rows

SEND = "send_messages"
SWITCH = "mail"
stop, is_stopped = partial(switches.stop, SWITCH), partial(switches.is_stopped, SWITCH)
goes_on = partial(switches.goes_on, SWITCH)
"""All messages, also those that were let go."""
AUTOPILOT = "autopilot"
"""Who lets messages go by a rule of the house."""
ENDED = ("outcome", "ended_at", "said")
"""How a message ended."""
ASKED = "on_track"
"""The kind of a message that a person wants although nothing must be told."""


@dataclass(frozen=True)
class Written:
    """A letter, what it tells, and what of the journal is in it."""

    letter: Letter
    draft: Draft
    read_to: int  # the entry up to which everything is in it
    seen: set[int]  # later ones about its order that are in it


@transaction.atomic
def let_go(order: Order, read: str, cause: Cause, own: Own | None = None, language: str = "") -> Message:
    """Write a message to the customer of an order, for it to be sent. Raises OrderError, LetterError, FactsError, FaultyInputError.

    `read`: what whoever lets it go has read: the mark of the letter, or the name of the news of its draft. Who has read the
    letter may try an address again at which mail did not arrive.
    """
    refuse_silent()
    order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    about = f"order {order.number}"
    refuse(
        order.messages.filter(outcome="").exclude(kind__in=(*RECEIPTS, OFFERED)).exists(),
        f"{about}: a message to its customer is on its way already",
    )
    written = write_now(order, cause.at, language, own)
    news, mark = written.draft.news, written.letter.mark
    refuse(
        not read or read not in (news, mark),
        f"{about}: what there is to tell has changed since you read it; read it again",
    )
    refuse(not written.letter.revised, f"{about}: all that waits is here; there is no day to tell")
    refuse(
        not (written.letter.to if read == mark else written.draft.to),
        f"{about}: no address takes mail; tell its customer by phone or letter, and note it",
    )
    entry = write(cause, "message.written", [("order", order.number)], {"kind": written.draft.kind})
    defer(SEND, once=SEND)
    return keep(written, entry)


def refuse_silent() -> None:
    """Raise OrderError where nothing is sent."""
    refuse(
        read_house().sending.mode != "on",
        'nothing is sent from here: the rules of the house do not say [sending] mode = "on"',
    )
    refuse(
        not settings.MAIL,
        "nothing is sent from here: no mail server is named, see BACKORDER_MAIL in the settings",
    )


def write_now(order: Order, now: datetime, language: str = "", own: Own | None = None) -> Written:
    """Write what there is to tell. What is noted of the order while it is written is not in it. Raises as `let_go`."""
    read_to = find_end()
    seen = list_touching([order], read_to)[order.number]
    judged = judge_orders([order], now)
    draft, letter = find_draft(order, judged, now), write_letter(order, now, language, own, judged)
    zones = [str(letter.zone)] * 2
    return Written(letter, draft or Draft(order=order, kind=ASKED, zones=zones), read_to, seen)


def find_draft(order: Order, judged: list[Judged], now: datetime) -> Draft | None:
    """Find what the customer of an order is to be told now, whatever was noted of it before."""
    if order.held_until is not None or order.payment_state == "unpaid":
        return None
    drafts = find_drafts([order], ({order.pk: judged}, {}), read_heard([order]), now)
    return drafts[0] if drafts else None


def keep(written: Written, entry: Entry, outcome: str = "", said: str = "") -> Message:
    """Keep a letter as it was written. Raises LetterError if it cannot be mail."""
    house, letter, draft = read_house(), written.letter, written.draft
    message = Message(
        order=letter.order,
        name=uuid.uuid4(),
        kind=draft.kind,
        news=draft.news,
        sender=formataddr((house.name, house.mail)),
        to=letter.to,
        language=letter.language,
        subject=letter.subject,
        text=letter.text,
        page=letter.html,
        lines=[pack(each) for each in letter.revised],
        next_on=letter.next_on,
        written_on=letter.written_on,
        zones=draft.zones,
        tell_by=draft.tell_by,
        read_to=written.read_to,
        seen=sorted({*written.seen, entry.pk}),
        entry=entry,
        try_at=entry.at,
        outcome=outcome,
        said=said,
        ended_at=entry.at if outcome else None,
    )
    if not outcome:
        message.mail = write_mail(message, list_before(letter.order), entry.at)
    message.save(force_insert=True)
    return message


def list_before(order: Order) -> list[Message]:
    """List the messages to an order that were sent before."""
    return list(order.messages.filter(outcome="sent").only("name", "sender").order_by("ended_at", "id"))


@transaction.atomic
def note_shadow(order: Order, cause: Cause) -> Message | None:
    """Note what would have been sent, if it was not noted yet. Raises as `let_go`."""
    order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    written = write_now(order, cause.at)
    news = written.draft.news
    if not news or order.messages.filter(news=news, outcome="shadow").exists():
        return None
    entry = write(cause, "message.shadowed", [("order", order.number)], {"kind": written.draft.kind})
    return keep(written, entry, "shadow")


def pack(told: Revised) -> dict[str, Any]:
    """Pack what a letter says of a line."""
    return {
        "line": told.line.pk,
        "on": told.on and told.on.isoformat(),
        "units": told.quantity,
        "says": sorted(told.says),
    }


def read_lines(messages: Iterable[Message]) -> dict[int, Line]:
    """Read the lines that messages are about, by id."""
    packed = [each["line"] for message in messages for each in message.lines]
    return Line.objects.select_related("item").in_bulk(packed)


def unpack(packed: Sequence[dict[str, Any]], lines: Mapping[int, Line]) -> list[Revised]:
    """Unpack what a letter says of lines."""
    return [
        Revised(
            lines[each["line"]],
            date.fromisoformat(each["on"]) if each["on"] else None,
            frozenset(each["says"]),
            each["units"],
        )
        for each in packed
    ]


def read_zones(named: Draft | Message) -> Zones:
    """Read the zones of the place that a draft or message goes to."""
    first, last = named.zones
    return ZoneInfo(first), ZoneInfo(last)


def is_of_today(message: Message, now: datetime) -> bool:
    """Tell whether the day that a message names is still today where it goes; an invitation or an offer names none that could pass."""
    return (
        message.kind in (INVITED, OFFERED)
        or now.astimezone(read_zones(message)[0]).date() == message.written_on
    )


def is_true(message: Message, touching: Iterable[int], now: datetime) -> bool:
    """Tell whether a message that did not leave is still true: of today, to the same address, and nothing has happened since.

    `touching`: entries that touch its order, at least those that are not in it. An invitation or an offer is true while it
    keeps units, and the day that it names is to come.
    """
    if not is_of_today(message, now) or find_mail(message.order) != message.to:
        return False
    if message.kind == INVITED:
        return message.order.held_until is not None and message.order.held_until > now
    if message.kind == OFFERED:
        offer = message.offer
        past = offer.names_past(timezone.localdate(now))
        return bool(offer.outcome == "" and offer.until > now and not past)
    return {entry for entry in touching if entry > message.read_to} <= set(message.seen)


def end(message: Message, outcome: str, cause: Cause, said: str = "") -> None:
    """End the way of a message that was not sent."""
    noun = "receipt" if message.is_receipt else "message"
    write(cause, f"{noun}.{outcome}", [("order", message.order.number)], {"kind": message.kind})
    message.outcome, message.ended_at, message.said = outcome, cause.at, said
    message.save(update_fields=ENDED)


def end_sent(left: Sequence[Message]) -> None:
    """End the way of messages that a mail server has taken: their customers were told."""
    lines, notes = read_lines(left), []
    for message in left:
        assert message.left_at is not None
        at = max(message.left_at, message.order.ordered_at)  # clocks of two machines differ
        told = Told(at, "mail", f"{message.subject}\n\n{message.text}", message.next_on, message)
        cause = Cause(message.entry.who, at, caused_by=message.entry)
        notes.append(Note(message.order, unpack(message.lines, lines), told, cause))
        message.outcome, message.ended_at, message.said = "sent", at, ""
    note_notices(notes)
    update_rows(left, ENDED)


@transaction.atomic
def take_back(message: Message, cause: Cause) -> None:
    """Take back a message that did not leave: no rule lets the same news go again. Raises OrderError."""
    message = Message.objects.select_for_update(of=("self",)).select_related("order").get(pk=message.pk)
    refuse(
        bool(message.outcome) or message.handed_at is not None,
        f"order {message.order.number}: the message to its customer has left",
    )
    end(message, "taken_back", cause)
