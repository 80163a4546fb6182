"""The page of those who must be told something: read, chosen, sent, stopped, taken back."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.care.models import Draft, Message
from backorder.care.post.messages import is_stopped
from backorder.outbox.models import Entry
from tests.allocation.shop import order_in, slip
from tests.care.letters import shop
from tests.care.post import MAIL, Box, box, fly, go, look, open_house, outcomes, post
from tests.care.receipts import RECEIPTS, cancel_here, confirm, wait_for_lamps
from tests.care.test_drafts import wait

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sends(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let the house send."""
    open_house()


def read(client: Client, address: str = "/notices") -> str:
    return " ".join(client.get(address).content.decode().split())


def press(client: Client, address: str, **typed: object) -> str:
    return " ".join(client.post(address, typed, follow=True).content.decode().split())


def choose(*numbers: str) -> list[str]:
    return [f"{draft.order_id}:{draft.news}" for draft in Draft.objects.filter(order__number__in=numbers)]


def test_what_is_chosen_goes_and_what_became_of_it_is_shown(planner: Client, box: Box) -> None:
    for number in ("A-1", "A-2", "A-3"):
        wait(number)
    look()
    page = read(planner)
    assert page.count('name="chosen"') == 3
    assert f"by mail<small>{MAIL}</small>" in page
    page = press(planner, "/notices/send", chosen=choose("A-1", "A-2"))
    assert ("2 messages let go." in page, page.count('name="chosen"')) == (True, 1)
    assert page.count("on its way</span>") == 2
    post()
    page = read(planner)
    assert (len(box.came), page.count("sent</span>")) == (2, 2)
    message = Message.objects.earliest("id")
    page = read(planner, f"/messages/{message.pk}")
    assert message.subject in page
    assert "Good day A. Nother," in page
    assert "Take it back" not in page
    assert (
        read(planner, "/orders/A-1").count(
            "let a message to the customer go: that it waits, and for how long"
        )
        == 1
    )


def test_what_changed_since_it_was_read_does_not_go(planner: Client, box: Box) -> None:
    inbound = order_in("LAMP", 5, "PO-1")
    wait()
    look()
    chosen = choose("A-1")
    slip(inbound, 20)
    assert "A-1: order A-1: what there is to tell has changed" in press(
        planner, "/notices/send", chosen=chosen
    )
    look(1)
    assert "what there is to tell has changed" in press(planner, "/notices/send", chosen=chosen)
    assert (outcomes(), box.came) == ([], [])


def test_nothing_chosen_and_nonsense_are_said(planner: Client, box: Box) -> None:  # noqa: ARG001 - takes it
    assert "Nothing was chosen." in press(planner, "/notices/send")
    for nonsense in ("x", "", "٣:x", "9" * 30 + ":x", "7:"):
        assert "needs no message any more" in press(planner, "/notices/send", chosen=[nonsense])
    assert planner.get("/messages/7").status_code == 404


def test_who_cannot_be_reached_by_mail_is_for_a_person(planner: Client, box: Box) -> None:
    wait()
    look()
    go()
    box.door = ["550 no such mailbox"]
    post()
    look(1)
    page = read(planner)
    assert "by a person</span><small>no address takes mail; phone +1 503 555 0199</small>" in page
    assert "not delivered</span>" in page
    assert "550 no such mailbox" in page
    assert 'name="chosen"' not in page
    assert '<dt>Not delivered, last 30 days</dt><dd class="bad">1</dd>' in page


def test_everything_is_stopped_by_one_button_and_goes_on_by_another(planner: Client, box: Box) -> None:
    wait()
    look()
    go()
    page = press(planner, "/notices/stop", stopped="yes")
    assert "Somebody stopped all messages." in page
    assert (is_stopped(), post(), box.came) == (True, 0, [])
    assert "Somebody stopped" not in press(planner, "/notices/stop", stopped="no")
    assert (post(), len(box.came)) == (1, 1)
    assert list(Entry.objects.filter(what__startswith="mail.").values_list("what", "who")) == [
        ("mail.stopped", "planner"),
        ("mail.resumed", "planner"),
    ]


def test_a_message_is_taken_back_until_it_left(planner: Client, box: Box) -> None:
    wait()
    look()
    message = go()
    assert "Take it back" in read(planner, f"/messages/{message.pk}")
    assert "It is taken back." in press(planner, f"/messages/{message.pk}/withdraw")
    assert "has left" in press(planner, f"/messages/{message.pk}/withdraw")
    assert (post(), outcomes(), box.came) == (0, ["taken_back"], [])


def test_mail_that_came_back_is_noted_and_its_customer_is_for_a_person(planner: Client, box: Box) -> None:
    wait()
    look()
    message = go()
    assert "was not sent." in press(planner, f"/messages/{message.pk}/returned")
    post()
    assert "It came back" in read(planner, f"/messages/{message.pk}")
    assert "the customer was not told" in press(planner, f"/messages/{message.pk}/returned")
    assert "It came back</button>" not in read(planner, f"/messages/{message.pk}")
    assert (look(1), Draft.objects.get().to, len(box.came)) == ([("A-1", "opening")], "", 1)
    assert "not delivered</span>" in read(planner)


def test_a_letter_goes_as_it_was_read_in_own_words(planner: Client, box: Box) -> None:
    wait()
    words = {"language": "de", "reason": "Der Ofen ist kaputt.", "steps": ""}
    answer = planner.get("/letters/A-1", words)
    assert f"Send it to {MAIL}" in answer.content.decode()
    mark = answer.context["letter"].mark
    assert "has changed since you read it" in press(planner, "/letters/A-1", send="yes", mark=mark)
    assert "It is on its way." in press(planner, "/letters/A-1", send="yes", mark=mark, **words)
    post()
    plain = box.came[0].get_body(("plain",))
    assert plain is not None
    assert "Der Ofen ist kaputt." in plain.get_content()


def test_without_a_mail_server_or_a_mode_the_page_says_why_nothing_leaves(planner: Client) -> None:
    wait()
    look()
    page = read(planner)
    assert "Nothing can leave: no mail server is named." in page
    assert 'name="chosen"' not in page
    open_house("")
    assert "Nothing is sent from here." in read(planner)
    assert "Send it to" not in read(planner, "/letters/A-1")


def test_in_the_shadow_the_page_shows_what_would_have_gone(planner: Client, box: Box) -> None:
    open_house('[sending]\nmode = "shadow"\nwait_minutes = 0\nalone = { opening = 5 }\n')
    wait()
    assert fly(1) == 1
    page = read(planner)
    assert "In the shadow:" in page
    assert page.count("would have gone</span>") == 1
    assert box.came == []


def test_a_draft_that_cannot_be_written_says_why(planner: Client, box: Box) -> None:  # noqa: ARG001 - takes it
    wait()
    look()
    Draft.objects.update(fault="the record contradicts itself: x")
    page = read(planner)
    assert "a person must look</span><small>the record contradicts itself: x</small>" in page


def test_who_may_only_read_sends_and_stops_nothing(reader: Client, box: Box) -> None:
    wait()
    look()
    message = go()
    page = read(reader)
    assert "Stop all messages" not in page
    assert 'name="chosen"' not in page
    assert "Take it back" not in read(reader, f"/messages/{message.pk}")
    acts = [f"/messages/{message.pk}/{what}" for what in ("withdraw", "returned")]
    for address in ("/notices/send", "/notices/stop", *acts):
        assert reader.post(address, {"stopped": "yes"}).status_code == 403
    assert (is_stopped(), box.came) == (False, [])
    assert outcomes() == [""]


def test_a_receipt_is_shown_as_one_and_may_come_back(planner: Client, box: Box) -> None:
    wait_for_lamps()
    cancel_here({"1": 1})
    confirm()
    message = Message.objects.get()
    assert (len(box.came), ">what was cancelled<" in read(planner)) == (1, True)
    page = read(planner, f"/messages/{message.pk}")
    assert ("It told what was cancelled." in page, message.subject in page) == (True, True)
    page = press(planner, f"/messages/{message.pk}/returned")
    assert "the receipt did not arrive. Tell the customer otherwise." in page
    story = read(planner, "/orders/A-1")
    assert "confirmed to the customer in writing what was cancelled" in story


def test_receipts_that_are_kept_back_are_let_go_or_dropped_by_a_person(planner: Client, box: Box) -> None:
    open_house(f"{RECEIPTS}receipts_each_day = 0\n")
    wait_for_lamps()
    for minutes, button in enumerate(({}, {"drop": "yes"})):
        cancel_here({"1": 1}, minutes=minutes)
        assert confirm(minutes) == 0
        assert "1 receipt of what happened waits: more were to go" in read(planner)
        said = "1 receipt dropped." if button else "1 receipt let go."
        assert said in press(planner, "/notices/receipts", **button)
        assert "receipt of what happened" not in read(planner)
        confirm(minutes)
    assert len(box.came) == 1
    assert "No receipts are kept back any more." in press(planner, "/notices/receipts")
