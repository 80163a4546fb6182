"""What customers answer by mail, as programs bring and read it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backorder.care.models import MailEvent
from tests.allocation.shop import buy
from tests.api.client import Program, problem
from tests.care.letters import go_to, shop
from tests.care.post import MAIL, Box, box, go, look, name_mail, open_house, post
from tests.care.test_arrivals import bounce, reply_to, tell
from tests.supply.shop import NOON

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be a while after the message."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(hours=1))


def test_a_mail_is_brought_once_read_and_dealt_with(box: Box) -> None:
    message, program = tell(box), Program()
    body = {"mail": reply_to(box, "Where is it?").as_string()}
    tried = program.change("/incoming-mail?preview=true", body)
    assert (tried, MailEvent.objects.count()) == ({"order": "A-1", "kind": "reply", "preview": True}, 0)
    assert program.change("/incoming-mail", body) == {"order": "A-1", "kind": "reply", "preview": False}
    assert program.change("/incoming-mail", body) == {"order": None, "kind": None, "preview": False}
    (reply,) = program.read("/replies", read="false", order="A-1")["items"]
    assert (reply["order"], reply["message"], reply["sender"], reply["text"], reply["read"]) == (
        "A-1",
        message.pk,
        MAIL,
        "Where is it?",
        False,
    )
    assert program.change(f"/replies/{reply['reply']}/look", {})["changed"] is True
    assert program.change(f"/replies/{reply['reply']}/look", {})["changed"] is False
    assert program.read("/replies", read="false")["items"] == []
    assert [one["read"] for one in program.read("/replies")["items"]] == [True]


def test_letters_of_all_languages_are_read_as_they_are(box: Box) -> None:
    message, program = tell(box), Program()
    mail = (
        f"From: {MAIL}\nIn-Reply-To: <{message.name}@lamps.example>\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nj\u2019attends\n"
    )
    program.change("/incoming-mail", {"mail": mail})
    (reply,) = program.read("/replies")["items"]
    assert (reply["text"], reply["read"]) == ("j\u2019attends", True)


def test_what_did_not_arrive_is_brought_too(box: Box) -> None:
    tell(box)
    program = Program()
    assert program.change("/incoming-mail", {"mail": bounce(box).as_string()})["kind"] == "bounced"
    assert program.read("/replies")["items"] == []
    assert problem(program.post("/replies/1/look", {}))["status"] == 404


@pytest.mark.usefixtures("box")
def test_what_comes_too_early_is_to_be_brought_again() -> None:
    open_house()
    buy("A-1", ("LAMP", 4))
    go_to("A-1", "US", "TX")
    name_mail()
    look()
    message = go()
    mail = f"From: {MAIL}\r\nIn-Reply-To: <{message.name}@lamps.example>\r\n\r\ncancel\r\n"
    program = Program()
    assert problem(program.post("/incoming-mail", {"mail": mail}))["detail"] == (
        "order A-1: it is not noted yet that the message left; tell it again in a minute"
    )
    assert post(1) == 1
    assert program.change("/incoming-mail", {"mail": mail})["kind"] == "reply"
