"""Who gets which unit, and what was promised."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Case, Q, Value, When

from backorder.orders.models import Line
from backorder.outbox.models import Entry, append_only
from backorder.supply.models import InboundLine, Level

KEEP_SUM = """
IF TG_OP <> 'INSERT' THEN
    UPDATE supply_level SET allocated = allocated - OLD.quantity WHERE id = OLD.level_id;
    UPDATE supply_inboundline SET allocated = allocated - OLD.quantity WHERE id = OLD.inbound_line_id;
END IF;
IF TG_OP <> 'DELETE' THEN
    UPDATE supply_level SET allocated = allocated + NEW.quantity WHERE id = NEW.level_id;
    UPDATE supply_inboundline SET allocated = allocated + NEW.quantity WHERE id = NEW.inbound_line_id;
END IF;
RETURN NULL;
"""
TELL_LINES = """
UPDATE orders_line SET promised_on = told.last, first_promised_on = coalesce(orders_line.first_promised_on, told.first)
FROM (
    SELECT line_id, (array_agg(promised_on ORDER BY id DESC))[1] AS last,
        (array_agg(promised_on ORDER BY id) FILTER (WHERE promised_on IS NOT NULL))[1] AS first
    FROM new_promises GROUP BY line_id
) told
WHERE orders_line.id = told.line_id;
RETURN NULL;
"""


class Allocation(models.Model):
    """Units of one supply set aside for a line."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="allocations")
    level = models.ForeignKey(Level, models.PROTECT, null=True, related_name="allocations")
    inbound_line = models.ForeignKey(InboundLine, models.PROTECT, null=True, related_name="allocations")
    quantity = models.BigIntegerField()
    ships_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="allocation_quantity_from_1"),
            models.CheckConstraint(
                condition=Q(level=None, inbound_line__isnull=False)
                | Q(level__isnull=False, inbound_line=None),
                name="allocation_of_one_supply",
            ),
            models.UniqueConstraint(
                fields=["line", "level", "ships_on"],
                condition=Q(inbound_line=None),
                name="allocation_of_level_once",
            ),
            models.UniqueConstraint(
                fields=["line", "inbound_line", "ships_on"],
                condition=Q(level=None),
                name="allocation_of_inbound_once",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sum",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=KEEP_SUM,
            )
        ]


class Standing(models.Model):
    """How an open line stands in the plan in force."""

    line = models.OneToOneField(Line, models.CASCADE, primary_key=True, related_name="standing")
    allocated_on_hand = models.BigIntegerField()
    allocated_inbound = models.BigIntegerField()
    unallocated = models.BigIntegerField()
    first_ships_on = models.DateField(null=True)
    planned_on = models.DateField(null=True)  # the day when the last unit can ship
    in_time = models.BooleanField()
    units_ahead = models.BigIntegerField()
    lines_ahead = models.BigIntegerField()
    reason = models.TextField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # of the decision
    # of a line of a complete order: what it told its order, see engine/allocation/elsewhere.py; days as in the engine
    whole = models.BooleanField(null=True)
    pins = models.BooleanField(null=True)
    ready_on = models.BigIntegerField(null=True)
    last_on = models.BigIntegerField(null=True)
    tight = models.BooleanField(null=True)
    cover = models.GeneratedField(  # for lists of many lines
        expression=Case(
            When(allocated_on_hand=0, allocated_inbound=0, then=Value(0)),
            When(unallocated__gt=0, then=Value(1)),
            When(allocated_inbound__gt=0, then=Value(2)),
            default=Value(3),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    NOTHING, IN_PART, INBOUND, ON_HAND = range(4)

    class Meta:
        indexes = [
            models.Index(fields=[name, "line"], name=f"standing_by_{name}")
            for name in ("cover", "units_ahead", "reason")
        ]


class Promise(models.Model):
    """The day told to the customer. The first never changes, nor does any; the last one is in force."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="promises")
    promised_on = models.DateField(null=True)  # none: no day can be named
    reason = models.TextField()
    evidence = models.JSONField(default=dict)  # the supplies that it stands on
    entry = models.ForeignKey(Entry, models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["line", "-id"], name="promise_last")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="tell_lines",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_promises"),  # type: ignore[no-untyped-call] # carries no types
                func=TELL_LINES,
            ),
        ]


class Backorder(models.Model):
    """The record that a line waits, from when to when."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="backorders")
    opened_by = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    closed_by = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(closed_by=None), name="backorder_open_once")
        ]
