"""Every page in a real browser: nothing keeps people out, light and dark, on a phone and on a desk."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from backorder.accounts import services
from tests.browser.conftest import find_barriers, look
from tests.supply.shop import cause

PASSWORD = "correct horse battery"  # noqa: S105 - of a user of a test
PAGES = ("sign-in", "design?toast")


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
    barriers = {}
    for place in PAGES:
        page.goto(f"{live_server.url}/{place}")
        look(page, f"{place.partition('?')[0]}-{width}-{theme}")
        barriers[place] = find_barriers(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (place, wide) == (place, 0)
        if place == "sign-in":
            sign_in(page, live_server)
    assert {place: found for place, found in barriers.items() if found} == {}


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
    page.keyboard.press("d")
    page.wait_for_url("**/design")


def test_the_theme_is_chosen_and_kept(live_server: LiveServer, page: Page) -> None:
    sign_in(page, live_server)
    page.get_by_label("Colours").select_option("dark")
    page.wait_for_selector("html[data-theme=dark]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 21)"
