"""What is handed to the warehouse, and what leaves it. Rows are added, never changed; the sums in them are kept by triggers."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from backorder.catalog.models import Location
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry, append_only, erasable, written_by_triggers
from backorder.supply.models import Level

SHIPPED, RETURNED, SHORT = "shipped", "returned", "short"

COUNT_SHIPMENTS = """
UPDATE orders_order o SET shipments_begun = counted.begun FROM (
    SELECT touched.order_id, (SELECT count(*) FROM fulfilment_shipment s WHERE s.order_id = touched.order_id) + (
        SELECT count(DISTINCT r.entry_id) FROM orders_line l JOIN fulfilment_release r ON r.line_id = l.id
        WHERE l.order_id = touched.order_id AND r.quantity_open > 0
    ) AS begun
    FROM (SELECT DISTINCT l.order_id FROM {rows} JOIN orders_line l ON l.id = {line}) touched
) counted
WHERE o.id = counted.order_id AND o.shipments_begun <> counted.begun;
RETURN NULL;
"""
"""The shipments of an order: those that left, and what was handed over at one time and is still with the warehouse, once each."""
TAKE_FROM_LINE = """
UPDATE orders_line SET quantity_released = quantity_released + NEW.quantity WHERE id = NEW.line_id;
RETURN NULL;
"""
TAKE_FROM_LEVEL = """
UPDATE supply_level l SET released = l.released + NEW.per_unit * r.quantity
FROM fulfilment_release r WHERE r.id = NEW.release_id AND l.id = NEW.level_id AND r.quantity_ended = 0;
IF NOT FOUND THEN
    RAISE EXCEPTION 'what a release takes is written when it is made'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'release_part';
END IF;
RETURN NULL;
"""
END_RELEASE = """
UPDATE fulfilment_release SET quantity_ended = quantity_ended + NEW.quantity WHERE id = NEW.release_id;
UPDATE supply_level l SET released = l.released - p.per_unit * NEW.quantity
FROM fulfilment_releasepart p WHERE p.release_id = NEW.release_id AND l.id = p.level_id;
UPDATE orders_line l SET quantity_released = l.quantity_released - NEW.quantity,
    quantity_shipped = l.quantity_shipped + CASE NEW.how WHEN 'shipped' THEN NEW.quantity ELSE 0 END
FROM fulfilment_release r WHERE r.id = NEW.release_id AND l.id = r.line_id;
IF EXISTS (
    SELECT 1 FROM fulfilment_release r JOIN orders_line l ON l.id = r.line_id
    JOIN fulfilment_shipment s ON s.id = NEW.shipment_id
    WHERE r.id = NEW.release_id AND s.order_id <> l.order_id
) THEN
    RAISE EXCEPTION 'a shipment is of one order' USING ERRCODE = 'check_violation', CONSTRAINT = 'shipment_order';
END IF;
RETURN NULL;
"""
ADD_PICK = """
UPDATE fulfilment_release SET quantity_picked = quantity_picked + NEW.quantity WHERE id = NEW.release_id;
RETURN NULL;
"""
NEEDS_PARTS = """
IF NOT EXISTS (SELECT 1 FROM fulfilment_releasepart WHERE release_id = NEW.id) THEN
    RAISE EXCEPTION 'a release takes from a level' USING ERRCODE = 'check_violation', CONSTRAINT = 'release_part';
END IF;
RETURN NULL;
"""
NO_MORE_THAN_SHIPPED = """
PERFORM 1 FROM orders_line WHERE id = NEW.line_id FOR NO KEY UPDATE;
IF (SELECT coalesce(sum(quantity), 0) FROM fulfilment_return WHERE line_id = NEW.line_id) + NEW.quantity
    > (SELECT quantity_shipped FROM orders_line WHERE id = NEW.line_id) THEN
    RAISE EXCEPTION 'more comes back than was shipped' USING ERRCODE = 'check_violation', CONSTRAINT = 'return_of_shipped';
END IF;
RETURN NEW;
"""


def after_insert(name: str, func: str) -> pgtrigger.Trigger:
    """Run this for each row that is added."""
    return pgtrigger.Trigger(name=name, when=pgtrigger.After, operation=pgtrigger.Insert, func=func)


def count_shipments(rows: str, line: str) -> pgtrigger.Trigger:
    """Count the shipments of the orders of rows that are added, once for all rows of a statement.

    `rows` and `line` say in SQL which rows these are, by `added`, and which column names their line.
    """
    return pgtrigger.Trigger(
        name="shipments",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
        func=COUNT_SHIPMENTS.format(rows=rows, line=line),
    )


class PickList(models.Model):
    """What one place was told to pick at one time."""

    location = models.ForeignKey(Location, models.PROTECT, related_name="pick_lists")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # that began it

    class Meta:
        triggers = append_only()


class Release(models.Model):
    """A line of a pick list: units of an order line, handed to the warehouse at one place.

    Each unit takes the same from the shelves: see ReleasePart. Of a kit, units made up differently are releases of their own.
    """

    pick_list = models.ForeignKey(PickList, models.PROTECT, related_name="releases")
    line = models.ForeignKey(Line, models.PROTECT, related_name="releases")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()  # units of the line
    position = models.BigIntegerField()  # in the order of service of its pick list: lower is picked first
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="releases")
    quantity_picked = models.BigIntegerField(default=0)  # the sum of its picks
    quantity_ended = models.BigIntegerField(default=0)  # the sum of its ends
    quantity_open = models.GeneratedField(
        expression=F("quantity") - F("quantity_ended"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="release_quantity_from_1"),
            models.CheckConstraint(
                condition=Q(quantity_ended__gte=0, quantity_ended__lte=F("quantity")),
                name="release_ended_of_quantity",
            ),
            models.CheckConstraint(
                condition=Q(quantity_picked__gte=0, quantity_picked__lte=F("quantity")),
                name="release_picked_of_quantity",
            ),
        ]
        indexes = [
            models.Index(fields=["line"], condition=Q(quantity_open__gt=0), name="release_open"),
            models.Index(fields=["pick_list", "position", "id"], name="release_in_order"),
        ]
        triggers = [
            written_by_triggers(
                "quantity_picked",
                "quantity_ended",
                key=("pick_list_id", "line_id", "location_id", "quantity", "position", "entry_id"),
            ),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            after_insert("take", TAKE_FROM_LINE),
            count_shipments("added", "line_id"),
            pgtrigger.Trigger(
                name="parts",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=NEEDS_PARTS,
            ),
        ]


class ReleasePart(models.Model):
    """What each unit of a release takes from one level: one of the item itself, or of a kit so many of a component."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="parts")
    level = models.ForeignKey(Level, models.PROTECT, related_name="release_parts")
    per_unit = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "level"], name="release_part_once"),
            models.CheckConstraint(condition=Q(per_unit__gte=1), name="release_part_from_1"),
        ]
        triggers = [*append_only(), after_insert("take", TAKE_FROM_LEVEL)]


class Pick(models.Model):
    """So many units of a release were taken from the shelf, and lie ready to be packed."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="picks")
    quantity = models.BigIntegerField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="pick_quantity_from_1")]
        triggers = [*append_only(), after_insert("sum", ADD_PICK)]


class Shipment(models.Model):
    """What left at one time for one order."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="shipments")
    carrier = models.TextField(blank=True)
    tracking_number = models.TextField(blank=True)
    tracking_link = models.URLField(blank=True, max_length=2000)
    shipped_at = models.DateTimeField(db_index=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="shipment")

    class Meta:
        triggers = append_only()


class ReleaseEnd(models.Model):
    """Units of a release that are no longer the warehouse's to send: shipped, put back into stock, or not found.

    Those that are shipped are the lines of their shipment.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="ends")
    quantity = models.BigIntegerField()
    how = models.TextField()
    shipment = models.ForeignKey(Shipment, models.PROTECT, null=True, related_name="lines")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="release_ends")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="release_end_from_1"),
            models.CheckConstraint(
                condition=Q(how="shipped", shipment__isnull=False)
                | Q(how__in=("returned", "short"), shipment=None),
                name="release_end_how",
            ),
            models.UniqueConstraint(
                fields=["release", "shipment"],
                condition=Q(shipment__isnull=False),
                name="shipment_line_once",
            ),
        ]
        triggers = [
            *append_only(),
            after_insert("sum", END_RELEASE),
            count_shipments("added JOIN fulfilment_release r ON r.id = added.release_id", "line_id"),
        ]


class Return(models.Model):
    """Units that came back from a customer. The line stays shipped; the units are stock again, in the status that they came in."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="returns")
    level = models.ForeignKey(Level, models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="returns")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="return_quantity_from_1")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="shipped",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NO_MORE_THAN_SHIPPED,
            ),
        ]


class Block(models.Model):
    """An order held back by a person, for a reason, until it is lifted."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="blocks")
    reason = models.TextField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="block_says_why")]
        triggers = erasable("reason")


class BlockLift(models.Model):
    """A block is lifted, once and for good."""

    block = models.OneToOneField(Block, models.PROTECT, related_name="lift")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
