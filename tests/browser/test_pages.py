"""Every page in a real browser: nothing keeps people out, light and dark, on a phone and on a desk."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from backorder.accounts import services
from backorder.allocation.policies import Draft
from backorder.allocation.simulations import simulate
from backorder.fulfilment import services as services_of_the_floor
from backorder.fulfilment.models import Release
from backorder.orders.models import Order
from tests.browser.conftest import find_barriers, look
from tests.console.shop import open_shop
from tests.supply.shop import cause

PASSWORD = "correct horse battery"  # noqa: S105 - of a user of a test
PAGES = (
    *("sign-in", "design?toast", "queue", "queue?search=nobody", "orders/A-2", "inbound", "inbound/PO-1"),
    *("inbound-lines/{inbound}/date", "stock", "stock/count?sku=LAMP", "items/LAMP", "nowhere"),
    *("what-if", "what-if/policy", "what-if/inbound/{inbound}", "what-if/{simulation}", "import"),
    *("warehouse", "pick-lists/{pick_list}", "warehouse/ship/A-1", "releases/{release}/short"),
)


def sign_in(page: Page, site: LiveServer, role: str = "planner") -> None:
    services.add_user("anna", role, PASSWORD, cause())
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out anna").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_keeps_people_out(
    live_server: LiveServer, page: Page, width: int, theme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    inbound = open_shop()
    services_of_the_floor.release_order(Order.objects.get(number="A-1"), cause())
    release = Release.objects.get()
    open_ids = {
        "inbound": inbound.pk,
        "simulation": simulate(Draft("handling_days = 2"), cause()).pk,
        "pick_list": release.pick_list_id,
        "release": release.pk,
    }
    barriers = {}
    for pattern in PAGES:
        place = pattern.format(**open_ids)
        page.goto(f"{live_server.url}/{place}")
        page.wait_for_load_state("networkidle")
        look(page, f"{pattern.partition('?')[0].replace('/', '-')}-{width}-{theme}")
        barriers[pattern] = find_barriers(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (pattern, wide) == (pattern, 0)
        if pattern == "sign-in":
            sign_in(page, live_server)
    assert {place: found for place, found in barriers.items() if found} == {}


def test_a_planner_finds_a_line_in_the_queue_and_sees_a_slip_before_it_is_saved(
    live_server: LiveServer, page: Page
) -> None:
    inbound = open_shop()
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/queue")
    page.locator("#totals dd").first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("north lane")
    page.wait_for_url("**search=north+lane**")
    page.locator("#queue tbody tr").nth(1).wait_for(state="detached")
    page.get_by_role("link", name="Value").click()
    page.wait_for_url("**sort=value**")
    assert page.get_by_label("Search").input_value() == "north lane"
    page.get_by_role("link", name="A-2").click()
    assert page.get_by_role("heading", name="Order A-2").is_visible()
    page.goto(f"{live_server.url}/inbound-lines/{inbound.pk}/date")
    page.get_by_label("Expected on").fill("2026-12-11")
    page.get_by_label("Who said so").fill("mail of the supplier")
    page.get_by_role("button", name="What will this do?").click()
    page.get_by_role("heading", name="What this will do").wait_for()
    look(page, "preview-1280-light")
    assert find_barriers(page) == []
    page.get_by_role("button", name="Save the day").click()
    page.get_by_text("Saved. 2 lines stand otherwise").wait_for()
    page.goto(f"{live_server.url}/orders/A-2")
    assert page.get_by_text("11 Dec 2026: it waits for what is on the way").is_visible()
    look(page, "order-1280-light")


def test_keys_lead_through_the_console(live_server: LiveServer, page: Page) -> None:
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/design")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr.chosen td").first.inner_text() == "A-1002"
    page.keyboard.press("k")
    assert page.locator("tr.chosen td").first.inner_text() == "A-1001"
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/stock")


def test_the_theme_is_chosen_and_kept(live_server: LiveServer, page: Page) -> None:
    sign_in(page, live_server)
    page.get_by_label("Colours").select_option("dark")
    page.wait_for_selector("html[data-theme=dark]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 21)"
