"""Sets and shipments, as a program is told of them and changes them."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from tests.allocation.shop import order_in, stock
from tests.api.client import Program, problem
from tests.supply.shop import item

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop with a lamp on hand and a bulb on the way."""
    stock("LAMP", 1)
    item("SHADE")
    order_in("BULB", 1, "PO-1")
    return Program()


def place(program: Program, **more: object) -> HttpResponse:
    lines = [
        {"sku": "LAMP", "quantity": 1, "ship_set": "gift"},
        {"sku": "BULB", "quantity": 1, "ship_set": "gift"},
        {"sku": "SHADE", "quantity": 1},
    ]
    return program.post("/orders", {"number": "A-1", "lines": lines, **more})


def sets(program: Program) -> list[str]:
    return [line["ship_set"] for line in program.read("/orders/A-1")["lines"]]


def test_sets_and_shipments_are_ordered_shown_and_changed(program: Program) -> None:
    assert place(program, most_shipments=2).status_code == 201
    shown = program.read("/orders/A-1")
    assert (shown["most_shipments"], shown["shipments_begun"], shown["ships_whole"]) == (2, 0, False)
    assert sets(program) == ["gift", "gift", ""]
    told = program.read("/orders/A-1/lines/1/explanation")
    assert told["sentences"][-1] == "Line 1 ships together with line 2 (set gift)."
    program.change("/orders/A-1/lines/2/amendments", {"ship_set": ""})
    program.change("/orders/A-1/lines/3/amendments", {"ship_set": "gift", "quantity": 2})
    assert sets(program) == ["gift", "", "gift"]
    program.change("/orders/A-1/amendments", {"most_shipments": 1})
    shown = program.read("/orders/A-1")
    assert (shown["most_shipments"], shown["ships_whole"]) == (1, True)
    program.change("/orders/A-1/amendments", {"priority": 5})
    assert program.read("/orders/A-1")["most_shipments"] == 1
    program.change("/orders/A-1/amendments", {"most_shipments": None})
    assert program.read("/orders/A-1")["most_shipments"] is None
    program.change("/orders/A-1/lines", {"number": "4", "sku": "SHADE", "quantity": 1, "ship_set": "box"})
    assert sets(program) == ["gift", "", "gift", "box"]


def test_a_quote_and_an_order_from_elsewhere_know_sets_and_shipments(program: Program) -> None:
    lines = [{"sku": "LAMP", "quantity": 1, "ship_set": "A"}]
    assert program.post("/quotes", {"lines": lines, "most_shipments": 2}).status_code == 200
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "at"),
    [({"most_shipments": 0}, "/most_shipments"), ({"most_shipments": "two"}, "/most_shipments")],
)
def test_what_no_order_can_have_is_refused(program: Program, more: dict[str, object], at: str) -> None:
    before = Entry.objects.count()
    told = problem(place(program, **more))
    assert [(error["where"], error["at"]) for error in told["errors"]] == [("body", at)]
    assert (Line.objects.count(), Entry.objects.count()) == (0, before)


def test_a_set_named_with_a_blank_around_it_is_refused(program: Program) -> None:
    before = Entry.objects.count()
    lines = [{"sku": "LAMP", "quantity": 1, "ship_set": "gift "}]
    told = problem(program.post("/orders", {"number": "A-1", "lines": lines}))
    assert told["detail"] == (
        "order A-1 line 1: the set 'gift ' begins or ends with a blank; name it without, or leave it blank for none"
    )
    assert (Line.objects.count(), Entry.objects.count()) == (0, before)
