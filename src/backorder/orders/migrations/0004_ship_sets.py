"""Lines ship in sets, and an order leaves in so many shipments at most."""

import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0003_mends_commitment_once_confirmed"),
    ]

    operations = [
        migrations.AddField(
            model_name="line",
            name="ship_set",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="order",
            name="most_shipments",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="order",
            name="shipments_begun",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="sums",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF TG_OP = 'INSERT' THEN\n            IF NEW.shipments_begun = 0 THEN RETURN NEW; END IF;\n        ELSIF TG_OP = 'DELETE' THEN\n            IF OLD.shipments_begun = 0 THEN RETURN OLD; END IF;\n        ELSIF NOT (OLD.id IS DISTINCT FROM NEW.id) AND (pg_trigger_depth() > 1 OR NOT (OLD.shipments_begun IS DISTINCT FROM NEW.shipments_begun)) THEN\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION 'a sum is changed by its rows only' USING ERRCODE = 'check_violation', CONSTRAINT = 'sums';\n        ",
                    hash="c978b28c6088f9f21e4a2cacdcec2518cef80833",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_sums_d552e",
                    table="orders_order",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("most_shipments", None), ("most_shipments__range", (1, 1000000000)), _connector="OR"
                ),
                name="order_most_shipments_from_1",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("shipments_begun__gte", 0)), name="order_shipments_from_0"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("most_shipments", None),
                    ("shipments_begun__lte", models.F("most_shipments")),
                    _connector="OR",
                ),
                name="order_shipments_of_most",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="ships_whole",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            ("ship_policy", "complete"),
                            (
                                "most_shipments__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("shipments_begun"), "+", models.Value(1)
                                ),
                            ),
                            _connector="OR",
                        ),
                        then=models.Value(value=True),
                    ),
                    default=models.Value(value=False),
                ),
                output_field=models.BooleanField(),
            ),
        ),
    ]
