"""The page on which a customer says what they think: asked once at each moment, and only where the house asks."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.care.links import sign
from backorder.care.models import Callback, Feedback
from backorder.care.persons.erasing import erase
from backorder.care.persons.find import Asked
from backorder.orders.clearance import set_payment_state
from tests.allocation.shop import buy, drop, order_in
from tests.care.post import MAIL, name_mail, open_house
from tests.care.test_feedback import ASKS
from tests.fulfilment.shop import order_of
from tests.portal.pages import address, clock, read, shop
from tests.supply.shop import TODAY, cause

__all__ = ["clock", "shop"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asks(clock: None) -> None:  # noqa: ARG001 - comes before
    """Let somebody wait, and the house ask."""
    open_house(ASKS)
    order_in("LAMP", 9, "PO-1")
    buy("A-1", ("LAMP", 2))


def test_who_waits_is_led_from_the_order_to_the_question_and_thanked_once(client: Client) -> None:
    where = address(what="/feedback")
    assert f'href="{where}">Say what you think</a>' in read(client)
    page = client.get(where).content.decode()
    assert "How do you find the ordering and the waiting so far?" in page
    assert page.count('type="radio"') == 5
    answer = client.post(where, {"score": "2", "text": "Nobody told me why.\r\nTwice.\a"})
    assert (answer.status_code, answer["Location"]) == (302, where)
    made = Feedback.objects.get()
    assert (made.score, made.text, made.moment, made.channel, made.entry.who) == (
        *(2, "Nobody told me why.\nTwice.", "waiting"),
        *("page", "customer"),
    )
    page = client.get(where).content.decode()
    assert ("Thank you. It is noted, and a person reads it." in page, 'type="radio"' in page) == (True, False)
    client.post(where, {"score": "5"})
    assert Feedback.objects.count() == 1
    assert "Say what you think" not in read(client)


def test_a_program_finds_the_question_among_the_choices_and_answers_it(client: Client) -> None:
    json = {"accept": "application/json"}
    (choice,) = [
        one for one in client.get(address(), headers=json).json()["choices"] if one["choice"] == "feedback"
    ]
    where = address(what="/feedback")
    assert (choice["post_to"], choice["asks"]) == (
        f"http://testserver{where}",
        {"score": "1 to 5", "text": "text, or blank"},
    )
    wrong = client.post(where, choice["fields"] | {"score": "6"}, headers=json)
    assert (wrong.status_code, wrong.json()["order"], Feedback.objects.count()) == (422, "A-1", 0)
    after = client.post(where, choice["fields"] | {"score": "4"}, headers=json, follow=True).json()
    assert after["said"] == "Thank you. It is noted, and a person reads it."
    assert "feedback" not in [one["choice"] for one in after["choices"]]


def test_once_nothing_is_to_come_the_question_is_another_one(client: Client) -> None:
    where = address(what="/feedback")
    client.post(where, {"score": "2"})
    drop("A-1", 2)
    assert "What should we have done better?" in client.get(where).content.decode()
    client.post(where, {"score": "1"})
    assert list(Feedback.objects.order_by("id").values_list("moment", flat=True)) == ["waiting", "cancelled"]


@pytest.mark.parametrize(
    "typed", [{}, {"score": "0"}, {"score": "6"}, {"score": "x"}, {"score": "3", "text": "x" * 2001}]
)
def test_what_is_no_score_is_refused_with_what_was_typed_and_nothing_is_kept(
    client: Client, typed: dict[str, str]
) -> None:
    answer = client.post(address(what="/feedback"), {"text": "Too slow.", **typed})
    page = answer.content.decode()
    assert (answer.status_code, "Please choose a score from 1 to 5" in page) == (422, True)
    assert (typed.get("text", "Too slow.")[:2000] in page, Feedback.objects.count()) == (True, 0)


def test_whom_the_house_does_not_ask_is_led_to_the_order(client: Client) -> None:
    open_house('\n[feedback]\nask = ["delivered"]\n')
    where = address(what="/feedback")
    assert "Say what you think" not in read(client)
    for answer in (client.get(where), client.post(where, {"score": "3"})):
        assert (answer.status_code, answer["Location"]) == (302, address())
    assert Feedback.objects.count() == 0


def test_a_link_that_only_shows_and_a_forged_one_say_nothing(client: Client) -> None:
    shows = f"/o/{sign(order_of('A-1'), TODAY, may_choose=False)}"
    assert "Say what you think" not in client.get(shows).content.decode()
    assert client.post(f"{shows}/feedback", {"score": "3"}).status_code == 302
    assert client.post("/o/x/feedback", {"score": "3"}).status_code == 404
    assert Feedback.objects.count() == 0


def test_a_get_notes_nothing(client: Client) -> None:
    client.get(address(what="/feedback?score=5"))
    assert Feedback.objects.count() == 0


def test_of_whoever_was_erased_nothing_more_is_taken(client: Client) -> None:
    set_payment_state(name_mail(), "unpaid", cause())  # so that no money is owed
    drop("A-1", 2)
    asked = {one: client.get(address(what=f"/{one}")).status_code for one in ("feedback", "call")}
    assert asked == {"feedback": 200, "call": 200}
    erase(Asked(code=MAIL), cause())
    assert "Say what you think" not in read(client)
    for what, typed in (("feedback", {"score": "2"}), ("call", {"phone": "+1 503 555 0100"})):
        answer = client.post(address(what=f"/{what}"), typed)
        assert (answer.status_code, answer["Location"]) == (302, address())
    assert (Feedback.objects.count(), Callback.objects.count()) == (0, 0)
