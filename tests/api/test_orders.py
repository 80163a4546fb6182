from __future__ import annotations

import pytest

from backorder.allocation.selectors import find_differences
from backorder.catalog.models import Channel, CustomerClass
from backorder.orders.models import Customer, Order
from backorder.outbox.models import Entry
from backorder.supply.models import SELLABLE
from backorder.supply.services import adjust
from tests.api.client import Program, in_days
from tests.supply.shop import cause, item, on_the_way, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop with 4 lamps on hand and 10 on the way."""
    adjust((item(), place(), SELLABLE), 4, "return", cause())
    program = Program()
    line = {"sku": "LAMP", "location": "main", "quantity": 10, "expected_on": in_days(10)}
    program.change("/inbound", {"number": "PO-1", "lines": [line]}, status=201)
    return program


def test_an_order_is_answered_with_what_covers_it_and_when_it_ships(program: Program) -> None:
    item().__class__.objects.filter(sku="LAMP").update(price=1999)
    placed = program.change(
        "/orders", {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 6}], "why": "by phone"}, status=201
    )
    assert placed["order"]["lines"] == [
        {
            "number": "1",
            "sku": "LAMP",
            "location": None,
            "quantity_ordered": 6,
            "quantity_shipped": 0,
            "quantity_cancelled": 0,
            "quantity_open": 6,
            "quantity_released": 0,
            "unit_price": {"amount": 1999, "currency": "EUR"},
            "requested_on": in_days(0),
            "needed_by": None,
            "minimum_quantity": 1,
            "commitment": "soft",
            "ship_set": "",
            "express": False,
            "consent": "not_needed",
            "first_promised_on": in_days(10),
            "promised_on": in_days(10),
            "standing": placed["outcome"]["moves"][0]["after"],
            "covered_by": [
                {
                    "location": "main",
                    "inbound": None,
                    "inbound_line": None,
                    "quantity": 4,
                    "ships_on": in_days(0),
                },
                {
                    "location": None,
                    "inbound": "PO-1",
                    "inbound_line": "1",
                    "quantity": 2,
                    "ships_on": in_days(10),
                },
            ],
        }
    ]
    assert placed["outcome"]["moves"] == [
        {
            "order": "A-1",
            "line": "1",
            "sku": "LAMP",
            "before": None,
            "after": {
                "allocated_on_hand": 4,
                "allocated_inbound": 2,
                "unallocated": 0,
                "first_ships_on": in_days(0),
                "planned_on": in_days(10),
                "in_time": False,
                "units_ahead": 0,
                "lines_ahead": 0,
                "reason": "INBOUND",
            },
        }
    ]
    entry = Entry.objects.get(pk=placed["outcome"]["entry"])
    assert (entry.what, entry.why, entry.who.startswith("key test ")) == ("order.placed", "by phone", True)
    assert Entry.objects.get(pk=placed["outcome"]["decision"]).caused_by == entry
    assert program.read("/orders/A-1") == placed["order"]
    assert find_differences() == []


def test_an_order_takes_the_class_of_its_customer(program: Program) -> None:
    contract = CustomerClass.objects.create(code="contract")
    Customer.objects.create(code="C/1", name="Zed", email="zed@example.org", customer_class=contract)
    Channel.objects.create(code="web")
    lines = [{"sku": "LAMP", "quantity": 1}]
    program.change(
        "/orders", {"number": "A/1 b", "lines": lines, "customer": "C/1", "channel": "web"}, status=201
    )
    shown = program.read("/orders/A%2F1%20b")
    assert (shown["customer"], shown["customer_class"], shown["channel"]) == ("C/1", "contract", "web")
    assert program.read("/customers/C%2F1") == {
        "code": "C/1",
        "name": "Zed",
        "email": "zed@example.org",
        "phone": "",
        "customer_class": "contract",
    }
    assert [one["number"] for one in program.read("/orders", customer="C/1")["items"]] == ["A/1 b"]


def test_a_preview_tells_what_would_be_and_changes_nothing(program: Program) -> None:
    before = Entry.objects.count()
    body = {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 6}]}
    tried = program.post("/orders", body, name="tried-and-placed", preview="true")
    assert (tried.status_code, tried.has_header("Location")) == (201, False)
    assert (Order.objects.count(), Entry.objects.count()) == (0, before)
    placed = program.post("/orders", body, name="tried-and-placed")
    assert placed.status_code == 201
    assert tried.json()["outcome"] == {  # type: ignore[attr-defined]
        **placed.json()["outcome"],  # type: ignore[attr-defined]
        "preview": True,
        "entry": None,
        "decision": None,
    }


def test_cancelled_units_go_to_who_is_next(program: Program) -> None:
    for number in ("A-1", "A-2"):
        program.change("/orders", {"number": number, "lines": [{"sku": "LAMP", "quantity": 4}]}, status=201)
    outcome = program.change("/orders/A-1/lines/1/cancellations", {"quantity": 4, "why": "changed her mind"})
    assert [(move["order"], move["before"] is None, move["after"] is None) for move in outcome["moves"]] == [
        ("A-1", False, True),
        ("A-2", False, False),
    ]
    assert outcome["moves"][1]["after"]["allocated_on_hand"] == 4
    first = program.read("/orders/A-1")["lines"][0]
    assert (first["quantity_open"], first["quantity_cancelled"], first["standing"]) == (0, 4, None)
    story = program.read("/orders/A-1/story")["items"]
    assert [(entry["what"], entry["why"]) for entry in story] == [
        ("order.placed", ""),
        ("line.cancelled", "changed her mind"),
    ]


def test_every_promise_is_told_with_what_it_stands_on(program: Program) -> None:
    program.change("/orders", {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 6}]}, status=201)
    news = {"expected_on": in_days(20), "source": "mail of the supplier"}
    outcome = program.change("/inbound/PO-1/lines/1/dates", news)
    assert outcome["moves"][0]["after"]["planned_on"] == in_days(20)
    assert program.change("/inbound/PO-1/lines/1/dates", news) == {
        "changed": False,
        "preview": False,
        "entry": None,
        "decision": None,
        "moves": [],
    }
    promises = program.read("/orders/A-1/promises")["items"]
    assert [(one["line"], one["promised_on"], one["stands_on"]) for one in promises] == [
        ("1", in_days(10), [{"inbound": "PO-1", "line": "1"}]),
        ("1", in_days(20), [{"inbound": "PO-1", "line": "1"}]),
    ]
    line = program.read("/orders/A-1")["lines"][0]
    assert (line["first_promised_on"], line["promised_on"]) == (in_days(10), in_days(20))


def test_orders_are_chosen_by_item_customer_channel_day_and_what_is_open(program: Program) -> None:
    item("SHADE")
    for number, sku in (("A-1", "LAMP"), ("A-2", "SHADE"), ("A-3", "LAMP")):
        program.change("/orders", {"number": number, "lines": [{"sku": sku, "quantity": 1}]}, status=201)
    program.change("/orders/A-1/lines/1/cancellations", {"quantity": 1})

    def chosen(**query: str) -> list[str]:
        return [one["number"] for one in program.read("/orders", **query)["items"]]

    assert chosen() == ["A-3", "A-2", "A-1"]
    assert chosen(sku="LAMP") == ["A-3", "A-1"]
    assert chosen(open="true") == ["A-3", "A-2"]
    assert chosen(open="false", sku="LAMP") == ["A-1"]
    assert chosen(customer="C-1") == chosen(channel="web") == []
    assert chosen(ordered_from=in_days(0), ordered_to=in_days(0)) == ["A-3", "A-2", "A-1"]
    assert chosen(ordered_from=in_days(1)) == chosen(ordered_to=in_days(-1)) == []


def test_what_is_available_is_one_formula() -> None:
    adjust((item(), place(), SELLABLE), 4, "return", cause())
    on_the_way(10)
    program = Program()
    program.change("/orders", {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 6}]}, status=201)
    told = program.read("/items/LAMP/availability")
    assert told == {
        "sku": "LAMP",
        "on_hand": 4,
        "allocated": 4,
        "released": 0,
        "inbound": [{"on": in_days(10), "quantity": 10, "allocated": 2}],
        "held": 0,
        "owed": 6,
        "unallocated": 0,
        "atp": [{"on": in_days(0), "quantity": 0}, {"on": in_days(10), "quantity": 8}],
    }
    assert program.read("/availability", location="main")["items"][0]["owed"] == 0
    assert program.read("/availability", location="other")["items"][0]["atp"] == [
        {"on": in_days(0), "quantity": 0}
    ]
