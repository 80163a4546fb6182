"""What is open of a line is worth at most 2^53 minor units."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("value_open__lte", 9007199254740992)), name="line_value_to_2_53"
            ),
        ),
    ]
