"""Texts and events in the console: who agreed, what went, and what was stopped."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from backorder.care.copies import webhook
from backorder.care.copies.carrying import send_copies
from backorder.care.copies.text_wishes import note_text_wish
from backorder.care.models import TextWish
from backorder.care.tasks import list_tasks
from backorder.care.telling import note_failure
from backorder.orders.models import Customer
from backorder.outbox.services import Cause
from tests.care.fake_taker import serve
from tests.care.letters import shop
from tests.care.post import MAIL, Box, box, go, look, name_mail, open_house, post
from tests.care.test_drafts import wait
from tests.console.test_notices import press, read
from tests.supply.shop import NOON, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sends(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let the house send."""
    open_house()


def test_a_person_notes_who_agreed_to_texts_and_who_did_not(planner: Client) -> None:
    wait()
    name_mail()
    assert "/order-changes/texts/A-1" in read(planner, "/orders/A-1")
    said = press(planner, "/order-changes/texts/A-1", phone="x", channel="phone", why="asked")
    assert "&#x27;x&#x27; is no phone number; begin with + and the country" in said
    assert TextWish.objects.count() == 0
    press(
        planner,
        "/order-changes/texts/A-1",
        phone="+1 503 555 0199",
        channel="phone",
        why="asked on the phone",
    )
    wish = TextWish.objects.get()
    assert (wish.phone, wish.channel, wish.entry.why) == ("+15035550199", "phone", "asked on the phone")
    press(planner, "/order-changes/texts/A-1", phone="", channel="letter", why="asked")
    assert list(TextWish.objects.order_by("id").values_list("phone", flat=True)) == ["+15035550199", ""]


def test_a_message_and_a_task_say_what_went_by_text_instead(planner: Client, box: Box) -> None:  # noqa: ARG001
    wait()
    note_text_wish(Customer.objects.get(code=MAIL), "+15035550199", "phone", cause())
    with serve() as taker, override_settings(TEXT_URL=taker.text_url):
        look()
        message = go()
        post()
        look(1)
        note_failure(message.notice, Cause("service", NOON))
        look(2)
        assert send_copies(lambda: NOON) == 1
    page = read(planner, f"/messages/{message.pk}")
    assert "By text to +15035550199, instead of the mail: sent, 24 Nov 2026" in page
    assert "Our e-mail to you came back." in page
    (task,) = list_tasks()
    assert (task.kind, task.about) == ("phone", "+1 503 555 0199; a text instead of the last mail: sent")


def test_stopped_events_are_said_and_go_on_by_a_press(planner: Client) -> None:
    assert "Programs are told" not in read(planner)
    webhook.stop(Cause("webhook", NOON), stopped=True)
    assert "Programs are told of no message any more, since 24 Nov 2026" in read(planner)
    assert "Programs are told of messages again." in press(planner, "/notices/events")
    assert not webhook.is_stopped()


def test_who_may_only_read_changes_nothing(reader: Client) -> None:
    wait()
    name_mail()
    webhook.stop(Cause("webhook", NOON), stopped=True)
    assert reader.post("/notices/events").status_code == 403
    assert reader.post("/order-changes/texts/A-1", {"phone": "", "channel": "phone"}).status_code == 403
    assert (webhook.is_stopped(), TextWish.objects.count()) == (True, 0)
