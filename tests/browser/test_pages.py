"""Every page in a real browser: nothing keeps people out, light and dark, on a phone and on a desk."""

from __future__ import annotations

from typing import Literal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

from backorder.fulfilment.models import PickList
from tests.browser.conftest import find_barriers, look
from tests.browser.people import sign_in
from tests.console.pages import EMPTY, list_looks
from tests.console.shop import open_shop
from tests.console.whole_shop import open_whole_shop

Scheme = Literal["light", "dark"]


COLOURS = ("color-contrast", "link-in-text-block")
"""What axe asks in the dark: all its other rules know no colours, and are asked in the light."""


def find_faults(page: Page, place: tuple[str, str], scheme: Scheme, name: str) -> list[str]:
    """Look at a page: name what keeps people out, and how far it runs out of the screen."""
    site, address = place
    page.goto(f"{site}{address}")
    if page.locator("#totals").count():
        page.locator("#totals dd").first.wait_for()
    look(page, f"{name}-{scheme}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    barriers = find_barriers(page, *(COLOURS if scheme == "dark" else ()))
    return [*barriers, *([f"{wide} pixels too wide"] if wide else [])]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_keeps_people_out(live_server: LiveServer, page: Page, width: int, scheme: Scheme) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    site, faults = live_server.url, {}
    faults["stranger"] = find_faults(page, (site, "/sign-in"), scheme, f"sign-in-{width}")
    sign_in(page, site, "admin")
    for address in (*EMPTY, "/nowhere"):
        name = f"empty{address.replace('/', '-')}-{width}"
        faults[f"empty {address}"] = find_faults(page, (site, address), scheme, name)
    shop = open_whole_shop(User.objects.get())
    for at in list_looks(shop):
        if at.name != "sign-in":
            name = f"{at.pattern.strip('/').replace('/', '-').replace('?', '-')}-{width}"
            faults[at.pattern] = find_faults(page, (site, at.address), scheme, name)
    assert {place: found for place, found in faults.items() if found} == {}


def test_a_planner_finds_a_line_in_the_queue_and_sees_a_slip_before_it_is_saved(
    live_server: LiveServer, page: Page
) -> None:
    inbound = open_shop()
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/queue")
    page.locator("#totals dd").first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("north lane")
    page.locator("thead a[href*='search=north+lane']", has_text="Value").click()
    page.wait_for_url("**sort=value**")
    assert page.get_by_label("Search").input_value() == "north lane"
    assert page.locator("#queue tbody tr").count() == 1
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
    page.get_by_text("Saved. 2 lines change").wait_for()
    page.goto(f"{live_server.url}/orders/A-2")
    assert page.get_by_text("11 Dec 2026: it waits for what is on the way").is_visible()
    look(page, "order-1280-light")


def test_what_is_done_last_in_the_queue_is_what_is_seen(live_server: LiveServer, page: Page) -> None:
    open_shop()
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/queue")
    page.get_by_role("link", name="Value").click()
    page.wait_for_url("**sort=value**")
    page.get_by_label("Search").fill("north lane")
    page.locator("thead a[href*='search=north+lane']", has_text="Value").wait_for()
    assert "sort=value" in page.url

    def answer_late(route: Route) -> None:
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/queue?**search=A-1**", answer_late)
    with page.expect_request("**/queue?**search=A-1**"):
        page.get_by_label("Search").fill("A-1")
    page.get_by_role("link", name="Item", exact=True).click()
    page.wait_for_url("**sort=item**")
    page.wait_for_timeout(1000)
    assert page.url.endswith("/queue?search=north+lane&sort=item")


def test_keys_lead_through_the_console(live_server: LiveServer, page: Page) -> None:
    sign_in(page, live_server.url)
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
    sign_in(page, live_server.url)
    page.get_by_label("Colours").select_option("dark")
    page.wait_for_selector("html[data-theme=dark]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 21)"


def test_a_pick_list_on_paper_has_room_for_a_tick_and_nothing_to_press(
    live_server: LiveServer, page: Page
) -> None:
    sign_in(page, live_server.url)
    open_whole_shop(User.objects.get())
    page.goto(f"{live_server.url}/pick-lists/{PickList.objects.latest('pk').pk}")
    page.emulate_media(media="print")
    look(page, "pick-list-print")
    assert page.get_by_role("columnheader", name="Picked").is_visible()
    for name in ("Pick", "Not found", "Put back"):
        assert not page.get_by_role("link", name=name, exact=True).first.is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    page.pdf()
