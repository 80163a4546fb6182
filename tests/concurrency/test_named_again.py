"""What an act touches is named again once it is locked: a line may have come, an order may ship as a whole by then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from backorder.allocation import events
from backorder.allocation.services import plan_all, preview
from backorder.catalog.models import Component
from backorder.channels.files.intake.services import apply_import
from backorder.channels.files.intake.tables import read_paths
from backorder.fulfilment import services
from backorder.fulfilment.selectors import find_differences
from backorder.orders.services import Wanted
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, line_of, order_in, promised, standing, stock, take_in
from tests.concurrency.interleaving import BEFORE_DECISION, BEFORE_ENTRY, BEFORE_LOCK, run_between
from tests.fulfilment.shop import PARCEL, order_of, release, releases_of, shelf, sums
from tests.supply.shop import NOON, TODAY, cause, item

pytestmark = pytest.mark.django_db(transaction=True)


def add(number: str, sku: str) -> None:
    """Another line, of one unit."""
    events.add_line(order_of(number), Wanted("2", item(sku), 1, TODAY), cause())


def everything_stands() -> bool:
    """All sums agree, and deciding everything again moves nothing (law L8)."""
    return (find_differences(), list(preview(lambda: plan_all(cause())).moves)) == ([], [])


@pytest.mark.parametrize(
    ("act", "open_units"),
    [
        (lambda: events.cancel_order(order_of("A-1"), cause()), (0, 0)),
        (lambda: events.amend_order(order_of("A-1"), {"priority": 1}, cause()), (2, 1)),
    ],
    ids=["cancel", "amend"],
)
def test_a_line_that_is_added_before_the_lock_is_part_of_the_order_and_nobody_waits_in_a_circle(
    act: Callable[[], object], open_units: tuple[int, int]
) -> None:
    item("SHADE")
    stock("LAMP", 9)  # its id is higher
    buy("A-1", ("LAMP", 2))
    run_between(
        act,
        (BEFORE_LOCK, lambda: add("A-1", "SHADE")),
        (BEFORE_LOCK, lambda: buy("A-2", ("SHADE", 1), ("LAMP", 1))),
    )
    assert (line_of("A-1").quantity_open, line_of("A-1", "2").quantity_open) == open_units
    assert standing("A-2")[:3] == (0, 0, 1)
    assert everything_stands()


def test_an_item_that_is_made_while_everything_is_decided_is_left_to_its_own_events() -> None:
    stock("LAMP", 9)
    buy("A-1", ("LAMP", 2))

    def sell_another() -> None:
        stock("SHADE", 5)
        buy("A-2", ("SHADE", 2))

    run_between(
        lambda: plan_all(Cause("clock", NOON + dt.timedelta(days=1))),
        (BEFORE_ENTRY, sell_another),  # all are locked, nothing is read
        (BEFORE_ENTRY, lambda: events.cancel_order(order_of("A-2"), cause())),  # all is read
    )
    assert everything_stands()


def ship_kit() -> None:
    """The kit leaves."""
    services.ship(order_of("A-1"), [(releases_of("A-1")[0], 1)], PARCEL, cause())


def lose_kit() -> None:
    """One of its components is not found."""
    services.short_ship(releases_of("A-1")[0], 1, cause("lost"), {item("BULB").pk: 1})


@pytest.mark.parametrize(
    ("act", "on_shelf"),
    [
        (lambda: release("A-2"), (11, 0, 4)),
        (ship_kit, (9, 2, 0)),
        (lambda: services.take_back(releases_of("A-1")[0], 1, cause()), (11, 4, 0)),
        (lose_kit, (10, 4, 0)),
    ],
    ids=["release", "ship", "take back", "not found"],
)
def test_what_moves_a_kit_holds_its_components_and_a_receipt_of_one_waits(
    act: Callable[[], object], on_shelf: tuple[int, int, int]
) -> None:
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
    stock("BULB", 4)
    coming = order_in("BULB", 7, "PO-1")
    buy("A-1", ("SET", 1))
    buy("A-2", ("SET", 1))
    release("A-1")
    run_between(act, (BEFORE_DECISION, lambda: take_in(coming, 7)))
    assert shelf("BULB") == on_shelf
    assert everything_stands()


def test_a_line_of_an_order_that_ships_as_a_whole_by_then_is_cancelled_with_the_others_decided_again() -> (
    None
):
    stock("LAMP", 2)
    order_in("SHADE", 5, "PO-1", days=10)
    buy("A-1", ("LAMP", 2), ("SHADE", 1))
    assert (promised("A-1"), promised("A-1", "2")) == ([0], [10])
    run_between(
        lambda: events.cancel_line(line_of("A-1"), 1, cause()),
        (BEFORE_LOCK, lambda: events.amend_order(order_of("A-1"), {"ship_policy": "complete"}, cause())),
    )
    assert (sums("A-1")[2], promised("A-1")) == (1, [0, 10])
    assert everything_stands()


def test_a_file_that_adds_a_line_waits_for_who_changes_the_order(tmp_path: Path) -> None:
    stock("LAMP", 2)
    order_in("SHADE", 5, "PO-1", days=10)
    buy("A-1", ("LAMP", 2))
    file = tmp_path / "orders.csv"
    file.write_text(
        "order,line,sku,quantity,ordered_at\nA-1,1,LAMP,2,2026-11-24T12:00:00Z\nA-1,2,SHADE,1,2026-11-24T12:00:00Z\n",
        "utf-8",
    )
    run_between(
        lambda: events.amend_order(order_of("A-1"), {"ship_policy": "complete"}, cause()),
        (
            BEFORE_ENTRY,
            lambda: None,
        ),  # of the change; the next is of the decision, whose facts are read by then
        (BEFORE_ENTRY, lambda: apply_import(read_paths([tmp_path]), cause())),
    )
    assert (promised("A-1"), promised("A-1", "2")) == ([0, 10], [10])
    assert everything_stands()
