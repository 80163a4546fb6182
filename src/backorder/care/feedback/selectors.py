"""What customers think: read one by one, and added up by supplier, item, cause and theme."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Avg, Count, Prefetch, Q, QuerySet

from backorder.care.models import Feedback, FeedbackLine

LOW = 2
"""A score up to this is a low one."""
KEYS = {
    "supplier": "coalesce(s.code, '')",
    "item": "i.sku",
    "cause": "l.cause",
    "theme": "theme",
}
"""By what scores are added up. Blank: no supplier is known, or it never waited."""
SCORES = """
SELECT key, count(*), count(score), avg(score)::float, count(*) FILTER (WHERE score <= %(low)s), avg(late)::float
FROM (
    SELECT f.id, {key} AS key, f.score, max(l.days_late) AS late
    FROM care_feedback f JOIN care_feedbackline l ON l.feedback_id = f.id
    JOIN orders_line o ON o.id = l.line_id JOIN catalog_item i ON i.id = o.item_id
    LEFT JOIN catalog_supplier s ON s.id = l.supplier_id {more}
    GROUP BY f.id, 2, f.score
) each GROUP BY key ORDER BY count(*) DESC, key LIMIT %(most)s
"""
MOST = 100


@dataclass(frozen=True)
class Score:
    """What customers think of one supplier, item, cause or theme: each feedback counts once."""

    key: str
    count: int
    scored: int  # of them, with a score
    average: float | None
    low: int  # scores of 1 and 2
    days_late: float | None  # on average, by the latest line of each


def list_scores(by: str, most: int = MOST) -> list[Score]:
    """Add scores up by one of KEYS, what most feedback is about first."""
    more = "CROSS JOIN unnest(f.themes) AS theme" if by == "theme" else ""
    with connection.cursor() as cursor:
        cursor.execute(SCORES.format(key=KEYS[by], more=more), {"low": LOW, "most": most})
        return [Score(*row) for row in cursor.fetchall()]


def read_feedback() -> QuerySet[Feedback]:
    """Read feedback with what is shown of it."""
    lines = FeedbackLine.objects.select_related("line__item", "supplier").order_by("line")
    found = Feedback.objects.select_related("order", "entry")
    return found.prefetch_related(Prefetch("lines", lines))


def find_feedback(number: int) -> Feedback | None:
    """Find feedback; None if there is none."""
    return read_feedback().filter(pk=number).first()


def count_feedback() -> dict[str, int | str]:
    """Count all feedback and low scores, and say the average to one place; blank if there is no score."""
    counted = Feedback.objects.aggregate(
        count=Count("pk"), average=Avg("score"), low=Count("pk", filter=Q(score__lte=LOW))
    )
    average = counted["average"]
    return {**counted, "average": "" if average is None else f"{average:.1f}"}
