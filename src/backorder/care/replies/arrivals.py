"""What comes back about messages is noted once: what did not arrive, and what customers answer.

An answer in a word that the letter names counts as on the page of the order. Everything else that a person wrote, a person reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backorder.care import choices
from backorder.care.models import MailEvent, Message, NoticeFailure, ReplyLook, tells_days
from backorder.care.replies.mailbox import Came
from backorder.care.replies.words import read_answer
from backorder.care.telling import note_failure
from backorder.orders.services.wanted import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write

POST = "post"
"""Who notes what mail servers say."""
BY_MAIL = "mail"
QUIET = ("delivered", "deferred", "automatic")
"""What changes nothing: it stands in no journal of its own."""


class NotEndedError(OrderError):
    """Something came back about a message of which it is not noted yet that it left: it is to be told again, a moment later."""


@dataclass(frozen=True)
class Arrived:
    """What came back about one message."""

    kind: str  # of EVENTS
    name: str  # by which whoever tells of it knows it
    sender: str = ""
    text: str = ""


def take_mail(came: Came, now: datetime) -> MailEvent | None:
    """Note a mail that came back; None: it is about none of our messages, or it is known. Raises NotEndedError."""
    message = find_message(came.about)
    if message is None:
        return None
    return note_arrival(message, Arrived(came.kind, came.name, came.sender, came.text), now)


def find_message(about: Sequence[UUID]) -> Message | None:
    """Find the message that something is about: of several that are named the one that was let go last."""
    return Message.objects.filter(name__in=about).select_related("order").order_by("id").last()


@transaction.atomic
def note_arrival(message: Message, arrived: Arrived, now: datetime) -> MailEvent | None:
    """Note what came back about a message; None if it is known. Raises NotEndedError."""
    order = message.order
    choices.hold_choices(order)  # before items, which an answer may lock; a row of the order comes after them
    arrived = Arrived(arrived.kind, *map(clean, (arrived.name, arrived.sender, arrived.text)))
    if MailEvent.objects.filter(name=arrived.name).exists():
        return None
    message.refresh_from_db(fields=["outcome"])
    if message.outcome == "":
        said = f"order {order.number}: it is not noted yet that the message left; tell it again in a minute"
        raise NotEndedError(said)
    event = MailEvent(
        message=message,
        kind=arrived.kind,
        name=arrived.name,
        at=max(now, message.entry.at),
        sender=arrived.sender,
        text=arrived.text,
        entry=note(message, arrived, Cause(POST, now)),
    )
    event.save(force_insert=True)
    if arrived.kind == "reply":
        answer(event, now)
    return event


def clean(text: str) -> str:
    """Write a text as a database can keep it, whoever told it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def note(message: Message, arrived: Arrived, cause: Cause) -> Entry | None:
    """Write what came back into the journal, if it changes something: a notice that came back was none."""
    if arrived.kind in QUIET:
        return None
    if arrived.kind == "bounced":
        notice = getattr(message, "notice", None)
        return None if notice is None else note_failure(notice, cause)
    what = "reply.came" if arrived.kind == "reply" else "mail.complained"
    return write(cause, what, [("order", message.order.number)], {"kind": message.kind})


def answer(event: MailEvent, now: datetime) -> None:
    """Let a reply count that is a word of the letter, if it would count on the page of its order, and note that it was read."""
    message, kind = event.message, read_answer(event.text)
    if not kind or event.sender.casefold() != message.to.casefold() or not is_last(message):
        return
    cause = Cause(choices.CUSTOMER, now, caused_by=event.entry)
    order = message.order
    try:
        with transaction.atomic():
            if kind == "accepts":
                choices.wait(order, choices.look(order, now).state, cause, BY_MAIL)
            else:
                choices.cancel_all(order, cause, BY_MAIL)
    except OrderError:  # a person reads it
        return
    look_at_reply(event, cause)


def is_last(message: Message) -> bool:
    """Tell whether a message is the last news that its customer got: a word is an answer to that only."""
    if message.is_receipt or NoticeFailure.objects.filter(notice__message=message).exists():
        return False
    news = message.order.notices.filter(tells_days()).order_by("-told_at", "-id")
    return news.values_list("message", flat=True).first() == message.pk


@transaction.atomic
def look_at_reply(event: MailEvent, cause: Cause) -> Entry | None:
    """Note that a reply was read and dealt with; None if that is known. Raises OrderError for what is no reply."""
    event = (
        MailEvent.objects.select_for_update(of=("self",)).select_related("message__order").get(pk=event.pk)
    )
    order = event.message.order
    if event.kind != "reply":
        said = f"order {order.number}: that is no reply of its customer"
        raise OrderError(said)
    if ReplyLook.objects.filter(event=event).exists():
        return None
    entry = write(cause, "reply.read", [("order", order.number)])
    ReplyLook.objects.create(event=event, entry=entry)
    return entry
