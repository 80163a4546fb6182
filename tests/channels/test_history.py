"""The demo's day: it has something to show on whatever day it is lived through."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.test import override_settings

from backorder.allocation import events
from backorder.care.models import Offer
from backorder.channels.history import write_history
from backorder.channels.history.letters import open_house, tell_customers
from backorder.channels.history.today import RUSH, count_coming, find_scarce
from backorder.channels.history.voices import talk_through
from backorder.config.settings import read_mail
from backorder.orders.models import Customer
from backorder.orders.services import Buyer, Wanted
from backorder.outbox.services import Cause
from tests.allocation.shop import order_in
from tests.supply.shop import TODAY, cause, item

pytestmark = pytest.mark.django_db
BEGIN = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
"""On this day nearly all who wait for what most wait for are one customer."""


def wait(sku: str, *customers: str) -> None:
    """Let customers wait for two units each."""
    for row, code in enumerate(customers):
        buyer = Buyer(Customer.objects.get_or_create(code=code)[0])
        events.place_order(f"{sku}-{row}", [Wanted("1", item(sku), 2, TODAY)], cause(), buyer)


def test_the_rush_is_for_what_several_wait_for_and_enough_of_which_comes() -> None:
    for sku, units in (("ALONE", 20), ("SHORT", 8 + RUSH - 1), ("LAMP", 6 + RUSH)):
        order_in(sku, units, f"PO-{sku}")
    wait("ALONE", *["C-1"] * 6)
    wait("SHORT", "C-1", "C-2", "C-3", "C-4")
    wait("LAMP", "C-1", "C-2", "C-3")
    assert [count_coming(item(sku)) for sku in ("ALONE", "SHORT", "LAMP")] == [8, RUSH - 1, RUSH]
    assert find_scarce() == item("LAMP")


def test_on_a_day_without_such_an_item_it_is_what_most_units_are_ahead_for() -> None:
    order_in("LAMP", 6, "PO-1")
    order_in("ALONE", 20, "PO-2")
    wait("LAMP", "C-1", "C-2")
    wait("ALONE", *["C-1"] * 6)
    assert find_scarce() == item("ALONE")


def test_the_day_is_lived_through_when_nearly_all_who_wait_are_one_customer(tmp_path: Path) -> None:
    mail = f"folder://{tmp_path}"
    with override_settings(MAIL=mail, URL="http://127.0.0.1:8000", **read_mail(mail)):
        write_history(BEGIN.date(), 7, BEGIN - dt.timedelta(minutes=4))
        open_house(Cause("demo", BEGIN - dt.timedelta(minutes=2)))
        told, letters = [], []
        for happening in talk_through(BEGIN):
            told.append(happening.told.partition(":")[0])
            letters += tell_customers(happening.at + dt.timedelta(minutes=1))
    assert told[-4:] == ["Offers", "A yes", "A no", "Thanks"]
    assert sorted(Offer.objects.values_list("outcome", flat=True)) == ["declined", "taken"]
    assert letters[-1].subject == "Your order RUSH-1: thank you for waiting"
