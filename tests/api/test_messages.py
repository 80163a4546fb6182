"""Who must be told something, what was let go, and the rules by which it goes, as a program reads and writes them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpRequest

from backorder.api.problems import describe_error
from backorder.care.house import UnreadableError
from backorder.care.models import Copy, HouseVersion, Message
from backorder.care.post.lookout import look_out
from backorder.care.post.messages import end_sent
from backorder.care.post.receipts import write_receipts
from backorder.outbox.models import Entry
from tests.api.care import HOUSE, program, what_happened
from tests.api.client import Program, in_days, problem
from tests.api.test_gate import ADDRESS
from tests.supply.shop import NOON

__all__ = ["program"]  # a fixture
pytestmark = pytest.mark.django_db


def look() -> None:
    """Look who must be told something."""
    look_out(lambda: NOON)


def let_go(program: Program, **more: Any) -> Any:
    mark = program.read("/letters/A%2F1")["mark"]
    return program.change("/letters", {"order": "A/1", "mark": mark, **more}, status=201)


def test_what_is_to_be_told_is_listed_and_goes_by_its_news(program: Program) -> None:
    lines = [{"sku": "LAMP", "quantity": 1}]
    program.change("/recorded-orders", {"number": "A-2", "lines": lines, "ship_to": ADDRESS}, status=201)
    look()
    first, second = program.read("/drafts")["items"]
    assert (first["order"], first["customer"], first["to"]) == ("A/1", "C-1", "zed@customers.example")
    assert (second["order"], second["customer"], second["to"]) == ("A-2", None, "")
    assert (first["kind"], second["kind"], first["fault"]) == ("opening", "opening", "")
    assert program.read("/drafts", by_mail="true")["items"] == [first]
    assert program.read("/drafts", by_mail="false")["items"] == [second]
    assert program.read("/drafts", kind="later")["items"] == []
    assert program.read("/drafts", tell_by=in_days(0))["items"] == []
    assert program.read("/drafts", tell_by=first["tell_by"], limit=1)["items"] == [first]
    program.change("/letters", {"order": "A/1", "mark": first["news"]}, status=201)
    assert program.read("/drafts")["items"] == [second]


def test_a_message_that_came_back_told_nobody(program: Program) -> None:
    number = let_go(program)["message"]
    told = problem(program.post(f"/messages/{number}/failure", {}))
    assert told["detail"] == "order A/1: the message to its customer was not sent"
    message = Message.objects.get()
    message.left_at = NOON
    end_sent([message])
    sent = program.read(f"/messages/{number}")
    (notice,) = program.read("/notices", order="A/1")["items"]
    assert (sent["outcome"], sent["notice"], notice["message"]) == ("sent", notice["notice"], number)
    assert program.change(f"/messages/{number}/failure", {"why": "bounced"})["changed"] is True
    assert program.change(f"/messages/{number}/failure", {})["changed"] is False
    assert program.read(f"/messages/{number}")["came_back"] is True
    assert what_happened(program)[-3:] == ["message.written", "notice.noted", "notice.failed"]


def test_a_receipt_is_a_message_and_tells_no_days(program: Program) -> None:
    look()
    program.change("/orders/A%2F1/cancellations", {"by": "seller"})
    look()
    assert write_receipts(lambda: NOON) == 1
    (shown,) = program.read("/messages", order="A/1")["items"]
    assert (shown["kind"], shown["who"], shown["outcome"]) == ("cancelled", "autopilot", "on_its_way")
    assert (shown["next_on"], shown["tell_by"]) == (None, None)
    whole = program.read(f"/messages/{shown['message']}")
    assert (whole["lines"], "/o/" in whole["text"]) == ([], False)
    assert program.change(f"/messages/{shown['message']}/withdrawal", {})["outcome"] == "taken_back"
    assert what_happened(program)[-2:] == ["receipt.written", "receipt.taken_back"]


def test_texts_and_events_are_listed_by_order_way_and_outcome(program: Program) -> None:
    message = Message.objects.get(pk=let_go(program)["message"])
    at = message.entry.at
    text = {
        "to": "+15035550100",
        "text": "Later: https://lamps.example/o/e30:abc",
        "tries": 2,
        "said": "busy",
    }
    first = Copy.objects.create(
        message=message, way="text", entry=message.entry, try_at=at, instead=True, **text
    )
    second = Copy.objects.create(
        message=message, way="webhook", entry=message.entry, try_at=at, outcome="sent", ended_at=at
    )
    (event, told) = program.read("/copies")["items"]
    shown = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert told == {
        **text,
        "number": first.pk,
        "message": message.pk,
        "order": "A/1",
        "kind": "opening",
        "way": "text",
        "instead": True,
        "text": "Later: https://lamps.example/o/…",
        "since": shown,
        "try_at": shown,
        "outcome": "on_its_way",
        "ended_at": None,
    }
    assert (event["number"], event["way"], event["text"]) == (second.pk, "webhook", "")
    assert (event["try_at"], event["outcome"], event["ended_at"]) == (None, "sent", shown)
    assert program.read("/copies", order="A/1", way="text")["items"] == [told]
    assert program.read("/copies", outcome="sent")["items"] == [event]
    assert program.read("/copies", order="A-2")["items"] == []
    page = program.read("/copies", limit=1)
    assert (page["items"], program.read("/copies", limit=1, after=page["next"])["items"]) == ([event], [told])
    assert problem(program.get("/copies?outcome=lost"))["status"] == 422


def test_one_switch_stops_all_messages() -> None:
    program = Program(["care:read", "care:write"])
    assert program.read("/mail") == {"stopped": False}
    assert program.put("/mail", {"stopped": True, "why": "wrong price"})["changed"] is True
    assert program.put("/mail", {"stopped": True})["changed"] is False
    assert program.read("/mail") == {"stopped": True}
    assert program.put("/mail", {"stopped": False})["changed"] is True
    assert [
        told for told in Entry.objects.order_by("id").values_list("what", flat=True) if "mail" in told
    ] == [
        "mail.stopped",
        "mail.resumed",
    ]


def test_the_rules_of_the_house_are_a_policy(program: Program) -> None:
    writer = Program(["care:read", "care:write"])
    told = problem(writer.send("PUT", "/house", {"text": ""}))
    assert (told["status"], told["detail"]) == (403, "this needs a key with the scope plans:write")
    assert program.put("/house", {"text": HOUSE})["changed"] is False
    faulty = problem(program.send("PUT", "/house", {"text": "[seller]\nplace = 'Mars'\n"}))
    assert faulty["errors"] == [
        {
            "where": "body",
            "at": "/text",
            "detail": "house.toml: seller.place: 'Mars' is no country as US, and no part of one as US-CA",
        }
    ]
    assert program.put("/house", {"text": "", "why": "moving"})["changed"] is True
    shown = program.read("/house")
    assert (shown["version"], shown["text"], shown["why"]) == (2, "", "moving")


def test_wherever_rules_in_force_are_needed_that_cannot_be_read_it_is_no_fault_of_what_was_sent() -> None:
    answer = describe_error(HttpRequest(), UnreadableError(["house.toml: colour: there is no such key"]))
    told = json.loads(answer.content)
    said = "the rules of the house in force: house.toml: colour: there is no such key"
    assert (answer.status_code, told["detail"], told["errors"]) == (409, said, [])


def test_rules_in_force_that_cannot_be_read_any_more_are_no_fault_of_who_asks(program: Program) -> None:
    entry = Entry.objects.latest("id")
    HouseVersion.objects.create(number=2, text="colour = 1\n", entry=entry)
    sent = {"order": "A/1", "mark": "x", "at": NOON.isoformat(), "medium": "letter"}
    asked = [
        program.get("/law/A%2F1"),
        program.get("/letters/A%2F1"),
        program.post("/recorded-letters", sent),
    ]
    asked.append(program.post("/letters", {"order": "A/1", "mark": "x"}))
    asked += [program.get(place) for place in ("/incentives", "/owed", "/refund-policy?language=en")]
    for answer in asked:
        told = problem(answer)
        assert (told["status"], told["errors"]) == (409, [])
        assert told["detail"].startswith("the rules of the house in force: house.toml: colour: ")
    facts = (
        "/notices",
        "/messages",
        "/waitlist",
        "/refunds",
        "/feedback",
        "/offers",
        "/thanks",
        "/refund-switch",
    )
    assert [program.get(place).status_code for place in facts] == [200] * len(facts)
