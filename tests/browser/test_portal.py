"""The page of an order in a real browser: without scripts and with, on a phone, by keys alone, and nothing keeps people out."""

from __future__ import annotations

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from backorder.care.house import write_house
from backorder.care.letters.writing import note_letter, write_letter
from backorder.care.links import sign
from backorder.care.offers.outside import Outside, note_outside
from backorder.catalog.models import CustomerClass
from backorder.catalog.services import ItemFacts, save_items
from backorder.orders.models import Customer, Order
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, order_in, stock
from tests.browser.conftest import find_barriers, look
from tests.care.letters import HOUSE, go_to
from tests.care.offering import offer, stand_in
from tests.fulfilment.shop import order_of, sums
from tests.supply.shop import NOON, TODAY, cause, item

COLOURS = ("color-contrast", "link-in-text-block")


def open_order(country: str = "US") -> str:
    """Let somebody wait who was told a later day; gives the address of the page."""
    CustomerClass.objects.get_or_create(code="trade")
    write_house(HOUSE + '\n[feedback]\nask = ["waiting"]\n\n[badges]\non = true\n', cause())
    order_in("LAMP", 9, "PO-1", days=45)
    buy("A-1", ("LAMP", 3), ("TENT", 1))
    go_to("A-1", country)
    order = Order.objects.get(number="A-1")
    note_letter(write_letter(order, NOON), "mail", NOON, Cause("service", NOON))
    return f"/o/{sign(order_of('A-1'), TODAY)}"


def offer_something() -> None:
    """Let something else stand as an offer, with a long name, and something that others sell."""
    for sku, name in (("LAMP", "Lamp"), ("DESK", "Schreibtischlampenschirmhalterungsbefestigungsset")):
        save_items([ItemFacts(sku, name=name, price=4000)], cause())
    stand_in("DESK")
    stock("DESK", 3)
    offer()
    title = "A used lamp " + "x" * 100
    note_outside(Outside(item(), "second_hand", f"https://others.example/{'y' * 200}", title, TODAY), cause())


@override_settings(TEXT_URL="json://127.0.0.1:9/{number}")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("country", ["US", "DE"])
def test_nothing_keeps_customers_out(
    live_server: LiveServer, page: Page, country: str, width: int, scheme: str
) -> None:
    address, faults = open_order(country), {}
    Order.objects.update(
        customer=Customer.objects.create(code="C-1", email="c@customers.example", phone="0555 0100")
    )
    offer_something()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for name, where in (
        ("order", address),
        ("cancel", f"{address}/cancel"),
        ("feedback", f"{address}/feedback"),
        ("address", f"{address}/address"),
        ("last-day", f"{address}/last-day"),
        ("call", f"{address}/call"),
        ("texts", f"{address}/texts"),
        ("badge", "/badge/LAMP?lang=en"),
        ("door", "/o/"),
        ("gone", "/o/x"),
    ):
        page.goto(f"{live_server.url}{where}")
        stands = page.locator("form[action$='/take']").count(), page.locator("a[rel~=external]").count()
        assert stands == ((1, 1) if name == "order" else (0, 0))
        look(page, f"portal-{name}-{country}-{width}-{scheme}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults[name] = [
            *find_barriers(page, *(COLOURS if scheme == "dark" else ())),
            *([f"{wide} too wide"] if wide else []),
        ]
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_customer_without_scripts_finds_the_order_by_keys_alone_and_cancels_a_part(
    live_server: LiveServer, browser: Browser
) -> None:
    open_order()
    Order.objects.update(
        customer=Customer.objects.create(code="C-1", email="c@customers.example", phone="0555 0100")
    )
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{live_server.url}/o/")

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    press("Tab")
    page.keyboard.type("A-1")
    press("Tab")
    page.keyboard.type("c@customers.example")
    press("Enter")
    page.get_by_role("heading", name="Your order A-1").wait_for()
    page.get_by_role("link", name="Cancel all or a part").focus()
    press("Enter")
    page.get_by_label("LAMP").focus()
    press("Control+a")
    page.keyboard.type("2")
    page.get_by_label("TENT").focus()
    press("Control+a")
    page.keyboard.type("0")
    press("Enter")
    page.get_by_text("You are about to cancel:").wait_for()
    assert page.get_by_text("2 × LAMP").count() == 1
    assert sums("A-1") == (3, 0, 0, 0)
    page.get_by_role("button", name="Yes, cancel this").focus()
    press("Enter")
    page.get_by_text("It is noted.").wait_for()
    assert page.get_by_text("Cancelled: 2 × LAMP.").count() == 1
    context.close()
    assert sums("A-1") == (3, 0, 2, 0)


def test_a_customer_changes_where_it_goes_by_keys_alone_without_scripts(
    live_server: LiveServer, browser: Browser
) -> None:
    address = open_order()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{live_server.url}{address}")
    page.get_by_role("link", name="Change where it goes").focus()
    page.keyboard.press("Enter")
    for label, text in (("Name", "B. Other"), ("Street and number", "2 Short Lane"), ("Town", "Portland")):
        page.get_by_label(label, exact=True).focus()
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.get_by_text("It will go to:").wait_for()
    assert page.get_by_text("2 Short Lane").count() == 1
    page.get_by_role("button", name="Yes, change this").focus()
    page.keyboard.press("Enter")
    page.get_by_text("It is noted.").wait_for()
    assert page.get_by_text("You changed where it goes.").count() == 1
    context.close()
    assert Order.objects.get(number="A-1").address.street == "2 Short Lane"


def test_on_paper_the_page_tells_all_that_was_told_and_has_nothing_to_press(
    live_server: LiveServer, page: Page
) -> None:
    address = open_order()
    offer_something()
    page.goto(f"{live_server.url}{address}")
    letter = page.get_by_text("If you say nothing:")
    assert (letter.is_visible(), page.locator("a.button:visible").count() > 0) == (False, True)
    page.emulate_media(media="print")
    look(page, "portal-order-print")
    for name in ("What ships when", "Why", "What happens next", "Days that we planned", "What we told you"):
        assert page.get_by_role("heading", name=name, exact=True).is_visible()
    assert letter.is_visible()
    assert page.locator("button:visible, a.button:visible, input:visible").count() == 0
    page.pdf()
