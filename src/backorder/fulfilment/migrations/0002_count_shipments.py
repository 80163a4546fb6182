"""What was handed to the warehouse counts as shipments of its order; what older databases have is counted once."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

FILL = """
ALTER TABLE orders_order DISABLE TRIGGER USER;
UPDATE orders_order o SET shipments_begun = counted.begun FROM (
    SELECT l.order_id, count(DISTINCT r.entry_id) AS begun
    FROM fulfilment_release r JOIN orders_line l ON l.id = r.line_id
    WHERE r.quantity_open > 0 OR EXISTS (
        SELECT 1 FROM fulfilment_releaseend e WHERE e.release_id = r.id AND e.how = 'shipped'
    )
    GROUP BY l.order_id
) counted WHERE counted.order_id = o.id;
ALTER TABLE orders_order ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0001_initial"),
        ("orders", "0004_ship_sets"),
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
                    declare="DECLARE of_order bigint; begun bigint;",
                    func="\nUPDATE orders_line SET quantity_released = quantity_released + NEW.quantity WHERE id = NEW.line_id;\n\nSELECT order_id INTO of_order FROM orders_line WHERE id = NEW.line_id;\nSELECT count(DISTINCT r.entry_id) INTO begun FROM fulfilment_release r JOIN orders_line l ON l.id = r.line_id\nWHERE l.order_id = of_order AND (r.quantity_open > 0 OR EXISTS (\n    SELECT 1 FROM fulfilment_releaseend e WHERE e.release_id = r.id AND e.how = 'shipped'\n));\nUPDATE orders_order SET shipments_begun = begun WHERE id = of_order AND shipments_begun <> begun;\n\nRETURN NULL;\n",
                    hash="68782463b0c0c8b6a9e2bf978184a5b8b797111a",
                    operation="INSERT",
                    pgid="pgtrigger_take_0dae9",
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
                    declare="DECLARE of_order bigint; begun bigint;",
                    func="\nUPDATE fulfilment_release SET quantity_ended = quantity_ended + NEW.quantity WHERE id = NEW.release_id;\nUPDATE supply_level l SET released = l.released - p.per_unit * NEW.quantity\nFROM fulfilment_releasepart p WHERE p.release_id = NEW.release_id AND l.id = p.level_id;\nUPDATE orders_line l SET quantity_released = l.quantity_released - NEW.quantity,\n    quantity_shipped = l.quantity_shipped + CASE NEW.how WHEN 'shipped' THEN NEW.quantity ELSE 0 END\nFROM fulfilment_release r WHERE r.id = NEW.release_id AND l.id = r.line_id;\nIF EXISTS (\n    SELECT 1 FROM fulfilment_release r JOIN orders_line l ON l.id = r.line_id\n    JOIN fulfilment_shipment s ON s.id = NEW.shipment_id\n    WHERE r.id = NEW.release_id AND s.order_id <> l.order_id\n) THEN\n    RAISE EXCEPTION 'a shipment is of one order' USING ERRCODE = 'check_violation', CONSTRAINT = 'shipment_order';\nEND IF;\nIF NEW.how <> 'shipped' THEN\n    \nSELECT order_id INTO of_order FROM orders_line WHERE id = (SELECT line_id FROM fulfilment_release WHERE id = NEW.release_id);\nSELECT count(DISTINCT r.entry_id) INTO begun FROM fulfilment_release r JOIN orders_line l ON l.id = r.line_id\nWHERE l.order_id = of_order AND (r.quantity_open > 0 OR EXISTS (\n    SELECT 1 FROM fulfilment_releaseend e WHERE e.release_id = r.id AND e.how = 'shipped'\n));\nUPDATE orders_order SET shipments_begun = begun WHERE id = of_order AND shipments_begun <> begun;\n\nEND IF;\nRETURN NULL;\n",
                    hash="0cbe82122f341e4ede51c5999958c72d94427d59",
                    operation="INSERT",
                    pgid="pgtrigger_sum_a611d",
                    table="fulfilment_releaseend",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
