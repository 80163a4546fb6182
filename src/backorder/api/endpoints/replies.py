"""What customers answer by mail, and mails that programs bring."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes, policy
from typing import Annotated

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.api.endpoints.noted import Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import ProblemError, require
from backorder.api.values import Instant, Key, Number, Reason, Sent, Shown, Switch
from backorder.care.links import hide_links
from backorder.care.models import MailEvent
from backorder.care.replies import arrivals
from backorder.care.replies.mailbox import read_mail
from backorder.care.replies.selectors import list_replies as read_replies

replies = Noun("replies", "care")
MOST_MAIL = 1_000_000


class ShownReply(Shown):
    """What a person answered to a message."""

    reply: int
    order: str
    message: int = Field(description="The message that it answers.")
    at: Instant
    sender: str = Field(description="An address, as the mail says it.")
    text: str = Field(description="Without what it quotes.")
    read: bool = Field(description="Somebody dealt with it, or it was a word of the letter, and counts.")


class ChosenReplies(Asked):
    """Which of them."""

    order: Annotated[Key | None, Field(description="Only of this order.")] = None
    read: Annotated[Switch | None, Field(description="False: only those that nobody dealt with.")] = None


class DealtWith(Sent):
    """That a reply was dealt with."""

    why: Reason = ""


class BroughtMail(Sent):
    """A mail that came to the address to which customers answer."""

    mail: Annotated[
        str, Field(min_length=1, max_length=MOST_MAIL, description="All of it, as it came, headers first.")
    ]


class TakenMail(Shown):
    """What came of it."""

    order: str | None = Field(
        description="The order that it is about; null: it is about none of our messages."
    )
    kind: str | None = Field(
        description="`reply`: of a person; `automatic`: of a machine, and no answer; `bounced`: a message did not arrive; `deferred`; "
        "`delivered`. Null: about none of our messages, or taken before."
    )
    preview: bool = Field(description="True if it was only tried: nothing was written.")


@replies.reads("/replies", Page[ShownReply])
def list_replies(chosen: Query[ChosenReplies]) -> Page[ShownReply]:
    """List what customers answered by mail, the last first."""
    rows = read_replies()
    if chosen.order is not None:
        rows = rows.filter(message__order__number=chosen.order)
    if chosen.read is not None:
        rows = rows.filter(look__isnull=not chosen.read)
    return take_page(rows, "-id", chosen, show_replies)


@replies.changes("/replies/{reply}/look", Noted)
def note_reply_read(act: Act, reply: Number, dealt: DealtWith) -> Noted:
    """Note that a reply was read and dealt with."""
    found = require(read_replies().filter(pk=reply).first())
    return note(act, arrivals.look_at_reply(found, act.cause(dealt.why)))


@replies.changes("/incoming-mail", TakenMail)
def bring_mail(act: Act, brought: BroughtMail) -> TakenMail:
    """Take a mail that came back. One that is about none of our messages is left out."""
    try:
        event = arrivals.take_mail(
            read_mail(message_from_bytes(brought.mail.encode(), policy=policy.default)), timezone.now()
        )
    except arrivals.NotEndedError as error:
        raise ProblemError("refused", str(error)) from error
    if event is None:
        return TakenMail(order=None, kind=None, preview=act.preview)
    return TakenMail(order=event.message.order.number, kind=event.kind, preview=act.preview)


def show_replies(rows: Sequence[MailEvent]) -> list[ShownReply]:
    """Show replies."""
    return [
        ShownReply(
            reply=row.pk,
            order=row.message.order.number,
            message=row.message_id,
            at=row.at,
            sender=row.sender,
            text=hide_links(row.text),
            read=hasattr(row, "look"),
        )
        for row in rows
    ]
