"""What customers were told, and what they said."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backorder.care.models.sending import INVITED, OFFERED, RECEIPTS, Message
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry, append_only, erasable

CHANNELS = ("mail", "phone", "letter", "message", "page")


def tells_days() -> Q:
    """Choose the notices that tell how lines stand: nobody has heard news by a receipt, an invitation or an offer."""
    return Q(message=None) | ~Q(message__kind__in=(*RECEIPTS, INVITED, OFFERED))


class Notice(models.Model):
    """A customer was told how lines of an order stand, or what happened to it. Its text is personal, and stands in no journal."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="notices")
    channel = models.TextField()
    told_at = models.DateTimeField()
    text = models.TextField(blank=True)
    next_on = models.DateField(null=True, blank=True)  # by which it says that the customer hears again
    message = models.OneToOneField(
        Message, models.PROTECT, null=True, blank=True, related_name="notice"
    )  # that was sent from here; none: it was told otherwise
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=("mail", "phone", "letter", "message", "page")), name="notice_channel"
            )
        ]
        triggers = erasable("text")


class NoticeLine(models.Model):
    """What a notice said of a line, or of units at its back: a row for each day that it named."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, models.PROTECT, related_name="notices")
    revised_on = models.DateField(
        null=True, blank=True
    )  # the day of shipment that it named; none: it named none
    quantity = models.BigIntegerField(null=True, blank=True)  # none: all of the line
    says = ArrayField(models.TextField())  # as CONTENT of the engine names it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "line", "revised_on"], name="notice_line_day_once"),
            models.UniqueConstraint(
                fields=["notice", "line"], condition=Q(revised_on=None), name="notice_line_no_day_once"
            ),
            models.UniqueConstraint(
                fields=["notice", "line"], condition=Q(quantity=None), name="notice_of_all_of_a_line_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gte=1), name="notice_line_quantity_from_1"
            ),
        ]
        triggers = append_only()


class NoticeFailure(models.Model):
    """A notice did not arrive."""

    notice = models.OneToOneField(Notice, models.PROTECT, related_name="failure")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()


class Answer(models.Model):
    """What a customer said about a line that waits."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="answers")
    kind = models.TextField()
    quantity = models.BigIntegerField(null=True, blank=True)  # none: all that is open
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, blank=True, related_name="answers")
    until = models.DateField(null=True, blank=True)  # the end of a period that the customer set
    channel = models.TextField()
    said_at = models.DateTimeField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("accepts", "cancels", "period")), name="answer_kind"
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gte=1), name="answer_quantity_from_1"
            ),
            models.CheckConstraint(
                condition=Q(kind="accepts", notice__isnull=False) | ~Q(kind="accepts"),
                name="answer_to_a_notice",
            ),
            models.CheckConstraint(
                condition=Q(kind="period", until__isnull=False) | (~Q(kind="period") & Q(until=None)),
                name="answer_with_a_period",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=("mail", "phone", "letter", "message", "page")), name="answer_channel"
            ),
        ]
        triggers = append_only()


class AnswerLook(models.Model):
    """A person looked at an answer that came too late, or to nothing, and dealt with it."""

    answer = models.OneToOneField(Answer, models.PROTECT, related_name="look")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
