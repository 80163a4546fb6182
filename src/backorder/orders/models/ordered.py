"""Orders, where they go, and their lines."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When

from backorder.catalog.models import Channel, CustomerClass, Item, Location
from backorder.orders.models.customers import Customer
from backorder.orders.models.limits import EARLIEST, LATEST, MOST_MONEY, MOST_UNITS, MOST_VALUE, REGION
from backorder.outbox.models import written_by_triggers


class Order(models.Model):
    """What a customer asked for at one time."""

    number = models.TextField(unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="orders")
    customer_class = models.ForeignKey(
        CustomerClass, models.PROTECT, null=True, blank=True
    )  # as it was when ordered
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True)
    ordered_at = models.DateTimeField()
    ordered_on = models.DateField()  # the day that the customer's clock showed
    priority = models.IntegerField(default=100)
    ship_policy = models.TextField(default="as_ready")
    held_until = models.DateTimeField(
        null=True, blank=True
    )  # a hold: not ordered yet, and over at that instant
    payment_state = models.TextField(default="not_needed", db_default="not_needed")
    most_shipments = models.BigIntegerField(null=True, blank=True)  # none: as many as need be
    shipments_begun = models.BigIntegerField(default=0, db_default=0)  # left, or with the warehouse
    ships_whole = models.GeneratedField(  # all that is open at once: see together.py
        expression=Case(
            When(
                Q(ship_policy="complete") | Q(most_shipments__lte=F("shipments_begun") + 1),
                then=Value(value=True),
            ),
            default=Value(value=False),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(most_shipments=None) | Q(most_shipments__range=(1, MOST_UNITS)),
                name="order_most_shipments_from_1",
            ),
            models.CheckConstraint(condition=Q(shipments_begun__gte=0), name="order_shipments_from_0"),
            models.CheckConstraint(
                condition=Q(most_shipments=None) | Q(shipments_begun__lte=F("most_shipments")),
                name="order_shipments_of_most",
            ),
            models.CheckConstraint(
                condition=Q(payment_state__in=("not_needed", "unpaid", "chargeable", "paid")),
                name="order_payment_state",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="order_has_a_number"),
            models.CheckConstraint(
                condition=Q(ordered_on__range=(EARLIEST, LATEST)), name="order_day_between_1900_and_2200"
            ),
            models.CheckConstraint(
                condition=Q(ship_policy__in=("as_ready", "complete", "line_complete")),
                name="order_ship_policy",
            ),
        ]
        indexes = [
            models.Index(fields=["held_until"], condition=Q(held_until__isnull=False), name="order_held")
        ]
        triggers = [written_by_triggers("shipments_begun", key=("id",))]

    @property
    def buyer(self) -> str:
        """The name of whoever ordered; blank if nobody said."""
        return (self.customer.name or self.customer.code) if self.customer else ""


class Address(models.Model):
    """Where an order goes. Personal: the journal says that it changed, not to what."""

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="address")
    name = models.TextField()
    street = models.TextField()
    city = models.TextField()
    postcode = models.TextField(blank=True)  # some countries have none
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    region = models.TextField(
        blank=True, default="", db_default=""
    )  # a state or province, by ISO 3166-2 without the country

    class Meta:
        indexes = [GinIndex(SearchVector("name", config="simple"), name="address_words")]
        constraints = [
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="address_country_code"),
            models.CheckConstraint(condition=Q(region__regex=REGION), name="address_region_code"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(street="") & ~Q(city=""), name="address_says_where"
            ),
        ]


class Line(models.Model):
    """So many units of one item. What is open is still to be shipped."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    number = models.TextField()
    item = models.ForeignKey(Item, models.PROTECT, related_name="lines")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True)  # blank: from anywhere
    quantity_ordered = models.BigIntegerField()
    quantity_shipped = models.BigIntegerField(default=0)  # the sum of its shipments
    quantity_cancelled = models.BigIntegerField(default=0, db_default=0)  # the sum of its cancellations
    unit_price = models.BigIntegerField(default=0)  # minor units
    requested_on = models.DateField()
    needed_by = models.DateField(null=True, blank=True)
    minimum_quantity = models.BigIntegerField(default=1)
    commitment = models.TextField(default="soft")
    commitment_once_confirmed = models.TextField(
        null=True, blank=True
    )  # of a hold that may not wait: as asked
    quantity_from_hand = models.BigIntegerField(default=0)  # accepted because they were free on hand
    ship_set = models.TextField(
        default="", db_default="", blank=True
    )  # open lines of one set of an order ship at once
    express = models.BooleanField(default=False)  # paid for, and granted because nothing of it waited
    quantity_open = models.GeneratedField(
        expression=F("quantity_ordered") - F("quantity_shipped") - F("quantity_cancelled"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    value_open = models.GeneratedField(  # minor units
        expression=(F("quantity_ordered") - F("quantity_shipped") - F("quantity_cancelled"))
        * F("unit_price"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    # what the customer was told last and first, from the promises of the line; lists of many lines sort by them
    promised_on = models.DateField(null=True, blank=True)
    first_promised_on = models.DateField(null=True, blank=True)
    late_days = models.GeneratedField(
        expression=Func(F("promised_on"), F("requested_on"), template="(%(expressions)s)", arg_joiner=" - "),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    consent = models.TextField(default="not_needed", db_default="not_needed")  # to wait longer than was told
    quantity_released = models.BigIntegerField(default=0, db_default=0)  # of what is open: the warehouse's
    quantity_unreleased = models.GeneratedField(  # what a decision is about
        expression=F("quantity_ordered")
        - F("quantity_shipped")
        - F("quantity_cancelled")
        - F("quantity_released"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(consent__in=("not_needed", "waiting", "given")), name="line_consent"
            ),
            models.CheckConstraint(condition=Q(quantity_released__gte=0), name="line_released_from_0"),
            models.CheckConstraint(condition=Q(quantity_unreleased__gte=0), name="line_released_of_open"),
            models.UniqueConstraint(fields=["order", "number"], name="line_once"),
            models.CheckConstraint(condition=~Q(number=""), name="line_has_a_number"),
            models.CheckConstraint(
                condition=Q(quantity_ordered__range=(1, MOST_UNITS)), name="line_ordered_from_1"
            ),
            models.CheckConstraint(condition=Q(quantity_from_hand__gte=0), name="line_from_hand_from_0"),
            models.CheckConstraint(
                condition=Q(unit_price__range=(0, MOST_MONEY)), name="line_price_from_0_to_10_13"
            ),
            models.CheckConstraint(condition=Q(value_open__lte=MOST_VALUE), name="line_value_to_2_53"),
            models.CheckConstraint(
                condition=Q(requested_on__range=(EARLIEST, LATEST))
                & (Q(needed_by=None) | Q(needed_by__range=(EARLIEST, LATEST))),
                name="line_days_between_1900_and_2200",
            ),
            models.CheckConstraint(condition=Q(quantity_shipped__gte=0), name="line_shipped_from_0"),
            models.CheckConstraint(condition=Q(quantity_cancelled__gte=0), name="line_cancelled_from_0"),
            models.CheckConstraint(
                condition=Q(quantity_ordered__gte=F("quantity_shipped") + F("quantity_cancelled")),
                name="line_open_from_0",
            ),
            models.CheckConstraint(
                condition=Q(minimum_quantity__range=(1, MOST_UNITS)), name="line_minimum_from_1"
            ),
            models.CheckConstraint(
                condition=Q(commitment__in=("on_hand_only", "soft", "reserved", "firm", "locked")),
                name="line_commitment",
            ),
            models.CheckConstraint(
                condition=Q(commitment_once_confirmed=None)
                | Q(commitment_once_confirmed__in=("on_hand_only", "soft", "reserved", "firm", "locked")),
                name="line_commitment_once_confirmed",
            ),
        ]
        indexes = [
            models.Index(fields=["item"], condition=Q(quantity_open__gt=0), name="line_open"),
            *(
                models.Index(fields=[name, "id"], condition=Q(quantity_open__gt=0), name=f"line_by_{name}")
                for name in ("quantity_open", "value_open", "requested_on", "promised_on", "late_days")
            ),
        ]
        triggers = [
            written_by_triggers(
                "quantity_shipped",
                "quantity_cancelled",
                "quantity_released",
                key=("id", "order_id", "number", "item_id"),
            ),
            pgtrigger.Trigger(
                name="told",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.promised_on IS DISTINCT FROM NEW.promised_on"
                    " OR OLD.first_promised_on IS DISTINCT FROM NEW.first_promised_on"
                ),
                func="""
                IF pg_trigger_depth() > 1 THEN RETURN NEW; END IF;
                RAISE EXCEPTION 'a promise is changed by a new promise only'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'told';
                """,
            ),
        ]
