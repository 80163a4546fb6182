"""The page of an order."""

from __future__ import annotations

import ast
import html
import re

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backorder.allocation.plan.loading import Told, take_over
from backorder.allocation.services import plan_all
from backorder.console.journal import KINDS, SENTENCES, say_entry
from backorder.orders.models import Line
from backorder.orders.services import Wanted, place
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, drop, find_stock, order_in, slip, stock, take_in
from tests.architecture import tree
from tests.console.shop import open_shop, write_many
from tests.supply.shop import TODAY, cause, item


def read_text(client: Client, address: str) -> str:
    """Read what a page says, without its marks."""
    page = client.get(address).content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def test_it_says_how_a_line_stands_what_covers_it_and_what_was_promised_why(planner: Client) -> None:
    slip(open_shop(), 17)
    said = read_text(planner, "/orders/A-2")
    for part in (
        "Order A-2 C-2 North Lane Camping",
        "Line 1: 12 of LAMP Lamp, two arms",
        "All 12 ship by 11 Dec 2026, with what is on the way.",
        "Wanted 29 Nov 2026 Promised 11 Dec 2026 12 days late",
        "Ahead of it for this item: 6 units in 1 line.",
        "2 of LAMP on hand at main , ships",
        "10 of LAMP from PO-1 line 1, expected 11 Dec 2026 , ships 11 Dec 2026",
        "4 Dec 2026 : it waits for what is on the way when anna ordered 12 units",
        "11 Dec 2026 : it waits for what is on the way when anna moved line 1 from 4 Dec 2026 to 11 Dec 2026; said by supplier (PO-1)",
        "Story 24 Nov 2026, 12:00 anna ordered 12 units.",
    ):
        assert part in said


def read_story(client: Client, number: str) -> list[tuple[str, str]]:
    """Read the story of an order, entry by entry: what is said, and the small text under it."""
    page = client.get(f"/orders/{number}").content.decode().rpartition("<h2>Story</h2>")[2]
    rows = re.findall(r"<p><strong>(.*?)</p>(?:<small>(.*?)</small>)?</li>", page)
    return [(html.unescape(said.replace("</strong>", "")), html.unescape(small)) for said, small in rows]


def test_the_story_tells_what_moved_each_line_and_what_caused_it(planner: Client) -> None:
    line = order_in("LAMP", 2, "PO-7")
    buy("A-1", ("LAMP", 2), ("TENT", 1))
    slip(line, 12)
    take_in(line, 2)
    find_stock("LAMP", 1)
    drop("A-1", 1)
    assert read_story(planner, "A-1") == [
        ("anna ordered 3 units.", ""),
        ("Line 1 waits: 2 on the way; promised for 4 Dec 2026.", "when anna ordered 3 units"),
        ("Line 2 waits: 1 without supply; no day can be named.", "when anna ordered 3 units"),
        (
            "Line 1 is planned anew: 2 on the way; promised for 6 Dec 2026.",
            "when anna moved line 1 from 4 Dec 2026 to 6 Dec 2026; said by supplier (PO-7)",
        ),
        (
            "Line 1 has all its units on hand; still promised for 6 Dec 2026.",
            "when anna received 2 units of line 1: 2 of 2 have come (PO-7)",
        ),
        (
            "Line 1 lost 1 unit on hand: 1 on hand, 1 without supply; no day can be named.",
            "when anna counted 1 sellable where 2 were known (LAMP, main): counted",
        ),
        ("anna cancelled 1 unit of line 1.", ""),
        ("Line 1 waits no longer; promised for 24 Nov 2026.", "when anna cancelled 1 unit of line 1"),
    ]


def test_the_story_tells_of_an_order_that_went_before_within_the_promise(planner: Client) -> None:
    order_in("LAMP", 2, "PO-7")
    buy("A-1", ("LAMP", 2))
    stock("LAMP", 2)
    buy("B-2", ("LAMP", 1), priority=1)
    assert read_story(planner, "A-1")[2:] == [
        (
            "Line 1 has all its units on hand; still promised for 4 Dec 2026.",
            "when anna returned to stock: 2 sellable in (LAMP, main)",
        ),
        (
            "Line 1 lost units on hand; still promised for 4 Dec 2026.",
            "when anna ordered 1 unit (order B-2)",
        ),
    ]


def test_the_story_of_an_order_from_elsewhere_begins_with_its_promise(planner: Client) -> None:
    stock("LAMP", 1)
    with transaction.atomic():
        entry = place("A-1", [Wanted("1", item("LAMP"), 1, TODAY)], cause())
        take_over([Told(("A-1", "1"), TODAY)], [], entry)
    plan_all(cause())
    assert read_story(planner, "A-1")[1:] == [
        ("Line 1 came from elsewhere; promised for 24 Nov 2026.", "when anna ordered 1 unit"),
    ]


def test_an_order_that_is_not_there_is_told(planner: Client) -> None:
    answer = planner.get("/orders/A-99")
    assert answer.status_code == 404
    assert "There is no order A-99." in answer.content.decode()


def test_an_order_costs_as_many_questions_however_many_lines_it_has(
    planner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_shop()
    for _ in range(2):
        with django_assert_num_queries(21):
            planner.get("/orders/A-1")
        write_many(20)


def test_cancelling_shows_first_who_gains_and_then_does_it(planner: Client) -> None:
    open_shop()
    line = Line.objects.get(order__number="A-1")
    address = f"/lines/{line.pk}/cancel"
    typed = {"quantity": "6", "by": "buyer", "why": "customer called"}
    before = Entry.objects.count()
    page = planner.post(address, {"by": "buyer", **typed, "preview": ""}).content.decode()
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "would change" in said
    assert "A-3 line 1 LAMP C-3" in said
    assert Entry.objects.count() == before
    line.refresh_from_db()
    assert line.quantity_open == 6
    seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    answer = planner.post(address, {**typed, "save": "", "seen": seen})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/orders/A-1#line-1")
    line.refresh_from_db()
    assert line.quantity_open == 0
    assert Entry.objects.get(what="line.cancelled").who == "planner"
    assert "cancelled 6 units of line 1" in read_text(planner, "/orders/A-1")


def test_what_was_not_looked_at_is_not_saved(planner: Client) -> None:
    open_shop()
    line = Line.objects.get(order__number="A-1")
    address = f"/lines/{line.pk}/cancel"
    page = planner.post(address, {"quantity": "1", "by": "buyer", "why": "x", "preview": ""}).content.decode()
    seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    for token in (seen, "", "forged"):
        answer = planner.post(
            address, {"quantity": "2", "by": "buyer", "why": "x", "save": "", "seen": token}
        )
        assert answer.status_code == 200
        line.refresh_from_db()
        assert line.quantity_open == 6


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"quantity": "7", "why": "x"}, "6 units are open, not 7. Nothing was changed."),
        ({"quantity": "0", "why": "x"}, "Ensure this value is greater than or equal to 1."),
        ({"quantity": "two", "why": "x"}, "Enter a whole number."),
        ({"quantity": "1", "why": ""}, "This field is required."),
    ],
)
def test_units_that_cannot_be_cancelled_are_refused(
    planner: Client, typed: dict[str, str], said: str
) -> None:
    open_shop()
    line = Line.objects.get(order__number="A-1")
    page = planner.post(f"/lines/{line.pk}/cancel", {"by": "buyer", **typed, "preview": ""}).content.decode()
    assert said in page
    line.refresh_from_db()
    assert line.quantity_open == 6


def test_who_only_reads_is_refused(reader: Client) -> None:
    open_shop()
    line = Line.objects.get(order__number="A-1")
    answer = reader.post(f"/lines/{line.pk}/cancel", {"quantity": "1", "why": "x", "save": ""})
    assert answer.status_code == 403
    assert "Your role may not change orders." in answer.content.decode()
    assert "Cancel units" not in reader.get("/orders/A-1").content.decode()
    line.refresh_from_db()
    assert line.quantity_open == 6


WRITERS = ("access", "accounts", "allocation", "channels/files/intake", "fulfilment", "orders", "supply")
NAMED = re.compile(r"(?!backorder|basis|currency|django|quantity|sku)[a-z]{2,}\.[a-z_]+")


def list_whats() -> set[str]:
    """List what every entry of the journal can be: what is written anywhere; a part that is filled in is a *."""
    whats = {"*.saved", "*.removed"}
    for path in (path for room in WRITERS for path in tree.python_files(f"src/backorder/{room}")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(tree.parse(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMED.fullmatch(node.value):
                whats.add(node.value)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "write" and len(node.args) > 2:
                what = node.args[1]
                if isinstance(what, ast.JoinedStr):
                    parts = (
                        str(part.value) if isinstance(part, ast.Constant) else "*" for part in what.values
                    )
                    whats.add("".join(parts))
    assert len(whats) > 40
    return whats


def test_everything_that_is_written_has_a_sentence() -> None:
    unsaid = []
    for what in list_whats():
        pattern = re.compile(re.escape(what).replace(r"\*", "[a-z_]+"))
        if what.partition(".")[2] not in KINDS and not any(pattern.fullmatch(name) for name in SENTENCES):
            unsaid.append(what)
    assert unsaid == []


def test_an_entry_without_words_is_told_by_its_name() -> None:
    assert say_entry(Entry(what="moon.risen_early", facts={})) == "moon risen early"
    assert say_entry(Entry(what="order.placed", facts={})) == "order placed"
    assert say_entry(Entry(what="items.saved", facts={})) == "wrote the items"
