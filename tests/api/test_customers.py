"""Customers: created and replaced by code; what is personal stays out of the journal."""

from __future__ import annotations

import json

import pytest

from backorder.orders.models import Customer
from backorder.outbox.models import Entry
from tests.api.client import Program, problem

pytestmark = pytest.mark.django_db
ZED = {"name": "Zed", "email": "zed@shop.example", "phone": "0731 1", "customer_class": "contract"}


def test_a_customer_is_created_and_replaced() -> None:
    program = Program()
    program.put("/customer-classes/contract", {})
    assert program.put("/customers/C%2F1", {**ZED, "why": "by phone"})["changed"] is True
    assert program.read("/customers/C%2F1") == {"code": "C/1", **ZED}
    assert program.put("/customers/C%2F1", ZED) == {"changed": False, "preview": False, "entry": None}
    assert program.put("/customers/C%2F1", {}, preview="true")["changed"] is True
    entry = program.put("/customers/C%2F1", {"name": "Zed"})["entry"]
    assert program.read("/customers/C%2F1") == {
        "code": "C/1",
        "name": "Zed",
        "email": "",
        "phone": "",
        "customer_class": None,
    }
    told = Entry.objects.get(pk=entry)
    assert told.facts == {"new": 0, "changed": {"C/1": ["email", "phone", "customer_class"]}}
    assert "zed@" not in json.dumps(program.read("/journal"))


def test_a_customer_of_a_class_that_nobody_knows_or_without_a_real_address_is_refused() -> None:
    program, before = Program(), Entry.objects.count()
    told = problem(program.send("PUT", "/customers/C-1", {"customer_class": "contract"}))
    assert told["errors"] == [
        {"where": "body", "at": "/customer_class", "detail": "there is no customer class contract"}
    ]
    for email in ("zed", "zed@shop", "a b@shop.example", "zed@shop.example\n"):
        told = problem(program.send("PUT", "/customers/C-1", {"email": email}))
        assert [fault["at"] for fault in told["errors"]] == ["/email"]
    assert (Customer.objects.count(), Entry.objects.count()) == (0, before)
