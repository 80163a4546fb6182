"""What laws ask by which day."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backorder.orders.models import Line

LAPSED = "law.cancelled"
"""The entry by which what a law wants cancelled is cancelled."""
DEADLINES = ("tell", "ship_or_tell", "cancel", "ask_a_person", "crossed", "answer")
"""What may be asked for by a day. `crossed`: to decide about an answer that came too late, or to nothing. `answer`: of the customer;
who says nothing until then wants it cancelled."""


class Deadline(models.Model):
    """Something is asked of units that wait, by a day. It is as of the last look at their order, and never edited."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="deadlines")
    kind = models.TextField()
    by = models.DateField()  # the last day, where the order goes; one that has passed was missed
    should_by = models.DateField()  # when it should be done, so that there is time left
    quantity = models.BigIntegerField()
    citations = ArrayField(models.TextField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "kind", "by"], name="deadline_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("tell", "ship_or_tell", "cancel", "ask_a_person", "crossed", "answer")),
                name="deadline_kind",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="deadline_quantity_from_1"),
        ]
        indexes = [models.Index(fields=["kind", "by", "line"], name="deadline_by_kind")]
