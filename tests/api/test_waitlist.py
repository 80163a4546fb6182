"""Programs and the waitlist: they put customers on it, read it, and take them off."""

from __future__ import annotations

import json

import pytest
from django.test import override_settings

from backorder.care.house import write_house
from backorder.care.links import open_wish
from backorder.care.models import Wish
from backorder.care.waitlist.inviting import invite_waiting
from tests.allocation.shop import stock
from tests.allocation.test_acceptance import ask, rule
from tests.api.care import HOUSE, SERVER
from tests.api.client import Program, problem
from tests.supply.shop import NOON, TODAY, cause, item

pytestmark = pytest.mark.django_db
URL = "https://lamps.example"


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop with a customer whom mail reaches and one whom it does not."""
    write_house(HOUSE, cause())
    item("LAMP")
    found = Program()
    found.put("/customers/C-1", {"name": "Zed", "email": "zed@customers.example"})
    found.put("/customers/C-0", {"name": "Nobody"})
    return found


def test_a_customer_is_put_on_a_list_invited_and_read(program: Program) -> None:
    rule("none")
    ask("A-17", ("LAMP", 2))
    body = {"sku": "LAMP", "customer": "C-1", "quantity": 2, "language": "de", "order": "A-17"}
    with override_settings(MAIL=SERVER, URL=URL):
        made = program.change("/waitlist", body, status=201)
        stock("LAMP", 1)
        invite_waiting(lambda: NOON)
        (shown,) = program.read("/waitlist", sku="LAMP", waits="true")["items"]
    number = made["wish"]
    assert (made["outcome"], made["quantity"], made["ordered"], made["order"], made["invitations"]) == (
        *("waits", 2, 0, "A-17"),
        [],
    )
    assert made["link"].startswith(f"{URL}/o/waitlist/")
    assert open_wish(made["link"].rpartition("/")[2], TODAY) == Wish.objects.get()
    (invitation,) = shown["invitations"]
    assert (invitation["hold"], invitation["quantity"], invitation["outcome"]) == (
        f"W-{number}-1",
        1,
        "stands",
    )
    assert invitation["until"] == "2026-11-26T12:00:00.000000Z"
    assert program.read(f"/waitlist/{number}")["wish"] == number
    assert program.read("/waitlist", customer="C-0")["items"] == []
    assert program.read("/waitlist", waits="false")["items"] == []


def test_what_is_only_tried_puts_nobody_on_a_list(program: Program) -> None:
    body = {"sku": "LAMP", "customer": "C-1", "quantity": 2}
    tried = json.loads(program.post("/waitlist", body, preview="true").content)
    assert (tried["wish"], tried["entry"], tried["link"], Wish.objects.count()) == (None, None, "", 0)


@pytest.mark.parametrize(
    ("change", "status", "at", "said"),
    [
        ({"sku": "MOON"}, 422, "/sku", "there is no item MOON"),
        ({"customer": "C-9"}, 422, "/customer", "there is no customer C-9"),
        ({"channel": "moon"}, 422, "/channel", "there is no channel moon"),
        ({"customer_class": "moon"}, 422, "/customer_class", "there is no customer class moon"),
        ({"customer": "C-0"}, 409, "", "has no e-mail address"),
        ({"order": "A-1"}, 409, "", "nothing of it was refused under the number A-1"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_changed(
    program: Program, change: dict[str, str], status: int, at: str, said: str
) -> None:
    answer = program.send("POST", "/waitlist", {"sku": "LAMP", "customer": "C-1", "quantity": 1, **change})
    told = problem(answer)
    places = [(each["at"], each["detail"]) for each in told.get("errors") or []]
    assert (told["status"], Wish.objects.count()) == (status, 0)
    assert (places == [(at, said)]) if at else (said in told["detail"])


@pytest.mark.parametrize(("by", "outcome"), [("customer", "left"), ("shop", "removed")])
def test_a_customer_is_taken_off_once(program: Program, by: str, outcome: str) -> None:
    made = program.change("/waitlist", {"sku": "LAMP", "customer": "C-1", "quantity": 1}, status=201)
    first, second = (program.change(f"/waitlist/{made['wish']}/removal", {"by": by}) for _ in range(2))
    assert (first["changed"], second["changed"], Wish.objects.get().outcome) == (True, False, outcome)
