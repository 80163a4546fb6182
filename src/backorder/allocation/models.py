"""Who gets which unit, and what was promised."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Case, Q, Value, When

from backorder.catalog.models import Item
from backorder.orders.models import Line
from backorder.outbox.models import Entry, append_only
from backorder.supply.models import InboundLine, Level

ADD_SUMS = """
FOR supply IN SELECT level_id AS id, sum(quantity) AS units FROM {rows} WHERE level_id IS NOT NULL GROUP BY 1 ORDER BY 1 LOOP
    UPDATE supply_level SET allocated = allocated {sign} supply.units WHERE id = supply.id;
END LOOP;
FOR supply IN SELECT inbound_line_id AS id, sum(quantity) AS units FROM {rows} WHERE level_id IS NULL GROUP BY 1 ORDER BY 1 LOOP
    UPDATE supply_inboundline SET allocated = allocated {sign} supply.units WHERE id = supply.id;
END LOOP;
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
TAKE_BACK, PUT = ADD_SUMS.format(sign="-", rows="old_rows"), ADD_SUMS.format(sign="+", rows="new_rows")


def keep_sums(name: str, operation: pgtrigger.Operation, func: str, **rows: str) -> pgtrigger.Trigger:
    """Keep what is allocated of each supply as the sum of its allocations, once for each supply and statement.

    Each is found by its id: the database knows nothing of how many rows a statement wrote, and would compare all with all.
    """
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),  # type: ignore[no-untyped-call]
        declare=[("supply", "RECORD")],
        func=f"{func} RETURN NULL;",
    )


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
            keep_sums("added", pgtrigger.Insert, PUT, new="new_rows"),
            keep_sums("moved", pgtrigger.Update, TAKE_BACK + PUT, old="old_rows", new="new_rows"),
            keep_sums("removed", pgtrigger.Delete, TAKE_BACK, old="old_rows"),
        ]


class Standing(models.Model):
    """How an open line stands in the plan in force."""

    line = models.OneToOneField(Line, models.CASCADE, primary_key=True, related_name="standing")
    item = models.ForeignKey(
        Item, models.PROTECT, related_name="+"
    )  # of the line: these are few, its lines ever many
    allocated_on_hand = models.BigIntegerField()
    allocated_inbound = models.BigIntegerField()
    unallocated = models.BigIntegerField()
    first_ships_on = models.DateField(null=True)
    planned_on = models.DateField(null=True)  # the day when the last unit can ship
    in_time = models.BooleanField()
    units_ahead = models.BigIntegerField()
    lines_ahead = models.BigIntegerField()
    reason = models.TextField()
    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="+"
    )  # of the last decision that moved units of it
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
        constraints = [
            models.CheckConstraint(condition=Q((f"{name}__gte", 0)), name=f"standing_{name}_from_0")
            for name in (
                "allocated_on_hand",
                "allocated_inbound",
                "unallocated",
                "units_ahead",
                "lines_ahead",
            )
        ]
        indexes = [
            models.Index(fields=[name, "line"], name=f"standing_by_{name}")
            for name in ("cover", "units_ahead", "reason")
        ]


class Promise(models.Model):
    """The day told to the customer. The first never changes, nor does any; the last one is in force."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="promises")
    promised_on = models.DateField(null=True)  # none: no day can be named
    reason = models.TextField()
    evidence = models.JSONField(default=dict)  # the supplies that it stands on, and how many units had what
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
    """The record that a line waits, from when to when. It is closed once and for good; nothing else of it changes."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="backorders")
    opened_by = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    closed_by = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(closed_by=None), name="backorder_open_once")
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="closed_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.closed_by_id IS NOT NULL OR NEW.closed_by_id IS NULL"
                    " OR (OLD.id, OLD.line_id, OLD.opened_by_id) <> (NEW.id, NEW.line_id, NEW.opened_by_id)"
                ),
                func="""
                RAISE EXCEPTION 'a record of waiting is closed once and changes in nothing else'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_once';
                """,
            ),
        ]


class PolicyVersion(models.Model):
    """Rules of a decision, as text in the schema of policy.toml. A version never changes; another is written after it."""

    number = models.BigIntegerField(unique=True)  # from 1
    text = models.TextField(blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")  # who wrote it, when and why

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="policy_version_from_1")]
        triggers = append_only()


class Publication(models.Model):
    """A version was put in force. The last one is in force; to roll back is to publish an older version again."""

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="publications")
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    hysteresis_days = models.IntegerField(default=0)  # a day later by so many or fewer is not told
    gain_days = models.IntegerField(null=True)  # a day earlier by so many or more is told too; none: never

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hysteresis_days__gte=0), name="publication_hysteresis_from_0"),
            models.CheckConstraint(
                condition=Q(gain_days=None) | Q(gain_days__gte=1), name="publication_gain_from_1"
            ),
        ]
        triggers = append_only()


class Run(models.Model):
    """One decision: by which rules, on which day, and how it did. Its facts give the same plan again (law L7)."""

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="run")
    in_force = models.BooleanField()  # else it was a simulation
    whole = models.BooleanField()  # everything was decided, not what an event touched
    as_of = models.DateField()
    version = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="+"
    )  # none: the defaults
    plan_hash = models.TextField()
    program = models.TextField()  # the version that decided
    items = models.BigIntegerField()
    lines = models.BigIntegerField()
    lines_covered = models.BigIntegerField()
    lines_in_time = models.BigIntegerField()
    lines_worsened = models.BigIntegerField()  # they lost units or ship later than before
    units = models.BigIntegerField()
    units_on_hand = models.BigIntegerField()
    units_covered = models.BigIntegerField()
    units_in_time = models.BigIntegerField()
    notices = models.BigIntegerField()  # lines that ship later than promised, or lost units
    promises = models.BigIntegerField()  # days promised for the first time or anew
    exceptions = models.BigIntegerField()  # lines whose strategy could not be met, and caps that are passed

    class Meta:
        indexes = [
            models.Index(fields=["-as_of"], condition=Q(in_force=True), name="run_last_day"),
            models.Index(
                fields=["-as_of"], condition=Q(in_force=True, whole=True), name="run_last_whole_day"
            ),
        ]
        triggers = append_only()


class RunFacts(models.Model):
    """What a run was made from, packed. Dropped when old; the run stays."""

    run = models.OneToOneField(Run, models.PROTECT, primary_key=True, related_name="facts")
    packed = models.BinaryField()

    class Meta:
        triggers = [pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update)]


class Simulation(models.Model):
    """A decision on other facts or by other rules, without effect, to be looked at and then published or discarded."""

    run = models.OneToOneField(Run, models.PROTECT, related_name="simulation")
    text = models.TextField(null=True)
    hysteresis_days = models.IntegerField(default=0)
    gain_days = models.IntegerField(null=True)
    changes = models.JSONField(default=list)  # facts that were taken to be otherwise
    caps = models.JSONField(
        default=dict
    )  # caps on changes that it passes: how many are allowed, how many there are

    class Meta:
        triggers = append_only()


class SimulatedLine(models.Model):
    """How a line would stand, where that is not how it stood."""

    simulation = models.ForeignKey(Simulation, models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    allocated_before = models.BigIntegerField()
    allocated_after = models.BigIntegerField()
    planned_before = models.DateField(null=True)
    planned_after = models.DateField(null=True)
    in_time_before = models.BooleanField()
    in_time_after = models.BooleanField()
    reason = models.TextField()
    worsened = models.BooleanField()
    told = models.BooleanField()  # its customer would be told

    class Meta:
        constraints = [models.UniqueConstraint(fields=["simulation", "line"], name="simulated_line_once")]
        triggers = append_only()


class SimulationEnd(models.Model):
    """What came of a simulation: it was published, or discarded."""

    PUBLISHED, DISCARDED = "published", "discarded"

    simulation = models.OneToOneField(Simulation, models.PROTECT, primary_key=True, related_name="end")
    what = models.TextField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=("published", "discarded")), name="simulation_end_what"
            )
        ]
        triggers = append_only()
