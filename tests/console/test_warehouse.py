"""The warehouse: release, pick, miss, put back, ship; blocks; why a line waits."""

from __future__ import annotations

import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backorder.fulfilment.models import PickList, Release
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from tests.allocation.shop import stock
from tests.allocation.test_sets import ask
from tests.console.shop import buy_as, open_shop
from tests.console.test_orders import read_text

PARCEL = {"carrier": "Blue Van", "tracking_number": "BV-1", "tracking_link": "https://track.example/BV-1"}


def do(client: Client, address: str, typed: dict[str, str]) -> str:
    """Look at what a form would do, then do it; gives where one is led."""
    page = client.post(address, {**typed, "preview": ""}).content.decode()
    seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    return client.post(address, {**typed, "save": "", "seen": seen}).headers["Location"]


def test_a_place_is_released_on_one_pick_list_and_an_order_ships(planner: Client) -> None:
    open_shop()
    assert "main 8 units in 2 lines of 2 orders" in read_text(planner, "/warehouse")
    address = planner.post("/warehouse/release", {"location": "main"}).headers["Location"]
    assert address == f"/pick-lists/{PickList.objects.get().pk}"
    assert "main LAMP Lamp, two arms 6 0 picked A-1 line 1" in read_text(planner, address)
    release = Release.objects.get(line__order__number="A-1")
    planner.post(f"/releases/{release.pk}/pick", {"quantity": "6"})
    assert "6 picked" in read_text(planner, address)
    typed = {**PARCEL, f"units_{release.pk}": "6"}
    assert do(planner, "/warehouse/ship/A-1", typed) == "/orders/A-1"
    assert Line.objects.get(order__number="A-1").quantity_shipped == 6
    page = planner.get("/orders/A-1").content.decode()
    assert 'href="https://track.example/BV-1"' in page
    assert "shipped with Blue Van, parcel BV-1: 6 of order A-1 line 1 at main" in page


def test_a_pick_list_says_what_leaves_in_one_parcel(planner: Client) -> None:
    stock("LAMP", 4)
    stock("SHADE", 2)
    ask("A-1", ("LAMP", 1, "gift"), ("SHADE", 1, "gift"), ("LAMP", 1, ""))
    ask("A-2", ("LAMP", 1, ""), ("SHADE", 1, ""), ships="complete")
    address = planner.post("/warehouse/release", {"location": "main"}).headers["Location"]
    page = read_text(planner, address)
    for told in (
        "A-1 line 1, set gift at once",
        "A-1 line 2, set gift at once",
        "A-1 line 3 ",
        "A-2 line 1, the whole order at once",
        "A-2 line 2, the whole order at once",
    ):
        assert told in page


def test_units_that_are_missing_need_a_reason_and_others_go_back(planner: Client) -> None:
    open_shop()
    planner.post("/warehouse/release-order", {"order": "A-1"})
    release = Release.objects.get()
    before = Entry.objects.count()
    planner.post(f"/releases/{release.pk}/short", {"quantity": "2", "why": "", "preview": ""})
    assert Entry.objects.count() == before
    do(planner, f"/releases/{release.pk}/short", {"quantity": "2", "why": "not on the shelf"})
    do(planner, f"/releases/{release.pk}/take-back", {"quantity": "4"})
    release.refresh_from_db()
    assert release.quantity_open == 0


def test_a_blocked_order_is_not_released_until_it_is_lifted(planner: Client) -> None:
    open_shop()
    planner.post("/warehouse/block", {"order": "A-1", "reason": "address is unclear"})
    assert "Held back by planner since 24 Nov 2026, 12:00: address is unclear" in read_text(
        planner, "/orders/A-1"
    )
    page = planner.post("/warehouse/release-order", {"order": "A-1"}, follow=True).content.decode()
    assert "lift the block first. Nothing was changed." in page
    assert Release.objects.count() == 0
    lift = re.findall(r"/warehouse/blocks/\d+/lift", page)[0]
    planner.post(lift)
    planner.post("/warehouse/release-order", {"order": "A-1"})
    assert Release.objects.count() == 1


def test_who_only_reads_sees_the_warehouse_and_changes_nothing(reader: Client) -> None:
    open_shop()
    assert "Release all that may leave" not in read_text(reader, "/warehouse")
    assert reader.post("/warehouse/release", {"location": "main"}).status_code == 403
    assert Release.objects.count() == 0


def test_why_a_line_waits_is_told_on_demand(planner: Client) -> None:
    open_shop()
    line = Line.objects.get(order__number="A-2")
    assert "Order A-2 line 1: 12 of LAMP" in read_text(planner, f"/lines/{line.pk}/why")
    part = planner.get(f"/lines/{line.pk}/why", headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div class="note"')


def test_pages_cost_as_many_questions_however_much_is_released(planner: Client) -> None:
    open_shop()
    planner.post("/warehouse/release-order", {"order": "A-1"})
    counts = []
    for _ in range(2):
        for address in ("/warehouse", f"/pick-lists/{PickList.objects.earliest('id').pk}", "/orders/A-1"):
            with CaptureQueriesContext(connection) as asked:
                assert planner.get(address).status_code == 200
            counts.append(len(asked))
        buy_as("C-1", f"A-9{len(counts)}", "LAMP", 1)
        stock("LAMP", 30)
        planner.post("/warehouse/release", {"location": "main"})
    assert counts[:3] == counts[3:]
