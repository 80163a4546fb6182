"""What is kept for good beside an order: what was told, what was refused, what was cancelled."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from backorder.catalog.models import Channel, CustomerClass, Item, Location
from backorder.orders.models.customers import Customer
from backorder.orders.models.limits import MOST_UNITS
from backorder.orders.models.ordered import Line
from backorder.outbox.models import Entry, append_only

CANCELLED_BY = ("buyer", "seller")
ADD_CANCELLED = """
UPDATE orders_line l SET quantity_cancelled = l.quantity_cancelled + gone.units
FROM (SELECT line_id, sum(quantity) AS units FROM added GROUP BY line_id) gone WHERE l.id = gone.line_id;
RETURN NULL;
"""


class Disclosure(models.Model):
    """What the customer was told about a line when buying. It stays as it was, whatever happens later."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="disclosures")
    quantity_now = models.BigIntegerField()
    quantity_later = models.BigIntegerField()
    promised_on = models.DateField(null=True)  # the first promise; none: no day could be named
    confidence = models.TextField(blank=True)  # as "9 of 10 orders like this arrive by then"
    payment = models.TextField(blank=True)  # how money is taken
    cancellation = models.TextField(blank=True)  # the right to cancel
    rule_pack = models.TextField(blank=True)  # version of the rules of consent; blank: none applied
    language = models.TextField(default="en")
    shown = models.BooleanField(
        default=False, db_default=False
    )  # whoever sent the order says that the customer saw this before
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity_now__gte=0, quantity_later__gte=0), name="disclosure_quantities_from_0"
            ),
        ]
        triggers = append_only()


class Refusal(models.Model):
    """Units that a customer asked for and was not sold. They were wanted all the same: demand, and who to ask first."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="refusals")
    location = models.ForeignKey(Location, models.PROTECT, null=True)
    quantity = models.BigIntegerField()
    reason = models.TextField()  # as REASONS of allocation.acceptance
    requested_on = models.DateField()
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="refusals")
    customer_class = models.ForeignKey(CustomerClass, models.PROTECT, null=True)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True)
    order_number = models.TextField()  # asked under this number; there may be no such order
    line_number = models.TextField()
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__range=(1, MOST_UNITS)), name="refusal_quantity_from_1"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="refusal_says_why"),
        ]
        indexes = [models.Index(fields=["item", "at"], name="refusal_of_item")]
        triggers = append_only()


class Cancellation(models.Model):
    """Units of a line that are no longer wanted, or will never be sent. The law asks who said so, and when."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="cancellations")
    quantity = models.BigIntegerField()
    by = models.TextField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="cancellations")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cancellation_quantity_from_1"),
            models.CheckConstraint(condition=Q(by__in=("buyer", "seller")), name="cancellation_by"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="sum",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                func=ADD_CANCELLED,
            ),
        ]
