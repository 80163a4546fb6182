"""A provider of mail: takes messages by its own interface, tells what became of them, brings what customers answer."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.http import HttpResponse
from django.test import Client, override_settings

from backorder.care.models import MailEvent, Message, NoticeFailure
from backorder.care.post.lookout import find_dead
from backorder.care.replies.providers import hear_tracking
from backorder.config.settings import read_mail, read_provider
from backorder.orders.models import Cancellation
from tests.allocation.shop import buy, order_in
from tests.care.fake_postmark import TOKEN, Postmark, inactive, refuse, serve
from tests.care.letters import go_to, shop
from tests.care.post import MAIL, go, look, name_mail, open_house, outcomes, post
from tests.supply.shop import NOON

__all__ = ["shop"]  # a fixture
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("postmark")]
SECRET = "post:a-long-password"  # noqa: S105 - of a test
URL = "provider://postmark"


@pytest.fixture
def postmark(shop: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postmark]:  # noqa: ARG001 - comes before
    """Let the house have a provider, and somebody wait whom mail reaches."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(minutes=30))
    with serve() as found:
        keys = read_provider(
            json.dumps({"POSTMARK_SERVER_TOKEN": TOKEN, "POSTMARK_API_URL": found.url}), SECRET
        )
        with override_settings(MAIL=URL, ANYMAIL=keys, **read_mail(URL)):
            open_house()
            order_in("LAMP", 4, "PO-1", days=70)
            buy("A-1", ("LAMP", 4))
            go_to("A-1", "US", "TX")
            name_mail()
            look()
            go()
            yield found


def tell(kind: str, body: object, secret: str = SECRET, provider: str = "postmark") -> HttpResponse:
    """Tell what a provider tells."""
    signs = f"Basic {b64encode(secret.encode()).decode()}"
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client(enforce_csrf_checks=True).post(  # type: ignore[return-value]
        f"/hooks/mail/{provider}/{kind}/", text, "application/json", headers={"Authorization": signs}
    )


def event(record: str, **more: Any) -> dict[str, Any]:
    """Write an event about the only message."""
    message = Message.objects.get()
    return {
        "RecordType": record,
        "MessageID": "0a129aee-e1cd-480d-b08d-000000000001",
        "Metadata": {"message": str(message.name)},
        "Recipient": MAIL,
        "Email": MAIL,
        **more,
    }


def bounced(**more: Any) -> dict[str, Any]:
    return event(
        "Bounce",
        ID=42,
        Type="HardBounce",
        Details="550 no such user",
        BouncedAt="2026-11-24T12:10:00Z",
        **more,
    )


def test_a_provider_takes_both_parts_and_tracks_nobody(postmark: Postmark) -> None:
    assert (post(1), outcomes()) == (1, ["sent"])
    (came,), message = postmark.came, Message.objects.get()
    assert (came["To"], came["Subject"], came["TextBody"], came["HtmlBody"]) == (
        MAIL,
        message.subject,
        message.text,
        message.page,
    )
    assert came["Metadata"] == {"message": str(message.name)}
    assert (came["TrackOpens"], came["TrackLinks"]) == (False, "None")
    headers = {each["Name"]: each["Value"] for each in came["Headers"]}
    assert headers["Message-ID"] == f"<{message.name}@lamps.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert post(2) == 0


def test_who_gets_no_mail_there_gets_none_and_a_person_tells_it(postmark: Postmark) -> None:
    postmark.answers = [(422, inactive(MAIL))]
    assert (post(1), outcomes()) == (0, ["refused"])
    assert look(2) == [("A-1", "opening")]
    message = Message.objects.get()
    assert message.order.draft.to == ""


@pytest.mark.parametrize(
    ("status", "left"),
    [(500, True), (503, True), (401, False), (403, False), (429, False), (400, False)],
)
def test_what_a_provider_does_not_take_waits(postmark: Postmark, status: int, *, left: bool) -> None:
    """Of an answer that says it broke nobody knows whether the message left."""
    postmark.answers = [(status, refuse(1, "no"))]
    assert (post(1), outcomes()) == (0, [""])
    message = Message.objects.get()
    assert (message.handed_at is not None, str(status) in message.said) == (left, True)
    assert (post(2), post(6), len(postmark.came), outcomes()) == (0, 1, 1, ["sent"])


def test_a_provider_that_is_not_there_is_asked_again() -> None:
    with override_settings(
        ANYMAIL=read_provider(
            json.dumps({"POSTMARK_SERVER_TOKEN": TOKEN, "POSTMARK_API_URL": "http://127.0.0.1:9/"}), SECRET
        )
    ):
        assert (post(1), outcomes()) == (0, [""])
    assert (post(6), outcomes()) == (1, ["sent"])


def test_what_bounced_is_noted_once() -> None:
    post(1)
    for _ in range(2):
        assert tell("tracking", bounced()).status_code == 200
    found = MailEvent.objects.get()
    assert (found.kind, found.text, found.name) == ("bounced", "550 no such user", "Postmark 42")
    assert NoticeFailure.objects.get().notice.message == found.message


def test_what_was_delivered_put_off_and_called_spam_is_kept() -> None:
    post(1)
    told = (
        event("Delivery", DeliveredAt="2026-11-24T12:02:00Z", Details="250 OK"),
        event("Bounce", ID=1, Type="Transient", BouncedAt="2026-11-24T12:03:00Z"),
        event("SpamComplaint", ID=2, Type="SpamComplaint", BouncedAt="2026-11-24T12:04:00Z"),
        event("Open", ReceivedAt="2026-11-24T12:05:00Z"),
        event("Click", ReceivedAt="2026-11-24T12:06:00Z", OriginalLink="https://lamps.example"),
    )
    for body in (*told, *reversed(told)):
        assert tell("tracking", body).status_code == 200
    kinds = list(MailEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["delivered", "deferred", "complained"]
    assert not NoticeFailure.objects.exists()  # it did arrive
    assert find_dead([Message.objects.get().order]) == {MAIL}


def test_a_provider_that_gives_no_name_back_tells_of_the_mail_in_its_own_words() -> None:
    """As Postal does: its events name messages by a number of its own, and bring what the mail was called."""
    post(1)
    name = Message.objects.get().name
    told = AnymailTrackingEvent(
        event_type="bounced",
        event_id="e-1",
        message_id=7,
        esp_event={"payload": {"original_message": {"message_id": f"{name}@lamps.example"}}},
    )
    hear_tracking(event=told, esp_name="Postal", sender=None)
    assert (MailEvent.objects.get().kind, NoticeFailure.objects.count()) == ("bounced", 1)


def test_an_event_before_the_message_is_noted_as_sent_is_told_again() -> None:
    answer = tell("tracking", bounced())
    assert (answer.status_code, MailEvent.objects.exists()) == (503, False)
    post(1)
    assert tell("tracking", bounced()).status_code == 200
    assert NoticeFailure.objects.count() == 1


def reply(text: str, **more: Any) -> dict[str, Any]:
    """Write what Postmark brings of a mail that answers."""
    message = Message.objects.get()
    named = f"<{message.name}@lamps.example>"
    return {
        "FromFull": {"Email": MAIL, "Name": "Zed", "MailboxHash": ""},
        "ToFull": [{"Email": "help@lamps.example", "Name": "", "MailboxHash": ""}],
        "Subject": f"Re: {message.subject}",
        "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
        "Date": "Tue, 24 Nov 2026 12:20:00 +0000",
        "TextBody": text,
        "HtmlBody": "",
        "Headers": [
            {"Name": "Message-ID", "Value": "<answer-1@customers.example>"},
            {"Name": "In-Reply-To", "Value": named},
        ],
        "Attachments": [],
        **more,
    }


def test_what_a_customer_answers_comes_by_the_provider() -> None:
    post(1)
    assert tell("inbound", reply("Cancel")).status_code == 200
    assert tell("inbound", reply("Cancel")).status_code == 200
    assert Cancellation.objects.get().quantity == 4
    photo = {"Name": "lamp.jpg", "Content": b64encode(b"x" * 6_000_000).decode(), "ContentType": "image/jpeg"}
    large = reply("It looks like this.", Attachments=[photo])
    large["Headers"][0]["Value"] = "<answer-2@customers.example>"
    assert tell("inbound", large).status_code == 200
    assert list(MailEvent.objects.order_by("id").values_list("kind", "text")) == [
        ("reply", "Cancel"),
        ("reply", "It looks like this."),
    ]


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b"])
def test_letters_that_no_database_keeps_are_left_out(bad: str) -> None:
    post(1)
    assert tell("tracking", bounced() | {"Details": bad, "ID": bad}).status_code == 200
    told = tell("inbound", reply(bad)).status_code  # of half a letter Anymail makes no mail at all
    assert (told, MailEvent.objects.count()) == ((200, 2) if "\0" in bad else (400, 1))


def test_without_the_secret_nothing_is_heard() -> None:
    post(1)
    for secret in ("post:wrong", "x:y", ":"):
        for kind, body in (("tracking", bounced()), ("inbound", reply("cancel"))):
            assert tell(kind, body, secret).status_code == 400
    with override_settings(ANYMAIL=read_provider("{}", "")):
        assert tell("tracking", bounced()).status_code == 404
    assert not MailEvent.objects.exists()
    assert Client().get("/hooks/mail/postmark/tracking/").status_code == 405


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"x", b"null", b'{"RecordType": 7}', b"\xff"])
@pytest.mark.parametrize("kind", ["tracking", "inbound"])
def test_nonsense_changes_nothing(kind: str, body: bytes) -> None:
    post(1)
    assert tell(kind, body).status_code in (200, 400)
    assert not MailEvent.objects.exists()


def test_what_is_no_provider_is_not_there() -> None:
    for provider, kind in (("nobody", "tracking"), ("postmark", "other"), ("base", "tracking")):
        assert tell(kind, {}, provider=provider).status_code == 404
    too_long = b" " * (26 * 1024 * 1024 + 1)
    assert tell("tracking", too_long).status_code == 413
