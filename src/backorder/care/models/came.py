"""What came back about messages: what became of them on their way, and mails that answer them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from backorder.care.models.sending import Message
from backorder.outbox.models import Entry, append_only, erasable

EVENTS = ("delivered", "deferred", "bounced", "complained", "automatic", "reply")
"""`deferred`: a server tries on. `complained`: who got it calls it spam. `automatic`: a machine answered. `reply`: a person did."""


class MailEvent(models.Model):
    """Something came back about a message. What a person wrote is personal, and stands in no journal."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="events")
    kind = models.TextField()
    name = models.TextField(unique=True)  # by which whoever tells of it knows it: told again it is the same
    at = models.DateTimeField()
    sender = models.TextField(blank=True)  # an address, as the mail names it
    text = models.TextField(blank=True)  # what was written, or what a server says
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")  # none: it changed nothing

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=("delivered", "deferred", "bounced", "complained", "automatic", "reply")
                ),
                name="mail_event_kind",
            )
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(kind="reply"), name="mail_event_reply")]
        triggers = erasable("sender", "text")


class ReplyLook(models.Model):
    """What a person wrote was read, and dealt with."""

    event = models.OneToOneField(MailEvent, models.PROTECT, related_name="look")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
