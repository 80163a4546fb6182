"""Evidence: all that is known of an order, as a page and as data that say the same."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.care.callbacks import CallWanted, note_callback
from backorder.care.calls import note_missed_call
from backorder.care.choices import cancel
from backorder.care.choices import look as look_at
from backorder.care.choices import wait as agree
from backorder.care.evidence.collect import collect
from backorder.care.evidence.write import write_data, write_page
from backorder.care.feedback.noting import Opinion, note_feedback
from backorder.care.models import Message
from backorder.care.replies.arrivals import Arrived, note_arrival
from backorder.care.telling import note_failure
from backorder.outbox.services import Cause
from backorder.payments.services import go_on
from backorder.payments.transfers import note_returned
from tests.allocation.shop import order_in, slip, stock
from tests.care.letters import by, shop
from tests.care.paid import back, order, pay, send
from tests.care.paid import cancel as drop
from tests.care.post import MAIL, Box, box, go, look, open_house, post
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import NOON

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)


def live(number: str = "A-1") -> None:
    """Let an order wait, slip, be told, be answered, be cancelled and shipped in part."""
    open_house()
    inbound = order_in("LAMP", 5, "PO-1", days=10)
    stock("LAMP", 1)
    wait(number, 4)
    look()
    go(number)
    post()
    slip(inbound, 65)
    look(1)
    go(number, 1)
    post(1)
    order = order_of(number)
    agree(
        order,
        look_at(order, NOON + timedelta(minutes=2)).state,
        Cause("customer", NOON + timedelta(minutes=2)),
    )
    cancel(
        order,
        {"1": 1},
        look_at(order, NOON + timedelta(minutes=3)).state,
        Cause("customer", NOON + timedelta(minutes=3)),
    )
    release(number)
    ship(number)


def read(number: str = "A-1", at: datetime = LATER) -> dict[str, list[dict[str, Any]]]:
    """Read the data: the rows of each section by the names of their columns."""
    data = json.loads(write_data(collect(order_of(number), at)))
    return {
        section["title"]: [dict(zip(section["columns"], row, strict=True)) for row in section["rows"]]
        for section in data["sections"]
    }


def test_what_was_heard_is_told(box: Box) -> None:
    live()
    order, message = order_of("A-1"), Message.objects.earliest("id")
    note_arrival(message, Arrived("delivered", "Postmark 1", text="250 OK"), LATER)
    note_arrival(message, Arrived("reply", "mail <x@y.example>", MAIL, "Where is it?"), LATER)
    note_callback(order, CallWanted("+15415550100", text="the lamp"), Cause("customer", LATER))
    note_missed_call(order, Cause("service", LATER))
    note_feedback(order, Opinion(LATER, "phone", 2, "It took long."), Cause("service", LATER))
    found = read()
    assert [
        (row["about"], row["what"], row["from"], row["says"]) for row in found["Replies and reports"]
    ] == [
        (box.names[0], "delivered", "", "250 OK"),
        (box.names[0], "reply", MAIL, "Where is it?"),
    ]
    assert [(row["what"], row["phone"], row["about"]) for row in found["Calls"]] == [
        ("wanted", "+15415550100", "the lamp"),
        ("nobody answered", "", ""),
    ]
    assert [(row["score"], row["says"], row["noted by"]) for row in found["Thought"]] == [
        (2, "It took long.", "service")
    ]


def test_everything_that_happened_is_told(box: Box) -> None:
    live()
    found = read()
    assert list(found) == [
        *(
            "Order",
            "Lines",
            "Shown before buying",
            "Promised",
            "Told",
            "Mail",
            "Other ways",
            "Replies and reports",
        ),
        *("Calls", "Offered", "Thought", "Answered", "Cancelled"),
        *("Shipped", "Came back", "Came in", "Charged", "Goes back", "Thanked", "Law", "Journal"),
    ]
    assert {row["what"]: row["is"] for row in found["Order"]}["e-mail"] == MAIL
    assert found["Lines"][0] | {"name": ""} == {
        "line": "1",
        "item": "LAMP",
        "name": "",
        "ordered": 4,
        "shipped": 1,
        "cancelled": 1,
        "open": 2,
        "price": found["Lines"][0]["price"],
        "wanted on": "2026-11-24",
        "needed by": "",
    }
    assert [(row["line"], row["day"]) for row in found["Promised"]][:2] == [
        ("1", "2026-12-04"),
        ("1", "2027-01-28"),
    ]
    assert [(row["how"], row["did not arrive"]) for row in found["Told"]] == [("mail", ""), ("mail", "")]
    assert "ships on 28 January 2027" in found["Told"][1]["text"]
    assert found["Told"][1]["days told"].startswith("3 of line 1: 2027-01-28 (")
    assert [row["Message-ID"] for row in found["Mail"]] == box.names
    assert f"\nMessage-ID: {box.names[0]}\n" in found["Mail"][0]["headers"]
    assert "\nAuto-Submitted: auto-generated\n" in found["Mail"][0]["headers"]
    assert [(row["To"], row["became"], row["tries"]) for row in found["Mail"]] == [(MAIL, "sent", 1)] * 2
    assert [(row["what"], row["units"], row["how"]) for row in found["Answered"]] == [
        ("accepts", 3, "page"),
        ("cancels", 1, "page"),
    ]
    assert [(row["units"], row["by"], row["noted by"]) for row in found["Cancelled"]] == [
        (1, "buyer", "customer")
    ]
    assert [(row["units"], row["carrier"], row["number"]) for row in found["Shipped"]] == [
        (1, "Blue Van", "BV-1")
    ]
    assert found["Law"][0]["line"] == "1"
    told = [row["what"] for row in found["Journal"]]
    assert told.count("notice.noted") == 2
    assert told.count("message.written") == 2
    assert {"answer.noted", "order.shipped"} <= set(told)


def test_money_is_told_with_each_attempt_to_send_it_back() -> None:
    order("P-1", ("LAMP", 3, 10_00))
    pay("P-1", 33_00, "T-1")
    refund = back("P-1", 11_00, [drop("P-1", 1)], why="cancelled by phone")
    note_returned(refund.transfers.get(), "account closed", by(2))
    go_on(refund, by(3), by_hand=True)
    send(refund, 4, "B-1")
    found = read("P-1", NOON + timedelta(days=5))
    assert found["Came in"] == [
        {
            "at": "2026-11-24 12:00:00 UTC",
            "way": "by hand",
            "as the customer knows it": "",
            "reference": "T-1",
            "amount": "33.00 EUR",
            "of it back": "11.00 EUR",
            "noted by": "anna",
        }
    ]
    first, second = found["Goes back"]
    assert {first[name] for name in ("amount", "sent of it")} == {"11.00 EUR"}
    assert (first["for"], first["why"], first["state"], first["failed"]) == (
        "1 of line 1",
        "cancelled by phone",
        "failed",
        "2026-11-26 12:00:00 UTC: account closed",
    )
    assert (second["state"], second["reference"], second["sent"]) == (
        "sent",
        "B-1",
        "2026-11-28 12:00:00 UTC",
    )
    assert [row["state"] for row in found["Law"]] == ["settled", "late"]


def test_what_did_not_arrive_is_told_as_such(box: Box) -> None:
    live()
    order = order_of("A-1")
    note_failure(order.notices.latest("id"), by(0))
    assert [row["did not arrive"] for row in read()["Told"]] == ["", "2026-11-24 12:00:00 UTC"]
    assert len(box.came) == 2


class Cells(HTMLParser):
    """Reads the cells of a page."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.cells, self.inside = list[str](), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as it is called
        """Begin a cell."""
        assert tag not in {"script", "img", "link", "iframe"}
        if tag == "td":
            self.cells.append("")
        self.inside = tag == "td"

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag == "td":
            self.inside = False

    def handle_data(self, data: str) -> None:
        """Add a text to its cell."""
        if self.inside:
            self.cells[-1] += data


def test_page_and_data_say_the_same_and_the_digest_is_that_of_the_sections(box: Box) -> None:
    live()
    assert len(box.came) == 2
    evidence = collect(order_of("A-1"), LATER)
    data, page = json.loads(write_data(evidence)), write_page(evidence)
    cells = Cells()
    cells.feed(page)
    words = {None: "", True: "yes", False: "no"}
    rows = [row for section in data["sections"] for row in section["rows"]]
    said = [
        words.get(cell, str(cell)) if cell is None or isinstance(cell, bool) else str(cell)
        for row in rows
        for cell in row
    ]
    assert [" ".join(cell.split()) for cell in cells.cells] == [" ".join(cell.split()) for cell in said]
    text = json.dumps(data["sections"], ensure_ascii=False, sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest() == data["sha256"]
    assert data["sha256"] in page


def test_an_order_with_more_asks_no_more(box: Box) -> None:
    live("A-1")
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            collect(order_of("A-1"), LATER)
        asked.append(len(queries))
        note_failure(order_of("A-1").notices.latest("id"), by(0))
        look(5)
        order = order_of("A-1")
        cancel(order, {"1": 1}, look_at(order, LATER).state, Cause("customer", LATER))
    assert asked[0] == asked[1]
    assert len(box.came) == 2
