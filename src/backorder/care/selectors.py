"""Reading what customers were told and what they said."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from backorder.care.models import Answer, Notice, NoticeLine


def read_notices() -> QuerySet[Notice]:
    """Read notices with what is shown of them; the text of one is read when it is asked for."""
    lines = Prefetch("lines", NoticeLine.objects.select_related("line__item").order_by("id"))
    return Notice.objects.select_related("order", "entry", "failure").prefetch_related(lines).defer("text")


def read_answers() -> QuerySet[Answer]:
    """Read answers with what is shown of them."""
    return Answer.objects.select_related("line__order", "line__item", "entry", "look__entry")
