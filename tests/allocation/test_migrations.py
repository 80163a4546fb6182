"""A database that is older than the program keeps what it holds."""

import pytest
from django.core.management import call_command
from django.db import connection

from backorder.allocation.models import Standing
from tests.allocation.shop import buy, stock
from tests.supply.shop import item


@pytest.mark.django_db(transaction=True)
def test_lines_that_stood_before_a_standing_named_its_item_stand_as_they_did() -> None:
    stock("LAMP", 3)
    buy("A-1", ("LAMP", 5), ("SHADE", 2))
    before = list(Standing.objects.order_by("line").values())
    connection.check_constraints()
    try:
        call_command("migrate", "allocation", "0001", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    assert list(Standing.objects.order_by("line").values()) == before
    assert [row["item_id"] for row in before] == [item("LAMP").pk, item("SHADE").pk]
