"""Kits, substitutes, closed days and rules of acceptance: written by programs, and decided again where they decide."""

from __future__ import annotations

import pytest

from backorder.allocation.selectors import find_differences
from backorder.outbox.models import Entry
from backorder.supply.models import SELLABLE
from backorder.supply.services import adjust
from tests.api.client import Program, in_days, problem
from tests.supply.shop import cause, item, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop with 4 lamps on hand."""
    adjust((item(), place(), SELLABLE), 4, "return", cause())
    item("SET")
    return Program()


def test_what_a_kit_is_made_of_decides_what_covers_it(program: Program) -> None:
    lines = [{"sku": "SET", "quantity": 2}]
    program.change("/orders", {"number": "A-1", "lines": lines}, status=201)
    outcome = program.put("/items/SET/components/LAMP", {"quantity": 2})
    assert outcome["moves"][0]["after"]["allocated_on_hand"] == 2
    assert program.put("/items/SET/components/LAMP", {"quantity": 2})["changed"] is False
    assert program.read("/items/SET")["components"] == [{"sku": "LAMP", "quantity": 2}]
    circle = program.send("PUT", "/items/LAMP/components/SET", {"quantity": 1})
    assert problem(circle)["detail"] == "a kit would contain itself; take the component out of it first"
    gone = program.send("DELETE", "/items/SET/components/LAMP", {})
    assert gone.json()["moves"][0]["after"]["unallocated"] == 2  # type: ignore[attr-defined]
    assert program.read("/items/SET")["components"] == []
    assert problem(program.send("PUT", "/items/SET/components/B", {"quantity": 1}))["status"] == 404
    assert find_differences() == []


def test_what_stands_in_for_what_is_written_listed_and_removed(program: Program) -> None:
    pair = {"sku": "LAMP", "substitute": "SET", "kind": "newer"}
    program.change("/substitutes", {**pair, "ratio": 500_000})
    assert program.read("/substitutes")["items"] == [{**pair, "ratio": 500_000}]
    program.change("/substitutes/removals", pair)
    assert program.read("/substitutes")["items"] == []
    told = problem(program.post("/substitutes", {"sku": "LAMP", "substitute": "B"}))
    assert told["errors"] == [{"where": "body", "at": "/substitute", "detail": "there is no item B"}]


def test_a_closed_day_moves_what_would_ship_on_it(program: Program) -> None:
    program.change("/orders", {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 1}]}, status=201)
    day = {"on": in_days(0), "location": "main"}
    outcome = program.change("/closed-days", day)
    tomorrow = in_days(1)
    assert [move["after"]["planned_on"] for move in outcome["moves"]] == [tomorrow]
    assert program.read("/closed-days")["items"] == [day]
    outcome = program.change("/closed-days/removals", day)
    assert [move["after"]["planned_on"] for move in outcome["moves"]] == [in_days(0)]
    assert program.change("/closed-days/removals", day)["changed"] is False
    told = problem(program.post("/closed-days", {**day, "location": "moon"}))
    assert told["errors"][0]["at"] == "/location"


def test_a_rule_of_acceptance_holds_for_what_is_ordered_from_then_on(program: Program) -> None:
    program.put("/channels/web", {})
    program.put("/customer-classes/contract", {})
    assert program.read("/channels")["items"] == [{"code": "web"}]
    assert program.read("/customer-classes")["items"] == [{"code": "contract"}]
    scope = {"sku": "LAMP", "channel": "web", "customer_class": "contract"}
    assert program.put("/acceptances", {**scope, "rule": "none"})["changed"] is True
    body = {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 5}], **scope}
    del body["sku"]
    told = program.change("/orders", body, status=201)
    assert told["answer"][0]["reason"] == "NOT_ON_HAND"
    (rule,) = program.read("/acceptances")["items"]
    assert (rule["sku"], rule["channel"], rule["rule"], rule["cap"]) == ("LAMP", "web", "none", None)
    before = Entry.objects.count()
    told = problem(program.send("PUT", "/acceptances", {"rule": "capped"}))
    assert told["detail"].endswith("capped needs a cap")
    told = problem(program.send("PUT", "/acceptances", {"rule": "open", "sku": "B", "channel": "b"}))
    assert [fault["at"] for fault in told["errors"]] == ["/sku", "/channel"]
    assert Entry.objects.count() == before
    assert program.change("/acceptances/removals", scope)["changed"] is True
    assert program.read("/acceptances")["items"] == []


def test_a_location_that_serves_others_decides_what_covers_lines(program: Program) -> None:
    program.put("/locations/shop", {})
    lines = [{"sku": "LAMP", "quantity": 3, "location": "shop"}]
    program.change("/orders", {"number": "A-1", "lines": lines}, status=201)
    outcome = program.put("/locations/main", {"parent": "shop"})
    assert [move["after"]["allocated_on_hand"] for move in outcome["moves"]] == [3]
    assert program.put("/locations/main", {"parent": "shop"})["changed"] is False
    outcome = program.put("/locations/main", {}, preview="true")
    assert [move["after"]["unallocated"] for move in outcome["moves"]] == [3]
    assert program.read("/locations/main")["parent"] == "shop"
    assert find_differences() == []


def test_what_an_item_costs_decides_where_rules_rank_by_it(program: Program) -> None:
    program.put("/items/SET/components/LAMP", {"quantity": 4})
    program.change("/policies", {"text": '[promises]\nkeep = "never"\n[rank]\nkeys = ["-price"]\n'})
    for number, sku, quantity in (("A-1", "LAMP", 4), ("A-2", "SET", 1)):
        lines = [{"sku": sku, "quantity": quantity}]
        program.change("/orders", {"number": number, "lines": lines}, status=201)
    outcome = program.put("/items/SET", {"price": {"amount": 9900, "currency": "EUR"}})
    moved = {move["order"]: move["after"]["unallocated"] for move in outcome["moves"]}
    assert moved == {"A-1": 4, "A-2": 0}
    assert find_differences() == []


def test_what_waits_at_a_place_that_does_not_release_at_once_stays_there(program: Program) -> None:
    program.put("/locations/main", {"releases_at_once": False})
    program.change("/orders", {"number": "A-1", "lines": [{"sku": "LAMP", "quantity": 6}]}, status=201)
    line = {"sku": "LAMP", "location": "main", "quantity": 9, "expected_on": in_days(0)}
    program.change("/inbound", {"number": "PO-1", "lines": [line]}, status=201)
    program.change("/inbound/PO-1/lines/1/receipts", {"quantity": 4})
    assert program.read("/releases")["items"] == []
    program.put("/locations/main", {})
    assert program.read("/locations/main")["releases_at_once"] is True


def test_a_kit_of_kits_that_nobody_could_count_is_refused(program: Program) -> None:
    item("BOX")
    item("CRATE")
    program.put("/items/SET/components/LAMP", {"quantity": 1_000_000})
    before = Entry.objects.count()
    told = problem(program.send("PUT", "/items/BOX/components/SET", {"quantity": 2}))
    assert (told["status"], told["detail"]) == (
        409,
        "one BOX would hold 2,000,000 units, all levels down; a kit holds 1,000,000 or fewer",
    )
    assert Entry.objects.count() == before
    program.put("/items/BOX/components/SET", {"quantity": 1})
    told = problem(program.send("PUT", "/items/SET/components/CRATE", {"quantity": 1}))
    assert told["detail"].startswith("one BOX would hold 1,000,001 units") or told["detail"].startswith(
        "one SET would hold 1,000,001 units"
    )
    lines = [{"sku": "BOX", "quantity": 10**9}]
    placed = program.change("/orders", {"number": "A-1", "lines": lines}, status=201)
    assert placed["order"]["lines"][0]["standing"]["unallocated"] == 10**9


def test_an_order_that_was_accepted_elsewhere_is_noted_whole(program: Program) -> None:
    program.put("/acceptances", {"rule": "none", "sku": "LAMP"})
    body = {"number": "A/1", "lines": [{"sku": "LAMP", "quantity": 9}]}
    answer = program.post("/recorded-orders", body)
    assert (answer.status_code, answer["Location"]) == (201, "/api/v1/orders/A%2F1")
    (line,) = program.read("/orders/A%2F1")["lines"]
    assert (line["quantity_ordered"], line["standing"]["unallocated"]) == (9, 5)
    assert problem(program.post("/recorded-orders", body))["detail"] == "there is an order A/1 already"
