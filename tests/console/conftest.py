"""Somebody who is signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.accounts import services
from tests.clock import stop_the_clock
from tests.supply.shop import cause

__all__ = ["stop_the_clock"]  # a fixture that each test uses
PASSWORD = "correct horse battery"  # noqa: S105 - of a user of a test


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
