"""A database that is older than the program keeps what was told."""

import pytest
from django.core.management import call_command
from django.db import connection

from backorder.care.models import NoticeLine
from backorder.orders.models import Line
from tests.allocation.shop import buy

TOLD = """
WITH told AS (
    INSERT INTO care_notice (order_id, channel, told_at, says, text, entry_id)
    SELECT order_id, 'mail', now(), ARRAY['reason', 'day_or_none'], '', (SELECT max(id) FROM outbox_entry)
    FROM orders_line LIMIT 1 RETURNING id
)
INSERT INTO care_noticeline (notice_id, line_id) SELECT told.id, orders_line.id FROM told, orders_line
"""


@pytest.mark.django_db(transaction=True)
def test_what_a_notice_said_before_each_line_had_its_own_words_is_said_of_its_lines() -> None:
    buy("A-1", ("LAMP", 5), ("SHADE", 2))
    connection.check_constraints()
    try:
        call_command("migrate", "care", "0001", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(TOLD)
    finally:
        call_command("migrate", verbosity=0)
    said = list(NoticeLine.objects.order_by("line").values_list("line", "says"))
    assert said == [(line.pk, ["reason", "day_or_none"]) for line in Line.objects.order_by("id")]
