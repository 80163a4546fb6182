"""Many at once, over connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from backorder.supply.models import DAMAGED, SELLABLE, InboundLine, Level
from backorder.supply.selectors import find_drift
from backorder.supply.services import SupplyError, adjust, change_status, count, receive
from tests.supply.shop import cause, item, on_hand, on_the_way, place

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(acts: list[Callable[[], object]]) -> list[BaseException | None]:
    """Start all acts at one moment, each with a connection of its own; gives what each raised."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> BaseException | None:
        try:
            barrier.wait()
            act()
        except BaseException as error:  # noqa: BLE001 - given back to who asserts
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_receipts_at_once_both_count() -> None:
    line = on_the_way(100)
    raised = all_at_once([lambda: receive(line, 30, cause())] * 8)
    assert raised == [None] * 8
    line = InboundLine.objects.get()
    assert (line.quantity_received, line.remaining, on_hand()) == (240, 0, 240)


def test_the_last_units_leave_once() -> None:
    adjust((item(), place(), SELLABLE), 49, "return", cause())
    lamp, main = item(), place()
    raised = all_at_once([lambda: adjust((lamp, main, SELLABLE), -1, "adjustment", cause())] * 50)
    assert sorted(type(error).__name__ for error in raised) == ["NoneType"] * 49 + [SupplyError.__name__]
    assert (on_hand(), find_drift()) == (0, [])


def test_a_contended_first_movement_makes_one_level() -> None:
    """T4 of docs/reference/defects-of-others.md."""
    lamp, main = item(), place()
    raised = all_at_once([lambda: adjust((lamp, main, SELLABLE), 1, "return", cause())] * 16)
    assert raised == [None] * 16
    assert [level.on_hand for level in Level.objects.all()] == [16]


def test_a_count_beside_receipts_loses_none() -> None:
    line = on_the_way(100)
    level = (item(), place(), SELLABLE)
    acts: list[Callable[[], object]] = [lambda: receive(line, 1, cause())] * 8
    assert all_at_once([*acts, lambda: count(level, 0, cause("shelf 4"))]) == [None] * 9
    assert 0 <= on_hand() <= 8
    assert find_drift() == []


def test_units_that_change_status_both_ways_do_not_wait_in_a_circle() -> None:
    lamp, main = item(), place()
    for status in (SELLABLE, DAMAGED):
        adjust((lamp, main, status), 40, "return", cause())
    acts: list[Callable[[], object]] = [
        lambda: change_status((lamp, main, SELLABLE), DAMAGED, 1, cause()),
        lambda: change_status((lamp, main, DAMAGED), SELLABLE, 1, cause()),
    ]
    assert all_at_once(acts * 12) == [None] * 24
    assert (on_hand(), on_hand(status=DAMAGED)) == (40, 40)
