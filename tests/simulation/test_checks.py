"""The checks of the operator find what somebody changed behind the program's back."""

from __future__ import annotations

import pytest

from backorder.allocation.models import Standing
from backorder.allocation.services import plan_all
from backorder.orders.models import Line
from tests.allocation.shop import buy, order_in, stock
from tests.allocation.test_reconcile import change_behind_our_back
from tests.fulfilment.shop import release, ship
from tests.simulation.broken import LawBrokenError
from tests.simulation.checks import Ledger, find_restless
from tests.simulation.sums import find_broken
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db
OTHERS = (
    "fulfilment_release",
    "fulfilment_releaseend",
    "allocation_backorder",
    "allocation_promise",
    "supply_movement",
    "orders_order",
)


def make_shop() -> None:
    """A line that is shipped in part, one that waits for what comes, one for what does not."""
    stock("LAMP", 6)
    order_in("LAMP", 2, "PO-1")
    buy("A-1", ("LAMP", 5))
    release("A-1")
    ship("A-1", 3)
    buy("A-2", ("LAMP", 3))
    buy("A-3", ("LAMP", 1))
    plan_all(cause())


def change(*statements: str) -> None:
    """Switch the rules of the database off, and write."""
    change_behind_our_back(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in OTHERS), *statements)


@pytest.mark.parametrize(
    ("statement", "rules"),
    [
        ("DELETE FROM supply_movement WHERE kind = 'return'", ["L3: on hand is the sum of its movements"]),
        (
            "UPDATE supply_inboundline SET quantity_cancelled = 1",
            ["L1: more is allocated of an inbound line than will come"],
        ),
        (
            "UPDATE supply_inboundline SET quantity_received = 0, allocated = 0, quantity_ordered = 3",
            ["allocated of an inbound line is the sum of its allocations"],
        ),
        (
            "UPDATE orders_line SET quantity_ordered = 4 WHERE quantity_ordered = 3",
            ["what is open and not released is allocated or unallocated"],
        ),
        (
            "DELETE FROM fulfilment_releaseend",
            ["shipped is the sum of its shipments", "shipments are what left and what the warehouse has"],
        ),
        (
            "UPDATE allocation_backorder SET closed_by_id = opened_by_id WHERE closed_by_id IS NULL",
            ["a backorder is open while units wait"] * 2,
        ),
        (
            "UPDATE orders_line SET promised_on = promised_on + 1 WHERE quantity_ordered = 3",
            ["L4: a line shows its first and last promise"],
        ),
        (
            "UPDATE orders_order SET shipments_begun = 5 WHERE number = 'A-1'",
            ["shipments are what left and what the warehouse has"],
        ),
        (
            "UPDATE orders_order SET shipments_begun = 1, most_shipments = 1 WHERE number = 'A-2'",
            ["shipments are what left and what the warehouse has", "what is to go may leave once more"],
        ),
    ],
)
def test_a_sum_that_does_not_agree_is_named(statement: str, rules: list[str]) -> None:
    make_shop()
    assert find_broken(0) == []
    change(statement)
    assert [rule for rule, _ in find_broken(0)] == rules


def test_a_promise_that_was_changed_is_found() -> None:
    make_shop()
    ledger = Ledger(1)
    ledger.check(cause())
    change(
        "UPDATE allocation_promise SET promised_on = promised_on + 1 WHERE promised_on IS NOT NULL",
        "UPDATE orders_line SET promised_on = promised_on + 1, first_promised_on = first_promised_on + 1",
    )
    with pytest.raises(LawBrokenError, match="rows were changed or lost: allocation_promise"):
        ledger.check_added()


def test_a_plan_in_force_that_deciding_again_would_change_is_found() -> None:
    make_shop()
    assert find_restless(cause()) == []
    line = Line.objects.get(order__number="A-3").pk
    Standing.objects.filter(line=line).update(units_ahead=9)
    assert find_restless(cause()) == [f"line {line}: units_ahead 9 to 3"]
    change("DELETE FROM allocation_allocation WHERE inbound_line_id IS NOT NULL")
    assert len(find_restless(cause())) == 2
    plan_all(cause())
    assert find_restless(cause()) == []
