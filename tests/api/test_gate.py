"""What is accepted, held, amended and refused, as a program is told it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from backorder.allocation.selectors import find_differences
from backorder.catalog.models import Acceptance, Substitute
from backorder.orders.models import Order, Refusal
from backorder.outbox.models import Entry
from backorder.supply.models import SELLABLE
from backorder.supply.services import adjust
from tests.api.client import Program, in_days, problem
from tests.supply.shop import NOON, cause, item, place

pytestmark = pytest.mark.django_db
ADDRESS = {
    "name": "Zed",
    "street": "1 Long Lane",
    "city": "Ulm",
    "country": "DE",
    "postcode": "89073",
    "region": "BW",
}


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop with 4 lamps on hand, of which no more than 2 may wait."""
    adjust((item(), place(), SELLABLE), 4, "return", cause())
    Acceptance.objects.create(rule=Acceptance.CAPPED, cap=2)
    return Program()


def buy(program: Program, number: str, units: int, **more: Any) -> Any:
    lines = [{"sku": "LAMP", "quantity": units}]
    answer = program.post("/orders", {"number": number, "lines": lines, **more})
    assert answer.status_code in {200, 201}, answer.content
    return answer.json()  # type: ignore[attr-defined]


def test_an_order_is_split_into_now_later_and_refused(program: Program) -> None:
    placed = buy(program, "A-1", 10)
    assert placed["answer"] == [
        {
            "number": "1",
            "sku": "LAMP",
            "quantity_asked": 10,
            "quantity_now": 4,
            "quantity_later": 2,
            "quantity_refused": 4,
            "reason": "CAP",
            "first_ships_on": in_days(0),
            "promised_on": None,
            "express": False,
            "alternatives": [],
        }
    ]
    assert placed["order"]["lines"][0]["quantity_ordered"] == 6
    assert find_differences() == []


def test_an_order_of_which_nothing_is_accepted_is_no_error_and_its_refusal_is_kept(program: Program) -> None:
    buy(program, "A-1", 6)
    adjust((item("SHADE"), place(), SELLABLE), 9, "return", cause())
    Substitute.objects.create(item=item(), substitute=item("SHADE"), kind="colour")
    body = {"number": "A-2", "lines": [{"sku": "LAMP", "quantity": 3}]}
    answer = program.post("/orders", body, name="twice")
    assert (answer.status_code, answer.has_header("Location")) == (200, False)
    told = answer.json()  # type: ignore[attr-defined]
    assert (told["order"], told["outcome"]) == (None, None)
    line = told["answer"][0]
    assert (line["quantity_now"], line["quantity_later"], line["quantity_refused"]) == (0, 0, 3)
    assert [(one["sku"], one["quantity"]) for one in line["alternatives"]] == [("SHADE", 3)]
    assert program.post("/orders", body, name="twice").content == answer.content
    refused = program.read("/refusals")["items"]
    assert [(one["order"], one["line"], one["quantity"], one["reason"]) for one in refused] == [
        ("A-2", "1", 3, "CAP")
    ]
    assert Refusal.objects.count() == 1
    assert not Order.objects.filter(number="A-2").exists()
    assert program.read("/refusals", sku="SHADE")["items"] == []


def test_a_preview_of_a_refused_order_keeps_no_refusal(program: Program) -> None:
    buy(program, "A-1", 6)
    before = Entry.objects.count()
    body = {"number": "A-2", "lines": [{"sku": "LAMP", "quantity": 3}]}
    assert program.post("/orders", body, preview="true").status_code == 200
    assert (Refusal.objects.count(), Entry.objects.count()) == (0, before)


def test_what_the_customer_was_told_is_kept(program: Program) -> None:
    told = {"language": "de", "payment": "on dispatch", "rule_pack": "eu-3"}
    buy(program, "A-1", 5, told=told, ship_to=ADDRESS, express=True, ship_policy="as_ready")
    (kept,) = program.read("/orders/A-1/disclosures")["items"]
    assert (kept["quantity_now"], kept["quantity_later"], kept["promised_on"]) == (4, 1, None)
    assert (kept["language"], kept["payment"], kept["rule_pack"]) == ("de", "on dispatch", "eu-3")
    assert program.read("/orders/A-1/address") == ADDRESS
    assert program.read("/orders/A-1")["lines"][0]["express"] is False
    assert buy(program, "A-2", 1, express=True)["answer"][0]["express"] is False


def test_a_quote_says_what_one_would_get_and_changes_nothing(program: Program) -> None:
    before = Entry.objects.count()
    asked = program.client.post(
        "/api/v1/quotes",
        {"lines": [{"sku": "LAMP", "quantity": 10}]},
        content_type="application/json",
        headers=program.headers(),
    )
    assert asked.status_code == 200
    (line,) = asked.json()["lines"]
    assert (line["quantity_now"], line["shortage"], line["promised_on"]) == (4, 6, None)
    assert (line["quantity_accepted"], line["reason"]) == (6, "CAP")
    assert Entry.objects.count() == before


def test_a_hold_keeps_units_until_it_is_confirmed(program: Program) -> None:
    until = (NOON + dt.timedelta(hours=1)).isoformat()
    body = {"number": "H-1", "lines": [{"sku": "LAMP", "quantity": 3}], "until": until}
    held = program.change("/holds", body, status=201)
    assert held["order"]["held_until"] is not None
    assert [one["number"] for one in program.read("/holds")["items"]] == ["H-1"]
    assert [one["number"] for one in program.read("/orders", held="true")["items"]] == ["H-1"]
    there = program.read("/items/LAMP/availability")
    assert (there["held"], there["owed"], there["atp"][0]["quantity"]) == (3, 0, 1)
    program.change("/holds/H-1/confirmations", {})
    assert program.read("/holds")["items"] == program.read("/orders", held="true")["items"] == []
    there = program.read("/items/LAMP/availability")
    assert (there["held"], there["owed"]) == (0, 3)
    assert problem(program.post("/holds/H-1/confirmations", {}))["detail"] == "order H-1 is no hold"


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00", 5, "tomorrow", "2026-02-30T00:00:00Z", None])
def test_a_hold_ends_at_an_instant_with_its_zone(program: Program, until: Any) -> None:
    before = Entry.objects.count()
    body = {"number": "H-1", "lines": [{"sku": "LAMP", "quantity": 3}], "until": until}
    assert problem(program.post("/holds", body))["errors"][0]["at"] == "/until"
    assert Entry.objects.count() == before


def test_more_units_of_a_line_go_through_the_gate_and_fewer_are_cancelled(program: Program) -> None:
    buy(program, "A-1", 4)
    told = program.change("/orders/A-1/lines/1/amendments", {"quantity": 9, "told": {"language": "de"}})
    assert [
        (one["quantity_asked"], one["quantity_later"], one["quantity_refused"]) for one in told["answer"]
    ] == [(5, 2, 3)]
    told = program.change("/orders/A-1/lines/1/amendments", {"quantity": 1})
    assert (told["answer"], told["outcome"]["changed"]) == ([], True)
    line = program.read("/orders/A-1")["lines"][0]
    assert (line["quantity_open"], line["quantity_cancelled"]) == (1, 5)
    assert program.change("/orders/A-1/lines/1/amendments", {"quantity": 1})["outcome"]["changed"] is False
    told = program.change(
        "/orders/A-1/lines/1/amendments",
        {"location": "main", "needed_by": in_days(9), "requested_on": in_days(2), "commitment": "firm"},
    )
    line = program.read("/orders/A-1")["lines"][0]
    assert (line["location"], line["needed_by"], line["requested_on"], line["commitment"]) == (
        "main",
        in_days(9),
        in_days(2),
        "firm",
    )
    program.change("/orders/A-1/lines/1/amendments", {"location": None, "needed_by": None})
    line = program.read("/orders/A-1")["lines"][0]
    assert (line["location"], line["needed_by"]) == (None, None)
    unknown = problem(program.post("/orders/A-1/lines/1/amendments", {"location": "moon"}))
    assert unknown["errors"] == [{"where": "body", "at": "/location", "detail": "there is no location moon"}]


def test_a_line_is_added_and_an_order_is_changed_and_cancelled(program: Program) -> None:
    item("SHADE")
    buy(program, "A-1", 4)
    added = program.change("/orders/A-1/lines", {"number": "2", "sku": "SHADE", "quantity": 9})
    assert [(one["quantity_later"], one["quantity_refused"]) for one in added["answer"]] == [(2, 7)]
    refused = program.change("/orders/A-1/lines", {"number": "3", "sku": "SHADE", "quantity": 1})
    assert (refused["outcome"], refused["answer"][0]["quantity_refused"]) == (None, 1)
    again = problem(program.post("/orders/A-1/lines", {"number": "2", "sku": "LAMP", "quantity": 1}))
    assert again["detail"] == "there is an order A-1 line 2 already"
    program.change("/orders/A-1/amendments", {"priority": 5, "ship_policy": "complete"})
    shown = program.read("/orders/A-1")
    assert (shown["priority"], shown["ship_policy"], len(shown["lines"])) == (5, "complete", 2)
    assert program.send("PUT", "/orders/A-1/address", ADDRESS).json()["changed"] is True  # type: ignore[attr-defined]
    assert program.put("/orders/A-1/address", {**ADDRESS, "why": "moved"})["changed"] is False
    program.change("/orders/A-1/cancellations", {"why": "changed her mind"})
    assert [line["quantity_open"] for line in program.read("/orders/A-1")["lines"]] == [0, 0]
    assert problem(program.post("/orders/A-1/cancellations", {}))["detail"] == "order A-1 has nothing open"
    assert find_differences() == []


def test_a_line_is_worth_no_more_than_can_be_counted(program: Program) -> None:
    item().__class__.objects.filter(sku="LAMP").update(price=10**13)
    Acceptance.objects.update(rule=Acceptance.OPEN, cap=None)
    before = Entry.objects.count()
    lines = [{"sku": "LAMP", "quantity": 10**9}]
    told = problem(program.post("/orders", {"number": "A-1", "lines": lines}))
    assert told["detail"] == (
        "order A-1 line 1: 1,000,000,000 units at 10,000,000,000,000 are worth more than "
        "9,007,199,254,740,992 minor units; name 900 units or fewer"
    )
    assert Entry.objects.count() == before
    assert buy(program, "A-1", 900)["order"]["lines"][0]["quantity_ordered"] == 900
    told = problem(program.post("/orders/A-1/lines/1/amendments", {"quantity": 901}))
    assert told["detail"].startswith("order A-1 line 1: 901 units at")


def test_what_was_told_when_buying_is_kept_of_a_hold_and_of_an_order_from_elsewhere() -> None:
    adjust((item(), place(), SELLABLE), 4, "return", cause())
    program = Program()
    lines, told = [{"sku": "LAMP", "quantity": 1}], {"language": "fr", "payment": "card"}
    hold = {
        "number": "H-1",
        "lines": lines,
        "until": (NOON + dt.timedelta(hours=1)).isoformat(),
    }
    program.change("/holds", hold, status=201)
    program.change("/holds/H-1/confirmations", {"told": told})
    program.change("/recorded-orders", {"number": "A-2", "lines": lines, "told": told}, status=201)
    for number, shown in (("H-1", [False, True]), ("A-2", [False])):
        kept = program.read(f"/orders/{number}/disclosures")["items"]
        assert [one["shown"] for one in kept] == shown
        assert (kept[-1]["language"], kept[-1]["payment"], kept[-1]["quantity_now"]) == ("fr", "card", 1)
