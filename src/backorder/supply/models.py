"""Stock and what is coming. Every change of a quantity on hand is a movement; the level is their sum, kept by the database."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from backorder.catalog.models import Item, Location, Supplier
from backorder.outbox.models import Entry, append_only, written_by_triggers


def never_more_than(units: str, table: str) -> pgtrigger.Trigger:
    """Hold at the end of each transaction that no more is allocated than there is (law L1); `units` says what there is."""
    return pgtrigger.Trigger(
        name="allocated",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        func=f"""
        IF EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id AND allocated > {units}) THEN
            RAISE EXCEPTION 'more is allocated than there is' USING ERRCODE = 'check_violation', CONSTRAINT = 'allocated';
        END IF;
        RETURN NULL;
        """,  # noqa: S608 - the names of a table and its columns, written here
    )


SELLABLE, DAMAGED, QUALITY_HOLD = "sellable", "damaged", "quality_hold"
STATUSES = (SELLABLE, DAMAGED, QUALITY_HOLD)


class Level(models.Model):
    """What is on hand of an item at a place: the sum of its movements, never below 0."""

    item = models.ForeignKey(Item, models.PROTECT)
    location = models.ForeignKey(Location, models.PROTECT)
    status = models.TextField(default=SELLABLE)
    on_hand = models.BigIntegerField(default=0)
    allocated = models.BigIntegerField(default=0)  # the sum of its allocations
    released = models.BigIntegerField(
        default=0, db_default=0
    )  # the sum of what is handed to the warehouse and still there

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "location", "status"], name="level_once"),
            models.CheckConstraint(
                condition=Q(status__in=("sellable", "damaged", "quality_hold")), name="level_status"
            ),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="level_on_hand_from_0"),
            models.CheckConstraint(condition=Q(allocated__gte=0), name="level_allocated_from_0"),
            models.CheckConstraint(
                condition=Q(status="sellable") | Q(allocated=0), name="level_allocated_if_sellable"
            ),
            models.CheckConstraint(condition=Q(released__gte=0), name="level_released_from_0"),
            models.CheckConstraint(
                condition=Q(status="sellable") | Q(released=0), name="level_released_if_sellable"
            ),
            models.CheckConstraint(condition=Q(released__lte=F("on_hand")), name="level_released_of_on_hand"),
        ]
        triggers = [
            written_by_triggers("on_hand", "allocated", "released", key=("item_id", "location_id", "status")),
            never_more_than("on_hand - released", "supply_level"),
        ]

    @property
    def not_set_aside(self) -> int:
        """Units that no line has been given and the warehouse does not have."""
        return self.on_hand - self.allocated - self.released if self.status == SELLABLE else 0


class StockCount(models.Model):
    """What somebody found at a level, and what the record said: also where the two agree, for that is what accuracy is made of."""

    level = models.ForeignKey(Level, models.PROTECT, related_name="counts")
    was = models.BigIntegerField()  # what the record said
    found = models.BigIntegerField()
    counted_at = models.DateTimeField()
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="stock_count")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(was__gte=0, found__gte=0), name="stock_count_from_0"),
        ]
        indexes = [  # the accuracy of a time is read from the index alone
            models.Index(fields=["counted_at"], include=["was", "found"], name="stock_count_accuracy"),
        ]
        triggers = append_only()

    @property
    def agrees(self) -> bool:
        """Whether it found what the record said."""
        return self.found == self.was


class InboundOrder(models.Model):
    """Units on order: bought, made, moved or printed."""

    KINDS = ("purchase", "production", "transfer", "print")

    number = models.TextField(unique=True)
    kind = models.TextField(default="purchase")
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, blank=True)
    source = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True
    )  # of a transfer: where it comes from
    placed_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="inbound_order_has_a_number"),
            models.CheckConstraint(
                condition=Q(kind="transfer", source__isnull=False) | ~Q(kind="transfer") & Q(source=None),
                name="inbound_order_source_of_transfer",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("purchase", "production", "transfer", "print")),
                name="inbound_order_kind",
            ),
        ]


EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
"""A date outside is a slip of the pen, or stands for "unknown"."""
MOST_UNITS = 10**9
"""More of one line is a slip of the pen; sums of a million such lines stay whole in 64 bits."""


class InboundLine(models.Model):
    """Units of one item on the way to one place. Receiving 30 of 100 leaves 70; more than ordered may come, and is seen."""

    order = models.ForeignKey(InboundOrder, models.PROTECT, related_name="lines")
    number = models.TextField()
    item = models.ForeignKey(Item, models.PROTECT)
    location = models.ForeignKey(Location, models.PROTECT)
    quantity_ordered = models.BigIntegerField()
    quantity_received = models.BigIntegerField(default=0)  # the sum of its receipts
    quantity_cancelled = models.BigIntegerField(default=0)  # what will not come
    expected_on = models.DateField()
    allocated = models.BigIntegerField(default=0)  # the sum of its allocations
    remaining = models.GeneratedField(
        expression=Greatest(F("quantity_ordered") - F("quantity_received") - F("quantity_cancelled"), 0),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="inbound_line_once"),
            models.CheckConstraint(condition=Q(quantity_ordered__gte=1), name="inbound_line_ordered_from_1"),
            models.CheckConstraint(
                condition=Q(quantity_received__gte=0), name="inbound_line_received_from_0"
            ),
            models.CheckConstraint(
                condition=Q(expected_on__gte=EARLIEST, expected_on__lte=LATEST), name="inbound_line_date"
            ),
            models.CheckConstraint(
                condition=Q(quantity_cancelled__gte=0, quantity_cancelled__lte=F("quantity_ordered")),
                name="inbound_line_cancelled_of_ordered",
            ),
        ]
        indexes = [models.Index(fields=["item"], condition=Q(remaining__gt=0), name="inbound_line_open")]
        triggers = [
            written_by_triggers(
                "allocated", "quantity_received", key=("order_id", "number", "item_id", "location_id")
            ),
            never_more_than("remaining", "supply_inboundline"),
        ]


class DateNews(models.Model):
    """A supplier's date moved: from when to when, and who said so."""

    line = models.ForeignKey(InboundLine, models.PROTECT, related_name="news")
    entry = models.ForeignKey(Entry, models.PROTECT)
    from_date = models.DateField()
    to_date = models.DateField()
    source = models.TextField()

    class Meta:
        triggers = append_only()


class Movement(models.Model):
    """A change of what is on hand, for good: how many, why, and by which entry of the journal."""

    KINDS = ("receipt", "shipment", "count", "return", "adjustment", "transfer", "status")

    item = models.ForeignKey(Item, models.PROTECT)
    location = models.ForeignKey(Location, models.PROTECT)
    status = models.TextField(default=SELLABLE)
    kind = models.TextField()
    quantity = models.BigIntegerField()
    inbound_line = models.ForeignKey(
        InboundLine, models.PROTECT, null=True, blank=True, related_name="movements"
    )
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="movements")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_moves"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=("receipt", "shipment", "count", "return", "adjustment", "transfer", "status")
                ),
                name="movement_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="receipt", inbound_line__isnull=False, quantity__gt=0) | ~Q(kind="receipt"),
                name="movement_receipt_of_inbound",
            ),
        ]
        indexes = [models.Index(fields=["item", "location"])]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="sum",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                INSERT INTO supply_level (item_id, location_id, status, on_hand, allocated)
                VALUES (NEW.item_id, NEW.location_id, NEW.status, 0, 0)
                ON CONFLICT (item_id, location_id, status) DO NOTHING;
                UPDATE supply_level SET on_hand = on_hand + NEW.quantity
                WHERE item_id = NEW.item_id AND location_id = NEW.location_id AND status = NEW.status;
                IF NEW.kind = 'receipt' THEN
                    UPDATE supply_inboundline SET quantity_received = quantity_received + NEW.quantity
                    WHERE id = NEW.inbound_line_id;
                END IF;
                RETURN NULL;
                """,
            ),
        ]
