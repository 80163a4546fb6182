"""The pages of what is on the way, of stock and of one item."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from backorder.allocation.policies.publications import Draft
from backorder.allocation.selectors.kits import sum_asked_in_kits
from backorder.allocation.what_if.publishing import publish_policy
from backorder.catalog.models import Component
from backorder.console.journal import say_entry
from backorder.console.templatetags.words import say_day
from backorder.outbox.models import Entry
from backorder.supply.models import InboundLine, Movement, StockCount
from tests.allocation.shop import buy, order_in, promised, stock
from tests.api.client import Program
from tests.console.shop import open_shop, write_many
from tests.console.test_orders import read_text
from tests.supply.shop import TODAY, cause, item, on_hand

CEILING = """
[[guarantee]]
name = "all"
ceiling = 3
"""
HALF = {"quantity_1": "5", "on_1": "2026-12-04", "quantity_2": "5", "on_2": "2026-12-05", "source": "x"}


def do(client: Client, address: str, **typed: str) -> str:
    """Fill in a form, look at what it would do, do it; gives what the look said."""
    page = client.post(address, {**typed, "preview": ""}).content.decode()
    seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    answer = client.post(address, {**typed, "save": "", "seen": seen})
    assert answer.status_code == 302
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_list_shows_what_is_to_come_and_whether_it_is_late(planner: Client) -> None:
    open_shop()
    said = read_text(planner, "/inbound")
    assert "PO-1 line 1 LAMP Lamp, two arms purchase main" in said
    assert re.search(r"4 Dec 2026 .*20 0 20 20", said)
    assert "Nothing inbound begins with this." in read_text(planner, "/inbound?search=x")
    assert "PO-1" in read_text(planner, "/inbound?search=LAM&all=yes&after=junk")


def test_an_inbound_order_shows_who_waits_for_it(planner: Client) -> None:
    open_shop()
    said = read_text(planner, "/inbound/PO-1")
    assert "Ordered 20 Received 0 To come 20 Set aside 20 Not set aside 0" in said
    assert "A-2 line 1 C-2 North Lane Camping 10 4 Dec 2026 29 Nov 2026" in said
    assert planner.get("/inbound/PO-9").status_code == 404


def test_a_later_day_shows_first_who_ships_later_and_is_saved_after(planner: Client) -> None:
    line = open_shop()
    said = do(planner, f"/inbound-lines/{line.pk}/date", on="2026-12-11", source="mail", why="late ship")
    assert "2 lines would change: 2 for the worse." in said
    assert (
        "A-2 line 1 LAMP C-2 12 by 4 Dec 2026, some from 24 Nov 2026 12 by 11 Dec 2026, some from 24 Nov 2026 worse"
        in said
    )
    assert promised("A-2") == [10, 17]
    assert Entry.objects.get(what="inbound.expected").why == "late ship"
    assert "Moved from 4 Dec 2026 to 11 Dec 2026, said mail" in read_text(planner, "/inbound/PO-1")


def test_units_that_came_are_received_and_the_rest_is_still_to_come(planner: Client) -> None:
    line = open_shop()
    do(planner, f"/inbound-lines/{line.pk}/receive", quantity="12", status="sellable")
    line.refresh_from_db()
    assert (line.remaining, on_hand("LAMP")) == (8, 20)


def test_units_that_will_not_come_are_taken_off(planner: Client) -> None:
    line = open_shop()
    do(planner, f"/inbound-lines/{line.pk}/gone", quantity="5", why="short")
    line.refresh_from_db()
    assert line.remaining == 15


def test_a_line_is_split_among_days(planner: Client) -> None:
    line = open_shop()
    parts = {"quantity_1": "12", "on_1": "2026-12-04", "quantity_2": "8", "on_2": "2026-12-20"}
    do(planner, f"/inbound-lines/{line.pk}/split", **parts, source="mail")
    rows = InboundLine.objects.order_by("expected_on").values_list("quantity_ordered", "expected_on__day")
    assert list(rows) == [(12, 4), (8, 20)]


@pytest.mark.parametrize(
    ("what", "typed", "said"),
    [
        ("gone", {"quantity": "21", "why": "x"}, "20 units are to come, not 21. Nothing was changed."),
        ("date", {"on": "someday", "source": "x"}, "Enter a valid date."),
        ("date", {"on": "2026-12-11", "source": ""}, "This field is required."),
        ("split", HALF, "20 units are to come, the parts are 10. Nothing was changed."),
        ("split", {"quantity_3": "5", "source": "x"}, "The third part needs both units and a day, or neither."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(planner: Client, what: str, typed: dict[str, str], said: str) -> None:
    line = open_shop()
    before = Entry.objects.count()
    assert said in planner.post(f"/inbound-lines/{line.pk}/{what}", {**typed, "preview": ""}).content.decode()
    assert Entry.objects.count() == before
    assert planner.get("/inbound-lines/1/nonsense").status_code == 404


def test_who_only_reads_changes_no_supply(reader: Client) -> None:
    line = open_shop()
    for address in (f"/inbound-lines/{line.pk}/receive", "/stock/count"):
        assert reader.get(address).status_code == 403
    assert ">Receive<" not in reader.get("/inbound/PO-1").content.decode()
    assert ">Count<" not in reader.get("/stock").content.decode()


def test_stock_lists_what_is_there_and_what_of_it_is_not_set_aside(planner: Client) -> None:
    open_shop()
    said = read_text(planner, "/stock")
    assert "On hand Set aside In warehouse Not set aside LAMP Lamp, two arms main sellable 8 8 0 0" in said
    assert "No item begins with this" in read_text(planner, "/stock?search=xyz&after=junk~1")


def test_an_item_shows_supply_against_demand_and_who_gets_what(planner: Client) -> None:
    open_shop()
    said = read_text(planner, "/items/LAMP")
    for part in (
        "On hand 8 Free on hand 0 To come 20 Asked for 33 Short of everything known 5",
        "28 units come in, 33 are asked for.",
        "A-1 line 1 C-1 6",
        "Nothing is free",
        "On hand at main",
        "PO-1 line 1, expected 4 Dec 2026",
        "returned to stock: 8 sellable in",
    ):
        assert part in said
    assert planner.get("/items/NONE").status_code == 404


def test_what_is_overdue_is_free_on_the_day_that_programs_are_told(planner: Client) -> None:
    publish_policy(Draft("overdue_arrives_in_days = 9"), cause())
    stock("LAMP", 4)
    order_in("LAMP", 20, "PO-1", days=-30)
    today = timezone.localdate()
    later = today + dt.timedelta(days=9)
    told = Program().read("/items/LAMP/availability")["atp"]
    assert told == [{"on": today.isoformat(), "quantity": 4}, {"on": later.isoformat(), "quantity": 24}]
    said = read_text(planner, "/items/LAMP")
    assert f"What is free when By Free {say_day(today)} 4 {say_day(later)} 24 " in said


def test_what_is_overdue_is_drawn_on_the_day_that_the_decision_takes(planner: Client) -> None:
    order_in("LAMP", 10, "PO-1", days=-3)
    buy("A-1", ("LAMP", 4))
    later = TODAY + dt.timedelta(days=7)
    said = read_text(planner, "/items/LAMP")
    assert promised("A-1") == [7]
    assert f"10 units come in, 4 are asked for. Short from {say_day(TODAY)}" in said
    assert f"{say_day(TODAY)} 0 4 -4 {say_day(later)} 10 0 6 " in said


def test_what_no_line_has_been_given_is_not_called_free(planner: Client) -> None:
    publish_policy(Draft(CEILING), cause())
    stock("LAMP", 10)
    said = read_text(planner, "/items/LAMP")
    assert "On hand 10 Free on hand 3 " in said
    assert "10 On hand at main 10 not set aside. " in said
    assert "free" not in read_text(planner, "/stock").lower()


def test_sums_are_of_all_there_is_and_a_list_that_is_cut_says_so(
    planner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backorder.allocation.selectors.supplies.MOST", 2)
    stock("LAMP", 3)
    for number in range(3):
        order_in("LAMP", 1, f"PO-{number}", days=number + 5)
        buy(f"A-{number}", ("LAMP", 1))
    buy("B-1", ("LAMP", 4))
    said = read_text(planner, "/items/LAMP")
    queue = "All open lines of LAMP in the queue"
    for part in (
        "On hand 3 Free on hand 0 To come 3 Asked for 7 Short of everything known 1 ",
        "6 units come in, 7 are asked for.",
        f"A-1 line 1 none 1 24 Nov 2026 24 Nov 2026 1 it ships from stock The first 2 of 4. {queue} ",
        f"A-1 line 1 none 1 24 Nov 2026 24 Nov 2026 The first 2 of 3. {queue} All of it is set aside.",
        "The first 2 of 3. All of LAMP that is on the way On hand",
    ):
        assert part in said
    page = planner.get("/items/LAMP").content.decode()
    assert page.count('<a href="/queue?item=LAMP">') == 2
    assert page.count('<a href="/inbound?search=LAMP">') == 1
    for number in range(2):
        stock("LAMP", number + 1)
    assert "returned to stock: 1 sellable in The first 2 of 3." in read_text(planner, "/items/LAMP")


def test_a_component_of_a_kit_in_a_kit_is_asked_for_by_both(planner: Client) -> None:
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
    Component.objects.create(kit=item("BOX"), item=item("SET"), quantity=3)
    Component.objects.create(kit=item("BOX"), item=item("BULB"), quantity=1)
    buy("A-1", ("BOX", 4), ("BULB", 5))
    buy("A-2", ("SET", 1), on=2)
    later = TODAY + dt.timedelta(days=2)
    assert sum_asked_in_kits(item("BULB")) == [(TODAY, 4 * (3 * 2 + 1)), (later, 2)]
    assert sum_asked_in_kits(item("SET")) == [(TODAY, 12)]
    assert "Asked for 35 " in read_text(planner, "/items/BULB")


def test_a_count_with_a_reason_moves_stock_and_stands_in_the_ledger(planner: Client) -> None:
    open_shop()
    typed = {"sku": "LAMP", "location": "main", "status": "sellable", "found": "5", "why": "shelf check"}
    said = do(planner, "/stock/count?sku=LAMP", **typed)
    assert "would change" in said
    assert on_hand("LAMP") == 5
    assert "counted 5 sellable where 8 were known" in read_text(planner, "/items/LAMP")


def test_a_count_that_agrees_says_so_moves_nothing_and_makes_the_record_more_accurate(
    planner: Client,
) -> None:
    open_shop()
    typed = {"sku": "LAMP", "location": "main", "status": "sellable", "why": "shelf check"}
    assert "Found what the record said, last 90 days no counts yet" in read_text(planner, "/stock")
    do(planner, "/stock/count?sku=LAMP", **typed, found="7")
    moved, decided = Movement.objects.count(), Entry.objects.filter(what="plan.decided").count()
    said = do(planner, "/stock/count?sku=LAMP", **typed, found="7")
    assert "No line would change by it." in said
    assert "Saved." in read_text(planner, "/items/LAMP")
    assert (on_hand("LAMP"), Movement.objects.count()) == (7, moved)
    assert Entry.objects.filter(what="plan.decided").count() == decided
    assert say_entry(Entry.objects.latest("pk")) == "counted 7 sellable, as the record said"
    told = read_text(planner, "/stock")
    assert "Found what the record said, last 90 days 1 of 2 counts (50.0%)" in told


def test_stock_is_adjusted_returned_and_made_something_else(planner: Client) -> None:
    open_shop()
    place = {"sku": "LAMP", "location": "main", "status": "sellable", "why": "x"}
    do(planner, "/stock/adjust", **place, quantity="-1")
    do(planner, "/stock/return", **place, quantity="3")
    do(planner, "/stock/status", **place, quantity="2", to="damaged")
    assert (on_hand("LAMP"), on_hand("LAMP", status="damaged")) == (8, 2)
    moved = Movement.objects.count()
    refused = planner.post("/stock/adjust", {**place, "quantity": "-99", "preview": ""}).content.decode()
    assert "8 sellable units are there, 99 cannot leave. Nothing was changed." in refused
    unknown = planner.post(
        "/stock/count", {**place, "sku": "NONE", "found": "1", "preview": ""}
    ).content.decode()
    assert "There is no item NONE. Nothing was changed." in unknown
    assert Movement.objects.count() == moved


@pytest.mark.parametrize("named", ["?sku=LAMP", ""])
@pytest.mark.parametrize(
    ("what", "typed"),
    [("adjust", {}), ("return", {}), ("status", {"to": "damaged"}), ("count", {"found": "8"})],
)
def test_stock_that_is_sent_twice_is_changed_once(
    planner: Client, what: str, typed: dict[str, str], named: str
) -> None:
    open_shop()
    address = f"/stock/{what}{named}"
    place = {"sku": "LAMP", "location": "main", "status": "sellable", "why": "x", "quantity": "2"}
    opened = re.findall(r'name="opened" value="([^"]+)"', planner.get(address).content.decode())[0]
    sent = {**place, **typed, "opened": opened}
    look = planner.post(address, {**sent, "preview": ""}).content.decode()
    sent |= {"save": "", "seen": re.findall(r'name="seen" value="([^"]+)"', look)[0]}
    sent["opened"] = re.findall(r'name="opened" value="([^"]+)"', look)[0]
    assert planner.post(address, sent).status_code == 302
    moved, counted = list(Movement.objects.values_list("quantity", flat=True)), StockCount.objects.count()
    again = planner.post(address, sent)
    assert StockCount.objects.count() == counted == (what == "count")
    assert (again.status_code, list(Movement.objects.values_list("quantity", flat=True))) == (200, moved)
    assert "planner" in again.content.decode()


def test_pages_cost_as_many_questions_however_much_there_is(
    planner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_shop()
    for turn in range(2):
        for address, questions in (("/inbound", 4), ("/inbound/PO-1", 8), ("/stock", 5), ("/items/LAMP", 31)):
            with django_assert_num_queries(questions):
                planner.get(address)
        write_many(20)
        order_in("LAMP", 5, f"PO-2{turn}")
        order_in("LAMP", 5, f"PO-3{turn}")


def test_empty_pages_say_what_to_do(planner: Client) -> None:
    assert "Put units on order by a program, or import them" in read_text(planner, "/inbound")
    assert "Count what is there" in read_text(planner, "/stock")
