"""The proof over releases and shipments, and what it says where somebody took the rules away."""

from __future__ import annotations

import pytest

from backorder.catalog.models import Component
from backorder.fulfilment import services
from backorder.fulfilment.selectors import find_differences
from backorder.supply.models import DAMAGED
from tests.allocation.shop import buy, line_of, stock
from tests.allocation.test_reconcile import change_behind_our_back
from tests.fulfilment.shop import release, releases_of, ship
from tests.supply.shop import cause, item, place

pytestmark = pytest.mark.django_db

TABLES = ("fulfilment_release", "fulfilment_releaseend", "fulfilment_pick", "supply_movement", "orders_order")


def make_shop() -> None:
    """A kit of which a part is shipped, lamps that are picked, and shades that nobody has."""
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
    stock("BULB", 8)
    stock("LAMP", 3)
    buy("A-1", ("SET", 4))
    buy("A-2", ("LAMP", 2))
    buy("A-3", ("SHADE", 5))
    release("A-1")
    release("A-2")
    ship("A-1", 1)
    services.pick(releases_of("A-2")[0], 1, cause())


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE orders_line SET quantity_released = 1 WHERE quantity_ordered = 2",
            [
                "order A-2 line 1: what is open and not released is allocated or unallocated: 0 is not 1",
                "order A-2 line 1: released is the sum of its releases: 1 is not 2",
            ],
        ),
        (
            "UPDATE supply_level SET released = 5 WHERE released = 6",
            ["BULB at main, sellable: released is the sum of its releases: 5 is not 6"],
        ),
        (
            "UPDATE orders_line SET quantity_shipped = 0, quantity_cancelled = 1 WHERE quantity_shipped = 1",
            [
                "order A-1 line 1: cancelled is the sum of its cancellations: 1 is not 0",
                "order A-1 line 1: shipped is the sum of its shipments: 0 is not 1",
            ],
        ),
        (
            "UPDATE orders_line SET quantity_shipped = 2, quantity_released = 2 WHERE quantity_shipped = 1",
            [
                "order A-1 line 1: released is the sum of its releases: 2 is not 3",
                "order A-1 line 1: shipped is the sum of its shipments: 2 is not 1",
            ],
        ),
        (
            """UPDATE orders_line SET quantity_shipped = 1 WHERE quantity_ordered = 5;
            UPDATE allocation_standing SET unallocated = 4 WHERE unallocated = 5""",
            ["order A-3 line 1: shipped is the sum of its shipments: 1 is not 0"],
        ),
        (
            "UPDATE fulfilment_release SET quantity_picked = 2 WHERE quantity_picked = 1",
            ["release of order A-2 line 1: what is picked is the sum of its picks: 2 is not 1"],
        ),
        (
            "UPDATE fulfilment_release SET quantity_ended = 0 WHERE quantity_ended = 1",
            [
                "release of order A-1 line 1: what ended is the sum of its ends: 0 is not 1",
                "order A-1 line 1: released is the sum of its releases: 3 is not 4",
                "BULB at main, sellable: released is the sum of its releases: 6 is not 8",
            ],
        ),
        (
            "UPDATE supply_movement SET kind = 'adjustment' WHERE kind = 'shipment'",
            ["BULB at main: what is shipped has left the shelf: 2 is not 0"],
        ),
        (
            """INSERT INTO fulfilment_return (line_id, level_id, quantity, entry_id)
            SELECT line_id, level_id, 1, r.entry_id FROM fulfilment_release r JOIN fulfilment_releasepart p ON p.release_id = r.id
            WHERE quantity_ended = 1""",
            ["BULB at main, sellable: what came back is in stock again: 1 is not 0"],
        ),
        (
            "UPDATE orders_order SET shipments_begun = 0 WHERE number = 'A-2'",
            ["order A-2: shipments are what left and what the warehouse has: 0 is not 1"],
        ),
        (
            """UPDATE orders_order SET most_shipments = 2 WHERE number = 'A-1';
            UPDATE orders_line SET quantity_ordered = 6 WHERE quantity_ordered = 4""",
            [
                "order A-1 line 1: what is open and not released is allocated or unallocated: 0 is not 2",
                "order A-1 line 1: what is to go may leave once more: 2 is not 0",
            ],
        ),
    ],
)
def test_what_does_not_agree_is_named(statement: str, told: list[str]) -> None:
    make_shop()
    assert find_differences() == []
    change_behind_our_back(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES), statement)
    assert tell_differences() == told


def test_stock_that_came_back_without_its_return_is_named() -> None:
    make_shop()
    stock("SHADE", 1)
    services.accept_return(line_of("A-1"), 1, (place(), DAMAGED), cause())
    assert find_differences() == []
    change_behind_our_back(
        "ALTER TABLE fulfilment_return DISABLE TRIGGER USER", "DELETE FROM fulfilment_return"
    )
    assert tell_differences() == ["SET at main, damaged: what came back is in stock again: 0 is not 1"]


def tell_differences() -> list[str]:
    found = [f"{one.about}: {one.rule}: {one.is_now} is not {one.should_be}" for one in find_differences()]
    return [leave_out_ids(text) for text in found]


def leave_out_ids(text: str) -> str:
    """Leave out what differs from run to run."""
    head, _, tail = text.partition(", entry ")
    text = head + tail[tail.index(":") :] if tail else text
    if text.startswith("release "):
        text = "release " + text.split(" ", 2)[2]
    return text
