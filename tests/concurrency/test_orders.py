"""Buyers, receipts and cancellations at once, over connections of their own."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from backorder.allocation.models import Allocation, Standing
from backorder.allocation.selectors import find_differences
from backorder.catalog.services import CatalogError, ItemFacts, save_items
from backorder.orders.models import Line, Order
from backorder.orders.services import OrderError
from backorder.supply.services import SupplyError
from tests.allocation.shop import buy, covered, drop, find_stock, order_in, standing, stock, take_in
from tests.concurrency.interleaving import BEFORE_LOCK, run_between
from tests.concurrency.test_stock import all_at_once
from tests.supply.shop import cause, item

pytestmark = pytest.mark.django_db(transaction=True)


def buy_one(number: int) -> Callable[[], object]:
    return lambda: buy(f"A-{number}", ("LAMP", 1))


def test_of_50_buyers_of_49_units_exactly_one_waits() -> None:
    stock("LAMP", 49)

    assert all_at_once([buy_one(number) for number in range(50)]) == [None] * 50
    on_hand = list(Standing.objects.values_list("allocated_on_hand", flat=True))
    assert sorted(on_hand) == [0] + [1] * 49
    assert find_differences() == []


def test_a_receipt_in_a_rush_goes_to_the_line_that_has_waited_longest() -> None:
    """T16 of docs/reference/defects-of-others.md."""
    line = order_in("LAMP", 3, "PO-1")
    buy("FIRST", ("LAMP", 3))

    rush = [buy_one(number) for number in range(8)]
    assert all_at_once([*rush, lambda: take_in(line, 3)]) == [None] * 9
    assert covered("FIRST") == [("main", 3, 0)]
    assert standing("FIRST")[:3] == (3, 0, 0)
    assert find_differences() == []


@pytest.mark.parametrize("ordered_first", [True, False])
def test_an_order_and_another_currency_at_once_leave_prices_in_the_currency_of_their_item(
    ordered_first: bool,  # noqa: FBT001 - the two cases
) -> None:
    save_items([ItemFacts("LAMP", price=1999)], cause())

    def sell_in_yen() -> None:
        with suppress(CatalogError):
            save_items([ItemFacts("LAMP", price=3000, currency="JPY")], cause())

    def order() -> None:
        buy("A-1", ("LAMP", 1))

    run_between(
        *((sell_in_yen, (BEFORE_LOCK, order)) if ordered_first else (order, (BEFORE_LOCK, sell_in_yen)))
    )
    found = Line.objects.values_list("unit_price", "item__currency").get()
    assert found == ((1999, "EUR") if ordered_first else (3000, "JPY"))


def test_writers_on_a_few_items_neither_wait_in_a_circle_nor_break_a_law() -> None:
    skus = ["LAMP", "SHADE", "BULB", "SET"]
    for sku in skus:
        stock(sku, 20)
    inbound = [order_in(sku, 30, f"PO-{sku}") for sku in skus]
    bought = [item(sku).pk for sku in skus]
    assert len(bought) == len(skus)

    def work(writer: int) -> Callable[[], object]:
        chance = random.Random(writer)  # noqa: S311 - the same steps each time

        def act() -> None:
            for step in range(6):
                what = chance.choice(["buy", "buy", "take in", "count", "cancel"])
                try:
                    if what == "buy":
                        chosen = chance.sample(skus, chance.randint(1, 3))
                        ships = chance.choice(["as_ready", "complete"])
                        buy(
                            f"A-{writer}-{step}",
                            *((sku, chance.randint(1, 4)) for sku in chosen),
                            ships=ships,
                        )
                    elif what == "take in":
                        take_in(chance.choice(inbound), chance.randint(1, 4))
                    elif what == "count":
                        find_stock(chance.choice(skus), chance.randint(5, 25))
                    elif Order.objects.filter(number=f"A-{writer}-0").exists():
                        drop(f"A-{writer}-0", 1)
                except (OrderError, SupplyError):
                    continue  # nothing was left to cancel

        return act

    assert all_at_once([work(writer) for writer in range(8)]) == [None] * 8
    assert Allocation.objects.exists()
    assert find_differences() == []


def test_two_receipts_at_once_complete_an_order_of_both_items() -> None:
    for number in range(8):
        lamp, shade = f"LAMP-{number}", f"SHADE-{number}"
        buy(f"A-{number}", (lamp, 2), (shade, 1), ships="complete")

        def bring(sku: str, units: int) -> Callable[[], object]:
            return lambda: stock(sku, units)

        assert all_at_once([bring(lamp, 2), bring(shade, 1)]) == [None] * 2
        assert (standing(f"A-{number}")[:3], standing(f"A-{number}", "2")[:3]) == ((2, 0, 0), (1, 0, 0))
    assert find_differences() == []
