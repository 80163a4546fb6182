"""The page of a place on a waitlist in a real browser: nothing keeps people out, and no script is needed to order what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from backorder.care.links import sign_wish
from backorder.care.waitlist.inviting import invite_waiting
from backorder.orders.models import Order
from tests.allocation.shop import stock
from tests.browser.conftest import find_barriers, look
from tests.browser.test_portal import COLOURS
from tests.care.waiting import open_small_house, wish
from tests.supply.shop import NOON, TODAY


def open_list(language: str = "") -> tuple[str, str]:
    """Let one be invited and another wait; gives the addresses of their pages."""
    open_small_house()
    places = [wish(code, 1, language=language) for code in ("C-1", "C-2")]
    stock("LAMP", 1)
    with override_settings(MAIL="smtp://127.0.0.1", URL="https://lamps.example"):
        assert invite_waiting(lambda: NOON) == 1
    invited, waiting = (f"/o/waitlist/{sign_wish(place, TODAY + timedelta(days=9))}" for place in places)
    return invited, waiting


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_keeps_customers_out_of_their_place(
    live_server: LiveServer, page: Page, width: int, scheme: str
) -> None:
    faults = {}
    invited, waiting = open_list("de")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for name, where in (("invited", invited), ("waiting", waiting)):
        page.goto(f"{live_server.url}{where}")
        look(page, f"waitlist-{name}-{width}-{scheme}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults[name] = [
            *find_barriers(page, *(COLOURS if scheme == "dark" else ())),
            *([f"{wide} too wide"] if wide else []),
        ]
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_customer_without_scripts_orders_by_keys_alone_what_is_kept(
    live_server: LiveServer, browser: Browser
) -> None:
    invited, _ = open_list()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{live_server.url}{invited}")
    for typed in ("A. Nother", "1 Long Lane", "97201", "Elsewhere", "OR", "United States"):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your order W-").wait_for()
    order = Order.objects.get()
    assert (order.held_until, order.address.country, order.payment_state) == (None, "US", "unpaid")
    context.close()
