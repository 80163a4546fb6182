"""The proof that everything adds up, and what it says where somebody took the rules away."""

import pytest
from django.db import connection

from backorder.allocation import events
from backorder.allocation.selectors import count_rows, find_differences
from backorder.allocation.services import plan_all
from backorder.catalog.models import Component, Substitute
from backorder.catalog.services import ComponentFacts, save_components
from tests.allocation.shop import buy, drop, order_in, standing, stock, take_in
from tests.supply.shop import cause, item

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
            ["order A-1 line 2: a line stands while something of it is to be decided: 1 is not 0"],
        ),
        (
            "DELETE FROM allocation_allocation WHERE inbound_line_id IS NOT NULL",
            [
                "inbound PO-1 line 1: allocated is the sum of its allocations: 4 is not 0",
                "order A-2 line 1: what stands inbound is the sum of its allocations: 4 is not 0",
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
    assert tell_differences() == told


def tell_differences() -> list[str]:
    return [f"{one.about}: {one.rule}: {one.is_now} is not {one.should_be}" for one in find_differences()]


ON_HAND = (
    "level_id = (SELECT v.id FROM supply_level v JOIN catalog_item i ON i.id = item_id WHERE sku = '{}')"
)
INBOUND = """level_id = NULL, inbound_line_id = (
    SELECT l.id FROM supply_inboundline l JOIN catalog_item i ON i.id = item_id WHERE sku = '{}' AND remaining = 20
)"""
SUPPLIES = {
    "lamps": ON_HAND.format("LAMP"),
    "bulbs": ON_HAND.format("BULB"),
    "shades": ON_HAND.format("SHADE"),
    "later_lamps": INBOUND.format("LAMP"),
    "later_bulbs": INBOUND.format("BULB"),
}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "DELETE FROM allocation_allocation WHERE {bulbs}",
            ["order A-1 line 2, BULB: what stands of a kit is made up of its allocations: 4 is not 0"],
        ),
        (
            "UPDATE allocation_allocation SET {shades} WHERE {bulbs}",
            [
                "order A-1 line 2, BULB: what stands of a kit is made up of its allocations: 4 is not 0",
                "order A-1 line 2, SHADE: what stands of a kit is made up of its allocations: 0 is not 4",
            ],
        ),
        (
            "UPDATE allocation_allocation SET {later_bulbs} WHERE {bulbs}",
            ["order A-1 line 2, BULB: what stands on hand of a kit is made up on hand: 4 is not 0"],
        ),
        (
            "UPDATE allocation_standing SET allocated_on_hand = 1, allocated_inbound = 1 WHERE allocated_on_hand = 2",
            [
                "order A-1 line 2: a backorder is open while units wait: 0 is not 1",
                "order A-1 line 2: what stands inbound of a kit waits for a part each: 1 is not 0",
            ],
        ),
        (
            "UPDATE allocation_allocation SET {shades} WHERE {lamps}",
            [
                "order A-1 line 1: what stands on hand is the sum of its allocations: 5 is not 0",
                "order A-1 line 1, SHADE: what stands on hand is the sum of its allocations: 0 is not 5",
            ],
        ),
        (
            "UPDATE allocation_allocation SET {later_lamps} WHERE {lamps}",
            [
                "order A-1 line 1: what stands inbound is the sum of its allocations: 0 is not 5",
                "order A-1 line 1: what stands on hand is the sum of its allocations: 5 is not 0",
            ],
        ),
        (
            "UPDATE allocation_backorder SET closed_by_id = opened_by_id WHERE closed_by_id IS NULL",
            ["order A-2 line 1: a backorder is open while units wait: 0 is not 1"],
        ),
        (
            """INSERT INTO allocation_backorder (line_id, opened_by_id)
            SELECT line_id, entry_id FROM allocation_standing WHERE allocated_on_hand = 5""",
            ["order A-1 line 1: a backorder is open while units wait: 1 is not 0"],
        ),
    ],
)
def test_what_the_database_lets_anybody_write_is_named_too(statement: str, told: list[str]) -> None:
    make_shop()
    stock("SHADE", 9)
    order_in("LAMP", 20, "PO-2", days=20)
    order_in("BULB", 20, "PO-3")
    drop("A-2", 5)
    assert find_differences() == []
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**SUPPLIES))
    assert tell_differences() == told


def test_kits_that_are_covered_in_part_agree_and_nothing_is_covered_by_a_substitute() -> None:
    for kit, part, units in (("SET", "BULB", 2), ("SET", "LAMP", 1), ("ROOM", "SET", 2), ("ROOM", "DESK", 1)):
        Component.objects.create(kit=item(kit), item=item(part), quantity=units)
    Substitute.objects.create(item=item("BULB"), substitute=item("CABLE"), kind="equivalent")
    for sku, units in (("BULB", 3), ("LAMP", 9), ("CABLE", 9)):
        stock(sku, units)
    order_in("BULB", 3, "PO-1")
    buy("A-1", ("SET", 4))
    assert (standing("A-1")[:3], find_differences()) == ((1, 2, 1), [])
    stock("SET", 3)
    stock("DESK", 2)
    buy("A-2", ("ROOM", 2))
    assert (standing("A-1")[:3], standing("A-2")[:3]) == ((4, 0, 0), (0, 1, 1))
    assert find_differences() == []
    stock("SET", 1)
    assert (standing("A-1")[:3], standing("A-2")[:3]) == ((4, 0, 0), (0, 1, 1))
    assert find_differences() == []


def test_a_kit_that_is_made_otherwise_agrees_once_it_is_decided() -> None:
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
    stock("BULB", 6)
    stock("LAMP", 1)
    buy("A-1", ("SET", 3))
    parts = [ComponentFacts("SET", "BULB", 1), ComponentFacts("SET", "LAMP", 1)]
    events.change_kits([item("SET").pk, item("LAMP").pk], lambda: save_components(parts, cause()))
    assert (standing("A-1")[:3], find_differences()) == ((1, 0, 2), [])
    Component.objects.filter(item=item("BULB")).update(quantity=3)
    assert tell_differences() == [
        "order A-1 line 1, BULB: what stands of a kit is made up of its allocations: 3 is not 1"
    ]
    plan_all(cause())
    assert (standing("A-1")[:3], find_differences()) == ((1, 0, 2), [])
