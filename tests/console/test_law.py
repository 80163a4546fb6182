"""What the law asks, on the page of an order and on the command line."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.allocation import events
from backorder.care.house import write_house
from backorder.orders.services import ShipTo
from tests.allocation.shop import buy
from tests.fulfilment.shop import order_of
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db


def read(client: Client, number: str) -> str:
    """Read the page of an order."""
    return " ".join(client.get(f"/orders/{number}").content.decode().split())


def test_an_order_that_will_be_late_says_what_to_do_by_when_and_where_that_stands(planner: Client) -> None:
    buy("A-1", ("LAMP", 2))
    events.change_address(order_of("A-1"), ShipTo("A. Nother", "1 Long Lane", "Elsewhere", "US"), cause())
    page = read(planner, "A-1")
    assert "late</span> 2 of 2: will be late; the customer must be told" in page
    assert "tell the customer the new day <small>(16 CFR 435.2(b)(1)(iii))</small>" in page
    assert (
        "United States: Mail, Internet, or Telephone Order Merchandise Rule (16 CFR 435), version 1. Have your lawyer check this."
        in page
    )
    assert "If nobody does anything" in page


def test_an_order_that_goes_nowhere_says_what_is_missing(planner: Client) -> None:
    buy("A-1", ("LAMP", 2))
    assert "Nobody said where this order goes." in read(planner, "A-1")
    write_house("[seller]\nplace = 'DE'\n", cause())
    assert "European Union: delivery of goods to consumers" in read(planner, "A-1")
