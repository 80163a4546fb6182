"""Files into the database: what is new, what differs, what is no longer listed, and what the journal says of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.models import Allocation, Promise
from backorder.allocation.selectors import find_differences
from backorder.catalog.models import Acceptance, ClosedDay, Component, Item, Substitute
from backorder.channels.files.intake.services import Report
from backorder.orders.models import Customer, Line, Order
from backorder.orders.services import Wanted
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from backorder.supply.models import DateNews, InboundLine, InboundOrder, Movement
from tests.allocation.shop import covered, promised, standing
from tests.channels.intake.database import bring, dump, look, plan_pegs, stored_pegs, write_tables
from tests.channels.shop import SHOP
from tests.supply.shop import TODAY, cause, item, on_hand

pytestmark = pytest.mark.django_db

HEADERS = {name: text.splitlines()[0] for name, text in SHOP.items()}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Give the folder of a shop that is in the database."""
    folder = write_tables(tmp_path / "shop")
    assert bring(folder).faults == ()
    return folder


def table(folder: Path, name: str, text: str) -> Path:
    """Write one table beside the shop."""
    path = folder.parent / f"{name}.csv"
    path.write_text(text, "utf-8")
    return path


def counts(report: Report) -> dict[str, tuple[int, int, int, int]]:
    assert report.faults == ()
    return {
        name: (counted.new, counted.changed, counted.unchanged, counted.gone)
        for name, counted in report.counts
    }


def story(kind: str, key: str) -> list[tuple[str, object]]:
    return [(entry.what, entry.facts) for entry in read_story(kind, key)]


def test_a_whole_folder_comes_in_and_everything_adds_up(tmp_path: Path) -> None:
    report = bring(write_tables(tmp_path / "shop"))
    assert counts(report) == {
        "customer_class": (2, 0, 0, 0),
        "suppliers": (2, 0, 0, 0),
        "locations": (2, 0, 0, 0),
        "items": (5, 0, 0, 0),
        "kits": (2, 0, 0, 0),
        "substitutes": (1, 0, 0, 0),
        "calendar": (2, 0, 0, 0),
        "acceptance": (2, 0, 0, 0),
        "customers": (3, 0, 0, 0),
        "inbound": (2, 0, 0, 0),
        "stock": (4, 0, 1, 0),
        "orders": (5, 0, 0, 0),
        "outside_offers": (2, 0, 0, 0),
    }
    assert find_differences() == []
    assert (on_hand("LAMP"), on_hand("LAMP", "shop"), on_hand("LAMP", "shop", "damaged")) == (3, 1, 7)
    line = Line.objects.select_related("order__customer", "location").get(order__number="SO-7", number="10")
    assert (line.order.ordered_at, line.order.ordered_on) == (
        dt.datetime(2026, 11, 23, 4, 30, tzinfo=dt.UTC),
        dt.date(2026, 11, 22),
    )
    assert (line.unit_price, line.quantity_open, line.requested_on) == (1990, 2, dt.date(2026, 12, 24))
    ada = Customer.objects.select_related("customer_class").get(code="Ada")
    assert ada.customer_class is not None
    assert (ada.name, ada.email, ada.customer_class.code) == ("Ada A.", "ada@example.org", "retail")
    assert report.entry is not None
    event = Entry.objects.get(pk=report.entry)
    assert (event.what, event.who, event.facts["tables"]["orders"]) == (
        "files.imported",
        "anna",
        {"new": 5, "changed": 0, "unchanged": 0, "gone": 0},
    )
    assert sorted(event.subjects.values_list("kind", "key")) == [
        ("item", sku) for sku in ("CHAIR", "DESK", "LAMP", "SET", "STOOL")
    ]
    assert set(Entry.objects.filter(caused_by=event).values_list("what", flat=True)) == {
        *("customer_class.saved", "supplier.saved", "location.saved", "item.saved", "kit.saved"),
        *("substitute.saved", "calendar.saved", "acceptance.saved", "customer.saved"),
        *("inbound.placed", "stock.count", "order.placed", "plan.decided", "outside.listed"),
    }
    assert Movement.objects.filter(kind="count", entry__why="import").count() == 4


def test_the_same_files_twice_change_no_row(shop: Path) -> None:
    before = dump()
    again = bring(shop)
    assert (again.entry, again.changes, again.moves) == (None, False, ())
    assert dump() == before


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    reversed_text = {
        name: "\n".join([text.splitlines()[0], *text.splitlines()[:0:-1]]) + "\n"
        for name, text in SHOP.items()
    }
    del reversed_text["current"]
    bring(write_tables(tmp_path / "shop", current=None, **reversed_text))
    numbers = list(Order.objects.order_by("id").values_list("number", flat=True))
    assert numbers == ["9", "1001", "SO-7"]
    assert list(Line.objects.order_by("id").values_list("number", flat=True)) == ["1", "1", "2", "9", "10"]
    assert list(InboundOrder.objects.order_by("id").values_list("number", flat=True)) == ["12", "PO-7"]


def test_a_dry_run_says_what_would_come_and_changes_no_row(shop: Path) -> None:
    changed = SHOP["inbound"].replace("2026-11-29", "2026-12-20").replace("LAMP,main,10", "LAMP,main,4")
    path = table(shop, "inbound", changed)
    before = dump()
    dry = look(path)
    assert dump() == before
    wet = bring(path)
    assert (dry.entry, dry.counts, dry.moves) == (None, wet.counts, wet.moves)
    assert counts(dry) == {"inbound": (0, 2, 0, 0)}
    moved = [(move.order, move.line, move.from_date, move.to_date) for move in dry.moves]
    assert moved == [
        ("1001", "1", dt.date(2026, 12, 13), None),
        ("1001", "2", dt.date(2026, 11, 29), dt.date(2026, 12, 20)),
        ("SO-7", "9", dt.date(2026, 11, 29), dt.date(2026, 12, 20)),
        ("SO-7", "10", dt.date(2026, 12, 13), None),
    ]
    assert dry.moves[1].sku == "DESK"


def test_a_line_that_differs_is_amended_and_its_order_says_so(shop: Path) -> None:
    text = (
        SHOP["orders"]
        .replace("1001,1,LAMP,5,", "1001,1,LAMP,2,")
        .replace(
            "SO-7,9,SET,1,2026-11-22T23:30:00-05:00,2027-02-01",
            "SO-7,9,SET,3,2026-11-22T23:30:00-05:00,2027-03-01",
        )
    )
    assert counts(bring(table(shop, "orders", text))) == {"orders": (0, 2, 3, 0)}
    line = Line.objects.get(order__number="1001", number="1")
    assert (line.quantity_ordered, line.quantity_cancelled, line.quantity_open) == (5, 3, 2)
    assert story("order", "1001")[1:] == [
        ("line.amended", {"line": "1", "from": {"quantity": 5}, "to": {"quantity": 2}})
    ]
    assert story("order", "SO-7")[1:] == [
        (
            "line.amended",
            {
                "line": "9",
                "from": {"quantity": 1, "requested_on": "2027-02-01"},
                "to": {"quantity": 3, "requested_on": "2027-03-01"},
            },
        )
    ]
    assert (standing("1001")[2], standing("9")[0], find_differences()) == (0, 3, [])


def test_an_order_that_differs_is_amended_with_all_its_lines(shop: Path) -> None:
    text = SHOP["orders"].replace("Ada,retail", "Bo,contract")
    report = bring(table(shop, "orders", text))
    assert counts(report) == {"orders": (0, 2, 3, 0)}
    assert story("order", "1001")[-1] == (
        "order.amended",
        {
            "from": {"customer": "Ada", "customer_class": "retail"},
            "to": {"customer": "Bo", "customer_class": "contract"},
        },
    )
    assert report.entry is not None
    event = Entry.objects.get(pk=report.entry)
    assert sorted(event.subjects.values_list("key", flat=True)) == ["DESK", "LAMP"]


def test_a_new_line_of_a_known_order_is_added(shop: Path) -> None:
    text = f"{HEADERS['orders']}\n1001,3,STOOL,2,2026-11-20T09:30:00Z,,,Ada,retail,,\n"
    assert counts(bring(table(shop, "orders", text))) == {"orders": (1, 0, 0, 0)}
    line = Line.objects.get(order__number="1001", number="3")
    assert (line.quantity_open, line.unit_price, line.requested_on) == (2, 4050, dt.date(2026, 11, 20))
    assert story("order", "1001")[-1] == ("line.added", {"line": "3", "quantity": 2})


def test_a_date_that_moved_is_news_from_the_import(shop: Path) -> None:
    bring(table(shop, "inbound", SHOP["inbound"].replace("2026-11-29", "2026-12-20")))
    news = DateNews.objects.select_related("line__order", "entry").get()
    assert (news.line.order.number, news.from_date, news.to_date, news.source) == (
        "12",
        dt.date(2026, 11, 29),
        dt.date(2026, 12, 20),
        "import",
    )
    assert story("inbound", "12")[-1] == (
        "inbound.expected",
        {"line": "1", "from": "2026-11-29", "to": "2026-12-20", "source": "import"},
    )


def test_fewer_units_on_the_way_will_not_come_and_more_were_ordered(shop: Path) -> None:
    text = SHOP["inbound"].replace("LAMP,main,10", "LAMP,main,4").replace("DESK,main,5", "DESK,main,8")
    bring(table(shop, "inbound", text.replace(",Oak", ",Bright")))
    found = InboundLine.objects.order_by("order__number").values_list(
        "order__number", "quantity_ordered", "quantity_cancelled", "remaining", "order__supplier__code"
    )
    assert list(found) == [("12", 8, 0, 8, "Bright"), ("PO-7", 10, 6, 4, "Bright")]
    assert story("inbound", "12")[-2:] == [
        ("inbound.amended", {"from": {"supplier": "Oak"}, "to": {"supplier": "Bright"}}),
        ("inbound.amended", {"line": "1", "from": {"quantity": 5}, "to": {"quantity": 8}}),
    ]


def test_stock_that_differs_is_a_count_and_what_is_not_listed_stays(shop: Path) -> None:
    report = bring(table(shop, "stock", "sku,location,on_hand\nLAMP,main,9\nDESK,shop,0\nCHAIR,main,4\n"))
    assert counts(report) == {"stock": (0, 1, 2, 0)}
    moved = Movement.objects.order_by("-id").values_list("item__sku", "kind", "quantity", "entry__facts")
    assert moved[0] == ("LAMP", "count", 6, {"status": "sellable", "was": 3, "is": 9})
    assert (on_hand("LAMP"), on_hand("LAMP", "shop")) == (9, 1)


def test_columns_that_a_file_lacks_stay_as_they_are(shop: Path) -> None:
    Order.objects.filter(number="1001").update(priority=7)
    before = dump()
    text = "order,line,sku,quantity,ordered_at\n1001,1,LAMP,5,2026-11-20T09:30:00Z\n"
    assert counts(bring(table(shop, "orders", text))) == {"orders": (0, 1, 0, 0)}  # asked for when ordered
    assert dump()["orders_order"] == before["orders_order"]
    line = Line.objects.get(order__number="1001", number="1")
    assert (line.unit_price, line.requested_on) == (1990, dt.date(2026, 11, 20))
    assert counts(bring(table(shop, "items", "sku\nLAMP\n"))) == {"items": (0, 0, 1, 0)}
    assert Item.objects.get(sku="LAMP").price == 1990


def test_an_order_table_that_lists_everything_leaves_holds_alone(shop: Path) -> None:
    until = Hold(cause().at + dt.timedelta(days=1), may_wait=True)
    events.hold("H-1", [Wanted("1", item("LAMP"), 1, TODAY)], until, cause())
    assert bring(table(shop, "orders", SHOP["orders"]), complete=("orders",)).entry is None
    assert Line.objects.get(order__number="H-1").quantity_open == 1


def test_an_order_table_that_lists_everything_cancels_the_rest(shop: Path) -> None:
    text = "\n".join(SHOP["orders"].splitlines()[:3]) + "\n"
    report = bring(table(shop, "orders", text), complete=("orders",))
    assert counts(report) == {"orders": (0, 0, 2, 3)}
    open_lines = Line.objects.filter(quantity_open__gt=0).values_list("order__number", "number")
    assert sorted(open_lines) == [("1001", "1"), ("1001", "2")]
    assert story("order", "9")[-1] == ("line.cancelled", {"line": "1", "quantity": 4})
    assert find_differences() == []


def test_an_inbound_table_that_lists_everything_ends_the_rest(shop: Path) -> None:
    report = bring(table(shop, "inbound", f"{HEADERS['inbound']}\n"), complete=("inbound",))
    assert counts(report) == {"inbound": (0, 0, 0, 2)}
    assert list(InboundLine.objects.filter(remaining__gt=0)) == []
    assert story("inbound", "PO-7")[-1] == ("inbound.cancelled", {"line": "2", "quantity": 10})
    assert (covered("1001", "2"), find_differences()) == ([], [])


def test_other_tables_that_list_everything_drop_the_rest(shop: Path) -> None:
    paths = [
        table(shop, name, f"{header}\n")
        for name, header in (
            ("stock", "sku,location,on_hand"),
            ("kits", "sku,component,quantity"),
            ("substitutes", "sku,substitute"),
            ("calendar", "closed_on,location"),
            ("acceptance", "sku,channel,customer_class,rule,cap"),
        )
    ]
    report = bring(*paths, complete=("stock", "kits", "substitutes", "calendar", "acceptance"))
    assert counts(report) == {
        "kits": (0, 0, 0, 2),
        "substitutes": (0, 0, 0, 1),
        "calendar": (0, 0, 0, 2),
        "acceptance": (0, 0, 0, 2),
        "stock": (0, 0, 0, 4),
    }
    left = (Component, Substitute, ClosedDay, Acceptance)
    assert [model._default_manager.count() for model in left] == [0, 0, 0, 0]  # noqa: SLF001 - Django's name
    assert (on_hand("LAMP"), on_hand("CHAIR"), find_differences()) == (0, 0, [])
    assert bring(*paths, complete=("stock", "kits")).entry is None


def test_what_was_promised_before_is_the_first_promise_and_units_held_stay(tmp_path: Path) -> None:
    bring(write_tables(tmp_path / "shop"))
    assert promised("1001", "1")[0] == 6  # as promised_on says
    first = Promise.objects.filter(line__order__number="1001", line__number="1").order_by("id")[0]
    assert (first.promised_on, first.reason, first.entry.what) == (
        dt.date(2026, 11, 30),
        "IMPORTED",
        "files.imported",
    )
    held = [("PO-7", 1, 19), ("main", 3, 0), ("shop", 1, 0)]
    assert covered("1001", "1") == held  # three of them those of current, though order 9 asked earlier


def test_the_plan_in_force_is_what_plan_makes_of_the_same_folder(tmp_path: Path) -> None:
    shop = write_tables(tmp_path / "shop")
    bring(shop)
    assert Allocation.objects.count() == 8
    assert stored_pegs() == plan_pegs(shop, TODAY)


def test_the_last_day_of_current_is_promised_where_nothing_else_is_and_it_covers_the_line(
    tmp_path: Path,
) -> None:
    current = f"{HEADERS['current']}\n9,1,LAMP,main,,,1,,2026-12-01\n9,1,LAMP,main,PO-7,2,3,,2026-12-14\n"
    short = "SO-7,10,LAMP,main,PO-7,2,1,,2026-12-14\n"
    bring(write_tables(tmp_path / "shop", current=current + short))
    assert promised("9", "1")[0] == 20
    reasons = (
        Promise.objects.filter(reason="IMPORTED").order_by("id").values_list("line__order__number", flat=True)
    )
    assert list(reasons) == ["9", "1001"]
    assert find_differences() == []


def test_the_plan_in_force_of_known_lines_is_not_taken_from_a_file(shop: Path) -> None:
    before = dump()
    path = table(shop, "current", f"{HEADERS['current']}\n9,1,LAMP,shop,,,1,,2026-12-01\n")
    report = bring(shop / "orders.csv", path)
    assert report.notes == (
        "current.csv: 1 row is not taken over: of lines that are known already, or not open",
    )
    assert dump() == before
    assert Allocation.objects.count() > 0


def test_supplier_class_and_customer_that_are_only_named_are_created(tmp_path: Path) -> None:
    report = bring(write_tables(tmp_path / "shop", customers=None, suppliers=None, acceptance=None))
    found = counts(report)
    assert (found["supplier"], found["customer_class"], found["customers"]) == (
        (2, 0, 0, 0),
        (2, 0, 0, 0),
        (3, 0, 0, 0),
    )
    assert sorted(Customer.objects.values_list("code", "name")) == [("Ada", ""), ("Bo", ""), ("Cy", "")]


def test_a_customer_that_differs_is_told_without_what_is_personal(shop: Path) -> None:
    path = table(shop, "customers", "customer,name,email,phone,customer_class\nAda,Ada B.,,,retail\n")
    report = bring(path)
    assert counts(report) == {"customers": (0, 1, 0, 0)}
    assert story("customer", "Ada")[-1] == (
        "customer.saved",
        {"new": 0, "changed": {"Ada": ["name", "email", "phone"]}},
    )
    assert report.entry is not None
    assert Entry.objects.get(pk=report.entry).causes.filter(what="plan.decided").count() == 0  # no unit moves


def test_ten_times_the_lines_take_no_more_queries(tmp_path: Path) -> None:
    def count_queries(number: int, start: int) -> tuple[int, int]:
        rows = "".join(f"{start + row},1,STOOL,3,2026-11-2{row % 4},2026-12-24\n" for row in range(number))
        path = table(tmp_path / "shop", "orders", "order,line,sku,quantity,ordered_at,requested_on\n" + rows)
        with CaptureQueriesContext(connection) as first:
            bring(path)
        path.write_text(
            path.read_text("utf-8").replace(",3,2026", ",2,2026").replace("12-24", "12-26"), "utf-8"
        )
        with CaptureQueriesContext(connection) as second:
            bring(path)
        return len(first), len(second)

    bring(write_tables(tmp_path / "shop"))
    assert count_queries(10, 2000) == count_queries(100, 5000)
