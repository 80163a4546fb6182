"""The proof that everything adds up, and what it says where somebody took the rules away."""

import pytest
from django.db import connection

from backorder.allocation.selectors import count_rows, find_differences
from backorder.catalog.models import Component
from tests.allocation.shop import buy, drop, order_in, stock, take_in
from tests.supply.shop import item

pytestmark = pytest.mark.django_db

TABLES = ("supply_level", "supply_inboundline", "allocation_allocation", "allocation_standing", "orders_line")


def make_shop() -> None:
    """A line on stock and inbound, a kit, a cancelled line, half a receipt."""
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
    stock("LAMP", 3)
    stock("BULB", 4)
    coming = order_in("LAMP", 6, "PO-1")
    buy("A-1", ("LAMP", 5), ("SET", 2))
    buy("A-2", ("LAMP", 9))
    buy("A-3", ("LAMP", 1))
    drop("A-3", 1)
    take_in(coming, 2)


def change_behind_our_back(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)


def test_all_agree() -> None:
    make_shop()
    assert find_differences() == []
    assert count_rows() == {"levels": 2, "inbound lines": 1, "open lines": 3, "allocations": 3}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE supply_level SET on_hand = on_hand + 7 WHERE item_id = (SELECT id FROM catalog_item WHERE sku = 'BULB')",
            ["BULB at main, sellable: on hand is the sum of its movements: 11 is not 4"],
        ),
        (
            "UPDATE supply_inboundline SET quantity_received = 1",
            ["inbound PO-1 line 1: received is the sum of its receipts: 1 is not 2"],
        ),
        (
            "UPDATE supply_inboundline SET allocated = 1",
            ["inbound PO-1 line 1: allocated is the sum of its allocations: 1 is not 4"],
        ),
        (
            "UPDATE supply_inboundline SET quantity_cancelled = 3",
            ["inbound PO-1 line 1: no more is allocated than there is: 4 is not 1"],
        ),
        (
            "UPDATE allocation_standing SET unallocated = unallocated + 2 WHERE allocated_inbound > 0",
            ["order A-2 line 1: what is open and not released is allocated or unallocated: 11 is not 9"],
        ),
        (
            "UPDATE orders_line SET quantity_cancelled = quantity_ordered WHERE number = '2'",
            ["order A-1 line 2: a line of which nothing is to be decided has no allocation: 4 is not 0"],
        ),
        (
            "DELETE FROM allocation_allocation WHERE inbound_line_id IS NOT NULL",
            [
                "inbound PO-1 line 1: allocated is the sum of its allocations: 4 is not 0",
                "order A-2 line 1: what stands is the sum of its allocations: 4 is not 0",
            ],
        ),
        (
            "UPDATE orders_line SET promised_on = promised_on - 3 WHERE quantity_ordered = 5",
            [
                "order A-1 line 1: the day that is promised is that of its last promise: 2026-12-01 is not 2026-12-04"
            ],
        ),
        (
            "UPDATE orders_line SET first_promised_on = '2026-11-20' WHERE quantity_cancelled = 1",
            ["order A-3 line 1: the day that was promised first stays: 2026-11-20 is not none"],
        ),
    ],
)
def test_what_does_not_agree_is_named(statement: str, told: list[str]) -> None:
    make_shop()
    change_behind_our_back(statement)
    found = find_differences()
    assert [f"{one.about}: {one.rule}: {one.is_now} is not {one.should_be}" for one in found] == told
