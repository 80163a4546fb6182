"""What is to be told, what was let go, and the switch that stops all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.db.models import Q
from ninja import Query
from pydantic import Field

from backorder.api.endpoints.noted import NewSwitch, Noted, note
from backorder.api.endpoints.told import ToldOfLine, show_told
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import ProblemError, require
from backorder.api.values import Day, Instant, Key, Number, Reason, Sent, Shown, Switch
from backorder.care.links import hide_links
from backorder.care.models import Draft, Message
from backorder.care.post import messages as post
from backorder.care.post.selectors import find_message, read_messages
from backorder.care.post.selectors import list_drafts as read_drafts
from backorder.care.telling import note_failure

drafts = Noun("drafts", "care")
messages = Noun("messages", "care")
mail = Noun("mail", "care")
ON_ITS_WAY = "on_its_way"
Kind = Literal["lost", "later", "opening", "required", "found", "earlier", "on_track"]


class ShownDraft(Shown):
    """The customer of an order is to be told something, and nobody let it go yet."""

    order: str
    customer: str | None = Field(description="The code of who waits.")
    kind: str = Field(
        description="`opening`: that it waits; `later`, `lost`, `found`, `earlier`: another day, or none; "
        "`required`: a delay in the words of a law; `on_track`: that nothing has changed."
    )
    news: str = Field(
        description="Stands for all there is to tell; let its letter go by it. Blank: nothing can."
    )
    since: Instant = Field(description="Something is to be told.")
    changed_at: Instant = Field(description="What is to be told is that since then.")
    tell_by: Day | None = Field(
        description="The last day on which it counts by law, where the order goes; null: any day."
    )
    to: str = Field(description="An address that takes mail; blank: a person must tell it.")
    fault: str = Field(description="Why nothing can be written; blank if it can.")


class ChosenDrafts(Asked):
    """Which of them."""

    kind: Annotated[Kind | None, Field(description="Only of this kind.")] = None
    tell_by: Annotated[
        Day | None, Field(description="Only what counts by law until this day, or until an earlier one.")
    ] = None
    by_mail: Annotated[
        Switch | None, Field(description="True: only what mail can tell; false: only what a person must.")
    ] = None


class ShownMessage(Shown):
    """A letter that a person, a program or a rule let go, or a receipt of what happened."""

    message: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    kind: str = Field(
        description="As of a draft; or of a receipt `cancelled`: what was cancelled; `answered`: what the customer chose; "
        "`shipped`: what has left; `refunded`: what was paid back; "
        "`arrived`: that it is here; `charge_ahead`, `charge_failed`: what is charged, or was not; "
        "or `invited`: units are kept for somebody on a waitlist."
    )
    to: str
    language: str
    subject: str
    written_on: Day = Field(description="The day that it names.")
    next_on: Day | None = Field(description="By which it says that the customer hears again.")
    tell_by: Day | None = Field(description="The last day on which it counts by law; null: any day.")
    let_go_at: Instant
    who: str = Field(description="Who let it go; `autopilot`: a rule of the house.")
    handed_at: Instant | None = Field(description="It may have left since; before, it can be taken back.")
    outcome: str = Field(
        description="`on_its_way`; `sent`; `refused`: there is no such mailbox; `failed`: not delivered for another reason; "
        "`withdrawn`: it was not true any more; `taken_back`: by somebody; `shadow`: it would have gone."
    )
    ended_at: Instant | None
    said: str = Field(description="By the mail server, if it was not taken.")
    notice: int | None = Field(description="The notice that it is since it was sent.")
    came_back: bool = Field(description="It was sent, and came back: its customer was not told.")
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class WholeMessage(ShownMessage):
    """A message with all that it says."""

    text: str
    html: str = Field(description="A page that says the same.")
    lines: list[ToldOfLine] = Field(
        description="What it says of each line, the last day first; a receipt tells no days."
    )


class ChosenMessages(Asked):
    """Which messages."""

    order: Annotated[Key | None, Field(description="Only to the customer of this order.")] = None
    outcome: Annotated[
        Literal["on_its_way", "sent", "refused", "failed", "withdrawn", "taken_back", "shadow"] | None,
        Field(description="Only those with this outcome."),
    ] = None


class ToldWhy(Sent):
    """Why."""

    why: Reason = ""


class Mail(Shown):
    """Whether messages leave."""

    stopped: bool = Field(description="Somebody stopped all of them.")


@drafts.reads("/drafts", Page[ShownDraft])
def list_drafts(chosen: Query[ChosenDrafts]) -> Page[ShownDraft]:
    """List whose customers must be told something, the oldest order first. Each is written when it is read, see letters."""
    wanted = {"kind": chosen.kind, "tell_by__lte": chosen.tell_by}
    rows = read_drafts().filter(**{name: value for name, value in wanted.items() if value is not None})
    if chosen.by_mail is not None:
        written = Q(fault="") & ~Q(to="")
        rows = rows.filter(written if chosen.by_mail else ~written)
    return take_page(rows, "pk", chosen, show_drafts)


@messages.reads("/messages", Page[ShownMessage])
def list_messages(chosen: Query[ChosenMessages]) -> Page[ShownMessage]:
    """List what was let go and what became of it, the last one first."""
    rows = read_messages()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    if chosen.outcome is not None:
        rows = rows.filter(outcome="" if chosen.outcome == ON_ITS_WAY else chosen.outcome)
    return take_page(rows, "-id", chosen, show_messages)


@messages.reads("/messages/{message}", WholeMessage)
def get_message(message: Number) -> WholeMessage:
    """Show a message as it was sent, or will be."""
    return show_whole(require(find_message(message)))


@messages.changes("/messages/{message}/withdrawal", WholeMessage)
def withdraw_message(act: Act, message: Number, told: ToldWhy) -> WholeMessage:
    """Take back a message that did not leave. No rule lets the same news go again."""
    post.take_back(require(find_message(message)), act.cause(told.why))
    return show_whole(require(find_message(message)))


@messages.changes("/messages/{message}/failure", Noted)
def note_message_failure(act: Act, message: Number, told: ToldWhy) -> Noted:
    """Note that a message came back: its customer was not told, and must be."""
    found = require(find_message(message))
    notice = getattr(found, "notice", None)
    if notice is None:
        text = f"order {found.order.number}: the message to its customer was not sent"
        raise ProblemError("refused", text)
    return note(act, note_failure(notice, act.cause(told.why)))


@mail.reads("/mail", Mail)
def get_mail() -> Mail:
    """Show whether somebody stopped all messages."""
    return Mail(stopped=post.is_stopped())


@mail.changes("/mail", Noted, method="PUT")
def put_mail(act: Act, switch: NewSwitch) -> Noted:
    """Stop all messages at once, also those that were let go; or let them go on."""
    return note(act, post.stop(act.cause(switch.why), stopped=switch.stopped))


def show_drafts(rows: Sequence[Draft]) -> list[ShownDraft]:
    """Show what is to be told."""
    return [
        ShownDraft(
            order=row.order.number,
            customer=row.order.customer.code if row.order.customer else None,
            kind=row.kind,
            news=row.news,
            since=row.since,
            changed_at=row.changed_at,
            tell_by=row.tell_by,
            to=row.to,
            fault=row.fault,
        )
        for row in rows
    ]


def show_messages(rows: Sequence[Message]) -> list[ShownMessage]:
    """Show messages."""
    return [ShownMessage(**describe_message(row)) for row in rows]


def show_whole(row: Message) -> WholeMessage:
    """Show a message with all that it says."""
    lines = show_told(post.unpack(row.lines, post.read_lines([row])))
    text, page = hide_links(row.text), hide_links(row.page)  # who may read may not choose
    return WholeMessage(**describe_message(row), text=text, html=page, lines=lines)


def describe_message(row: Message) -> dict[str, Any]:
    """Describe a message."""
    notice = getattr(row, "notice", None)
    same = ("kind", "to", "language", "subject", "written_on", "next_on", "tell_by", "handed_at", "ended_at")
    return {
        **{name: getattr(row, name) for name in same},
        "message": row.pk,
        "order": row.order.number,
        "let_go_at": row.entry.at,
        "who": row.entry.who,
        "outcome": row.outcome or ON_ITS_WAY,
        "said": row.said,
        "notice": notice and notice.pk,
        "came_back": notice is not None and hasattr(notice, "failure"),
        "entry": row.entry_id,
    }
