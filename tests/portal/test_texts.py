"""Customers who agree to texts on the page of their order, and take that back."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from backorder.care.models import TextWish
from backorder.orders.models import Customer
from tests.care.letters import shop
from tests.care.post import name_mail
from tests.care.test_drafts import wait
from tests.portal.pages import address, clock, press, read

__all__ = ["clock", "shop"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db
TEXTS = override_settings(TEXT_URL="json://127.0.0.1:9/{number}")


def know() -> None:
    """Know the mailbox and the number of the customer."""
    name_mail()
    Customer.objects.update(phone="503 555 0100")


@TEXTS
def test_a_customer_agrees_and_takes_it_back(client: Client) -> None:
    wait()
    know()
    asks = client.get(address(what="/texts")).content.decode()
    assert "I agree to get short texts about my orders on this number, the one that you know of me." in asks
    status, page = press(client, "/texts", phone="(503) 555-0100")
    wish = TextWish.objects.get()
    assert (status, wish.phone, wish.channel, wish.entry.who) == (302, "+15035550100", "page", "customer")
    assert "You get short texts about your orders on the number that ends with 00." in page
    assert "5550100" not in page  # others may have the link
    assert client.get(address(what="/texts")).status_code == 302
    status, page = press(client, "/no-texts")
    assert (status, "Get short texts too" in page) == (302, True)
    assert list(TextWish.objects.order_by("id").values_list("phone", flat=True)) == ["+15035550100", ""]
    assert press(client, "/no-texts")[0] == 302
    assert TextWish.objects.count() == 2


@TEXTS
@pytest.mark.parametrize("phone", ["", "ask my neighbour", "12", "(503) 555-0101"])
def test_a_number_that_is_none_or_that_the_shop_does_not_know_is_not_noted(
    client: Client, phone: str
) -> None:
    wait()
    know()
    status, page = press(client, "/texts", phone=phone)
    assert (status, "Please fill in or correct: Phone number" in page) == (422, True)
    assert TextWish.objects.count() == 0


@TEXTS
def test_a_get_notes_nothing(client: Client) -> None:
    wait()
    know()
    assert client.get(address(what="/texts"), {"phone": "+15035550100"}).status_code == 200
    assert client.get(address(what="/no-texts")).status_code == 302
    assert TextWish.objects.count() == 0


@TEXTS
def test_nobody_is_asked_whose_number_is_not_known(client: Client) -> None:
    wait()
    name_mail()
    Customer.objects.update(phone="")
    assert "short texts" not in read(client)
    assert press(client, "/texts", phone="(503) 555-0100")[0] == 302
    assert TextWish.objects.count() == 0


def test_nobody_is_asked_where_no_texts_go(client: Client) -> None:
    wait()
    know()
    assert "short texts" not in read(client)
    assert client.get(address(what="/texts")).status_code == 302
