from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0011_erasable")]

    operations = [
        migrations.RemoveConstraint(
            model_name="message",
            name="message_on_its_way_once",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="receipt_once",
        ),
        migrations.RemoveConstraint(
            model_name="receiptdue",
            name="receipt_due_kind",
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("outcome", ""),
                    models.Q(
                        (
                            "kind__in",
                            (
                                "cancelled",
                                "answered",
                                "shipped",
                                "refunded",
                                "arrived",
                                "charge_ahead",
                                "charge_failed",
                                "thanked",
                                "offered",
                            ),
                        ),
                        _negated=True,
                    ),
                ),
                fields=("order",),
                name="message_on_its_way_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "cancelled",
                            "answered",
                            "shipped",
                            "refunded",
                            "arrived",
                            "charge_ahead",
                            "charge_failed",
                            "thanked",
                        ),
                    )
                ),
                fields=("order", "news"),
                name="receipt_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptdue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "cancelled",
                            "answered",
                            "shipped",
                            "refunded",
                            "arrived",
                            "charge_ahead",
                            "charge_failed",
                            "thanked",
                        ),
                    )
                ),
                name="receipt_due_kind",
            ),
        ),
    ]
