"""A hold that may not wait remembers how firm its lines are to be; those that stand became `soft` so far."""

from django.db import migrations, models

CHOICES = ("on_hand_only", "soft", "reserved", "firm", "locked")
FILL = """
UPDATE orders_line line SET commitment_once_confirmed = 'soft'
FROM orders_order whole
WHERE whole.id = line.order_id AND whole.held_until IS NOT NULL AND line.commitment = 'on_hand_only'
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_value_of_a_line")]

    operations = [
        migrations.AddField(
            model_name="line",
            name="commitment_once_confirmed",
            field=models.TextField(blank=True, null=True),
        ),
        migrations.RunSQL(
            [FILL, "SET CONSTRAINTS ALL IMMEDIATE"],
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("commitment_once_confirmed", None))
                | models.Q(("commitment_once_confirmed__in", CHOICES)),
                name="line_commitment_once_confirmed",
            ),
        ),
    ]
