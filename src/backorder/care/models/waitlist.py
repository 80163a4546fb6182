"""Who waits to hear that units of an item are free, and who was invited to have them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from backorder.care.models.sending import Message
from backorder.catalog.models import Channel, CustomerClass, Item
from backorder.orders.models import MOST_UNITS, Customer, Order
from backorder.outbox.models import Entry

WISH_ENDS = ("ordered", "lapsed", "left", "removed")
"""`ordered`: all of it. `lapsed`: an invitation was over before it was answered. `left`: the customer did. `removed`: by others."""
INVITATION_ENDS = ("ordered", "given_back", "lapsed", "unsent")
"""`unsent`: no mail told the customer of it, so that it counts for nothing."""
WITHIN_WISH = """
IF NEW.outcome = '' AND NEW.quantity > (
    SELECT w.quantity - coalesce(sum(i.quantity) FILTER (WHERE i.outcome = 'ordered'), 0)
    FROM care_wish w LEFT JOIN care_invitation i ON i.wish_id = w.id WHERE w.id = NEW.wish_id GROUP BY w.id
) THEN
    RAISE EXCEPTION 'nobody is invited to more units than are wished for'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'within_wish';
END IF;
RETURN NEW;
"""


def stay_as_they_are(*kept: str, unless: str = "false", erases: str = "false") -> list[pgtrigger.Trigger]:
    """List the triggers that let nobody remove a row or change these columns; `unless`: nor any other, where this is so.

    `erases`: in SQL, that it is somebody who erases a person.
    """
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in kept)
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
        pgtrigger.Trigger(
            name="ended_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(f"{unless} OR {changed}"),
            func=f"""
            IF {erases} THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'it stays what it is, and ends once'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_once';
            """,
        ),
    ]


def end_once(*kept: str) -> list[pgtrigger.Trigger]:
    """List the triggers that let a row end once, and its columns never say anything else."""
    return stay_as_they_are(*kept, unless="OLD.outcome <> ''")


class Wish(models.Model):
    """A customer wants to hear when units of an item are free. The list of an item is its open wishes, by their ids."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="wishes")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="wishes")
    quantity = models.BigIntegerField()
    language = models.TextField(blank=True)  # blank: that of the house
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True)
    customer_class = models.ForeignKey(CustomerClass, models.PROTECT, null=True, blank=True)
    order_number = models.TextField(blank=True)  # under which it was asked for and refused; blank: none
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")  # who put it on the list, and when
    outcome = models.TextField(blank=True)  # blank: it waits
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__range=(1, MOST_UNITS)), name="wish_quantity_from_1"),
            models.CheckConstraint(
                condition=Q(outcome__in=("", "ordered", "lapsed", "left", "removed")), name="wish_outcome"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="wish_ends_with_an_outcome",
            ),
            models.UniqueConstraint(
                fields=["item", "customer"], condition=Q(outcome=""), name="wish_of_a_customer_once"
            ),
        ]
        indexes = [models.Index(fields=["item", "id"], condition=Q(outcome=""), name="wish_open")]
        triggers = end_once(
            *("id", "item_id", "customer_id", "quantity", "language", "channel_id", "customer_class_id"),
            *("order_number", "entry_id"),
        )


class Invitation(models.Model):
    """Units are kept for a customer until an instant, and a message says so. Whoever comes next waits until it has ended."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="invitations")
    hold = models.OneToOneField(Order, models.PROTECT, related_name="invitation")
    message = models.OneToOneField(Message, models.PROTECT, related_name="invitation")
    quantity = models.BigIntegerField()
    until = models.DateTimeField()
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    outcome = models.TextField(blank=True)  # blank: it stands
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="invitation_quantity_from_1"),
            models.CheckConstraint(
                condition=Q(outcome__in=("", "ordered", "given_back", "lapsed", "unsent")),
                name="invitation_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="invitation_ends_with_an_outcome",
            ),
            models.UniqueConstraint(fields=["wish"], condition=Q(outcome=""), name="invited_once_at_a_time"),
        ]
        triggers = [
            *end_once("id", "wish_id", "hold_id", "message_id", "quantity", "until", "entry_id"),
            pgtrigger.Trigger(
                name="within_wish",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=WITHIN_WISH,
            ),
        ]
