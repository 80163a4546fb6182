"""What the law asks, letters, notices and answers, as a program reads and notes them."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from django.http import HttpRequest

from backorder.api.endpoints.letters import Language
from backorder.api.endpoints.messages import Kind
from backorder.api.endpoints.told import Content, Medium
from backorder.api.problems import describe_error
from backorder.care.judging import FactsError
from backorder.care.letters.speech import LANGUAGES
from backorder.care.models import CHANNELS, Answer, Message, Notice
from backorder.care.post.rules import KINDS
from backorder.care.telling import CONTENT
from backorder.orders.models import Cancellation, Customer
from backorder.outbox.models import Entry
from tests.api.care import HOUSE, program, what_happened
from tests.api.client import Program, in_days, problem
from tests.supply.shop import NOON

__all__ = ["program"]  # a fixture
pytestmark = pytest.mark.django_db
CITED = "Directive 2011/83/EU, Article 18"
EU_ASKS = ["day_or_none", "free_answer", "may_set_period", "right_to_cancel", "service_only"]


def states(program: Program) -> list[tuple[int, str]]:
    (line,) = program.read("/law/A%2F1")["lines"]
    return [(each["quantity"], each["state"]) for each in line["verdicts"]]


def test_the_law_asks_of_each_line_what_is_to_be_done_by_when(program: Program) -> None:
    told = program.read("/law/A%2F1")
    (pack,) = told["packs"]
    assert (pack["name"], pack["law"]) == ("eu", "Directive 2011/83/EU, Article 18")
    assert (told["order"], told["assumed"], told["next_on"]) == ("A/1", None, None)
    (line,) = told["lines"]
    assert (line["line"], line["sku"], line["crossed"]) == ("1", "LAMP", 0)
    first, second = line["verdicts"]
    assert (first["quantity"], first["state"], first["ships_on"]) == (2, "on_time", in_days(20))
    assert (second["quantity"], second["state"], second["ships_on"]) == (2, "late", in_days(60))
    (action,) = (one for one in second["actions"] if one["kind"] == "tell")
    assert (action["must_say"], action["needs_day"], action["citations"]) == (EU_ASKS, False, [CITED])
    assert action["should_by"] < action["by"] == second["deadline"]
    assert {each["pack"] for each in line["coming"]} == {"eu"}
    assert [each["on"] for each in line["coming"]] == sorted(each["on"] for each in line["coming"])


def test_of_a_hold_or_an_order_without_a_place_no_law_says_anything(program: Program) -> None:
    program.put("/house", {"text": ""})
    lines = [{"sku": "LAMP", "quantity": 1}]
    program.change("/recorded-orders", {"number": "A-2", "lines": lines}, status=201)
    hold = {"number": "H-1", "lines": lines, "until": f"{in_days(1)}T12:00:00Z", "may_wait": True}
    program.change("/holds", hold, status=201)
    told = program.read("/law/A-2")
    assert (told["packs"], told["assumed"], told["lines"]) == ([], None, [])
    program.put("/house", {"text": HOUSE})
    told = program.read("/law/A-2")
    assert program.read("/law/H-1")["lines"] == []
    assert (told["assumed"], [line["line"] for line in told["lines"]]) == ("DE", ["1"])


def test_a_letter_is_read_let_go_once_and_taken_back(program: Program) -> None:
    letter = program.read("/letters/A%2F1", language="fr", reason="Le four est cass\u00e9.")
    assert (letter["to"], letter["language"]) == ("zed@customers.example", "fr")
    assert "Le four est cass\u00e9." in letter["text"]
    assert letter["html"].startswith("<!doctype html>")
    assert [(one["line"], one["on"], one["quantity"]) for one in letter["lines"]] == [
        ("1", in_days(60), 2),
        ("1", in_days(20), 2),
    ]
    body = {"order": "A/1", "mark": letter["mark"], "language": "fr", "reason": "Le four est cass\u00e9."}
    tried = program.change("/letters", body, status=201, preview="true")
    assert (tried["message"], tried["entry"], Message.objects.count()) == (None, None, 0)
    first = program.post("/letters", body, name="once")
    assert program.post("/letters", body, name="once").content == first.content
    message = Message.objects.get()
    assert (first.status_code, first["Location"]) == (201, f"/api/v1/messages/{message.pk}")
    gone = program.read(f"/messages/{message.pk}")
    assert gone == json.loads(first.content)
    same = ("text", "html", "subject", "language", "to", "next_on", "lines")
    assert {name: gone[name] for name in same} == {name: letter[name] for name in same}
    assert (gone["outcome"], gone["who"][:4], gone["notice"]) == ("on_its_way", "key ", None)
    (listed,) = program.read("/messages", order="A/1", outcome="on_its_way")["items"]
    assert listed == {name: gone[name] for name in gone if name not in {"text", "html", "lines"}}
    assert problem(program.post("/letters", body))["detail"] == (
        "order A/1: a message to its customer is on its way already"
    )
    back = program.change(f"/messages/{message.pk}/withdrawal", {"why": "she phoned"})
    assert (back["outcome"], program.read("/messages", outcome="on_its_way")["items"]) == ("taken_back", [])
    told = problem(program.post(f"/messages/{message.pk}/withdrawal", {}))
    assert told["detail"] == "order A/1: the message to its customer has left"
    assert what_happened(program)[-2:] == ["message.written", "message.taken_back"]


def test_what_changed_since_it_was_read_or_promotes_something_does_not_go(program: Program) -> None:
    mark = program.read("/letters/A%2F1")["mark"]
    program.change("/inbound/PO-2/lines/1/dates", {"expected_on": in_days(70), "source": "mail"})
    before = Entry.objects.count()
    sent = {"order": "A/1", "mark": mark, "at": NOON.isoformat(), "medium": "letter"}
    for path, body in (("/letters", {"order": "A/1", "mark": mark}), ("/recorded-letters", sent)):
        told = problem(program.post(path, body))
        assert (told["status"], told["type"]) == (409, "/api/v1/docs#refused")
        assert "changed since you read it" in told["detail"]
    told = problem(program.get("/letters/A%2F1", reason="Buy now!"))
    assert told["status"] == 409
    assert told["detail"] == "'Buy now' promotes something: a letter about a delay may not"
    told = problem(program.post("/letters", {"order": "A-9", "mark": mark}))
    assert told["errors"] == [{"where": "body", "at": "/order", "detail": "there is no order A-9"}]
    assert (Message.objects.count(), Notice.objects.count(), Entry.objects.count()) == (0, 0, before)


def test_a_letter_that_was_said_on_the_phone_counts_and_so_does_the_answer(program: Program) -> None:
    letter = program.read("/letters/A%2F1")
    assert "You hear from us again by" in letter["script"]
    call = {"order": "A/1", "mark": letter["mark"], "said": "thinks", "why": "asks her boss"}
    tried = program.change("/calls", call, preview="true")
    assert (tried["preview"], tried["entry"], Notice.objects.count()) == (True, None, 0)
    assert problem(program.post("/calls", {**call, "mark": "x"}))["status"] == 409
    assert problem(program.post("/calls", {**call, "said": "maybe"}))["status"] == 422
    assert program.change("/calls", call)["changed"] is True
    notice = Notice.objects.get()
    assert (notice.channel, notice.text) == ("phone", letter["script"])
    assert what_happened(program)[-2:] == ["call.answered", "notice.noted"]
    missed = program.change("/missed-calls", {"order": "A/1", "how": "voicemail"})
    assert Entry.objects.get(pk=missed["entry"]).facts == {"how": "voicemail"}


def test_a_letter_that_was_sent_elsewhere_counts_and_so_does_the_answer(program: Program) -> None:
    letter = program.read("/letters/A%2F1", language="en", steps="We fire it again.")
    body = {"order": "A/1", "mark": letter["mark"], "language": "en", "steps": "We fire it again."}
    noted = program.change(
        "/recorded-letters", {**body, "at": NOON.isoformat(), "medium": "letter"}, status=201
    )
    assert (noted["medium"], noted["message"], noted["next_on"]) == ("letter", None, letter["next_on"])
    assert noted["text"] == f"{letter['subject']}\n\n{letter['text']}"
    assert noted["lines"] == letter["lines"]
    assert program.read(f"/notices/{noted['notice']}") == noted
    assert states(program) == [(2, "on_time"), (2, "told")]
    said = {"order": "A/1", "line": "1", "at": NOON.isoformat(), "medium": "mail"}
    agreed = program.change("/answers", {**said, "kind": "accepts", "quantity": 2}, status=201)
    assert (agreed["kind"], agreed["quantity"], agreed["notice"]) == ("accepts", 2, noted["notice"])
    assert states(program) == [(2, "on_time"), (2, "agreed")]
    assert program.change(f"/notices/{noted['notice']}/failure", {})["changed"] is True
    assert program.change(f"/notices/{noted['notice']}/failure", {})["changed"] is False
    assert program.read("/notices", order="A/1")["items"][0]["came_back"] is True


def test_what_was_told_by_phone_is_noted_for_the_units_that_ship_last(program: Program) -> None:
    line = {"line": "1", "on": in_days(60), "quantity": 2, "says": EU_ASKS}
    body = {
        "order": "A/1",
        "at": NOON.isoformat(),
        "medium": "phone",
        "lines": [line],
        "next_on": in_days(14),
    }
    tried = program.change("/notices", body, status=201, preview="true")
    assert (tried["notice"], tried["entry"], Notice.objects.count()) == (None, None, 0)
    noted = program.change("/notices", {**body, "text": "Sixty days."}, status=201)
    assert (noted["text"], noted["lines"]) == ("Sixty days.", [{**line, "sku": "LAMP"}])
    assert program.read("/law/A%2F1")["next_on"] == in_days(14)
    assert states(program) == [(2, "on_time"), (2, "told")]
    before = Entry.objects.count()
    told = problem(program.post("/notices", {**body, "lines": [line, {**line, "line": "8"}]}))
    assert told["errors"] == [{"where": "body", "at": "/lines/1/line", "detail": "there is no line 8 of A/1"}]
    told = problem(program.post("/notices", {**body, "at": "2020-01-01T00:00:00Z"}))
    assert told["detail"].startswith("order A/1 was placed on ")
    told = problem(program.post("/notices", {**body, "lines": [line, line]}))
    assert told["detail"] == "order A/1 line 1: the same day is told twice"
    assert (Notice.objects.count(), Entry.objects.count()) == (1, before)


def test_who_cancels_has_it_cancelled_and_what_nobody_was_told_cannot_be_agreed_to(program: Program) -> None:
    said = {"order": "A/1", "line": "1", "at": NOON.isoformat(), "medium": "message"}
    told = problem(program.post("/answers", {**said, "kind": "accepts"}))
    assert told["detail"].endswith("nothing was told that could be agreed to; note what was told first")
    told = problem(program.post("/answers", {**said, "kind": "period"}))
    assert told["detail"] == "order A/1 line 1: a period has an end, and nothing else has"
    assert (Answer.objects.count(), Cancellation.objects.count()) == (0, 0)
    tried = program.change("/answers", {**said, "kind": "cancels"}, status=201, preview="true")
    assert (tried["answer"], Answer.objects.count(), Cancellation.objects.count()) == (None, 0, 0)
    answer = program.change("/answers", {**said, "kind": "cancels", "quantity": 3}, status=201)
    assert Cancellation.objects.get().quantity == 3
    assert program.read(f"/answers/{answer['answer']}") == answer
    assert program.read("/answers", order="A/1")["items"] == [answer]
    assert program.read("/answers", order="A-2")["items"] == []
    assert answer["looked_at"] is None
    assert program.change(f"/answers/{answer['answer']}/look", {"why": "phoned"})["changed"] is True
    assert program.change(f"/answers/{answer['answer']}/look", {})["changed"] is False
    assert program.read(f"/answers/{answer['answer']}")["looked_at_by"].startswith("key test ")


def test_a_record_that_contradicts_itself_is_refused_in_words() -> None:
    told = problem(describe_error(HttpRequest(), FactsError("3 units left, and there are 1 fewer")))
    assert (told["status"], told["detail"]) == (
        409,
        "the record contradicts itself: 3 units left, and there are 1 fewer",
    )


def test_words_of_the_interface_are_those_of_the_room() -> None:
    assert get_args(get_args(Medium)[0]) == CHANNELS
    assert get_args(Content) == tuple(CONTENT)
    assert get_args(Language) == LANGUAGES
    assert get_args(Kind) == tuple(KINDS)


def test_a_callback_to_be_called_is_noted_listed_and_done(program: Program) -> None:
    body = {"order": "A/1", "phone": "0731 5550100", "on": in_days(2), "part": "morning", "text": "The lamp"}
    tried = program.change("/callbacks", body, status=201, preview="true")
    assert (tried["callback"], tried["entry"], program.read("/callbacks")["items"]) == (None, None, [])
    callback = program.change("/callbacks", body, status=201)
    assert (callback["phone"], callback["on"], callback["part"], callback["text"], callback["state"]) == (
        *("+497315550100", in_days(2), "morning", "The lamp", "open"),
    )
    assert program.read(f"/callbacks/{callback['callback']}") == callback
    assert program.read("/callbacks", state="open", order="A/1")["items"] == [callback]
    told = problem(program.post("/callbacks", body))
    assert told["detail"][:40] == "order A/1: a call is wanted already; tak"
    told = problem(program.post("/callbacks", body | {"phone": "x"}))
    assert (told["status"], told["detail"][:36]) == (409, "order A/1: 'x' is no phone number; b")
    assert program.change(f"/callbacks/{callback['callback']}/done", {"said": "It comes."})["changed"] is True
    assert program.change(f"/callbacks/{callback['callback']}/withdrawal", {})["changed"] is False
    done = program.read(f"/callbacks/{callback['callback']}")
    assert (done["state"], done["said"], done["ended_by"][:8]) == ("done", "It comes.", "key test")
    assert program.read("/callbacks", state="open")["items"] == []
    assert what_happened(program)[-2:] == ["callback.noted", "callback.ended"]


def test_who_agreed_to_texts_is_noted_and_listed_and_the_last_word_counts(program: Program) -> None:
    code = Customer.objects.order_by("pk").values_list("code", flat=True)[0]
    body = {"customer": code, "phone": "+49 731 5550100", "medium": "page"}
    assert program.change("/text-wishes", body)["changed"] is True
    assert program.change("/text-wishes", body)["changed"] is False
    assert program.change("/text-wishes", body | {"phone": ""})["changed"] is True
    rows = program.read("/text-wishes", customer=code)["items"]
    assert [(row["customer"], row["phone"], row["medium"]) for row in rows] == [
        (code, "", "page"),
        (code, "+497315550100", "page"),
    ]
    told = problem(program.post("/text-wishes", body | {"phone": "x"}))
    assert (told["status"], "'x' is no phone number" in told["detail"]) == (409, True)
    assert problem(program.post("/text-wishes", body | {"customer": "nobody"}))["status"] == 422
