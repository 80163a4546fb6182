"""Messages by other ways than mail: who agreed to texts, and what goes by which way."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from backorder.care.models.sending import Message
from backorder.orders.models import Customer
from backorder.outbox.models import Entry, erasable, is_erasing, is_marked

TEXT, WEBHOOK = "text", "webhook"
"""Ways: a text message to a phone; an event to an address of the shop."""
ENDS = ("sent", "refused", "failed", "withdrawn")
"""`refused`: the number is wrong, says who sends texts. `withdrawn`: it was not true any more, or the customer wants no texts."""
KEPT = ("id", "message_id", "way", "instead", "to", "text", "entry_id")
"""What a copy is."""
PERSONAL = ("to", "text", "said")
"""What of it is erased with its customer."""
CHANGED = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in KEPT)


class TextWish(models.Model):
    """A customer wants texts on a number, or none any more. The last row counts; without one nobody gets a text."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="text_wishes")
    phone = models.TextField(blank=True)  # as it is dialled from anywhere; blank: no texts any more
    channel = models.TextField()  # how it was said
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # when, and who noted it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=("mail", "phone", "letter", "message", "page")),
                name="text_wish_channel",
            )
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="text_wish_last")]
        triggers = erasable("phone")


class Copy(models.Model):
    """A message goes another way, too, or instead where its mail came back: once for each way. What it says never changes."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="copies")
    way = models.TextField()
    instead = models.BooleanField(default=False)  # its mail did not arrive
    to = models.TextField(blank=True)  # a phone; of an event blank
    text = models.TextField(blank=True)  # of an event blank: it is written from its message
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # of what happened that it goes for
    try_at = models.DateTimeField()  # not before
    tries = models.BigIntegerField(default=0, db_default=0)
    handed_at = models.DateTimeField(null=True)  # it may have left since, and nobody knows yet
    outcome = models.TextField(blank=True)  # blank: it is on its way
    ended_at = models.DateTimeField(null=True)
    said = models.TextField(blank=True)  # by whoever did not take it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "way"], name="copy_once"),
            models.CheckConstraint(
                condition=Q(way="webhook", to="", text="", instead=False)
                | (Q(way="text") & ~Q(to="") & ~Q(text="")),
                name="copy_way",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None)
                | Q(outcome__in=("sent", "refused", "failed", "withdrawn"), ended_at__isnull=False),
                name="copy_ends_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["try_at", "id"], condition=Q(outcome=""), name="copy_waiting"),
            models.Index(fields=["to", "-ended_at"], condition=Q(outcome="refused"), name="copy_refused"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="ended_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.outcome <> '' OR {CHANGED}"),
                func=f"""
                IF {is_erasing(*PERSONAL, also=is_marked(*PERSONAL))} THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'a copy never says anything else, and ends once'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'copy_ended_once';
                """,
            ),
        ]
