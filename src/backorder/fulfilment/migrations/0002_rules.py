import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            model_name="block",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="block_says_why"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="block",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="633d2d26846ee45c8e3e80d4463b09b9613cc867",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f9f92",
                    table="fulfilment_block",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="blocklift",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d99e8b2fc9d2be21a374b48503d04a9d101b1185",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f43af",
                    table="fulfilment_blocklift",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="picklist",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cc93f9da555a2ffd5ce26ebc0282690d77d44c50",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_86172",
                    table="fulfilment_picklist",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(
                condition=models.Q(("quantity_open__gt", 0)), fields=["line"], name="release_open"
            ),
        ),
        migrations.AddIndex(
            model_name="release",
            index=models.Index(fields=["pick_list", "position", "id"], name="release_in_order"),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="release_quantity_from_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity_ended__gte", 0), ("quantity_ended__lte", models.F("quantity"))),
                name="release_ended_of_quantity",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity_picked__gte", 0), ("quantity_picked__lte", models.F("quantity"))
                ),
                name="release_picked_of_quantity",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="release",
            trigger=pgtrigger.compiler.Trigger(
                name="sums",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF TG_OP = 'INSERT' THEN\n            IF NEW.quantity_picked = 0 AND NEW.quantity_ended = 0 THEN RETURN NEW; END IF;\n        ELSIF TG_OP = 'DELETE' THEN\n            IF OLD.quantity_picked = 0 AND OLD.quantity_ended = 0 THEN RETURN OLD; END IF;\n        ELSIF NOT (OLD.pick_list_id IS DISTINCT FROM NEW.pick_list_id OR OLD.line_id IS DISTINCT FROM NEW.line_id OR OLD.location_id IS DISTINCT FROM NEW.location_id OR OLD.quantity IS DISTINCT FROM NEW.quantity OR OLD.position IS DISTINCT FROM NEW.position OR OLD.entry_id IS DISTINCT FROM NEW.entry_id) AND (pg_trigger_depth() > 1 OR NOT (OLD.quantity_picked IS DISTINCT FROM NEW.quantity_picked OR OLD.quantity_ended IS DISTINCT FROM NEW.quantity_ended)) THEN\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION 'a sum is changed by its rows only' USING ERRCODE = 'check_violation', CONSTRAINT = 'sums';\n        ",
                    hash="b3772e37262d964be0c76d103f3fcd16ae80c2b7",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_sums_4e1f3",
                    table="fulfilment_release",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="release",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="b33dd7ff0161f171a167b8788b696642763cc7d7",
                    operation="DELETE",
                    pgid="pgtrigger_append_only_47014",
                    table="fulfilment_release",
                    when="BEFORE",
                ),
            ),
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
                name="parts",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\nIF NOT EXISTS (SELECT 1 FROM fulfilment_releasepart WHERE release_id = NEW.id) THEN\n    RAISE EXCEPTION 'a release takes from a level' USING ERRCODE = 'check_violation', CONSTRAINT = 'release_part';\nEND IF;\nRETURN NULL;\n",
                    hash="a175260bc5bd9fc1469ff3c690661908bcd692f6",
                    operation="INSERT",
                    pgid="pgtrigger_parts_1301e",
                    table="fulfilment_release",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="pick",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="pick_quantity_from_1"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pick",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d8d3010fa66a5d9976599913028591604e4114b2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_85f5c",
                    table="fulfilment_pick",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pick",
            trigger=pgtrigger.compiler.Trigger(
                name="sum",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nUPDATE fulfilment_release SET quantity_picked = quantity_picked + NEW.quantity WHERE id = NEW.release_id;\nRETURN NULL;\n",
                    hash="c2dd524a0c7f895a1fc77537e464568cb830d282",
                    operation="INSERT",
                    pgid="pgtrigger_sum_6ec02",
                    table="fulfilment_pick",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="releasepart",
            constraint=models.UniqueConstraint(fields=("release", "level"), name="release_part_once"),
        ),
        migrations.AddConstraint(
            model_name="releasepart",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_unit__gte", 1)), name="release_part_from_1"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="releasepart",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="110b7b827601032e4229949c483f7a3ca2ac3c7c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9cfc5",
                    table="fulfilment_releasepart",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="releasepart",
            trigger=pgtrigger.compiler.Trigger(
                name="take",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nUPDATE supply_level l SET released = l.released + NEW.per_unit * r.quantity\nFROM fulfilment_release r WHERE r.id = NEW.release_id AND l.id = NEW.level_id AND r.quantity_ended = 0;\nIF NOT FOUND THEN\n    RAISE EXCEPTION 'what a release takes is written when it is made'\n    USING ERRCODE = 'check_violation', CONSTRAINT = 'release_part';\nEND IF;\nRETURN NULL;\n",
                    hash="09cbe37393a574b803d3a319c8195eb0b593ab52",
                    operation="INSERT",
                    pgid="pgtrigger_take_4b78d",
                    table="fulfilment_releasepart",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="return_quantity_from_1"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="return",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a08bf4d929df0c64540b725b745f88791b928e16",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fc03e",
                    table="fulfilment_return",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="return",
            trigger=pgtrigger.compiler.Trigger(
                name="shipped",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nPERFORM 1 FROM orders_line WHERE id = NEW.line_id FOR NO KEY UPDATE;\nIF (SELECT coalesce(sum(quantity), 0) FROM fulfilment_return WHERE line_id = NEW.line_id) + NEW.quantity\n    > (SELECT quantity_shipped FROM orders_line WHERE id = NEW.line_id) THEN\n    RAISE EXCEPTION 'more comes back than was shipped' USING ERRCODE = 'check_violation', CONSTRAINT = 'return_of_shipped';\nEND IF;\nRETURN NEW;\n",
                    hash="c00cdf5634502e0c17b8506d89571594dad6b835",
                    operation="INSERT",
                    pgid="pgtrigger_shipped_a9ce9",
                    table="fulfilment_return",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="shipment",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="640f0bd4b6a796e77e8a2701180cb97126b46760",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d503d",
                    table="fulfilment_shipment",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseend",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="release_end_from_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseend",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("how", "shipped"), ("shipment__isnull", False)),
                    models.Q(("how__in", ("returned", "short")), ("shipment", None)),
                    _connector="OR",
                ),
                name="release_end_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseend",
            constraint=models.UniqueConstraint(
                condition=models.Q(("shipment__isnull", False)),
                fields=("release", "shipment"),
                name="shipment_line_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="releaseend",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="37b289160f5c9efcc3fb5b5187320485c3fe150c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b6250",
                    table="fulfilment_releaseend",
                    when="BEFORE",
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
    ]
