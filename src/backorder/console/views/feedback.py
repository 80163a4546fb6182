"""What customers think: scores by supplier, item, cause and theme, the words, and what a person reads in them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from backorder.accounts.roles import ORDERS
from backorder.accounts.selectors import list_rights
from backorder.allocation.reasons import say_reason
from backorder.care.feedback.noting import set_themes
from backorder.care.feedback.selectors import Score, count_feedback, find_feedback, list_scores, read_feedback
from backorder.care.house import look_at_house
from backorder.care.models import MOMENTS, Feedback, FeedbackLine
from backorder.console.access import may_change, signed_in
from backorder.console.changes import Kind, Topic
from backorder.console.chosen import read_chosen
from backorder.console.forms.law import CHANNELS
from backorder.console.parts import Cell, Column, Empty, Pages, Row, Table
from backorder.console.templatetags.words import say_count, say_day, say_time

PAGE, LONGEST = 50, 200
BY = {"supplier": "Supplier", "item": "Item", "cause": "Why it waited", "theme": "Theme"}
UNKNOWN = {"supplier": "no supplier known", "cause": "it never waited"}
NONE_YET = Empty(
    "Nobody has said anything yet",
    "Customers are asked if the rules of the house say [feedback] ask; what they answer otherwise is noted on the page of the order.",
)
CHANNEL = dict(CHANNELS)
COLUMNS = (
    *(Column("Score", whole=True), Column("Order", whole=True), Column("In their words")),
    *(Column("About"), Column("Themes"), Column("When", whole=True)),
)
LOW, HIGH = 2, 4


class ThemesForm(forms.Form):
    """What feedback is about."""

    themes = forms.CharField(
        label="Themes",
        max_length=1_000,
        required=False,
        help_text="In a few words each, with commas between them: packaging, no answer by phone.",
    )


THEMES: Kind[Feedback] = Kind(
    "Say what this is about:",
    "Save the themes",
    ThemesForm,
    lambda found: {"themes": ", ".join(found.themes)},
    lambda found, typed, cause: set_themes(found, typed["themes"].split(","), cause),
    moves_lines=False,
)


@require_GET
@signed_in
def show_feedback(request: HttpRequest) -> HttpResponse:
    """Show what customers think, added up and word for word."""
    asked = {name: request.GET.get(name, "").replace("\0", "").strip()[:LONGEST] for name in FILTERS}
    after = read_chosen(request.GET.get("after", ""))[0]
    rows = choose(asked)
    found = list((rows.filter(pk__lt=after) if after else rows).order_by("-id")[: PAGE + 1])
    chosen = {name: value for name, value in asked.items() if value}
    more = f"?{urlencode({**chosen, 'after': found[PAGE - 1].pk})}" if len(found) > PAGE else ""
    house, faults = look_at_house()
    may_name = ORDERS in list_rights(request.user)
    context = {
        "counts": count_feedback(),
        "house_faults": faults,
        "asks": house.feedback.ask or faults,
        "asked": asked,
        "moments": MOMENTS,
        "scores": [describe_scores(by) for by in BY],
        "table": Table(
            "What customers think",
            COLUMNS,
            [describe(each, may_name=may_name) for each in found[:PAGE]],
            NONE_YET,
        ),
        "pages": Pages(
            say_count(min(len(found), PAGE), "answer"), f"?{urlencode(chosen)}" if after else "", more
        ),
    }
    return render(request, "console/feedback.html", context)


FILTERS = ("item", "supplier", "theme", "score", "moment")


def choose(asked: dict[str, str]) -> QuerySet[Feedback]:
    """Choose feedback by what was asked for."""
    rows = read_feedback()
    if asked["item"]:
        rows = rows.filter(lines__line__item__sku=asked["item"])
    if asked["supplier"]:
        rows = rows.filter(lines__supplier__code=asked["supplier"])
    if asked["theme"]:
        rows = rows.filter(themes__contains=[asked["theme"].lower()])
    if asked["score"] in {"1", "2", "3", "4", "5"}:
        rows = rows.filter(score=int(asked["score"]))
    if asked["moment"] in MOMENTS:
        rows = rows.filter(moment=asked["moment"])
    return rows.distinct()


def describe_scores(by: str) -> Table:
    """Lay out scores by one thing."""
    columns = (
        *(Column(BY[by]), Column("Answers", numeric=True), Column("Average", numeric=True)),
        *(Column("1 or 2", numeric=True), Column("Days late", numeric=True)),
    )
    nothing = Empty(
        "Nothing yet", "Open an answer below and name its themes." if by == "theme" else NONE_YET.text
    )
    return Table(
        f"By {BY[by].lower()}", columns, [describe_score(by, each) for each in list_scores(by)], nothing
    )


def describe_score(by: str, score: Score) -> Row:
    """Lay out what customers think of one thing."""
    name = say_reason(score.key) if by == "cause" and score.key else score.key or UNKNOWN[by]
    link = f"?{urlencode({by: score.key})}" if by != "cause" and score.key else ""
    return Row(
        [
            Cell(name, link=link),
            Cell(f"{score.count:,}"),
            Cell("" if score.average is None else f"{score.average:.1f}"),
            Cell(f"{score.low:,}"),
            Cell("" if score.days_late is None else f"{score.days_late:.1f}"),
        ]
    )


def describe(feedback: Feedback, *, may_name: bool) -> Row:
    """Lay out one answer."""
    score = feedback.score
    tone = "" if score is None else "bad" if score <= LOW else "good" if score >= HIGH else "plain"
    name = [("Name themes", reverse("feedback-themes", args=[feedback.pk]))] if may_name else []
    return Row(
        [
            Cell("words alone" if score is None else f"{score} of 5", tone=tone),
            Cell(feedback.order.number, link=reverse("order", args=[feedback.order.number])),
            Cell(feedback.text or "no words", note=f"{feedback.moment}, {CHANNEL[feedback.channel]}"),
            Cell("; ".join(say_line(each) for each in feedback.lines.all())),
            Cell(", ".join(feedback.themes) or "none", actions=name),
            Cell(say_time(feedback.said_at)),
        ]
    )


def say_line(row: FeedbackLine) -> str:
    """Say how a line stood."""
    said = [row.line.item.sku]
    if row.first_promised_on:
        said.append(f"first promised {say_day(row.first_promised_on)}")
    if row.days_late is not None:
        said.append(f"{say_count(row.days_late, 'day')} late" if row.days_late > 0 else "in time")
    if row.supplier:
        said.append(f"from {row.supplier.code}")
    if row.cause:
        said.append(say_reason(row.cause))
    return ", ".join(said)


@require_http_methods(["GET", "POST"])
@may_change(ORDERS)
def name_themes(request: HttpRequest, number: int) -> HttpResponse:
    """Say what feedback is about."""
    found = find_feedback(number) if number < 2**63 else None
    if found is None:
        message = "There is no such feedback."
        raise Http404(message)
    about: Any = found.text or "It has no words."
    topic = Topic(f"feedback to order {found.order.number}", about, reverse("feedback"), ("", ""))
    return THEMES.take(request, found, topic)
