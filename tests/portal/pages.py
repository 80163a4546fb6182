"""The page of an order as its customer opens it, on the day of the shop of the tests."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from backorder.care.links import sign
from tests.care.letters import shop
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, TODAY

__all__ = ["shop"]  # a fixture that each test uses


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, shop: None) -> None:  # noqa: ARG001 - comes before
    """Let pages be asked for on the day of the shop of the tests."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(minutes=5))


def address(number: str = "A-1", what: str = "") -> str:
    return f"/o/{sign(order_of(number), TODAY)}{what}"


def read(client: Client, number: str = "A-1") -> str:
    return " ".join(client.get(address(number)).content.decode().split())


def state(client: Client, number: str = "A-1") -> str:
    return str(client.get(address(number)).context["sheet"].state)


def press(client: Client, what: str, **typed: object) -> tuple[int, str]:
    answer = client.post(address(what=what), typed)
    if answer.status_code == 302:
        return 302, " ".join(client.get(answer["Location"]).content.decode().split())
    return answer.status_code, " ".join(answer.content.decode().split())
