"""What customers who wait said: that they wait, cancel, or set a further period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from backorder.api.endpoints.named import take_lines, take_order
from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.told import Medium
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Day, Instant, Key, Number, Quantity, Reason, Sent, SentInstant, Shown
from backorder.care import telling
from backorder.care.models import Answer
from backorder.care.selectors import read_answers

answers = Noun("answers", "care")


class ShownAnswer(Shown):
    """What a customer said of a line that waits."""

    answer: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    line: str
    sku: str
    kind: str = Field(description="accepts, cancels or period.")
    quantity: int | None = Field(description="Null: all that was open.")
    until: Day | None = Field(description="The end of a period that the customer set.")
    at: Instant
    medium: str = Field(description="mail, phone, letter, message or page.")
    notice: int | None = Field(description="The notice that it agrees to.")
    looked_at: Instant | None = Field(description="When somebody dealt with it, if it came too late.")
    looked_at_by: str | None
    who: str = Field(description="Who noted it.")
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class NewAnswer(Sent):
    """What a customer said."""

    order: Key
    line: Key
    kind: Annotated[
        Literal["accepts", "cancels", "period"],
        Field(
            description="`accepts` what was told last; `cancels`: what the warehouse does not have is cancelled at once; "
            "`period`: sets a further one."
        ),
    ]
    quantity: Annotated[Quantity | None, Field(description="Without it, all that is open.")] = None
    until: Annotated[Day | None, Field(description="The end of a period; nothing else has one.")] = None
    at: SentInstant
    medium: Medium
    why: Annotated[Reason, Field(description="In the customer's words, for the journal.")] = ""


class LookedAt(Sent):
    """What was done about an answer."""

    why: Reason = ""


class Chosen(Asked):
    """Which answers."""

    order: Annotated[Key | None, Field(description="Only of the customer of this order.")] = None


@answers.reads("/answers", Page[ShownAnswer])
def list_answers(chosen: Query[Chosen]) -> Page[ShownAnswer]:
    """List what customers said, the last one first."""
    rows = read_answers()
    if chosen.order is not None:
        rows = rows.filter(line__order__number=chosen.order)
    return take_page(rows, "-id", chosen, show_answers)


@answers.reads("/answers/{answer}", ShownAnswer)
def get_answer(answer: Number) -> ShownAnswer:
    """Show an answer."""
    return show_answers([require(read_answers().filter(pk=answer).first())])[0]


@answers.changes("/answers", ShownAnswer, at=lambda made: f"answers/{made.answer}")
def note_said(act: Act, answer: NewAnswer) -> ShownAnswer:
    """Note what a customer said of a line. An automatic reply is no answer."""
    order = take_order(answer.order)
    (line,) = take_lines(order, [answer.line], "/line")
    said = telling.Said(answer.at, answer.medium, answer.kind, answer.quantity, answer.until)
    entry = telling.note_answer(line, said, act.cause(answer.why))
    (made,) = show_answers([require(read_answers().filter(entry=entry).first())])
    return made.model_copy(update={"answer": None, "entry": None}) if act.preview else made


@answers.changes("/answers/{answer}/look", Noted)
def look_at_answer(act: Act, answer: Number, looked: LookedAt) -> Noted:
    """Note that somebody dealt with an answer that came too late, or to nothing."""
    found = require(read_answers().filter(pk=answer).first())
    return note(act, telling.look_at_answer(found, act.cause(looked.why)))


def show_answers(rows: Sequence[Answer]) -> list[ShownAnswer]:
    """Show answers."""
    found = []
    for row in rows:
        look = getattr(row, "look", None)
        found.append(
            ShownAnswer(
                answer=row.pk,
                order=row.line.order.number,
                line=row.line.number,
                sku=row.line.item.sku,
                kind=row.kind,
                quantity=row.quantity,
                until=row.until,
                at=row.said_at,
                medium=row.channel,
                notice=row.notice_id,
                looked_at=look.entry.at if look else None,
                looked_at_by=look.entry.who if look else None,
                who=row.entry.who,
                entry=row.entry_id,
            )
        )
    return found
