"""What keeps an order from leaving, settled on its page: a hold, its payment, and a customer's consent to wait."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.fulfilment import services as floor
from backorder.fulfilment.services import FulfilmentError
from backorder.orders.models import Order
from backorder.orders.services import Wanted
from backorder.outbox.models import Entry
from tests.allocation.shop import stock
from tests.console.conftest import sign_in
from tests.console.shop import open_shop
from tests.console.test_order_changes import line_of, look, save
from tests.console.test_orders import read_text
from tests.supply.shop import NOON, TODAY, cause, item


def test_a_hold_is_confirmed_after_showing_what_that_does_and_may_leave_then(planner: Client) -> None:
    open_shop()
    stock("BULB", 1)
    wanted = [Wanted("1", item("BULB"), 3, TODAY)]
    events.hold("H-1", wanted, Hold(NOON + dt.timedelta(days=1), may_wait=True), cause())
    order = Order.objects.get(number="H-1")
    with pytest.raises(FulfilmentError, match="is held until 25 November 2026: confirm it first"):
        floor.release_order(order, cause())
    assert (
        '<a class="button primary" href="/order-changes/confirm/H-1">'
        in planner.get("/orders/H-1").content.decode()
    )
    said, kept = look(planner, "/order-changes/confirm/H-1", {"why": "called"})
    assert "Still to be shipped: 3 of BULB (line 1)." in said
    assert "No line would change by it." in said
    assert Order.objects.filter(number="H-1", held_until=None).count() == 0
    said = save(planner, "/order-changes/confirm/H-1", {"why": "called"}, kept)
    assert Order.objects.filter(number="H-1", held_until=None).count() == 1
    assert "planner ordered what was kept for them. called" in said
    assert "/order-changes/confirm/" not in planner.get("/orders/H-1").content.decode()
    floor.release_order(order, cause())
    assert line_of("H-1").quantity_released == 1


def test_an_order_that_is_no_hold_is_not_confirmed(planner: Client) -> None:
    open_shop()
    before = Entry.objects.count()
    said, kept = look(planner, "/order-changes/confirm/A-2", {"why": "x"})
    assert "Order A-2 is no hold. Nothing was changed." in said
    assert "seen" not in kept
    assert Entry.objects.count() == before


def test_a_payment_is_noted_at_once_and_lets_an_order_leave(planner: Client) -> None:
    open_shop()
    order = Order.objects.get(number="A-1")
    assert "Payment not" not in read_text(planner, "/orders/A-1")
    answer = planner.post("/order-changes/payment/A-1", {"state": "unpaid", "why": "no transfer came"})
    assert answer.headers["Location"] == "/orders/A-1"
    assert "Payment not paid" in read_text(planner, "/orders/A-1")
    with pytest.raises(FulfilmentError, match="is not paid"):
        floor.release_order(order, cause())
    page = planner.get("/order-changes/payment/A-1").content.decode()
    assert '<option value="unpaid" selected>not paid</option>' in page
    planner.post("/order-changes/payment/A-1", {"state": "chargeable", "why": "card on file"})
    said = read_text(planner, "/orders/A-1")
    assert "Payment can be charged when it ships" in said
    assert "planner noted its payment: chargeable instead of unpaid. card on file" in said
    floor.release_order(order, cause())
    assert line_of("A-1").quantity_released == 6


def test_what_is_known_of_a_payment_is_not_noted_twice(planner: Client) -> None:
    open_shop()
    before = Entry.objects.count()
    answer = planner.post("/order-changes/payment/A-1", {"state": "not_needed", "why": "x"}, follow=True)
    assert "Nothing changed: it was so already." in answer.content.decode()
    assert (
        "Select a valid choice"
        in planner.post("/order-changes/payment/A-1", {"state": "free", "why": "x"}).content.decode()
    )
    assert Entry.objects.count() == before


def test_consent_to_wait_is_noted_at_once_and_lets_a_line_leave(planner: Client) -> None:
    open_shop()
    line = line_of("A-1")
    address = f"/lines/{line.pk}/consent"
    assert f'href="{address}"' in planner.get("/orders/A-1").content.decode()
    answer = planner.post(address, {"state": "waiting", "why": "asked by mail"})
    assert answer.headers["Location"] == "/orders/A-1#line-1"
    assert "Customer was asked to wait longer, and has not answered" in read_text(planner, "/orders/A-1")
    with pytest.raises(FulfilmentError, match="was asked to wait longer for line 1 and has not answered"):
        floor.release_order(line.order, cause())
    planner.post(address, {"state": "given", "why": "answered"})
    said = read_text(planner, "/orders/A-1")
    assert "Customer agreed to wait longer" in said
    assert "planner noted the customer's consent to wait for line 1: given. answered" in said
    floor.release_order(line.order, cause())
    assert line_of("A-1").quantity_released == 6


@pytest.mark.django_db
def test_who_may_change_money_notes_a_payment_and_changes_no_order() -> None:
    open_shop()
    client = sign_in("finance")
    page = client.get("/orders/A-1").content.decode()
    assert page.count('href="/order-changes/') == page.count('href="/order-changes/payment/A-1"') == 1
    answer = client.post("/order-changes/payment/A-1", {"state": "paid", "why": "transfer came"})
    assert answer.status_code == 302
    assert Order.objects.get(number="A-1").payment_state == "paid"
    assert client.get("/order-changes/confirm/A-1").status_code == 403
