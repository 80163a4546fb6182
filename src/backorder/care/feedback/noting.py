"""Keeping what customers think, and what a person reads in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from backorder.care.feedback.asking import PAGE, find_moment, has_said
from backorder.care.feedback.history import read_history
from backorder.care.models import CHANNELS, MOST_WORDS, Feedback, FeedbackLine
from backorder.care.models.feedback import SCORES
from backorder.care.telling import check_instant
from backorder.orders.models import Line, Order
from backorder.orders.services.wanted import check_choice, refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write

__all__ = ["Opinion", "note_feedback", "set_themes"]

MOST_THEMES, LONGEST_THEME = 10, 60


@dataclass(frozen=True)
class Opinion:
    """What a customer thinks, and how they said so."""

    at: datetime
    channel: str
    score: int | None = None  # none: words alone
    text: str = ""


@transaction.atomic
def note_feedback(order: Order, said: Opinion, cause: Cause) -> Feedback:
    """Note what a customer thinks of an order, with how its lines stand; on the page once a moment. Raises OrderError."""
    order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    about, lowest, highest = f"order {order.number}", *SCORES
    check_instant(said.at, order, cause)
    check_choice("channel", said.channel, CHANNELS, about)
    text, score = said.text.strip(), said.score
    refuse(
        score is not None and not lowest <= score <= highest,
        f"{about}: {score} is no score; name {lowest} to {highest}",
    )
    refuse(
        score is None and (not text or said.channel == PAGE),
        f"{about}: there is no score, and nothing was said",
    )
    refuse(
        len(text) > MOST_WORDS, f"{about}: the text has {len(text):,} characters; {MOST_WORDS:,} can be kept"
    )
    refuse(order.held_until is not None, f"{about} is a hold: nothing is ordered yet")
    moment = find_moment(order)
    refuse(
        said.channel == PAGE and has_said(order, moment),
        f"{about}: its customer has said already what they think",
    )
    facts: dict[str, str | int | None] = {"moment": moment, "channel": said.channel, "score": score}
    entry = write(cause, "feedback.noted", [("order", order.number)], facts)
    feedback = Feedback.objects.create(
        order=order,
        moment=moment,
        channel=said.channel,
        score=score,
        text=text,
        said_at=said.at,
        entry=entry,
    )
    FeedbackLine.objects.bulk_create(read_history(feedback, list_lines(order, moment)))
    return feedback


def list_lines(order: Order, moment: str) -> list[Line]:
    """List the lines that feedback is about: those that wait, while any does; else those that came, or all of what never did."""
    lines = order.lines.order_by("id")
    if moment == "waiting":
        return list(lines.filter(quantity_open__gt=0))
    return list(lines.filter(quantity_shipped__gt=0) if moment == "delivered" else lines)


@transaction.atomic
def set_themes(feedback: Feedback, themes: Sequence[str], cause: Cause) -> Entry | None:
    """Say what feedback is about; None if that is known. Raises OrderError."""
    feedback = Feedback.objects.select_for_update(of=("self",)).select_related("order").get(pk=feedback.pk)
    about = f"order {feedback.order.number}"
    named = sorted({" ".join(theme.split()).lower() for theme in themes} - {""})
    refuse(len(named) > MOST_THEMES, f"{about}: {len(named)} themes are too many; name {MOST_THEMES} at most")
    for theme in named:
        refuse(
            len(theme) > LONGEST_THEME or not theme.isprintable() or "," in theme,
            f"{about}: {theme[:LONGEST_THEME]!r} is no theme; name {LONGEST_THEME} characters at most, without a comma",
        )
    if feedback.themes == named:
        return None
    entry = write(cause, "feedback.themes", [("order", feedback.order.number)], {"themes": named})
    feedback.themes = named
    feedback.save(update_fields=["themes"])
    return entry
