"""What is put in force stands: promises that broke and came back, and kits whose bill changed."""

from __future__ import annotations

import pytest

from backorder.allocation.models import Allocation, Promise, Standing
from backorder.allocation.selectors import find_differences
from backorder.allocation.services import decide_after
from backorder.catalog.models import Component
from backorder.catalog.services import ComponentFacts, remove_components, save_components
from backorder.outbox.services import write
from backorder.supply.models import Level
from tests.allocation.shop import buy, covered, find_stock, order_in, promised, standing, stock
from tests.supply.shop import cause, item

pytestmark = pytest.mark.django_db


def test_a_wrong_count_put_right_gives_everyone_their_place_again() -> None:
    stock("LAMP", 6)
    buy("A-1", ("LAMP", 3))
    buy("A-2", ("LAMP", 3))
    buy("RUSH", ("LAMP", 3), priority=1)
    find_stock("LAMP", 0)
    assert [promised(number) for number in ("A-1", "A-2", "RUSH")] == [[0, None], [0, None], [None]]
    find_stock("LAMP", 6)
    assert [standing(number)[:3] for number in ("A-1", "A-2", "RUSH")] == [(3, 0, 0), (3, 0, 0), (0, 0, 3)]
    assert [promised(number) for number in ("A-1", "A-2")] == [[0, None, 0], [0, None, 0]]


def test_a_promise_that_lost_a_unit_keeps_the_others() -> None:
    stock("LAMP", 3)
    buy("A-1", ("LAMP", 3))
    buy("RUSH", ("LAMP", 2), priority=1)
    find_stock("LAMP", 2)
    assert (standing("A-1")[:3], standing("RUSH")[:3]) == ((2, 0, 1), (0, 0, 2))
    order_in("LAMP", 4, "PO-1", days=9)
    assert (covered("A-1"), covered("RUSH")) == ([("PO-1", 1, 9), ("main", 2, 0)], [("PO-1", 2, 9)])
    assert promised("A-1") == [0, None, 9]


def test_deciding_again_without_an_event_changes_no_row() -> None:
    stock("LAMP", 2)
    order_in("SHADE", 2, "PO-1", days=3)
    buy("A-1", ("LAMP", 2), ("SHADE", 2), ships="complete")
    buy("A-2", ("LAMP", 1), ("SHADE", 1), ships="complete")
    before = list(Standing.objects.order_by("pk").values()), list(Allocation.objects.order_by("pk").values())
    told = Promise.objects.count()
    items = {item("LAMP").pk, item("SHADE").pk}
    again = decide_after(lambda: items, lambda: write(cause(), "plan.asked", []))
    assert again is not None
    assert not again.moves
    after = list(Standing.objects.order_by("pk").values()), list(Allocation.objects.order_by("pk").values())
    assert (after, Promise.objects.count()) == (before, told)


def test_units_of_a_component_that_left_its_kit_come_free_whatever_is_decided_next() -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    stock("LAMP", 4)
    buy("A-1", ("SET", 1))
    buy("A-2", ("LAMP", 4))
    assert (covered("A-1"), covered("A-2")) == ([("main", 2, 0)], [("main", 2, 0)])
    Component.objects.update(item=item("SHADE"))  # by hand: nothing names the lamp any more
    stock("SHADE", 2)
    assert (standing("A-1")[:3], standing("A-2")[:3]) == ((1, 0, 0), (4, 0, 0))
    assert dict(Level.objects.values_list("item__sku", "allocated")) == {"LAMP": 4, "SHADE": 2}
    assert find_differences() == []


def test_the_same_holds_when_the_event_is_about_the_component_that_left() -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=1)
    stock("LAMP", 2)
    buy("A-1", ("SET", 2))
    Component.objects.update(item=item("SHADE"))
    buy("A-2", ("LAMP", 2))
    assert (standing("A-1")[:3], standing("A-2")[:3]) == ((0, 0, 2), (2, 0, 0))
    assert find_differences() == []


def test_a_kit_that_is_none_any_more_gives_its_components_back() -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=1)
    stock("LAMP", 2)
    buy("A-1", ("SET", 2))
    buy("A-2", ("LAMP", 1))
    decide_after(lambda: {item("SET").pk}, lambda: remove_components([("SET", "LAMP")], cause()).entry)
    assert (standing("A-1"), standing("A-2")[:3]) == ((0, 0, 2, "NO_SUPPLY"), (1, 0, 0))
    assert promised("A-1") == [0, None]
    assert find_differences() == []


def test_an_item_with_open_lines_that_becomes_a_kit_keeps_its_own_units_first() -> None:
    stock("SET", 1)
    stock("LAMP", 4)
    buy("A-1", ("SET", 2))
    assert standing("A-1")[:3] == (1, 0, 1)
    decide_after(
        lambda: {item("SET").pk, item("LAMP").pk},
        lambda: save_components([ComponentFacts("SET", "LAMP", 3)], cause()).entry,
    )
    assert standing("A-1")[:3] == (2, 0, 0)
    assert covered("A-1") == [("main", 1, 0), ("main", 3, 0)]
    assert find_differences() == []
