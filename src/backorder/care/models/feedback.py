"""What customers think: a score and words, with the promise history of the lines as it was when they said so."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from backorder.care.models.waitlist import stay_as_they_are
from backorder.catalog.models import Supplier
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry, append_only, is_erasing, is_marked

MOMENTS = ("waiting", "delivered", "cancelled")
"""When a customer says what they think: something waits, nothing does any more, or nothing ever came."""
SCORES = (1, 5)
MOST_WORDS = 2_000
"""Characters of one text."""


class Feedback(models.Model):
    """What a customer thinks of an order. It is personal, and stands in no journal; only its themes are ever written anew."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="feedback")
    moment = models.TextField()
    channel = models.TextField()  # as CHANNELS; `page`: the customer wrote it on the page of the order
    score = models.BigIntegerField(null=True)  # from 1, bad, to 5; none: words alone
    text = models.TextField(blank=True)
    themes = ArrayField(models.TextField(), default=list)  # what it is about, as a person read it
    said_at = models.DateTimeField()
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(moment__in=("waiting", "delivered", "cancelled")), name="feedback_moment"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=("mail", "phone", "letter", "message", "page")),
                name="feedback_channel",
            ),
            models.CheckConstraint(
                condition=Q(score__range=SCORES) | (Q(score=None) & ~Q(text="") & ~Q(channel="page")),
                name="feedback_score_or_words",
            ),
            models.UniqueConstraint(
                fields=["order", "moment"], condition=Q(channel="page"), name="feedback_asked_once"
            ),
        ]
        indexes = [GinIndex(fields=["themes"], name="feedback_themes")]
        triggers = stay_as_they_are(
            *("id", "order_id", "moment", "channel", "score", "text", "said_at", "entry_id"),
            erases=is_erasing("text", also=is_marked("text")),
        )


class FeedbackLine(models.Model):
    """How a line that feedback is about stood then: what was promised, how late it was, whose supply, and why it waited."""

    feedback = models.ForeignKey(Feedback, models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, models.PROTECT, related_name="feedback")
    first_promised_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    days_late = models.BigIntegerField(
        null=True
    )  # of the last shipment, or the day promised last, after the first promise
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True)  # of the supply that it waited for
    cause = models.TextField(blank=True)  # why it waited, as reasons of promises; blank: it never did

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feedback", "line"], name="feedback_of_a_line_once"),
        ]
        triggers = append_only()
