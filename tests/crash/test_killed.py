"""Law L11: the program is killed at every statement and commit, and nothing is lost, doubled or half done."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from backorder.api.models import Answer
from backorder.catalog.models import Component
from backorder.fulfilment.models import PickList, Release, Shipment
from backorder.fulfilment.selectors import find_differences
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from backorder.supply.models import InboundLine, Movement
from tests.allocation.shop import buy, order_in, promised, standing, stock
from tests.api.client import make_key
from tests.crash.acts import order_by_http
from tests.crash.killing import Program, read_all, start_program
from tests.fulfilment.shop import listed, release, shelf, sums
from tests.supply.shop import item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def program() -> Iterator[Program]:
    """A shop: a kit and a shade are with the warehouse, two customers wait for lamps, two have bulbs on the shelf."""
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
    stock("BULB", 8)
    stock("SHADE", 3)
    buy("A-1", ("SET", 1), ("SHADE", 1))
    release("A-1")
    order_in("LAMP", 9, "PO-1")
    buy("A-2", ("LAMP", 5), ("BULB", 1))
    buy("A-3", ("LAMP", 4), ("BULB", 1))
    with start_program() as running:
        yield running


def kill_everywhere(program: Program, act: str) -> list[str]:
    """Kill an act at each boundary: it has happened as a whole once the commit is through, and not at all before."""
    boundaries: list[str] = []
    for boundary, changed in program.run_until_it_lasts(act):
        assert changed == (boundary == "after commit"), (boundary, len(boundaries))
        boundaries.append(boundary)
    assert boundaries[-2:] == ["before commit", "after commit"]
    assert len(boundaries) > 20
    assert find_differences() == []
    return boundaries


def test_an_order_is_there_as_a_whole_or_not_at_all(program: Program) -> None:
    kill_everywhere(program, "order")
    assert Line.objects.filter(order__number="A-9").count() == 3
    assert promised("A-9") == [None]
    assert Entry.objects.filter(what="order.placed", subjects__key="A-9").count() == 1
    assert Order.objects.filter(number="A-9").count() == 1


def test_an_order_whose_answer_was_never_heard_is_placed_once_and_answered_when_asked_again(
    program: Program,
) -> None:
    secret = make_key()
    for boundary, placed in (("before-commit", 0), ("after-commit", 1)):
        assert program.run(f"order_by_http {secret}", boundary) == boundary.replace("-", " ")
        assert (Order.objects.filter(number="A-9").count(), Answer.objects.count()) == (placed, placed)
    left = read_all()
    first, second = order_by_http(secret), order_by_http(secret)
    assert first["Idempotent-Replayed"] == second["Idempotent-Replayed"] == "true"
    assert first.content == second.content == bytes(Answer.objects.get().body)
    assert json.loads(first.content)["order"]["number"] == "A-9"
    assert read_all() == left
    assert Line.objects.filter(order__number="A-9").count() == 2
    assert Entry.objects.filter(what="order.placed", subjects__key="A-9").count() == 1


def test_a_receipt_is_booked_once_and_what_waited_for_it_is_on_one_pick_list(program: Program) -> None:
    kill_everywhere(program, "receipt")
    assert InboundLine.objects.get().quantity_received == 7
    assert Movement.objects.filter(kind="receipt").count() == 1
    assert (shelf(), listed("A-2"), listed("A-3")) == (
        (7, 0, 7),
        [("1", "main", 5)],
        [("1", "main", 2)],
    )
    assert PickList.objects.count() == 2


def test_a_slip_moves_date_and_promises_together(program: Program) -> None:
    kill_everywhere(program, "slip")
    assert (promised("A-2"), promised("A-3")) == ([10, 20], [10, 20])


def test_a_shipment_has_left_with_all_its_movements_or_not_at_all(program: Program) -> None:
    kill_everywhere(program, "ship")
    assert (Shipment.objects.count(), sums("A-1"), sums("A-1", "2")) == (1, (1, 1, 0, 0), (1, 1, 0, 0))
    assert sorted(Movement.objects.filter(kind="shipment").values_list("item__sku", "quantity")) == [
        ("BULB", -2),
        ("SHADE", -1),
    ]


def test_what_is_ready_at_a_place_is_released_as_a_whole_or_not_at_all(program: Program) -> None:
    number = int(program.run("release").removeprefix("done "))
    assert (listed("A-2"), listed("A-3")) == ([("2", "main", 1)], [("2", "main", 1)])
    assert number > 40
    buy("A-4", ("BULB", 1))
    buy("A-5", ("BULB", 1))
    before = Release.objects.count()
    for boundary, changed in program.run_until_it_lasts("release"):
        assert changed == (boundary == "after commit")
    assert (Release.objects.count() - before, listed("A-5")) == (2, [("1", "main", 1)])
    done = read_all()
    program.run("release")
    assert read_all() == done
    assert standing("A-2")[:3] == (0, 5, 0)
    assert find_differences() == []
