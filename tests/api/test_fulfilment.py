"""Releasing, picking, shipping and taking back, as a program does it."""

from __future__ import annotations

from typing import Any

import pytest

from backorder.catalog.models import Component
from backorder.fulfilment.selectors import find_differences
from backorder.outbox.models import Entry
from backorder.supply.models import SELLABLE
from backorder.supply.services import adjust
from tests.api.client import Program, in_days, problem
from tests.supply.shop import cause, item, on_hand, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop with 6 lamps on hand and an order of 4."""
    adjust((item(), place(), SELLABLE), 6, "return", cause())
    program = Program()
    buy(program, "A-1", ("LAMP", 4))
    return program


def buy(program: Program, number: str, *lines: tuple[str, int]) -> None:
    wanted = [{"sku": sku, "quantity": units} for sku, units in lines]
    program.change("/orders", {"number": number, "lines": wanted}, status=201)


def release(program: Program, number: str = "A-1") -> int:
    """Release an order; gives the number of its first release."""
    program.change(f"/orders/{number}/releases", {})
    first: int = program.read("/releases", order=number)["items"][-1]["release"]
    return first


def test_units_go_from_release_to_shipment_and_come_back(program: Program) -> None:
    number = release(program)
    (shown,) = program.read("/releases", order="A-1", open="true")["items"]
    assert (shown["quantity"], shown["quantity_picked"], shown["quantity_open"]) == (4, 0, 4)
    there = program.read("/items/LAMP/availability")
    assert (there["on_hand"], there["released"], there["atp"][0]["quantity"]) == (6, 4, 2)
    assert program.change(f"/releases/{number}/picks", {"quantity": 4})["changed"] is True
    listed = program.read(f"/pick-lists/{shown['pick_list']}")
    assert [(one["order"], one["quantity_picked"]) for one in listed["lines"]] == [("A-1", 4)]
    body = {
        "parts": [{"release": number, "quantity": 3}],
        "carrier": "Blue Van",
        "tracking_number": "BV-1",
        "tracking_link": "https://track.example/BV-1",
    }
    tried = program.change("/orders/A-1/shipments", body, status=201, preview="true")
    assert (tried["shipment"]["shipment"], on_hand()) == (None, 6)
    sent = program.change("/orders/A-1/shipments", body, status=201)["shipment"]
    assert (sent["carrier"], [(one["line"], one["quantity"]) for one in sent["lines"]]) == (
        "Blue Van",
        [("1", 3)],
    )
    assert program.read(f"/shipments/{sent['shipment']}") == sent
    assert program.read("/shipments", order="A-1")["items"] == [sent]
    assert program.read("/shipments", order="A-2")["items"] == []
    program.change("/orders/A-1/lines/1/returns", {"quantity": 2, "location": "main", "status": "damaged"})
    (back,) = program.read("/returns", order="A-1")["items"]
    assert (back["sku"], back["status"], back["quantity"]) == ("LAMP", "damaged", 2)
    program.change(f"/releases/{number}/put-backs", {"quantity": 1})
    line = program.read("/orders/A-1")["lines"][0]
    assert (line["quantity_shipped"], line["quantity_released"], line["quantity_open"]) == (3, 0, 1)
    figure = program.read("/figures/dock-hours", since=in_days(0), until=in_days(0))
    assert figure == {"since": in_days(0), "until": in_days(0), "hours": None}
    assert find_differences() == []


def test_what_is_not_found_is_counted_off(program: Program) -> None:
    Component.objects.create(kit=item("SET"), item=item(), quantity=2)
    buy(program, "A-2", ("SET", 1))
    number = release(program, "A-2")
    body: dict[str, Any] = {"quantity": 1, "why": "shelf empty"}
    told = problem(program.post(f"/releases/{number}/shortages", body))
    assert "made up of several items" in told["detail"]
    unknown = {**body, "missing": [{"sku": "LAMB", "quantity": 1}]}
    told = problem(program.post(f"/releases/{number}/shortages", unknown))
    assert told["errors"][0]["at"] == "/missing/0/sku"
    program.change(f"/releases/{number}/shortages", {**body, "missing": [{"sku": "LAMP", "quantity": 1}]})
    assert on_hand() == 5
    assert program.read("/releases", open="true")["items"] == []
    assert find_differences() == []


def test_everything_at_a_place_is_released_on_one_list(program: Program) -> None:
    buy(program, "A-2", ("LAMP", 2))
    buy(program, "A-3", ("LAMP", 2))
    tried = program.change("/locations/main/releases", {}, preview="true")
    assert (tried["pick_list"], tried["orders"], program.read("/releases")["items"]) == (None, 2, [])
    done = program.change("/locations/main/releases", {})
    assert (done["orders"], done["refused"]) == (2, [])
    listed = program.read(f"/pick-lists/{done['pick_list']}")["lines"]
    assert [(one["order"], one["quantity"]) for one in listed] == [("A-1", 4), ("A-2", 2)]
    assert find_differences() == []


def test_an_order_that_is_blocked_unpaid_or_asked_does_not_leave(program: Program) -> None:
    assert program.change("/orders/A-1/blocks", {"reason": "address?"})["changed"] is True
    program.put("/orders/A-1/payment", {"state": "unpaid"})
    program.put("/orders/A-1/lines/1/consent", {"state": "waiting"})
    shown = program.read("/orders/A-1")
    assert (shown["payment"], shown["lines"][0]["consent"]) == ("unpaid", "waiting")
    before = Entry.objects.count()
    told = problem(program.post("/orders/A-1/lines/1/releases", {}))
    assert told["type"] == "/api/v1/docs#refused"
    assert "is not paid" in told["detail"]
    assert "address?" in told["detail"]
    assert Entry.objects.count() == before
    (block,) = program.read("/blocks", order="A-1", lifted="false")["items"]
    program.change(f"/blocks/{block['block']}/lifts", {"why": "asked her"})
    assert problem(program.post(f"/blocks/{block['block']}/lifts", {}))["status"] == 409
    (block,) = program.read("/blocks", lifted="true")["items"]
    assert block["lifted_by"].startswith("key test ")
    program.put("/orders/A-1/payment", {"state": "paid"})
    assert "has not answered" in problem(program.post("/orders/A-1/releases", {}))["detail"]
    program.put("/orders/A-1/lines/1/consent", {"state": "given"})
    program.change("/orders/A-1/lines/1/releases", {})
    assert program.put("/orders/A-1/payment", {"state": "paid"})["changed"] is False


def test_a_shipment_of_what_is_not_there_changes_nothing(program: Program) -> None:
    number, before = release(program), Entry.objects.count()
    told = problem(program.post("/orders/A-1/shipments", {"parts": [{"release": number + 1, "quantity": 1}]}))
    assert told["errors"] == [
        {"where": "body", "at": "/parts/0/release", "detail": f"there is no release {number + 1}"}
    ]
    many = program.post("/orders/A-1/shipments", {"parts": [{"release": number, "quantity": 5}]})
    assert problem(many)["detail"] == "order A-1 line 1 at main: 4 units are with the warehouse, not 5"
    taken = problem(program.post("/orders/A-1/lines/1/cancellations", {"quantity": 1}))
    assert taken["type"] == "/api/v1/docs#refused"
    assert (Entry.objects.count(), on_hand()) == (before, 6)
