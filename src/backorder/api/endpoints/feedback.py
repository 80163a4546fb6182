"""What customers think: scores and words, joined to the promise history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja import Query
from pydantic import BeforeValidator, Field

from backorder.api.endpoints.named import take_order
from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.told import Medium
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import (
    Day,
    Instant,
    Key,
    Label,
    Number,
    Reason,
    Sent,
    SentInstant,
    Shown,
    drop_point,
)
from backorder.care.feedback import noting
from backorder.care.feedback.selectors import find_feedback, list_scores, read_feedback
from backorder.care.models import MOST_WORDS, Feedback, FeedbackLine

feedback = Noun("feedback", "care")
Moment = Literal["waiting", "delivered", "cancelled"]
Points = Annotated[int, Field(strict=True, ge=1, le=5), BeforeValidator(drop_point)]


class NewFeedback(Sent):
    """What a customer thinks of an order."""

    order: Key
    score: Annotated[Points | None, Field(description="From 1, bad, to 5; null: words alone.")] = None
    text: Annotated[
        str,
        Field(
            max_length=MOST_WORDS,
            pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$",
            description="In the customer's words.",
        ),
    ] = ""
    at: SentInstant
    medium: Medium
    why: Reason = ""


class NewThemes(Sent):
    """What feedback is about."""

    themes: Annotated[
        list[Label],
        Field(max_length=10, description="In a few words each; they replace those that stand there."),
    ]
    why: Reason = ""


class OpinionOfLine(Shown):
    """How a line stood when its customer said what they think."""

    line: str
    sku: str
    first_promised_on: Day | None
    promised_on: Day | None
    days_late: int | None = Field(
        description="Of the last shipment, or of the day promised then, after the first promise."
    )
    supplier: str | None = Field(description="Of the supply that it waited for.")
    cause: str = Field(description="Why it waited, as reasons of promises; blank: it never did.")


class ShownFeedback(Shown):
    """What a customer thinks of an order."""

    feedback: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    moment: str = Field(
        description="`waiting`: something of it waits; `delivered`: nothing does any more; `cancelled`: nothing of it came."
    )
    medium: str = Field(description="mail, phone, letter, message or page.")
    score: int | None
    text: str
    themes: list[str]
    at: Instant
    lines: list[OpinionOfLine]
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


class ShownScore(Shown):
    """What customers think of one supplier, item, cause or theme. Each feedback counts once."""

    key: str = Field(description="Its code, sku or name; blank: no supplier is known, or it never waited.")
    count: int
    scored: int = Field(description="Of them, with a score.")
    average: float | None
    low: int = Field(description="Scores of 1 and 2.")
    days_late: float | None = Field(description="On average, by the latest line of each.")


class Scores(Shown):
    """What customers think, added up: what most feedback is about first, a hundred at most."""

    by: str
    scores: list[ShownScore]


class ByWhat(Sent):
    """By what scores are added up."""

    by: Annotated[Literal["supplier", "item", "cause", "theme"], Field(description="By what.")] = "item"


class ChosenFeedback(Asked):
    """Which feedback."""

    order: Annotated[Key | None, Field(description="Only of this order.")] = None
    sku: Annotated[Key | None, Field(description="Only about this item.")] = None
    moment: Annotated[Moment | None, Field(description="Only of this moment.")] = None
    theme: Annotated[Key | None, Field(description="Only about this theme.")] = None


@feedback.reads("/feedback", Page[ShownFeedback])
def list_feedback(chosen: Query[ChosenFeedback]) -> Page[ShownFeedback]:
    """List what customers think, the last first."""
    rows = read_feedback()
    if chosen.order is not None:
        rows = rows.filter(order__number=chosen.order)
    if chosen.sku is not None:
        rows = rows.filter(lines__line__item__sku=chosen.sku).distinct()
    if chosen.moment is not None:
        rows = rows.filter(moment=chosen.moment)
    if chosen.theme is not None:
        rows = rows.filter(themes__contains=[chosen.theme])
    return take_page(rows, "-id", chosen, show_feedback)


@feedback.reads("/feedback/{feedback}", ShownFeedback)
def get_feedback(feedback: Number) -> ShownFeedback:
    """Show what a customer thinks."""
    return show_feedback([require(find_feedback(feedback))])[0]


@feedback.reads("/feedback-scores", Scores)
def get_feedback_scores(asked: Query[ByWhat]) -> Scores:
    """Add up what customers think by supplier, item, cause or theme."""
    rows = [ShownScore(**vars(each)) for each in list_scores(asked.by)]
    return Scores(by=asked.by, scores=rows)


@feedback.changes("/feedback", ShownFeedback, at=lambda made: made.feedback and f"feedback/{made.feedback}")
def note_feedback(act: Act, said: NewFeedback) -> ShownFeedback:
    """Note what a customer thinks of an order, as a reply or a survey of your own; of a page once at each moment."""
    opinion = noting.Opinion(said.at, said.medium, said.score, said.text)
    made = noting.note_feedback(take_order(said.order), opinion, act.cause(said.why))
    (shown,) = show_feedback([require(find_feedback(made.pk))])
    return shown.model_copy(update={"feedback": None, "entry": None}) if act.preview else shown


@feedback.changes("/feedback/{feedback}/themes", Noted, method="PUT")
def put_themes(act: Act, feedback: Number, themes: NewThemes) -> Noted:
    """Say what feedback is about."""
    found = require(find_feedback(feedback))
    return note(act, noting.set_themes(found, themes.themes, act.cause(themes.why)))


def show_feedback(rows: Sequence[Feedback]) -> list[ShownFeedback]:
    """Show what customers think."""
    return [
        ShownFeedback(
            feedback=row.pk,
            order=row.order.number,
            moment=row.moment,
            medium=row.channel,
            score=row.score,
            text=row.text,
            themes=row.themes,
            at=row.said_at,
            lines=[show_line(each) for each in row.lines.all()],
            entry=row.entry_id,
        )
        for row in rows
    ]


def show_line(row: FeedbackLine) -> OpinionOfLine:
    """Show how a line stood."""
    return OpinionOfLine(
        line=row.line.number,
        sku=row.line.item.sku,
        first_promised_on=row.first_promised_on,
        promised_on=row.promised_on,
        days_late=row.days_late,
        supplier=row.supplier.code if row.supplier else None,
        cause=row.cause,
    )
