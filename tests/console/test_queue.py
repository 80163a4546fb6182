"""The queue: what it shows, in which order, and what it costs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.selectors.queue import SORTS, Asked, Order, read_queue, search_lines
from backorder.console.models import SavedView
from backorder.console.queue_address import read_address, read_place, write_place
from backorder.orders.models import Line
from backorder.orders.services import Wanted
from tests.allocation.shop import buy, slip, stock
from tests.console.shop import buy_as, open_shop, write_many
from tests.supply.shop import NOON, TODAY, cause, item

DEEP = "W1tb" * 1_000  # lists in lists


def orders(client: Client, query: str = "") -> list[str]:
    """Name the orders that the queue shows, from the top."""
    page = client.get(f"/queue{query}").content.decode()
    return re.findall(r'data-label="Order"><div><a href="[^"]+">([^<]+)</a>', page)


def cells(client: Client, query: str, order: str) -> dict[str, str]:
    """Read the cells of an order's line."""
    page = client.get(f"/queue{query}").content.decode()
    row = next(
        part for part in re.findall(r"<tr role=\"row\" data-link.*?</tr>", page) if f">{order}</a>" in part
    )
    return {
        label: re.sub(r"<[^>]+>", " ", text).split("   ")[0].strip()
        for label, text in re.findall(r'data-label="([^"]+)"><div>(.*?)</div>', row)
    }


def test_it_shows_how_each_line_stands_with_the_latest_first(planner: Client) -> None:
    open_shop()
    assert orders(planner) == ["A-4", "A-3", "A-2", "A-1"]
    shown = cells(planner, "", "A-2")
    assert {name: " ".join(text.split()) for name, text in shown.items()} == {
        "Order": "A-2 line 1",
        "Item": "LAMP Lamp, two arms",
        "Customer": "C-2 North Lane Camping",
        "Open": "12",
        "Covered": "inbound",
        "Wanted": "29 Nov 2026",
        "Promised": "4 Dec 2026",
        "Days late": "5",
        "Ahead": "6",
        "Value": "300.00 EUR",
        "Why": "it waits for what is on the way",
    }


def test_a_slip_shows_what_was_told_first(planner: Client) -> None:
    slip(open_shop(), 17)
    shown = cells(planner, "", "A-2")
    assert " ".join(shown["Promised"].split()) == "11 Dec 2026 first 4 Dec 2026"
    assert " ".join(shown["Days late"].split()) == "12 slipped 7"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?covered=nothing", ["A-4"]),
        ("?covered=on+hand", ["A-1"]),
        ("?late=yes", ["A-4", "A-3", "A-2"]),
        ("?short=yes", ["A-4", "A-3"]),
        ("?item=TENT", ["A-4"]),
        ("?customer=C-1", ["A-4", "A-1"]),
        ("?customer_class=contract&channel=shop&item=LAMP", ["A-3", "A-2", "A-1"]),
        ("?channel=market", []),
        ("?search=A-2", ["A-2"]),
        ("?search=a-2", ["A-2"]),
        ("?search=LAM", ["A-3", "A-2", "A-1"]),
        ("?search=tent+for", ["A-4"]),
        ("?search=quay", ["A-3"]),
        ("?search=C-2", ["A-2"]),
        ("?search=nothing+like+it", []),
        ("?search=%27%3B--%26%7C%21%3A%2A", []),
        ("?sort=value", ["A-1", "A-2", "A-3", "A-4"]),
        ("?sort=-order", ["A-4", "A-3", "A-2", "A-1"]),
        ("?sort=customer", ["A-1", "A-4", "A-2", "A-3"]),
        ("?sort=promised", ["A-1", "A-2", "A-3", "A-4"]),
        ("?sort=nonsense&after=nonsense&covered=x&late=x", ["A-4", "A-3", "A-2", "A-1"]),
        (f"?after={DEEP}", ["A-4", "A-3", "A-2", "A-1"]),
    ],
)
def test_it_is_filtered_searched_and_sorted(planner: Client, query: str, shown: list[str]) -> None:
    open_shop()
    assert orders(planner, query) == shown


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("by", SORTS)
@pytest.mark.django_db
def test_its_pages_show_every_line_once_in_every_order(by: str, descending: bool) -> None:  # noqa: FBT001 - a case
    open_shop()
    write_many(23)
    whole = [row.line for row in read_queue(Asked(), Order(by, descending), 100)]
    assert sorted(whole) == sorted(Line.objects.values_list("pk", flat=True))
    paged: list[int] = []
    order = Order(by, descending)
    while rows := read_queue(Asked(), order, 4):
        paged += [row.line for row in rows]
        order = Order(by, descending, read_place(by, write_place(by, rows[-1])))
    assert paged == whole


def test_a_page_costs_as_many_questions_however_many_lines_there_are(
    planner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_shop()
    for _ in range(2):
        with django_assert_num_queries(
            8
        ):  # session, user, groups, lines with and without a day, channels, classes, views
            planner.get("/queue")
        with django_assert_num_queries(4):
            planner.get("/queue/totals")
        write_many(60)


def test_htmx_gets_the_list_alone(planner: Client) -> None:
    open_shop()
    whole = planner.get("/queue").content.decode()
    part = planner.get("/queue", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert part.startswith('<div id="totals"')
    part, whole = (re.sub(r'csrfmiddlewaretoken" value="[^"]+', "", text) for text in (part, whole))
    assert part.strip() in whole


def test_the_sums_are_of_all_lines_that_are_wanted(planner: Client) -> None:
    open_shop()
    sums = ["3", "33", "2", "825.00 EUR"]
    part = planner.get("/queue/totals?item=LAMP", headers={"HX-Request": "true"}).content.decode()
    assert re.findall(r"<dd[^>]*>([^<]+)</dd>", part) == sums
    page = planner.get("/queue/totals?item=LAMP").content.decode()
    assert part.strip() in page
    assert 'href="/queue?item=LAMP"' in page


def test_an_empty_queue_says_what_to_do(planner: Client) -> None:
    page = planner.get("/queue").content.decode()
    assert "There is no open line. Import orders with `backorder import`" in page
    assert "Show all open lines" in planner.get("/queue?search=x").content.decode()


def test_the_file_holds_all_that_is_shown_and_no_formula(planner: Client) -> None:
    open_shop()
    line = buy_as("C-1", "A-5", "LAMP", 1)
    type(line.item).objects.filter(pk=line.item_id).update(name="=cmd()")
    answer = planner.get("/queue.csv?item=LAMP&sort=order")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert [row["order"] for row in rows] == ["A-1", "A-2", "A-3", "A-5"]
    assert rows[0]["name"] == "'=cmd()"
    assert [(row["covered"], row["days_late"]) for row in rows[:3]] == [
        ("on hand", "0"),
        ("inbound", "5"),
        ("in part", ""),
    ]


def test_a_hold_is_marked(planner: Client) -> None:
    open_shop()
    stock("DESK", 2)
    events.hold("H-1", [Wanted("1", item("DESK"), 1, TODAY)], Hold(NOON + dt.timedelta(hours=2)), cause())
    shown = " ".join(cells(planner, "", "H-1")["Order"].split())
    assert shown == "H-1 line 1, held until 24 Nov 2026, 14:00"
    file = b"".join(planner.get("/queue.csv?search=H-1")).decode()
    assert [row["held_until"] for row in csv.DictReader(io.StringIO(file))] == ["2026-11-24T14:00:00+00:00"]
    assert "line 1, held until 24 Nov 2026, 14:00" in planner.get("/items/DESK").content.decode()


def test_a_view_is_kept_shown_replaced_and_forgotten(planner: Client, reader: Client) -> None:
    planner.post("/queue/views", {"name": " Late lamps ", "query": "late=yes&item=LAMP&junk=1"})
    page = planner.get("/queue").content.decode()
    assert 'href="/queue?item=LAMP&amp;late=yes">Late lamps</a>' in page
    assert "Late lamps" not in reader.get("/queue").content.decode()
    planner.post("/queue/views", {"name": "Late lamps", "query": "late=yes"})
    view = SavedView.objects.get()
    assert view.query == "late=yes"
    reader.post(f"/queue/views/{view.pk}/drop")
    assert SavedView.objects.count() == 1
    planner.post(f"/queue/views/{view.pk}/drop")
    assert SavedView.objects.count() == 0


def test_a_view_that_is_shown_can_be_renamed_by_whom_it_belongs_to(planner: Client, reader: Client) -> None:
    planner.post("/queue/views", {"name": "Late", "query": "late=yes"})
    planner.post("/queue/views", {"name": "Lamps", "query": "item=LAMP"})
    late = SavedView.objects.get(name="Late").pk
    assert f'value="{late}">Rename Late</button>' in planner.get("/queue?late=yes").content.decode()
    assert "Rename" not in planner.get("/queue").content.decode()
    reader.post("/queue/views", {"name": "Mine", "query": "late=yes", "rename": late})
    page = planner.post("/queue/views", {"name": "Lamps", "query": "late=yes", "rename": late}, follow=True)
    assert "You keep a view Lamps already. Nothing was changed." in page.content.decode()
    assert sorted(SavedView.objects.values_list("name", "query")) == [
        ("Lamps", "item=LAMP"),
        ("Late", "late=yes"),
    ]
    planner.post("/queue/views", {"name": " Overdue ", "query": "late=yes", "rename": late})
    assert SavedView.objects.values_list("name", "query").get(pk=late) == ("Overdue", "late=yes")


def test_a_view_without_a_name_is_not_kept(planner: Client) -> None:
    page = planner.post("/queue/views", {"name": " ", "query": ""}, follow=True).content.decode()
    assert "A view needs a name of 1 to 60 characters." in page
    assert SavedView.objects.count() == 0


def test_an_address_reads_back_what_it_writes() -> None:
    address = read_address({"search": "x y", "late": "yes", "sort": "value", "junk": "1"})
    assert address.write() == "?search=x+y&late=yes&sort=value"
    assert read_address({"after": "WyJ4IiwxXQ"}).order.after is None  # a text where days late stand


@pytest.mark.django_db
def test_what_a_line_was_told_is_written_by_promises_alone() -> None:
    open_shop()
    line = Line.objects.get(order__number="A-2")
    assert (line.promised_on, line.first_promised_on) == (
        line.promises.get().promised_on,
        line.promises.get().promised_on,
    )
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        Line.objects.filter(pk=line.pk).update(promised_on=None)
    line.refresh_from_db()
    assert line.promised_on is not None


@pytest.mark.django_db
def test_what_is_looked_up_and_what_is_come_across_are_the_same_lines() -> None:
    for number, sku in enumerate(("LAMP", "SHADE", "LAMP", "BULB")):
        buy(f"LAMP-{number}", (sku, 1), ("CABLE", 1))
    whole = Line.objects.all()
    for text, count in (("LAMP", 8), ("LAMP-1", 2), ("CABLE", 4), ("SHA", 1), ("none", 0)):
        found = [set(search_lines(whole, text, few).values_list("pk", flat=True)) for few in (0, 3, 2_000)]
        assert [len(lines) for lines in found] == [count] * 3
        assert found[0] == found[1] == found[2]
