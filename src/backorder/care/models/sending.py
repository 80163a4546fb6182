"""What customers are to be told, and the messages that tell them."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backorder.orders.models import Order
from backorder.outbox.models import Entry, is_erasing, is_marked

OUTCOMES = ("sent", "refused", "failed", "withdrawn", "taken_back", "shadow")
"""`refused`: there is no such mailbox. `failed`: not delivered for another reason. `withdrawn`: it was not true any more.
`taken_back`: by a person. `shadow`: it would have gone."""
RECEIPTS = (
    *("cancelled", "answered", "shipped", "refunded", "arrived", "charge_ahead", "charge_failed"),
    "thanked",
)
"""Kinds of messages that tell no news: they put into writing what happened, which stays true."""
INVITED = "invited"
"""The kind of a message that tells somebody on a waitlist of units that are kept for a while."""
OFFERED = "offered"
"""The kind of a message that offers something else to whoever waits."""
KEPT = (
    *(
        "id",
        "order_id",
        "name",
        "kind",
        "news",
        "sender",
        "to",
        "language",
        "subject",
        "text",
        "page",
        "mail",
        "lines",
    ),
    *("next_on", "written_on", "zones", "tell_by", "read_to", "seen", "entry_id"),
)
"""What a message is and says."""


TEXTS = ("to", "subject", "text", "page", "said")
PERSONAL = (*TEXTS, "mail")
"""What of it is erased with its customer."""


def is_changed() -> str:
    """Ask whether any of it is changed: column by column, which a backup writes as it was."""
    return " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)


STAYS = f"""
IF {is_erasing(*PERSONAL, also=f"{is_marked(*TEXTS)} AND NEW.mail IN (OLD.mail, '')")} THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION 'a message never says anything else, and ends once'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_once';
"""
"""What becomes of a change of it: only an erasure is let through."""


class Lookout(models.Model):
    """How far the journal was read for news that customers must be told. There is one row."""

    read_to = models.BigIntegerField(default=0)
    looked_on = models.DateField(null=True)  # the last day on which all who wait were looked at


class Look(models.Model):
    """An order is to be looked at: something happened to it, or a day has begun."""

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="+")


class Draft(models.Model):
    """The customer of an order is to be told something. It holds no text: that is written when it is read, and when it goes."""

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="draft")
    kind = models.TextField()
    news = models.TextField()  # stands for all that there is to tell: other news have another
    since = models.DateTimeField()  # something is to be told
    changed_at = models.DateTimeField()  # what is to be told is that since then
    looked_at = models.DateTimeField()
    tell_by = models.DateField(null=True)  # the last day on which it counts by law, where the order goes
    to = models.TextField(blank=True)  # an address of mail; blank: a person must tell it
    zones = ArrayField(models.TextField())  # where the customer's day ends first, and where it begins last
    fault = models.TextField(blank=True)  # why nothing can be written

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=("lost", "later", "opening", "required", "found", "earlier", "on_track")
                ),
                name="draft_kind",
            )
        ]
        indexes = [models.Index(fields=["tell_by", "since", "order"], name="draft_by_haste")]


class ReceiptDue(models.Model):
    """What happened to an order is to be put into writing for its customer. The row goes when that is done."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="+")
    kind = models.TextField()
    entries = ArrayField(models.BigIntegerField())  # of the journal, by which it happened
    state = models.TextField(
        blank=True
    )  # `kept`: there are too many, and a person lets it go; `let_go`: somebody did

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RECEIPTS),
                name="receipt_due_kind",
            ),
            models.CheckConstraint(condition=Q(state__in=("", "kept", "let_go")), name="receipt_due_state"),
        ]


class Message(models.Model):
    """A letter that somebody, or a rule, let go. Its text is personal, and never changes."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="messages")
    name = models.UUIDField(unique=True)  # by which mail servers and mailboxes know it
    kind = models.TextField()
    news = models.TextField()
    sender = models.TextField()  # name and address
    to = models.TextField()
    language = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    page = models.TextField()  # the same as HTML
    mail = models.BinaryField(default=b"")  # all of it as a mail server takes it; of a shadow there is none
    lines = models.JSONField()  # what it says of each line: its id, the day, units, what else
    next_on = models.DateField(null=True)  # by which it says that the customer hears again
    written_on = models.DateField()  # as the calendar shows it where the order goes
    zones = ArrayField(models.TextField())  # as of its draft; the calendar is that of the first
    tell_by = models.DateField(null=True)  # the last day on which it counts by law
    read_to = models.BigIntegerField()  # the entry of the journal up to which everything is in it …
    seen = ArrayField(models.BigIntegerField())  # … and later ones about its order that are in it, or its own
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # who let it go, and when
    try_at = models.DateTimeField()  # not before
    tries = models.BigIntegerField(default=0, db_default=0)
    handed_at = models.DateTimeField(null=True)  # it may have left since, and nobody knows yet
    left_at = models.DateTimeField(null=True)  # a mail server has taken it
    outcome = models.TextField(blank=True)  # blank: it is on its way
    ended_at = models.DateTimeField(null=True)
    said = models.TextField(blank=True)  # by the mail server, if it was not taken

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(outcome="") & ~Q(kind__in=(*RECEIPTS, OFFERED)),
                name="message_on_its_way_once",
            ),
            models.UniqueConstraint(
                fields=["order", "news"],
                condition=Q(kind__in=RECEIPTS),
                name="receipt_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("", *OUTCOMES)),
                name="message_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="message_ends_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["try_at", "id"], condition=Q(outcome=""), name="message_waiting"),
            models.Index(fields=["-ended_at"], condition=~Q(outcome=""), name="message_ended"),
            models.Index(
                fields=["to", "-ended_at"],
                condition=Q(outcome__in=("sent", "refused")),
                name="message_arrived",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="ended_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.outcome <> ''"),
                func=STAYS,
            ),
            pgtrigger.Trigger(
                name="says_the_same",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf(*KEPT),  # type: ignore[no-untyped-call] # it has no types
                condition=pgtrigger.Condition(is_changed()),
                func=STAYS,
            ),
        ]

    @property
    def is_receipt(self) -> bool:
        """Tell whether it puts into writing what happened, and tells no news."""
        return self.kind in RECEIPTS
