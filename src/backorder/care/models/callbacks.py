"""Calls that customers want, and a person must make."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from backorder.orders.models import Order
from backorder.outbox.models import Entry, is_erasing, is_marked

OPEN, DONE, WITHDRAWN = "open", "done", "withdrawn"
PARTS = ("morning", "afternoon", "evening")
"""Of a day; blank: at any time."""
KEPT = ("id", "order_id", "kind", "phone", "wanted_on", "part", "text", "entry_id")
"""What a callback is."""
PERSONAL = ("phone", "text", "said")
"""What of it is erased with its customer."""
CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)


class Callback(models.Model):
    """A customer wants to be called. Number and text are personal, and stand in no journal."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="callbacks")
    kind = models.TextField(default="call")
    phone = models.TextField()  # as it is dialled from anywhere: +15415550100
    wanted_on = models.DateField(null=True, blank=True)  # none: on any day
    part = models.TextField(blank=True)  # of the day, by the customer's clock
    text = models.TextField(blank=True)  # what it is about, in the customer's words
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # who noted it, and when
    state = models.TextField(default=OPEN)
    said = models.TextField(blank=True)  # what was said when it was done
    ended = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind="call"), name="callback_kind"),
            models.CheckConstraint(
                condition=Q(part__in=("", "morning", "afternoon", "evening")), name="callback_part"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended=None, said="")
                | Q(state__in=("done", "withdrawn"), ended__isnull=False),
                name="callback_ends_with_an_entry",
            ),
            models.CheckConstraint(condition=~Q(phone=""), name="callback_has_a_phone"),
            models.UniqueConstraint(
                fields=["order", "kind"], condition=Q(state="open"), name="callback_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["wanted_on", "id"], condition=Q(state="open"), name="callback_open"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="ended_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.state <> 'open' OR {CHANGED}"),
                func=f"""
                IF {is_erasing(*PERSONAL, also=is_marked(*PERSONAL))} THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'a callback never becomes another, and ends once'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'callback_ended_once';
                """,
            ),
        ]
