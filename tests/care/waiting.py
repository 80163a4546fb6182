"""A shop with a waitlist: who is on it, who was invited, and what is free."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings

from backorder.allocation.availability import read_availability
from backorder.care.house import write_house
from backorder.care.models import Invitation, Wish
from backorder.care.waitlist.inviting import invite_waiting
from backorder.care.waitlist.wishes import Wished, join
from backorder.orders.models import Customer
from tests.care.post import Box, open_house
from tests.supply.shop import NOON, TODAY, cause, item

WAITLIST = '[sending]\nmode = "on"\n\n[waitlist]\nmode = "on"\n'
SMALL = '[seller]\nplace = "US-OR"\n\n[letters]\nmail = "help@lamps.example"\n'
MAILS = "{}@customers.example"


@pytest.fixture
def invites(shop: None, box: Box) -> Iterator[Box]:  # noqa: ARG001 - comes before
    """Let a house invite, with a mail server and an address of its own."""
    open_house(WAITLIST)
    with override_settings(URL="https://lamps.example"):
        yield box


def open_small_house(more: str = "") -> None:
    """Put rules in force by which a house invites that has no classes of customers."""
    write_house(SMALL + WAITLIST + more, cause())


def customer(code: str) -> Customer:
    return Customer.objects.get_or_create(code=code, defaults={"email": MAILS.format(code.lower())})[0]


def wish(code: str, units: int = 1, sku: str = "LAMP", language: str = "") -> Wish:
    """Put somebody on the list."""
    return join(Wished(item(sku), customer(code), units, language), cause())


def invite(minutes: float = 0) -> int:
    """Invite whoever comes next so long after noon."""
    at = NOON + timedelta(minutes=minutes)
    return invite_waiting(lambda: at)


def invited(outcome: str = "") -> list[tuple[str, int]]:
    """List who is invited to how many units, or was with an outcome, in the order of the invitations."""
    found = Invitation.objects.filter(outcome=outcome).order_by("id")
    return list(found.values_list("wish__customer__code", "quantity"))


def waiting(sku: str = "LAMP") -> list[str]:
    """List who is on a list."""
    found = Wish.objects.filter(item__sku=sku, outcome="").order_by("id")
    return list(found.values_list("customer__code", flat=True))


def free(sku: str = "LAMP") -> int:
    return read_availability([item(sku)], TODAY)[0].free.on_hand
