"""What customers were told, from here or otherwise. It counts once it is noted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import take_lines, take_order
from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.told import Content, Medium, ToldOfLine, show_told
from backorder.api.endpoints.wanted import MOST_LINES
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import (
    PRINTABLE,
    Day,
    Instant,
    Key,
    Number,
    Quantity,
    Reason,
    Sent,
    SentInstant,
    Shown,
)
from backorder.care import telling
from backorder.care.links import hide_links
from backorder.care.models import Notice
from backorder.care.selectors import read_notices
from backorder.outbox.models import Entry

notices = Noun("notices", "care")


class ShownNotice(Shown):
    """A customer was told how lines of an order stand."""

    notice: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    medium: str = Field(description="mail, phone, letter, message or page.")
    at: Instant
    next_on: Day | None = Field(description="By which it says that the customer hears again.")
    message: int | None = Field(description="The message that it is; null: it was told otherwise.")
    came_back: bool = Field(description="It did not arrive, and does not count.")
    lines: list[ToldOfLine] = Field(description="What it says of each line, the last day first.")
    who: str = Field(description="Who noted it.")
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class WholeNotice(ShownNotice):
    """A notice with its text."""

    text: str


class NewlyTold(Sent):
    """What a customer was told of a line, or of units at its back."""

    line: Key
    on: Annotated[
        Day | None, Field(description="The day of shipment that was named; null: that no day is known.")
    ]
    quantity: Annotated[
        Quantity | None, Field(description="Units that ship last; without it, all of the line.")
    ] = None
    says: Annotated[
        list[Content],
        Field(description="What else was said. Where a law asks for more, the notice does not count by it."),
    ]


class NewNotice(Sent):
    """What a customer was told otherwise than by a message from here."""

    order: Key
    at: SentInstant
    medium: Medium
    lines: Annotated[list[NewlyTold], Field(min_length=1, max_length=MOST_LINES)]
    text: Annotated[
        str,
        Field(max_length=20_000, pattern=PRINTABLE, description="What was said; it stands in no journal."),
    ] = ""
    next_on: Annotated[Day | None, Field(description="By which the customer was told to hear again.")] = None
    why: Reason = ""


class Returned(Sent):
    """Why it did not arrive."""

    why: Reason = ""


class Chosen(Asked):
    """Which notices."""

    order: Annotated[Key | None, Field(description="Only to the customer of this order.")] = None


@notices.reads("/notices", Page[ShownNotice])
def list_notices(chosen: Query[Chosen]) -> Page[ShownNotice]:
    """List what customers were told, the last one first."""
    rows = read_notices()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    return take_page(rows, "-id", chosen, show_notices)


@notices.reads("/notices/{notice}", WholeNotice)
def get_notice(notice: Number) -> WholeNotice:
    """Show a notice."""
    return show_whole(require(read_notices().filter(pk=notice).first()))


@notices.changes("/notices", WholeNotice, at=lambda made: f"notices/{made.notice}")
def note_told(act: Act, notice: NewNotice) -> WholeNotice:
    """Note what a customer was told otherwise, as by phone. For a letter that was sent as it stands, see recorded-letters."""
    order = take_order(notice.order)
    lines = take_lines(order, [told.line for told in notice.lines], "/lines/{}/line")
    revised = [
        telling.Revised(line, told.on, frozenset(told.says), told.quantity)
        for line, told in zip(lines, notice.lines, strict=True)
    ]
    told = telling.Told(notice.at, notice.medium, notice.text, notice.next_on)
    return tell_noted(act, telling.note_notice(order, revised, told, act.cause(notice.why)))


@notices.changes("/notices/{notice}/failure", Noted)
def note_failure(act: Act, notice: Number, returned: Returned) -> Noted:
    """Note that a notice did not arrive, as a letter that the post brought back: it does not count."""
    found = require(read_notices().filter(pk=notice).first())
    return note(act, telling.note_failure(found, act.cause(returned.why)))


def tell_noted(act: Act, entry: Entry) -> WholeNotice:
    """Tell what was noted; what was only tried has no number."""
    made = show_whole(require(read_notices().filter(entry=entry).first()))
    return made.model_copy(update={"notice": None, "entry": None}) if act.preview else made


def show_notices(rows: Sequence[Notice]) -> list[ShownNotice]:
    """Show notices."""
    return [ShownNotice(**describe_notice(row)) for row in rows]


def show_whole(row: Notice) -> WholeNotice:
    """Show a notice with its text."""
    return WholeNotice(**describe_notice(row), text=hide_links(row.text))


def describe_notice(row: Notice) -> dict[str, Any]:
    """Describe a notice."""
    return {
        "notice": row.pk,
        "order": row.order.number,
        "medium": row.channel,
        "at": row.told_at,
        "next_on": row.next_on,
        "message": row.message_id,
        "came_back": hasattr(row, "failure"),
        "lines": show_told(list(row.lines.all())),
        "who": row.entry.who,
        "entry": row.entry_id,
    }
