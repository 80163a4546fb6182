"""What customers who wait were offered instead, and what others sell that we do not."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import Q

from backorder.care.models.sending import Message
from backorder.care.models.waitlist import end_once
from backorder.catalog.models import Item, Location
from backorder.orders.models import EARLIEST, LATEST, MOST_MONEY, MOST_UNITS, Cancellation, Line, Order
from backorder.outbox.models import Entry

OFFER_ENDS = ("taken", "declined", "lapsed", "overtaken", "unsent", "withdrawn")
"""`lapsed`: nobody answered in time. `overtaken`: the line ships as early, or less of it waits. `unsent`: no mail told the customer of
it. `withdrawn`: by the shop."""
OUTSIDE_KINDS = ("marketplace", "second_hand")
WITHIN_LINE = """
IF NEW.quantity > (SELECT l.quantity_unreleased FROM orders_line l WHERE l.id = NEW.line_id) THEN
    RAISE EXCEPTION 'nobody is offered anything in the place of more units than wait'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'within_line';
END IF;
RETURN NEW;
"""


class Offer(models.Model):
    """Units of another item, or from another place, are kept for whoever waits for a line, until an instant.

    Nothing is substituted: the line keeps its place and its promise until its customer says yes.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="offers")
    quantity = models.BigIntegerField()  # units of the line that it would stand in for
    kind = models.TextField()  # as of Substitute
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")  # none: from anywhere
    units = models.BigIntegerField()
    unit_price = models.BigIntegerField()  # minor units, of one of them
    hold = models.OneToOneField(Order, models.PROTECT, related_name="offer")  # keeps them
    message = models.OneToOneField(
        Message, models.PROTECT, null=True, related_name="offer"
    )  # that tells of it; none: somebody told the customer otherwise
    until = models.DateTimeField()
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    outcome = models.TextField(blank=True)  # blank: it stands
    ended_at = models.DateTimeField(null=True)
    taken = models.OneToOneField(
        Line, models.PROTECT, null=True, related_name="instead_of"
    )  # the line that was ordered in the place of the other
    cancellation = models.OneToOneField(
        Cancellation, models.PROTECT, null=True, related_name="offer"
    )  # of the units that it stands in for

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__range=(1, MOST_UNITS)) & Q(units__range=(1, MOST_UNITS)),
                name="offer_units_from_1",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__range=(0, MOST_MONEY)), name="offer_price_from_0_to_10_13"
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=(
                        "",
                        "taken",
                        "declined",
                        "lapsed",
                        "overtaken",
                        "unsent",
                        "withdrawn",
                    )
                ),
                name="offer_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="offer_ends_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="taken", taken__isnull=False, cancellation__isnull=False)
                | (~Q(outcome="taken") & Q(taken=None, cancellation=None)),
                name="offer_taken_names_both",
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(outcome=""), name="offer_of_a_line_once_at_a_time"
            ),
        ]
        triggers = [
            *end_once(
                *("id", "line_id", "quantity", "kind", "item_id", "location_id", "units", "unit_price"),
                *("hold_id", "message_id", "until", "entry_id"),
            ),
            pgtrigger.Trigger(
                name="within_line", when=pgtrigger.Before, operation=pgtrigger.Insert, func=WITHIN_LINE
            ),
        ]

    @property
    def extra(self) -> int:
        """What it costs more than what was ordered, in minor units; below 0: less."""
        return self.units * self.unit_price - self.quantity * self.line.unit_price

    def names_past(self, today: date) -> bool:
        """Tell whether the day on which it would ship, as its letter names it, has passed."""
        return date.fromisoformat(self.entry.facts["ships_on"]) < today


class OfferPlace(models.Model):
    """Where it was left to look at lines that slipped, when time was up: after this line. No row: all were looked at. There is one."""

    item = models.BigIntegerField()
    line = models.BigIntegerField()


class OutsideOffer(models.Model):
    """What somebody else sells in the place of an item. It is information: never an order, and nothing of ours."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="outside_offers")
    kind = models.TextField()
    url = models.TextField()
    title = models.TextField()
    price = models.BigIntegerField(null=True)  # minor units; none: nobody said
    currency = models.CharField(max_length=3)
    seen_on = models.DateField()
    until = models.DateField(null=True)  # the last day on which it is shown; none: until it is removed
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    outcome = models.TextField(blank=True)  # blank: it stands
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("marketplace", "second_hand")), name="outside_offer_kind"
            ),
            models.CheckConstraint(
                condition=Q(url__regex=r"^https?://[^/\s]"), name="outside_offer_on_the_web"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="outside_offer_has_a_title"),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__range=(0, MOST_MONEY)), name="outside_offer_price_from_0"
            ),
            models.CheckConstraint(
                condition=Q(seen_on__range=(EARLIEST, LATEST))
                & (Q(until=None) | Q(until__range=(EARLIEST, LATEST))),
                name="outside_offer_days_between_1900_and_2200",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("", "replaced", "removed")), name="outside_offer_outcome"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="outside_offer_ends_with_an_outcome",
            ),
            models.UniqueConstraint(
                fields=["item", "url"], condition=Q(outcome=""), name="outside_offer_once"
            ),
        ]
        triggers = end_once(
            *("id", "item_id", "kind", "url", "title", "price", "currency", "seen_on", "until", "entry_id")
        )
