"""Customers who want to be called: noted once, shown to whoever calls, and done with what was said."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client

from backorder.care.callbacks import (
    CallWanted,
    fulfil_callback,
    list_open_callbacks,
    note_callback,
    say_phone,
    take_callback_back,
)
from backorder.care.models import Callback
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from tests.care.letters import by
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of
from tests.portal.pages import address, clock, press, read, shop, state
from tests.supply.shop import cause

__all__ = ["clock", "shop"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db
PHONE = "(503) 555-0100"


def ask_for(number: str = "A-1", on: date | None = None) -> Callback:
    return note_callback(order_of(number), CallWanted(PHONE, on, "evening", "the lamp"), cause())


def test_who_wants_a_call_is_put_down_once_and_can_take_it_back(client: Client) -> None:
    wait()
    typed = {"phone": PHONE, "day": "2026-11-26", "part": "morning", "text": " about\n the lamp "}
    status, page = press(client, "/call", state=state(client), **typed)
    callback = Callback.objects.get()
    assert (status, "You asked us to call you." in page) == (302, True)
    assert (callback.phone, callback.wanted_on, callback.part, callback.text, callback.state) == (
        *("+15035550100", date(2026, 11, 26), "morning", "about the lamp", "open"),
    )
    assert (callback.entry.who, callback.entry.what, callback.entry.facts) == (
        "customer",
        "callback.noted",
        {"kind": "call"},
    )
    assert client.get(address(what="/call")).status_code == 302
    assert "5550100" not in page  # others may have the link
    assert press(client, "/call", state=state(client), **typed)[0] == 302
    assert Callback.objects.count() == 1
    status, page = press(client, "/no-call", state=state(client))
    callback.refresh_from_db()
    assert (status, callback.state, "You no longer want to be called." in page) == (302, "withdrawn", True)
    assert press(client, "/no-call")[0] == 422
    assert list(list_open_callbacks()) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"phone": ""}, "Phone number"),
        ({"phone": "ask my neighbour"}, "Phone number"),
        ({"phone": "12"}, "Phone number"),
        ({"day": "2026-11-24"}, "On which day"),
        ({"day": "2027-11-24"}, "On which day"),
        ({"part": "night"}, "At what time"),
        ({"text": "x" * 2_001}, "What it is about"),
    ],
)
def test_a_call_that_cannot_be_made_is_not_noted(client: Client, typed: dict[str, str], said: str) -> None:
    wait()
    status, page = press(client, "/call", state=state(client), **({"phone": PHONE} | typed))
    assert (status, f">Please fill in or correct: {said}</p>" in page) == (422, True)
    assert Callback.objects.count() == 0


def test_the_open_ones_are_listed_the_earliest_day_first(client: Client) -> None:
    for number in ("A-1", "A-2", "A-3"):
        wait(number)
    ask_for("A-1", date(2026, 11, 30))
    ask_for("A-2", date(2026, 11, 25))
    ask_for("A-3")
    assert [callback.order.number for callback in list_open_callbacks()] == ["A-3", "A-2", "A-1"]
    assert fulfil_callback(Callback.objects.get(order__number="A-2"), " will ring again ", by(1)) is not None
    done = Callback.objects.get(order__number="A-2")
    assert done.ended is not None
    assert (done.state, done.said, done.ended.who) == ("done", "will ring again", "service")
    assert done.ended.facts == {"kind": "call", "state": "done"}  # what was said is personal
    assert [callback.order.number for callback in list_open_callbacks()] == ["A-3", "A-1"]
    assert "We called you." in read(client, "A-2")


def test_a_callback_ends_once_and_with_a_word() -> None:
    wait()
    callback = ask_for()
    with pytest.raises(OrderError, match="say in a word what was said"):
        fulfil_callback(callback, "  ", by(1))
    with pytest.raises(OrderError, match="a call is wanted already"):
        ask_for()
    with pytest.raises(OrderError, match="is no phone number; begin with"):
        note_callback(order_of("A-1"), CallWanted("x"), cause())
    assert fulfil_callback(callback, "done", by(1)) is not None
    before = Entry.objects.count()
    assert (fulfil_callback(callback, "again", by(2)), take_callback_back(callback, by(2))) == (None, None)
    assert Entry.objects.count() == before
    assert ask_for().state == "open"  # and another may be wished for


def test_the_database_holds_it() -> None:
    wait()
    callback = ask_for()
    broken = (
        {"phone": "+15035550101"},
        {"text": "other"},
        {"state": "done"},
        {"state": "lost"},
        {"said": "without an end"},
    )
    for change in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            Callback.objects.filter(pk=callback.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Callback.objects.filter(pk=callback.pk).delete()
    assert Callback.objects.get() == callback


def test_a_number_is_written_so_that_people_read_it() -> None:
    assert say_phone("+15035550100") == "+1 503-555-0100"
