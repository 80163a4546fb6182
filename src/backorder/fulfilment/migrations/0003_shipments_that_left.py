"""Shipments are counted once per statement, and what left in part counts too; what older databases have is counted again.

An order that may leave fewer times than it did, and once more if something of it is still to go, may leave as often as it must. What
ships whole by the new count and did not before is decided so when the next day passes, at the latest.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

FILL = """
ALTER TABLE orders_order DISABLE TRIGGER USER;
UPDATE orders_order o SET shipments_begun = counted.begun,
    most_shipments = CASE WHEN most_shipments IS NOT NULL THEN greatest(most_shipments, counted.begun + (
        SELECT count(*) FROM (SELECT FROM orders_line l WHERE l.order_id = o.id AND l.quantity_unreleased > 0 LIMIT 1) rest
    )) END
FROM (
    SELECT order_id, count(*) AS begun FROM (
        SELECT order_id, id AS shipment, 0 AS entry FROM fulfilment_shipment
        UNION SELECT l.order_id, 0, r.entry_id FROM fulfilment_release r JOIN orders_line l ON l.id = r.line_id
        WHERE r.quantity_open > 0
    ) either GROUP BY order_id
) counted WHERE counted.order_id = o.id;
ALTER TABLE orders_order ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0002_count_shipments"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="release",
            name="take",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="releaseend",
            name="sum",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="release",
            trigger=pgtrigger.compiler.Trigger(
                name="take",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nUPDATE orders_line SET quantity_released = quantity_released + NEW.quantity WHERE id = NEW.line_id;\nRETURN NULL;\n",
                    hash="4882531f355078117a6526e8258a37f861b1a2a3",
                    operation="INSERT",
                    pgid="pgtrigger_take_0dae9",
                    table="fulfilment_release",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="release",
            trigger=pgtrigger.compiler.Trigger(
                name="shipments",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nUPDATE orders_order o SET shipments_begun = counted.begun FROM (\n    SELECT touched.order_id, (SELECT count(*) FROM fulfilment_shipment s WHERE s.order_id = touched.order_id) + (\n        SELECT count(DISTINCT r.entry_id) FROM orders_line l JOIN fulfilment_release r ON r.line_id = l.id\n        WHERE l.order_id = touched.order_id AND r.quantity_open > 0\n    ) AS begun\n    FROM (SELECT DISTINCT l.order_id FROM added JOIN orders_line l ON l.id = line_id) touched\n) counted\nWHERE o.id = counted.order_id AND o.shipments_begun <> counted.begun;\nRETURN NULL;\n",
                    hash="fc569f7c7b8e6f4f0af6391f0bd3377a30a2621a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_shipments_0b7bb",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="fulfilment_release",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="releaseend",
            trigger=pgtrigger.compiler.Trigger(
                name="sum",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nUPDATE fulfilment_release SET quantity_ended = quantity_ended + NEW.quantity WHERE id = NEW.release_id;\nUPDATE supply_level l SET released = l.released - p.per_unit * NEW.quantity\nFROM fulfilment_releasepart p WHERE p.release_id = NEW.release_id AND l.id = p.level_id;\nUPDATE orders_line l SET quantity_released = l.quantity_released - NEW.quantity,\n    quantity_shipped = l.quantity_shipped + CASE NEW.how WHEN 'shipped' THEN NEW.quantity ELSE 0 END\nFROM fulfilment_release r WHERE r.id = NEW.release_id AND l.id = r.line_id;\nIF EXISTS (\n    SELECT 1 FROM fulfilment_release r JOIN orders_line l ON l.id = r.line_id\n    JOIN fulfilment_shipment s ON s.id = NEW.shipment_id\n    WHERE r.id = NEW.release_id AND s.order_id <> l.order_id\n) THEN\n    RAISE EXCEPTION 'a shipment is of one order' USING ERRCODE = 'check_violation', CONSTRAINT = 'shipment_order';\nEND IF;\nRETURN NULL;\n",
                    hash="78196318b9a6734da1ea60f4a763988bbc8d2b0a",
                    operation="INSERT",
                    pgid="pgtrigger_sum_a611d",
                    table="fulfilment_releaseend",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="releaseend",
            trigger=pgtrigger.compiler.Trigger(
                name="shipments",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nUPDATE orders_order o SET shipments_begun = counted.begun FROM (\n    SELECT touched.order_id, (SELECT count(*) FROM fulfilment_shipment s WHERE s.order_id = touched.order_id) + (\n        SELECT count(DISTINCT r.entry_id) FROM orders_line l JOIN fulfilment_release r ON r.line_id = l.id\n        WHERE l.order_id = touched.order_id AND r.quantity_open > 0\n    ) AS begun\n    FROM (SELECT DISTINCT l.order_id FROM added JOIN fulfilment_release r ON r.id = added.release_id JOIN orders_line l ON l.id = line_id) touched\n) counted\nWHERE o.id = counted.order_id AND o.shipments_begun <> counted.begun;\nRETURN NULL;\n",
                    hash="b5f004961643be25c73aaefb7d289f20f3e66966",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_shipments_902e4",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="fulfilment_releaseend",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
