"""What a planner does in a day, in a real browser: by mouse, and once by keys alone."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Page
from pytest_django.live_server_helper import LiveServer

from backorder.allocation.models import Promise
from backorder.allocation.policies.publications import Draft
from backorder.allocation.what_if.publishing import publish_policy
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from tests.browser.conftest import find_barriers, look
from tests.browser.people import PASSWORD, sign_in, tab_to
from tests.console.shop import open_shop
from tests.supply.shop import cause

FILES = {
    "items": "sku,description,price\nLAMP,Lamp with two arms,25.00\n",
    "locations": "location\nmain\n",
    "inbound": "inbound,line,sku,location,quantity,expected_on,supplier\nP-7,1,LAMP,main,20,2026-12-04,Bright\n",
    "orders": (
        "order,line,sku,quantity,ordered_at,customer\n1001,1,LAMP,8,2026-11-20,Ada\n"
        "1002,1,LAMP,six,2026-11-21,Bo\n1003,1,LAMPE,2,2026-11-22,Cy\n"
    ),
}
"""The third and the fourth row of the orders are wrong."""
MENDED = {**FILES, "orders": FILES["orders"].replace("six", "6").replace("LAMPE", "LAMP")}


def hand_in(page: Page, files: dict[str, str]) -> None:
    page.get_by_label("Files", exact=True).set_input_files(
        [
            FilePayload(name=f"{name}.csv", mimeType="text/csv", buffer=text.encode())
            for name, text in files.items()
        ]
    )
    page.get_by_role("button", name="Look at them").click()


def read_rows(page: Page, table: str) -> list[list[str]]:
    """Read a table, once it is there."""
    found = page.get_by_role("table", name=table)
    found.wait_for()
    rows = found.locator("tbody tr")
    return [row.get_by_role("cell").all_inner_texts() for row in rows.all()]


def test_files_are_mended_half_a_delivery_moves_a_promise_and_other_rules_are_tried_and_published(
    live_server: LiveServer, page: Page
) -> None:
    site = live_server.url
    publish_policy(Draft("", 0, 1), cause("an earlier day is told"))
    sign_in(page, site)
    page.get_by_role("link", name="Import files").click()
    hand_in(page, FILES)
    page.get_by_text("These files have faults, and nothing was changed.").wait_for()
    faults = read_rows(page, "Faults")
    assert [row[:3] for row in faults] == [["orders.csv", "3", "quantity"], ["orders.csv", "4", "sku"]]
    assert find_barriers(page) == []
    look(page, "story-faults")
    assert not Line.objects.exists()

    page.get_by_role("link", name="Hand in again").click()
    hand_in(page, MENDED)
    assert ["orders", "3", "0", "0", "0"] in read_rows(page, "Changes by table")
    page.get_by_label("Why").fill("first day")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("Imported.").wait_for()

    page.get_by_role("link", name="1002", exact=True).click()
    page.get_by_text("All 6 ship by 4 Dec 2026, with what is on the way.").wait_for()
    page.get_by_role("link", name="Inbound", exact=True).click()
    page.get_by_role("link", name="P-7", exact=True).click()
    page.get_by_role("link", name="Receive", exact=True).click()
    page.get_by_label("Units that came").fill("10")
    page.get_by_role("button", name="What will this do?").click()
    assert [row[2:] for row in read_rows(page, "Lines that would change")] == [
        ["8 by 4 Dec 2026", "8 by 24 Nov 2026", "better"],
        ["6 by 4 Dec 2026", "6 by 4 Dec 2026, some from 24 Nov 2026", "better"],
    ]
    look(page, "story-receive")
    page.get_by_role("button", name="Receive them").click()
    page.get_by_text("Saved. 2 lines change: 2 for the better.").wait_for()

    page.goto(f"{site}/orders/1001")
    promises = page.locator(".story").first.locator("li strong")
    assert promises.all_inner_texts() == ["4 Dec 2026", "24 Nov 2026"]
    look(page, "story-promise")

    page.get_by_role("link", name="What-if", exact=True).click()
    page.get_by_role("link", name="Try another policy").first.click()
    page.get_by_label("Policy").fill("handling_days = 2\n")
    page.get_by_role("button", name="Simulate").click()
    page.get_by_role("heading", name=re.compile(r"^Simulation \d+$")).wait_for()
    assert read_rows(page, "Score")[0][0].startswith("Lines in time")
    moved = read_rows(page, "Lines that would change")
    assert [row[:1] + row[2:5] for row in moved] == [
        ["1002\nline 1", "4 Dec 2026\n4 units", "6 Dec 2026\n4 units", "worse"],
        ["1003\nline 1", "4 Dec 2026\n2 units", "6 Dec 2026\n2 units", "worse"],
    ]
    assert find_barriers(page) == []
    look(page, "story-simulation")
    assert Promise.objects.filter(line__order__number="1002").count() == 1
    page.get_by_label("Why", exact=True).fill("packing takes two days")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="Rules that were in force").wait_for()
    assert read_rows(page, "Rules that were in force")[0][2] == "anna\npacking takes two days"
    page.goto(f"{site}/orders/1002")
    assert promises.all_inner_texts() == ["4 Dec 2026", "6 Dec 2026"]
    look(page, "story-published")


def test_units_are_cancelled_by_keys_alone(live_server: LiveServer, page: Page) -> None:
    open_shop()
    sign_in(page, live_server.url)
    page.get_by_role("button", name="Sign out anna").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.get_by_label("Name").evaluate("field => field === document.activeElement")
    page.keyboard.type("anna")
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Queue").wait_for()

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("link => link === document.activeElement && link.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    tab_to(page, page.get_by_label("Search"))
    page.keyboard.type("lamp")
    page.wait_for_url("**search=lamp**")
    tab_to(page, page.get_by_label("Covered"))
    for _ in range(20):
        if page.get_by_label("Covered").input_value() == "inbound":
            break
        page.keyboard.press("ArrowDown")
    page.wait_for_url("**covered=inbound**")
    page.get_by_role("link", name="A-1", exact=True).wait_for(state="detached")
    tab_to(page, page.get_by_role("link", name="A-2", exact=True))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Order A-2").wait_for()

    tab_to(page, page.get_by_role("link", name="Cancel units"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Cancel units of order A-2 line 1").wait_for()
    tab_to(page, page.get_by_label("Units to cancel"))
    page.keyboard.press("Control+A")
    page.keyboard.type("5")
    tab_to(page, page.get_by_label("Why"))
    page.keyboard.type("fewer guests")
    tab_to(page, page.get_by_role("button", name="What will this do?"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What this will do").wait_for()
    assert Line.objects.get(order__number="A-2").quantity_open == 12
    tab_to(page, page.get_by_role("button", name="Cancel these units"))
    page.keyboard.press("Enter")
    page.get_by_text("Saved. 2 lines change").wait_for()
    assert Line.objects.get(order__number="A-2").quantity_open == 7
    assert Entry.objects.get(what="line.cancelled").why == "fewer guests"
