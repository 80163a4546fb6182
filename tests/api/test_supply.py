from __future__ import annotations

import pytest

from backorder.allocation.selectors import find_differences
from backorder.catalog.models import Component, Location, Supplier
from backorder.outbox.models import Entry
from backorder.supply.models import StockCount
from tests.api.client import Program, in_days, problem
from tests.supply.shop import item, on_hand, place

pytestmark = pytest.mark.django_db
LATER = in_days(10)


def order_in(program: Program, number: str = "PO-1", **more: str) -> None:
    item()
    place()
    line = {"sku": "LAMP", "location": "main", "quantity": 100, "expected_on": LATER}
    program.change("/inbound", {"number": number, "lines": [line], **more}, status=201)


def test_receiving_30_of_100_leaves_70_and_more_than_ordered_may_come() -> None:
    program = Program()
    order_in(program)
    receipt = {"quantity": 30, "why": "first lorry"}
    outcome = program.change("/inbound/PO-1/lines/1/receipts", receipt)
    assert (outcome["changed"], outcome["moves"]) == (True, [])
    program.change("/inbound/PO-1/lines/1/receipts", {"quantity": 80, "status": "quality_hold"})
    program.change(
        "/inbound",
        {
            "number": "PO-2",
            "lines": [
                {"sku": "LAMP", "location": "main", "quantity": 5, "expected_on": LATER, "number": "a/b"}
            ],
        },
        status=201,
    )
    program.change("/inbound/PO-2/lines/a%2Fb/cancellations", {"quantity": 2})
    first, second = program.read("/inbound/PO-1"), program.read("/inbound/PO-2")
    assert first["lines"] == [
        {
            "number": "1",
            "sku": "LAMP",
            "location": "main",
            "quantity_ordered": 100,
            "quantity_received": 110,
            "quantity_cancelled": 0,
            "remaining": 0,
            "allocated": 0,
            "expected_on": LATER,
        }
    ]
    assert (second["lines"][0]["quantity_cancelled"], second["lines"][0]["remaining"]) == (2, 3)
    assert [entry["what"] for entry in program.read("/inbound/PO-1/story")["items"]] == [
        "inbound.placed",
        "inbound.received",
        "inbound.received",
    ]
    movements = program.read("/stock/movements", sku="LAMP", kind="receipt")["items"]
    assert [(one["quantity"], one["status"], one["inbound"], one["why"]) for one in movements] == [
        (80, "quality_hold", "PO-1", ""),
        (30, "sellable", "PO-1", "first lorry"),
    ]
    assert find_differences() == []


def test_inbound_orders_are_chosen_by_supplier_item_kind_and_what_is_open() -> None:
    program = Program()
    Supplier.objects.create(code="S-1", name="Acme")
    order_in(program, supplier="S-1")
    order_in(program, "PO-2", kind="production")
    program.change("/inbound/PO-2/lines/1/cancellations", {"quantity": 100})

    def chosen(**query: str) -> list[str]:
        return [one["number"] for one in program.read("/inbound", **query)["items"]]

    assert chosen() == chosen(sku="LAMP") == ["PO-2", "PO-1"]
    assert (chosen(supplier="S-1"), chosen(kind="production"), chosen(sku="SHADE")) == (
        ["PO-1"],
        ["PO-2"],
        [],
    )
    assert (chosen(open="true"), chosen(open="false")) == (["PO-1"], ["PO-2"])


def test_a_count_an_adjustment_and_a_status_move_units_and_say_why() -> None:
    program = Program()
    item()
    place()
    at = {"sku": "LAMP", "location": "main"}
    program.change("/stock/counts", {**at, "found": 10, "why": "first count"})
    program.change("/stock/adjustments", {**at, "quantity": -1, "why": "fell down"})
    program.change("/stock/adjustments", {**at, "quantity": 2, "kind": "return", "why": "came back"})
    program.change("/stock/status-changes", {**at, "to": "damaged", "quantity": 3, "why": "scratched"})
    again = program.change("/stock/counts", {**at, "found": 8, "why": "again"})
    entry = Entry.objects.get(why="again")
    assert again == {"changed": False, "preview": False, "entry": entry.pk, "decision": None, "moves": []}
    levels = program.read("/stock/levels")["items"]
    assert sorted((one["status"], one["on_hand"]) for one in levels) == [("damaged", 3), ("sellable", 8)]
    assert [one["on_hand"] for one in program.read("/stock/levels", status="damaged")["items"]] == [3]
    assert program.read("/stock/levels", location="other")["items"] == []
    movements = program.read("/stock/movements", status="sellable")["items"]
    assert [(one["kind"], one["quantity"], one["why"]) for one in movements] == [
        ("status", -3, "scratched"),
        ("return", 2, "came back"),
        ("adjustment", -1, "fell down"),
        ("count", 10, "first count"),
    ]
    assert find_differences() == []


def test_a_program_reads_how_many_counts_found_what_the_record_said() -> None:
    program = Program()
    item()
    place()
    days = {"since": in_days(0), "until": in_days(0)}
    assert program.read("/figures/record-accuracy", **days) == {
        **days,
        "counts": 0,
        "agreed": 0,
        "share": None,
    }
    for found in (10, 10, 9, 9):
        program.change(
            "/stock/counts", {"sku": "LAMP", "location": "main", "found": found, "why": "shelf check"}
        )
    told = program.read("/figures/record-accuracy", **days)
    assert told == {**days, "counts": 4, "agreed": 2, "share": 0.5}
    assert program.read("/figures/record-accuracy", since=LATER, until=LATER)["counts"] == 0


def test_a_preview_of_a_count_that_agrees_tells_that_it_is_so_already_and_keeps_nothing() -> None:
    program = Program()
    item()
    place()
    body = {"sku": "LAMP", "location": "main", "found": 0, "why": "first count"}
    before = Entry.objects.count()
    told = program.change("/stock/counts", body, preview="true")
    assert told == {"changed": False, "preview": True, "entry": None, "decision": None, "moves": []}
    assert (Entry.objects.count(), StockCount.objects.count()) == (before, 0)


def test_a_preview_of_a_count_changes_nothing() -> None:
    program = Program()
    item()
    place()
    body = {"sku": "LAMP", "location": "main", "found": 10, "why": "first count"}
    before = Entry.objects.count()
    assert program.change("/stock/counts", body, preview="true")["changed"] is True
    assert (on_hand(), Entry.objects.count()) == (0, before)


def test_items_locations_and_suppliers_are_listed_by_what_the_business_calls_them() -> None:
    program = Program()
    kit = item("SET/1")
    Component.objects.create(kit=kit, item=item("LAMP"), quantity=2)
    Location.objects.create(code="shelf", name="Shelf 4", parent=place(), rank=1)
    Supplier.objects.create(code="S-1", name="Acme")
    assert [one["sku"] for one in program.read("/items")["items"]] == ["LAMP", "SET/1"]
    assert program.read("/items/SET%2F1") == {
        "sku": "SET/1",
        "name": "",
        "price": {"amount": 0, "currency": "EUR"},
        "pack_size": 1,
        "components": [{"sku": "LAMP", "quantity": 2}],
    }
    assert program.read("/items/SET%2F1/availability")["sku"] == "SET/1"
    assert program.read("/locations/shelf") == {
        "code": "shelf",
        "name": "Shelf 4",
        "parent": "main",
        "rank": 1,
        "releases_at_once": True,
    }
    assert [one["code"] for one in program.read("/locations")["items"]] == ["main", "shelf"]
    assert program.read("/suppliers")["items"] == [program.read("/suppliers/S-1")]
    assert program.read("/items", name="lamp")["items"] == []


def test_an_item_that_was_ordered_at_a_price_keeps_its_currency() -> None:
    program = Program()
    place()
    lamp = {"name": "Lamp", "price": {"amount": 1999, "currency": "EUR"}}
    program.put("/items/LAMP", lamp)
    order = {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 1}]}
    program.change("/orders", order, status=201)
    entries = Entry.objects.count()
    answer = program.send("PUT", "/items/LAMP", {**lamp, "price": {"amount": 1999, "currency": "JPY"}})
    told = problem(answer)
    assert (told["status"], told["type"], told["detail"]) == (
        409,
        "/api/v1/docs#refused",
        "LAMP was sold in EUR: its currency stays; make another item to sell in JPY",
    )
    assert (program.read("/items/LAMP")["price"], Entry.objects.count()) == (lamp["price"], entries)
    assert program.read("/orders/A-1")["lines"][0]["unit_price"] == lamp["price"]


def test_a_transfer_leaves_its_source_and_what_is_to_come_is_divided_among_days() -> None:
    program = Program()
    item()
    place("main")
    place("shop")
    at = {"sku": "LAMP", "location": "main"}
    program.change("/stock/counts", {**at, "found": 10, "why": "first count"})
    line = {"sku": "LAMP", "location": "shop", "quantity": 6, "expected_on": LATER}
    order = {"number": "T-1", "kind": "transfer", "source": "main", "lines": [line]}
    placed = program.change("/inbound", order, status=201)
    assert (placed["inbound"]["source"], on_hand()) == ("main", 4)
    parts = [{"quantity": 4, "expected_on": LATER}, {"quantity": 2, "expected_on": "2199-01-01"}]
    program.change("/inbound/T-1/lines/1/splits", {"parts": parts, "source": "the driver"})
    lines = program.read("/inbound/T-1")["lines"]
    assert [(one["remaining"], one["expected_on"]) for one in lines] == [(4, LATER), (2, "2199-01-01")]
    assert find_differences() == []


def test_items_locations_and_suppliers_are_created_and_replaced() -> None:
    program = Program()
    lamp = {"name": "Lamp", "price": {"amount": 1999, "currency": "CHF"}, "pack_size": 2}
    assert program.put("/items/LA%2FMP", lamp)["changed"] is True
    again = program.put("/items/LA%2FMP", lamp)
    assert (again["changed"], again["entry"], again["moves"]) == (False, None, [])
    assert program.put("/items/LA%2FMP", {**lamp, "name": "Lantern"}, preview="true")["changed"] is True
    assert program.read("/items/LA%2FMP") == {"sku": "LA/MP", "components": [], **lamp}
    program.put("/locations/main", {"name": "Main"})
    assert (
        program.put("/locations/shelf", {"parent": "main", "rank": 2, "why": "new shelf"})["changed"] is True
    )
    assert program.read("/locations/shelf") == {
        "code": "shelf",
        "name": "",
        "parent": "main",
        "rank": 2,
        "releases_at_once": True,
    }
    program.put("/suppliers/S-1", {"name": "Acme"})
    assert program.read("/suppliers/S-1") == {"code": "S-1", "name": "Acme"}
    told = problem(program.send("PUT", "/locations/main", {"parent": "shelf"}))
    assert (told["status"], told["detail"]) == (
        409,
        "a location would be inside itself; give it another parent",
    )
    told = problem(program.send("PUT", "/locations/main", {"parent": "moon"}))
    assert told["errors"] == [{"where": "body", "at": "/parent", "detail": "there is no location moon"}]
