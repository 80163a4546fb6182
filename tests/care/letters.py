"""Letters of a shop for tests: orders that go somewhere, what is written of them, and what counts then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backorder.allocation import events
from backorder.care.house import write_house
from backorder.care.judging import judge_orders
from backorder.care.letters.writing import Letter, Own, note_letter, write_letter
from backorder.catalog.models import CustomerClass
from backorder.orders.services import ShipTo
from backorder.outbox.services import Cause
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

HOUSE = """
[seller]
place = "US-OR"

[delivery]
days_to = { DE = 6 }

[buyers]
business_classes = ["trade"]

[letters]
name = "The lamp shop"
mail = "help@lamps.example"
languages_to = { DE = "de" }
"""


@pytest.fixture(autouse=True)
def shop(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let there be a house that letters can come from."""
    CustomerClass.objects.create(code="trade")
    write_house(HOUSE, cause())


def go_to(number: str, country: str, region: str = "") -> None:
    """Say where an order goes."""
    events.change_address(
        order_of(number), ShipTo("A. Nother", "1 Long Lane", "Elsewhere", country, region=region), cause()
    )


def write(number: str = "A-1", days: int = 0, language: str = "", own: Own | None = None) -> Letter:
    """Write the letter of an order so many days later."""
    return write_letter(order_of(number), NOON + timedelta(days=days), language, own)


def send(number: str = "A-1", days: int = 0) -> None:
    """Write and note a letter."""
    at = NOON + timedelta(days=days)
    note_letter(write(number, days), "mail", at, Cause("service", at))


def by(days: int) -> Cause:
    """Let somebody act so many days later."""
    return Cause("service", NOON + timedelta(days=days))


def states(number: str = "A-1", days: int = 0) -> list[tuple[int, str]]:
    """List units and states."""
    judged = judge_orders([order_of(number)], NOON + timedelta(days=days))
    return [(each.quantity, each.state) for one in judged for each in one.asked.verdicts]
