"""Whoever calls is found in one box, and one screen says what is owed."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.care.copies.text_wishes import note_text_wish
from backorder.care.letters.writing import write_letter
from backorder.care.models import Copy
from backorder.care.post.messages import let_go
from backorder.orders.callers import find_callers
from backorder.orders.customers import CustomerFacts, save_customers
from backorder.orders.models import Customer
from tests.allocation.shop import buy, order_in, slip
from tests.care.letters import go_to, send, shop
from tests.care.post import Box, box, name_mail, open_house
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
PEOPLE = [
    CustomerFacts("C-1", "Aveline Orabeck", "aveline@customers.example", "+1 (555) 010-0001"),
    CustomerFacts("C-2", "Brisko Orgrith", "brisko@customers.example", "0555 0100002"),
]


@pytest.fixture(autouse=True)
def _people(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let two people wait, and a third who is no customer."""
    save_customers(PEOPLE, cause())
    inbound = order_in("LAMP", 9, "PO-1", days=10)
    for number in ("A-1", "A-2", "B-1"):
        buy(number, ("LAMP", 2))
        go_to(number, "US", "OR")
    for number, code in (("A-1", "C-1"), ("A-2", "C-2")):
        order = name_mail(number)
        order.customer = Customer.objects.get(code=code)
        order.save()
    send("A-1")
    slip(inbound, 20)


def read(client: Client, query: str) -> str:
    return " ".join(client.get(f"/call?{query}").content.decode().split())


@pytest.mark.parametrize(
    ("text", "customers", "orders"),
    [
        ("C-1", ["C-1"], []),
        ("Aveline@Customers.example", ["C-1"], []),
        ("555 010 0001", ["C-1"], []),
        ("0100002", ["C-2"], []),
        ("+49 555/010-0002", ["C-2"], []),
        ("or", ["C-1", "C-2"], []),
        ("brisk org", ["C-2"], []),
        ("a-1", [], ["A-1"]),
        ("nother", [], ["B-1"]),
        ("10001", [], []),
        ("x & y | (", [], []),
        ("", [], []),
    ],
)
def test_people_are_found_in_every_way(text: str, customers: list[str], orders: list[str]) -> None:
    found = find_callers(text)
    assert ([each.code for each in found.customers], [each.number for each in found.orders]) == (
        customers,
        orders,
    )


def test_one_screen_says_what_is_owed_since_when_why_and_what_was_said(planner: Client) -> None:
    page = read(planner, "find=aveline@customers.example")
    assert "<dd>Aveline Orabeck</dd>" in page
    assert "ordered 24 Nov 2026; 2 units" in page
    assert "<strong>2 × LAMP</strong>, 2 owed: 14 Dec 2026 (first told 4 Dec 2026)" in page
    assert "Told last 24 Nov 2026, 12:00, by e-mail." in page
    for action in (
        "Customer said",
        "Customer told",
        "Cancel units",
        "Letter to the customer",
        "What the customer sees",
    ):
        assert action in page


def test_several_are_listed_and_one_is_chosen(planner: Client) -> None:
    page = read(planner, "find=or")
    assert 'href="/call?customer=C-1">Aveline Orabeck</a>' in page
    assert "<dd>Brisko Orgrith</dd>" in read(planner, "customer=C-2")


def test_an_order_that_is_typed_in_full_is_opened_with_those_of_its_customer(planner: Client) -> None:
    page = read(planner, "find=A-2")
    assert ("<dd>Brisko Orgrith</dd>" in page, page.index(">A-2</a>") > 0) == (True, True)
    assert ">B-1</a>" in read(planner, "find=B-1")
    assert "Nothing was told yet." in read(planner, "find=B-1")


def test_nobody_is_said_with_what_to_try(planner: Client, reader: Client) -> None:
    assert "Nobody found" in read(planner, "find=zz")
    assert "Customer said" not in read(reader, "find=A-2")
    assert Client().get("/call").status_code == 302


def test_it_says_that_the_number_for_texts_is_wrong(planner: Client, box: Box) -> None:  # noqa: ARG001 - is there
    open_house()
    note_text_wish(Customer.objects.get(code="C-1"), "+15550100001", "phone", cause())
    assert "is wrong" not in read(planner, "customer=C-1")
    message = let_go(order_of("A-1"), write_letter(order_of("A-1"), NOON).mark, cause())
    Copy.objects.create(
        message=message,
        way="text",
        to="+15550100001",
        text="x",
        entry=message.entry,
        try_at=NOON,
        outcome="refused",
        ended_at=NOON,
    )
    page = read(planner, "customer=C-1")
    assert "No texts go to +15550100001: whoever sends them says that the number is wrong." in page
    assert "is wrong" not in read(planner, "customer=C-2")
