"""A standing names the item of its line: what stands is found by item, without all lines that ever were of it."""

import django.db.models.deletion
from django.db import migrations, models

FILL = "UPDATE allocation_standing s SET item_id = l.item_id FROM orders_line l WHERE l.id = s.line_id"


def item_of_line(*, null: bool = False) -> "models.ForeignKey[object, object]":
    """Describe the new column."""
    return models.ForeignKey(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.item"
    )


class Migration(migrations.Migration):
    dependencies = [("allocation", "0001_initial"), ("catalog", "0001_initial")]

    operations = [
        migrations.AddField("standing", "item", item_of_line(null=True)),
        migrations.RunSQL([FILL, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
        migrations.AlterField("standing", "item", item_of_line()),
    ]
