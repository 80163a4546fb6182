"""Customers and what they want."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from backorder.catalog.models import Channel, CustomerClass, Item, Location
from backorder.outbox.models import written_by_triggers

SHIP_POLICIES = ("as_ready", "complete", "line_complete")
COMMITMENTS = ("on_hand_only", "soft", "reserved", "firm", "locked")
PAYMENT_STATES = ("not_needed", "unpaid", "chargeable", "paid")
CONSENTS = ("not_needed", "waiting", "given")


class Customer(models.Model):
    """Who waits."""

    code = models.TextField(unique=True)
    name = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    phone = models.TextField(blank=True)
    customer_class = models.ForeignKey(CustomerClass, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="customer_has_a_code")]


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
    payment_state = models.TextField(default="not_needed", db_default="not_needed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(payment_state__in=("not_needed", "unpaid", "chargeable", "paid")),
                name="order_payment_state",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="order_has_a_number"),
            models.CheckConstraint(
                condition=Q(ship_policy__in=("as_ready", "complete", "line_complete")),
                name="order_ship_policy",
            ),
        ]


class Line(models.Model):
    """So many units of one item. What is open is still to be shipped."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    number = models.TextField()
    item = models.ForeignKey(Item, models.PROTECT, related_name="lines")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True)  # blank: from anywhere
    quantity_ordered = models.BigIntegerField()
    quantity_shipped = models.BigIntegerField(default=0)
    quantity_cancelled = models.BigIntegerField(default=0)
    unit_price = models.BigIntegerField(default=0)  # minor units
    requested_on = models.DateField()
    needed_by = models.DateField(null=True, blank=True)
    minimum_quantity = models.BigIntegerField(default=1)
    commitment = models.TextField(default="soft")
    quantity_open = models.GeneratedField(
        expression=F("quantity_ordered") - F("quantity_shipped") - F("quantity_cancelled"),
        output_field=models.BigIntegerField(),
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
            models.CheckConstraint(condition=Q(quantity_ordered__gte=1), name="line_ordered_from_1"),
            models.CheckConstraint(condition=Q(quantity_shipped__gte=0), name="line_shipped_from_0"),
            models.CheckConstraint(condition=Q(quantity_cancelled__gte=0), name="line_cancelled_from_0"),
            models.CheckConstraint(
                condition=Q(quantity_ordered__gte=F("quantity_shipped") + F("quantity_cancelled")),
                name="line_open_from_0",
            ),
            models.CheckConstraint(condition=Q(minimum_quantity__gte=1), name="line_minimum_from_1"),
            models.CheckConstraint(
                condition=Q(commitment__in=("on_hand_only", "soft", "reserved", "firm", "locked")),
                name="line_commitment",
            ),
        ]
        indexes = [models.Index(fields=["item"], condition=Q(quantity_open__gt=0), name="line_open")]
        triggers = [written_by_triggers("quantity_released", key=("id",))]
