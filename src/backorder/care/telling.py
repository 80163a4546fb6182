"""What customers are told and what they say, noted by whoever told and heard it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db import transaction

from backorder.allocation import events
from backorder.care.models import (
    CHANNELS,
    INVITED,
    OFFERED,
    Answer,
    AnswerLook,
    Message,
    Notice,
    NoticeFailure,
    NoticeLine,
)
from backorder.engine.consent import CONTENT
from backorder.orders.models import Line, Order
from backorder.orders.services.placing import list_subjects
from backorder.orders.services.wanted import check_choice, check_day, refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, Happened, write, write_each
from backorder.rows import insert_rows

__all__ = [
    "CONTENT",
    "Note",
    "Revised",
    "Said",
    "Told",
    "look_at_answer",
    "note_answer",
    "note_failure",
    "note_notice",
    "note_notices",
]


@dataclass(frozen=True)
class Told:
    """How a customer was told."""

    at: datetime
    channel: str
    text: str = ""
    next_on: date | None = None  # by which it says that the customer hears again
    message: Message | None = None  # that was sent from here


@dataclass(frozen=True)
class Revised:
    """The day of shipment that a customer was told for a line, or for units at its back; none: that no day is known."""

    line: Line
    on: date | None
    says: frozenset[str]  # what else was said of them, as CONTENT names it
    quantity: int | None = None  # none: all of the line


@dataclass(frozen=True)
class Note:
    """What the customer of an order was told of its lines, and who says so."""

    order: Order
    revised: Sequence[Revised]
    told: Told
    cause: Cause

    @property
    def lines(self) -> list[Line]:
        """The lines that it is about."""
        return list({each.line.pk: each.line for each in self.revised}.values())


@dataclass(frozen=True)
class Said:
    """What a customer said."""

    at: datetime
    channel: str
    kind: Literal["accepts", "cancels", "period"]
    quantity: int | None = None  # none: all that is open
    until: date | None = None  # the end of a period


@transaction.atomic
def note_notice(order: Order, revised: Sequence[Revised], told: Told, cause: Cause) -> Entry:
    """Note that a customer was told days for lines of an order, or that there are none. Raises OrderError."""
    about = f"order {order.number}"
    check_instant(told.at, order, cause)
    check_choice("channel", told.channel, CHANNELS, about)
    refuse(not revised, f"{about}: a notice is about a line")
    unknown = sorted(frozenset[str]().union(*(each.says for each in revised)) - set(CONTENT))
    refuse(bool(unknown), f"{about}: nobody knows how a notice says {', '.join(unknown)}")
    note = Note(order, revised, told, cause)
    for line in note.lines:
        refuse(line.order_id != order.pk, f"{about}: line {line.number} is of another order")
        check_parts(line, [each for each in revised if each.line.pk == line.pk])
    return note_notices([note])[0]


def note_notices(notes: Sequence[Note]) -> list[Entry]:
    """Note what customers were told, in few statements. Nothing is refused: what has left is noted as it left."""
    entries = write_each([(note.cause, describe_note(note)) for note in notes])
    notices = [
        Notice(
            order=note.order,
            channel=note.told.channel,
            told_at=note.told.at,
            text=note.told.text,
            next_on=note.told.next_on,
            message=note.told.message,
            entry=entry,
        )
        for note, entry in zip(notes, entries, strict=True)
    ]
    insert_rows(notices)
    insert_rows(
        [
            NoticeLine(
                notice=notice,
                line=each.line,
                revised_on=each.on,
                quantity=each.quantity,
                says=sorted(each.says),
            )
            for note, notice in zip(notes, notices, strict=True)
            for each in note.revised
        ]
    )
    return entries


def describe_note(note: Note) -> Happened:
    """Describe what was told for the journal; a receipt tells of no day, nor does an invitation or an offer."""
    message = note.told.message
    if message is not None and message.kind == INVITED:
        return Happened("invitation.sent", list_subjects(note.order, []))
    if message is not None and message.kind == OFFERED:
        return Happened("offer.sent", list_subjects(note.order, []))
    if message is not None and message.is_receipt:
        return Happened("receipt.sent", list_subjects(note.order, []), {"kind": message.kind})
    facts = {"channel": note.told.channel, "lines": describe_revised(note.lines, note.revised)}
    return Happened("notice.noted", list_subjects(note.order, note.lines), facts)


def check_parts(line: Line, parts: Sequence[Revised]) -> None:
    """Raise OrderError for days told of a line that cannot be: one twice, or of more units than there are."""
    about = f"order {line.order.number} line {line.number}:"
    for part in parts:
        if part.on is not None:
            check_day(part.on, about)
        refuse(
            part.quantity is not None and part.quantity < 1, f"{about} {part.quantity} is no number of units"
        )
    refuse(len({part.on for part in parts}) < len(parts), f"{about} the same day is told twice")
    units = [part.quantity for part in parts]
    refuse(len(units) > 1 and None in units, f"{about} of several days each is told of a number of units")
    told = sum(each or 0 for each in units)
    refuse(
        told > line.quantity_ordered,
        f"{about} {told} units cannot be meant: {line.quantity_ordered} were ordered",
    )


def describe_revised(lines: Iterable[Line], revised: Sequence[Revised]) -> dict[str, Any]:
    """Describe what was told of each line for the journal: the day, or of several the units of each."""
    found: dict[str, Any] = {}
    for line in lines:
        days = [
            (each.on.isoformat() if each.on else None, each.quantity) for each in revised if each.line == line
        ]
        found[line.number] = days[0][0] if days[0][1] is None else [[units, day] for day, units in days]
    return found


@transaction.atomic
def note_failure(notice: Notice, cause: Cause) -> Entry | None:
    """Note that a notice did not arrive; None if that is known."""
    notice = Notice.objects.select_for_update(of=("self",)).select_related("order").get(pk=notice.pk)
    if NoticeFailure.objects.filter(notice=notice).exists():
        return None
    entry = write(cause, "notice.failed", [("order", notice.order.number)], {"channel": notice.channel})
    NoticeFailure.objects.create(notice=notice, entry=entry)
    return entry


@transaction.atomic
def note_answer(line: Line, said: Said, cause: Cause) -> Entry:
    """Note what a customer said of a line. Who cancels has what the warehouse does not have cancelled at once. Raises OrderError."""
    order = line.order
    about = f"order {order.number} line {line.number}"
    check_instant(said.at, order, cause)
    check_choice("channel", said.channel, CHANNELS, about)
    units = said.quantity
    refuse(
        units is not None and not 1 <= units <= line.quantity_ordered,
        f"{about}: {units} units cannot be meant: {line.quantity_ordered} were ordered",
    )
    refuse(
        (said.kind == "period") != (said.until is not None),
        f"{about}: a period has an end, and nothing else has",
    )
    if said.until is not None:
        check_day(said.until, f"{about}: until")
    notice = find_last_notice(line, said.at) if said.kind == "accepts" else None
    refuse(
        said.kind == "accepts" and notice is None,
        f"{about}: nothing was told that could be agreed to; note what was told first",
    )
    facts: dict[str, str | int] = {"line": line.number, "kind": said.kind, "channel": said.channel}
    facts |= {"quantity": units} if units else {}
    facts |= {"until": said.until.isoformat()} if said.until else {}
    entry = write(cause, "answer.noted", list_subjects(order, [line]), facts)
    Answer.objects.create(
        line=line,
        kind=said.kind,
        quantity=units,
        notice=notice,
        until=said.until,
        channel=said.channel,
        said_at=said.at,
        entry=entry,
    )
    if said.kind == "cancels":
        gone = min(units or line.quantity_open, line.quantity_unreleased)
        if gone:
            events.cancel_line(line, gone, Cause(cause.who, cause.at, cause.why, entry))
    return entry


@transaction.atomic
def look_at_answer(answer: Answer, cause: Cause) -> Entry | None:
    """Note that a person dealt with an answer; None if that is known."""
    answer = (
        Answer.objects.select_for_update(of=("self",))
        .select_related("line__order", "line__item")
        .get(pk=answer.pk)
    )
    if AnswerLook.objects.filter(answer=answer).exists():
        return None
    subjects = list_subjects(answer.line.order, [answer.line])
    entry = write(cause, "answer.looked_at", subjects, {"line": answer.line.number})
    AnswerLook.objects.create(answer=answer, entry=entry)
    return entry


def find_last_notice(line: Line, at: datetime) -> Notice | None:
    """Find what was told last of a line before an instant, and arrived."""
    told = Notice.objects.filter(lines__line=line, told_at__lte=at, failure=None)
    return told.order_by("-told_at", "-id").first()


def check_instant(at: datetime, order: Order, cause: Cause) -> None:
    """Raise OrderError for an instant before the order, or one that is still to come."""
    about = f"order {order.number}"
    refuse(at.tzinfo is None, f"{about}: {at} has no zone")
    refuse(
        at < order.ordered_at,
        f"{about} was placed on {order.ordered_at:%Y-%m-%d %H:%M}, which is after {at:%Y-%m-%d %H:%M}",
    )
    refuse(at > cause.at, f"{about}: {at:%Y-%m-%d %H:%M} is still to come")
