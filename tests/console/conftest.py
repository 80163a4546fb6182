"""Somebody who is signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.accounts import services
from tests.supply.shop import NOON, cause

PASSWORD = "correct horse battery"  # noqa: S105 - of a user of a test


@pytest.fixture(autouse=True)
def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages be asked for on the day of the shop of the tests, whatever day it is."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def sign_in(role: str) -> Client:
    """Give the browser of somebody with a role, who has the role's name."""
    services.add_user(role, role, PASSWORD, cause())
    client = Client()
    assert client.login(username=role, password=PASSWORD)
    return client


@pytest.fixture
def planner(db: None) -> Client:  # noqa: ARG001 - gives the database
    return sign_in("planner")


@pytest.fixture
def admin(db: None) -> Client:  # noqa: ARG001 - gives the database
    return sign_in("admin")


@pytest.fixture
def finance(db: None) -> Client:  # noqa: ARG001 - gives the database
    return sign_in("finance")


@pytest.fixture
def reader(db: None) -> Client:  # noqa: ARG001 - gives the database
    return sign_in("read-only")
