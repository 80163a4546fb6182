"""Each cancellation is a row: how many units, who said so and when.

Of a line that was cancelled before, one row stands for all of it, by the buyer and of the first entry that cancelled some of it: the
law counts from there. Going back keeps the sums and loses who cancelled and when. `orders_line` is locked until all is taken over.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

TAKE_OVER = """
INSERT INTO orders_cancellation (line_id, quantity, by, entry_id)
SELECT l.id, l.quantity_cancelled, 'buyer', coalesce(
    (
        SELECT min(e.id) FROM outbox_subject s JOIN outbox_entry e ON e.id = s.entry_id
        WHERE s.kind = 'order' AND s.key = o.number AND (
            e.what = 'line.cancelled' AND e.facts ->> 'line' = l.number
            OR e.what IN ('order.cancelled', 'hold.expired') AND e.facts -> 'lines' ? l.number
            OR e.what = 'line.amended' AND e.facts ->> 'line' = l.number
                AND (e.facts -> 'to' ->> 'quantity')::bigint < (e.facts -> 'from' ->> 'quantity')::bigint
        )
    ),
    (SELECT max(s.entry_id) FROM outbox_subject s WHERE s.kind = 'order' AND s.key = o.number),
    (SELECT min(id) FROM outbox_entry)
)
FROM orders_line l JOIN orders_order o ON o.id = l.order_id WHERE l.quantity_cancelled > 0 ORDER BY l.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_ship_sets"),
        ("outbox", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                ("by", models.TextField()),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="line",
            name="sums",
        ),
        migrations.AlterField(
            model_name="line",
            name="quantity_cancelled",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="line",
            trigger=pgtrigger.compiler.Trigger(
                name="sums",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF TG_OP = 'INSERT' THEN\n            IF NEW.quantity_released = 0 AND NEW.quantity_cancelled = 0 THEN RETURN NEW; END IF;\n        ELSIF TG_OP = 'DELETE' THEN\n            IF OLD.quantity_released = 0 AND OLD.quantity_cancelled = 0 THEN RETURN OLD; END IF;\n        ELSIF NOT (OLD.id IS DISTINCT FROM NEW.id) AND (pg_trigger_depth() > 1 OR NOT (OLD.quantity_released IS DISTINCT FROM NEW.quantity_released OR OLD.quantity_cancelled IS DISTINCT FROM NEW.quantity_cancelled)) THEN\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION 'a sum is changed by its rows only' USING ERRCODE = 'check_violation', CONSTRAINT = 'sums';\n        ",
                    hash="2b80c4c55bff58396164de0e54098ba1a0c03a63",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_sums_83fc3",
                    table="orders_line",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="cancellation",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cancellations", to="outbox.entry"
            ),
        ),
        migrations.AddField(
            model_name="cancellation",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cancellations", to="orders.line"
            ),
        ),
        migrations.AddConstraint(
            model_name="cancellation",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="cancellation_quantity_from_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="cancellation",
            constraint=models.CheckConstraint(
                condition=models.Q(("by__in", ("buyer", "seller"))), name="cancellation_by"
            ),
        ),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="cancellation",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c7c4d80f4c8af6c41596d0e12829db86956e88ab",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ade6a",
                    table="orders_cancellation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cancellation",
            trigger=pgtrigger.compiler.Trigger(
                name="sum",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nUPDATE orders_line l SET quantity_cancelled = l.quantity_cancelled + gone.units\nFROM (SELECT line_id, sum(quantity) AS units FROM added GROUP BY line_id) gone WHERE l.id = gone.line_id;\nRETURN NULL;\n",
                    hash="80d6e1b341b5d5c905bcac7b1c6b9470f3e6f039",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_sum_a5e1c",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="orders_cancellation",
                    when="AFTER",
                ),
            ),
        ),
    ]
