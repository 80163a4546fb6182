"""Events: signed as Standard Webhooks wants it, each by one name, tried for days, and stopped by who gets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from standardwebhooks import Webhook

from backorder.care.copies import webhook
from backorder.care.copies.carrying import claim, send_copies
from backorder.care.models import Copy, Message
from backorder.config.settings import read_mail, read_secret, read_text_url
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from tests.allocation.shop import order_in
from tests.care.fake_taker import Taker, serve
from tests.care.letters import shop
from tests.care.post import MAIL, Box, box, go, look, name_mail, open_house, outcomes, post
from tests.care.test_drafts import wait
from tests.supply.shop import NOON

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
SECRET = "whsec_c2VjcmV0IG9mIGEgc2hvcCB0aGF0IHNlbGxzIGxhbXBz"  # noqa: S105 - of a server of a test
DAY = 24 * 60


@pytest.fixture
def taker(shop: None) -> Iterator[Taker]:  # noqa: ARG001 - comes before
    """Let the house tell a program on this machine of what it sends."""
    open_house()
    with (
        serve() as found,
        override_settings(WEBHOOK_URL=found.url, WEBHOOK_SECRET=SECRET, WEBHOOK_PRIVATE=True),
    ):
        yield found


def tell(minutes: float = 0) -> Message:
    """Let somebody wait, and write to them."""
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    name_mail()
    look(minutes)
    message = go(minutes=minutes)
    post(minutes)
    look(minutes + 1)
    return message


def carry(minutes: float = 2) -> int:
    """Hand over what goes by other ways."""
    return send_copies(lambda: NOON + timedelta(minutes=minutes))


def ends() -> list[tuple[str, str, str, int]]:
    """List copies: by which way, how they ended, what was said and how often it was tried."""
    return list(Copy.objects.order_by("id").values_list("way", "outcome", "said", "tries"))


def test_an_event_says_all_of_a_message_and_is_signed(box: Box, taker: Taker) -> None:
    message = tell()
    assert [carry(minutes) for minutes in (2, 3)] == [1, 0]
    (headers,) = taker.headers
    Webhook(SECRET).verify(taker.bodies[0], headers)
    (event,) = taker.came
    assert (event["type"], headers["webhook-id"]) == ("message.sent", str(message.name))
    assert {name: event["data"][name] for name in ("order", "kind", "to", "language", "subject")} == {
        "order": "A-1",
        "kind": "opening",
        "to": MAIL,
        "language": "en",
        "subject": message.subject,
    }
    assert (event["data"]["text"], event["data"]["html"]) == (message.text, message.page)
    assert event["data"]["lines"] == [{"line": "1", "item": "LAMP", "units": 2, "ships_on": "2027-01-08"}]
    assert (ends(), len(box.came)) == ([("webhook", "sent", "", 1)], 1)
    assert not Entry.objects.filter(what__startswith="webhook.").exists()


def test_a_clock_of_another_zone_signs_the_same_instant(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    message = tell()
    local = datetime.now(UTC).astimezone(tz=None)
    webhook.post_event(message, webhook.SENT, local)
    Webhook(SECRET).verify(taker.bodies[0], taker.headers[0])
    assert taker.headers[0]["webhook-timestamp"] == str(int(local.timestamp()))


def test_who_is_killed_tells_again_by_the_same_name(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    message = tell()
    copy = claim(NOON + timedelta(minutes=2))
    assert copy is not None
    webhook.tell_sent(copy)  # and is killed before it is noted
    assert (carry(3), carry(9)) == (0, 1)
    assert [each["webhook-id"] for each in taker.headers] == [str(message.name)] * 2
    assert ends() == [("webhook", "sent", "", 2)]


def test_an_event_is_tried_for_days_at_times_of_its_own(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    tell()
    taker.answers += [500] * 60
    begun, tried = NOON + timedelta(minutes=2), []
    at = begun
    while Copy.objects.get().outcome == "":
        send_copies(lambda at=at: at)  # type: ignore[misc]
        tried.append(at)
        at = Copy.objects.get().try_at
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    least = [
        timedelta(minutes=5),
        timedelta(minutes=30),
        *(timedelta(hours=each) for each in (2, 5, 10, 14, 20)),
    ]
    assert len(pauses) >= len(least)
    for pause, short in zip(pauses, least, strict=False):
        assert short <= pause < short * 1.2
    assert tried[-1] - begun > timedelta(days=3)
    assert ends()[0][:3] == ("webhook", "failed", "it answered with 500")
    assert Entry.objects.order_by("-id").values_list("what", flat=True).first() == "webhook.failed"


def test_gone_stops_all_events_until_somebody_lets_them_go_on(box: Box, taker: Taker) -> None:  # noqa: ARG001
    tell()
    taker.answers.append(410)
    assert (carry(2), webhook.is_stopped()) == (0, True)
    assert ends() == [("webhook", "failed", "410: it wants no events any more", 1)]
    stopped = Entry.objects.get(what="webhook.stopped")
    assert (stopped.who, stopped.why) == ("webhook", "410: it wants no events any more")
    webhook.stop(Cause("admin", NOON), stopped=False)
    assert not webhook.is_stopped()


def test_an_address_inside_a_network_is_refused(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    tell()
    with override_settings(WEBHOOK_PRIVATE=False):
        assert carry(2) == 0
    assert taker.came == []
    assert ends() == [
        (
            "webhook",
            "",
            "127.0.0.1 is 127.0.0.1, inside a network; BACKORDER_WEBHOOK_PRIVATE=yes allows that",
            1,
        )
    ]


def test_nobody_follows_where_an_answer_points(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    tell()
    taker.answers.append(302)
    assert (carry(2), taker.came, ends()) == (0, [], [("webhook", "", "it answered with 302", 1)])


def test_a_program_sends_instead_of_a_mail_server(taker: Taker) -> None:
    with override_settings(MAIL="webhook:", **read_mail("webhook:")):
        message = tell()
        assert (outcomes(), [each["type"] for each in taker.came]) == (["sent"], ["message.to_send"])
        assert (carry(2), ends()) == (0, [])  # it is not told twice
    Webhook(SECRET).verify(taker.bodies[0], taker.headers[0])
    assert taker.headers[0]["webhook-id"] == str(message.name)


def test_what_a_program_does_not_take_goes_again_by_the_same_name(taker: Taker) -> None:
    with override_settings(MAIL="webhook:", **read_mail("webhook:")):
        taker.answers.append(503)
        message = tell()
        assert (outcomes(), Message.objects.get().said) == ([""], "it answered with 503")
        assert (post(6), outcomes()) == (1, ["sent"])
    assert taker.headers[0]["webhook-id"] == str(message.name)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "no base64 at all, really not"])
def test_a_secret_that_is_none_is_refused_without_telling_it(secret: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^BACKORDER_WEBHOOK_SECRET is no secret") as error:
        read_secret(secret, "https://crm.lamps.example/hook", "")
    assert secret in ("", "whsec_") or secret not in str(error.value)


def test_settings_of_other_ways_are_read() -> None:
    assert (read_secret(SECRET, "https://x.example", ""), read_secret("", "", "")) == (SECRET, "")
    assert read_text_url("twilio://a:b@1/{number}") == "twilio://a:b@1/{number}"
    with pytest.raises(ImproperlyConfigured, match=r"^BACKORDER_TEXT_URL is no address") as error:
        read_text_url("twilio://secret:b@1")
    assert "secret" not in str(error.value)
    with pytest.raises(ImproperlyConfigured, match=r"^BACKORDER_MAIL is webhook:"):
        read_secret("", "", "webhook:")


def test_the_body_is_what_was_signed(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    tell()
    carry()
    assert json.loads(taker.bodies[0]) == taker.came[0]


def test_who_sends_for_us_and_wants_no_more_gets_none_until_somebody_lets_events_go_on(taker: Taker) -> None:
    with override_settings(MAIL="webhook:", **read_mail("webhook:")):
        taker.answers.append(410)
        tell()
        post(10)
        assert (outcomes(), taker.came, webhook.is_stopped()) == ([""], [], True)
        webhook.stop(Cause("service", NOON), stopped=False)
        post(12)
    assert (outcomes(), len(taker.came)) == (["sent"], 1)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *(
            ("8.8.8.8", True),
            ("2001:4860:4860::8888", True),
            ("::ffff:8.8.8.8", True),
            ("64:ff9b::808:808", True),
        ),
        *(("10.0.0.5", False), ("127.0.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False)),
        *(
            ("::1", False),
            ("fd00::1", False),
            ("fe80::1%eth0", False),
            ("fec0::1", False),
            ("224.0.0.1", False),
        ),
        *(
            ("::ffff:10.0.0.5", False),
            ("64:ff9b::a00:5", False),
            ("2002:7f00:1::", False),
            ("::127.0.0.1", False),
        ),
    ],
)
def test_an_address_that_leads_into_a_network_is_not_everybodys(address: str, public: bool) -> None:  # noqa: FBT001 - a case
    assert webhook.is_public(address) is public
