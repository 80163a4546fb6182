"""What customers answer, on the pages of those who read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from backorder.care.models import MailEvent, ReplyLook
from backorder.care.replies.arrivals import Arrived, note_arrival
from tests.care.letters import shop
from tests.care.post import MAIL, Box, box
from tests.care.test_arrivals import tell
from tests.console.test_notices import press, read
from tests.supply.shop import NOON

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db


def answer(box: Box, text: str, kind: str = "reply") -> MailEvent:
    event = note_arrival(tell(box), Arrived(kind, "x", MAIL, text), NOON + timedelta(minutes=5))
    assert event is not None
    return event


def test_a_reply_is_listed_read_and_dealt_with(planner: Client, box: Box) -> None:
    event = answer(box, "Where is it? <b>" + "x" * 200)
    page = read(planner, "/notices")
    assert ("Replies to read" in page, "Where is it? [...]" in page) == (True, True)
    page = read(planner, f"/messages/{event.message_id}")
    assert ("Where is it? &lt;b&gt;xxx" in page, f"answered</strong> by {MAIL}" in page) == (True, True)
    page = press(planner, f"/replies/{event.pk}/read")
    assert "It is noted: you dealt with the reply." in page
    assert "planner dealt with it" in page
    assert ReplyLook.objects.get().entry.who == "planner"
    assert "Replies to read" not in read(planner, "/notices")
    story = read(planner, "/orders/A-1")
    assert "heard an answer of the customer by mail" in story
    assert "dealt with what the customer answered by mail" in story
    assert "Where is it?" not in story


def test_a_word_that_counts_needs_nobody(planner: Client, box: Box) -> None:
    event = answer(box, "I wait")
    assert "Replies to read" not in read(planner, "/notices")
    assert "It is a word that the letter names, and counts." in read(planner, f"/messages/{event.message_id}")


def test_who_only_reads_deals_with_nothing(reader: Client, box: Box) -> None:
    event = answer(box, "Where is it?")
    assert "Dealt with" not in read(reader, f"/messages/{event.message_id}")
    assert reader.post(f"/replies/{event.pk}/read").status_code == 403
    assert not ReplyLook.objects.exists()


def test_what_is_no_reply_is_not_there(planner: Client, box: Box) -> None:
    event = answer(box, "on holiday", "automatic")
    assert planner.post(f"/replies/{event.pk}/read").status_code == 404
    assert planner.get(f"/replies/{event.pk}/read").status_code == 405
    assert "answered by a machine: no answer" in read(planner, f"/messages/{event.message_id}")
