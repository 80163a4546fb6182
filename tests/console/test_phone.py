"""The script of a call: read out, printed, and how the call ended noted with one press."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.care.callbacks import CallWanted, note_callback
from backorder.care.models import Answer, Callback, Notice
from backorder.care.post.lookout import look_out
from backorder.orders.models import Customer
from backorder.outbox.models import Entry
from tests.allocation.shop import line_of, order_in
from tests.care.letters import shop
from tests.care.post import name_mail
from tests.care.test_clock import wait
from tests.console.test_notices import press, read
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

__all__ = ["shop"]  # a fixture that each test uses
pytestmark = pytest.mark.django_db
PAGE = "/phone/A-1"


def find_mark(client: Client) -> str:
    return str(client.get(PAGE).context["letter"].mark)


def test_a_task_leads_to_the_script_and_a_press_ends_it(planner: Client) -> None:
    wait()
    name_mail()
    Customer.objects.update(email="", phone="+15415550100", name="Zed")
    look_out(lambda: NOON)
    assert f'<a href="{PAGE}">tell the customer by phone</a>' in read(planner, "/tasks")
    page = read(planner, PAGE)
    assert "Zed, <strong>+1 541-555-0100</strong>" in page
    assert (
        '<div class="stack" lang="en"><p>Good day, this is The lamp shop. Am I speaking with Zed?</p>' in page
    )
    assert "data-print" in page
    page = press(planner, PAGE, mark=find_mark(planner), ended="thinks", why="Asks his wife.")
    assert "The call is noted." in page
    look_out(lambda: NOON)
    assert "Nothing to do" in read(planner, "/tasks")
    assert Notice.objects.get().channel == "phone"
    story = read(planner, "/orders/A-1")
    assert "told the customer by phone, who will think about it" in story
    assert "Asks his wife." in story


def test_a_no_cancels_and_a_wrong_number_stays_to_be_done(planner: Client) -> None:
    wait()
    look_out(lambda: NOON)
    assert "The call is noted." in press(planner, PAGE, ended="wrong")
    assert "called 1 time, the last 24 Nov 2026, 12:00: wrong number" in read(planner, "/tasks")
    assert "called the customer, but the number is wrong" in read(planner, "/orders/A-1")
    assert "The call is noted." in press(planner, PAGE, mark=find_mark(planner), ended="no")
    assert (line_of("A-1").quantity_open, Answer.objects.get().channel) == (0, "phone")


def test_what_is_no_ending_or_about_another_script_notes_nothing(planner: Client, reader: Client) -> None:
    wait()
    mark, before = find_mark(planner), Entry.objects.count()
    assert "Say how the call ended" in press(planner, PAGE, mark=mark, ended="maybe")
    assert "Say how the call ended" in press(planner, PAGE, mark=mark)
    order_in("LAMP", 2, "PO-1")
    between = Entry.objects.count()
    page = press(planner, PAGE, mark=mark, ended="yes", why="Fine with her.")
    assert "has changed since you read it" in page
    assert "Fine with her." in page
    assert (Entry.objects.count(), Notice.objects.count(), before < between) == (between, 0, True)
    assert (reader.get(PAGE).status_code, planner.get("/phone/A-9").status_code) == (403, 404)


def test_who_asked_for_a_call_and_needs_no_news_is_called_all_the_same(planner: Client) -> None:
    wait()
    note_callback(order_of("A-1"), CallWanted("+15415550100", text="the lamp"), cause())
    assert f'<a href="{PAGE}">call the customer, who asked for it</a>' in read(planner, "/tasks")
    page = read(planner, PAGE)
    assert "The customer asked for this call. About: the lamp" in page
    press(planner, PAGE, mark=find_mark(planner), ended="no")
    assert Callback.objects.get().state == "done"
    page = read(planner, PAGE)
    assert "There is nothing to say from here: nothing of A-1 waits" in page
    assert "Agrees to wait" not in page
