"""Messages: let go by a person or a rule, handed to a real mail server, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import override_settings

from backorder.care.letters.writing import Own
from backorder.care.models import Draft, Message, Notice
from backorder.care.post.alone import send_alone
from backorder.care.post.messages import end_sent, let_go, stop, withdraw
from backorder.care.post.sending import claim
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, order_in, slip
from tests.care.letters import by, go_to, shop, write
from tests.care.post import MAIL, Box, box, fly, go, look, name_mail, open_house, outcomes, post
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
ALONE = '[sending]\nmode = "on"\nwait_minutes = 10\nalone = { opening = 2, later = 5 }\n'
NIGHT = "quiet_from = 20:00:00\nquiet_until = 08:00:00\n"


@pytest.fixture(autouse=True)
def _sends(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let the house send."""
    open_house()


def test_a_person_lets_a_message_go_and_it_counts_once_the_server_took_it(box: Box) -> None:
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    look()
    message = go()
    assert (outcomes(), Notice.objects.count(), post(1)) == ([""], 0, 1)
    notice = Notice.objects.get()
    assert (notice.message, notice.channel, notice.told_at) == (message, "mail", NOON + timedelta(minutes=1))
    assert notice.text == f"{message.subject}\n\n{message.text}"
    assert list(notice.lines.values_list("revised_on", "quantity")) == [(TODAY + timedelta(days=45), 2)]
    assert list(Entry.objects.order_by("id").values_list("what", flat=True))[-2:] == [
        "message.written",
        "notice.noted",
    ]
    assert (outcomes(), post(2), len(box.came)) == (["sent"], 0, 1)
    assert look(3) == []


def test_the_mail_says_the_same_twice_and_asks_no_machine_to_answer(box: Box) -> None:
    inbound = order_in("LAMP", 5, "PO-1", days=10)
    wait()
    look()
    first = go()
    post()
    slip(inbound, 20)
    look(1)
    go(minutes=1)
    post(1)
    mail, second = box.came
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert mail.get_content_type() == "multipart/alternative"
    assert plain.get_content().split() == first.text.split()
    assert page.get_content().split() == first.page.split()
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "The lamp shop <help@lamps.example>",
        MAIL,
        first.subject,
    )
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "en")
    assert mail["Message-ID"] == f"<{first.name}@lamps.example>"
    assert (mail["In-Reply-To"], second["In-Reply-To"]) == (None, mail["Message-ID"])
    assert second["References"] == mail["Message-ID"]
    assert "http" not in page.get_content().replace("http-equiv", "")


def test_a_letter_in_german_arrives_in_german(box: Box) -> None:
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "DE")
    name_mail()
    look()
    go()
    post()
    plain = box.came[0].get_body(("plain",))
    assert plain is not None
    assert (box.came[0]["Content-Language"], "24. November 2026" in plain.get_content()) == ("de", True)


def test_nothing_goes_twice(box: Box) -> None:  # noqa: ARG001 - takes it
    wait()
    look()
    go()
    with pytest.raises(OrderError, match="on its way already"):
        go()
    post()
    with pytest.raises(OrderError, match="changed since you read it"):
        go()


def test_a_person_sends_the_letter_that_was_read_in_words_of_their_own(box: Box) -> None:
    wait()
    own = Own("The kiln broke.", "")
    letter = write(own=own)
    with pytest.raises(OrderError, match="changed since you read it"):
        let_go(order_of("A-1"), letter.mark, by(0))
    let_go(order_of("A-1"), letter.mark, by(0), own)
    post()
    plain = box.came[0].get_body(("plain",))
    assert plain is not None
    assert "The kiln broke." in plain.get_content()


def test_what_changed_before_it_left_is_written_anew(box: Box) -> None:
    inbound = order_in("LAMP", 5, "PO-1")
    wait()
    look()
    go()
    slip(inbound, 20)
    assert (post(1), outcomes(), box.came) == (0, ["withdrawn"], [])
    assert look(2) == [("A-1", "opening")]
    go(minutes=2)
    assert (post(2), len(box.came)) == (1, 1)


def test_of_another_day_it_is_written_anew(box: Box) -> None:
    wait()
    look()
    go()
    assert (post(24 * 60), outcomes(), box.came) == (0, ["withdrawn"], [])


def test_after_a_crash_the_same_message_goes_again_with_its_name(box: Box) -> None:
    inbound = order_in("LAMP", 5, "PO-1")
    wait()
    look()
    message = go()
    assert claim(NOON) == message  # and then the power went
    slip(inbound, 20)  # what may have left is never written anew
    assert (post(1), outcomes()) == (1, ["sent"])
    assert box.names == [f"<{message.name}@lamps.example>"]


def test_what_a_server_refuses_for_good_is_for_a_person(box: Box) -> None:
    wait()
    look()
    go()
    box.answers = ["550 no such mailbox"]
    assert (post(1), outcomes(), Message.objects.get().said) == (0, ["refused"], "550 no such mailbox")
    assert Notice.objects.count() == 0
    assert look(2) == [("A-1", "opening")]
    assert Draft.objects.get().to == ""
    with pytest.raises(OrderError, match="no address takes mail"):
        go(minutes=2)


def test_what_a_server_puts_off_is_tried_again(box: Box) -> None:
    wait()
    look()
    go()
    box.answers = ["451 later", "451 later"]
    assert [post(minutes) for minutes in (1, 2, 6, 7, 26)] == [0, 0, 0, 0, 1]
    assert outcomes() == ["sent"]


def test_a_server_that_wants_nothing_from_us_says_nothing_of_addresses(box: Box) -> None:
    for number in ("A-1", "A-2"):
        wait(number)
    look()
    first, second = go("A-1"), go("A-2")
    box.answers = ["554 5.7.1 relaying denied"]
    assert (post(1), outcomes()) == (0, ["", ""])
    assert set(Message.objects.values_list("said", flat=True)) == {str(Message.objects.get(pk=first.pk).said)}
    assert "5.7.1 relaying denied" in Message.objects.get(pk=second.pk).said
    assert (post(2), post(6), outcomes()) == (1, 1, ["sent", "sent"])


def test_where_no_server_answers_each_message_says_so_and_waits(box: Box) -> None:
    wait()
    look()
    message = go()
    with override_settings(EMAIL_PORT=1):
        assert (post(1), outcomes()) == (0, [""])
    assert "Connection refused" in Message.objects.get(pk=message.pk).said
    assert (post(2), outcomes(), len(box.came)) == (1, ["sent"], 1)


def test_what_was_withdrawn_keeps_nothing_behind_it(box: Box) -> None:
    inbound = order_in("LAMP", 9, "PO-1")
    wait("A-1")
    wait("A-2")
    buy("A-3", ("TENT", 1))
    name_mail("A-3")
    look()
    for number in ("A-1", "A-2", "A-3"):
        go(number)
    slip(inbound, 20)
    assert (post(1), outcomes()) == (1, ["withdrawn", "withdrawn", "sent"])
    assert len(box.came) == 1


def test_what_is_put_off_again_and_again_is_for_a_person(box: Box) -> None:
    wait()
    look()
    go()
    box.answers = ["451 later"] * 9
    for hours in range(10):
        post(60 * hours)
    assert outcomes() == ["refused"]


def test_without_a_mail_server_nothing_is_let_go() -> None:
    wait()
    look()
    with pytest.raises(OrderError, match="no mail server is named"):
        go()
    open_house("")
    with pytest.raises(OrderError, match="do not say"):
        go()
    assert Message.objects.count() == 0


def test_rules_let_go_what_has_stood_long_enough(box: Box) -> None:
    open_house(ALONE)
    wait()
    assert [fly(minutes) for minutes in (0, 9, 10, 11)] == [0, 0, 1, 0]
    assert (len(box.came), Entry.objects.get(what="message.written").who) == (1, "autopilot")


def test_news_that_change_again_and_again_are_told_after_hours_all_the_same(box: Box) -> None:
    open_house(ALONE)
    inbound = order_in("LAMP", 5, "PO-1")
    wait()
    gone = []
    for turn in range(60):
        slip(inbound, 11 + turn)
        gone.append(fly(9 * turn))
    assert [turn for turn, went in enumerate(gone) if went] == [27, 55]  # 9 × 27 minutes: four hours
    assert len(box.came) == 2


def test_more_than_a_rule_allows_wait_for_a_person(box: Box) -> None:
    open_house(ALONE)
    for number in ("A-1", "A-2", "A-3"):
        wait(number)
    look()
    assert (fly(10), box.came) == (0, [])
    go("A-1", 11)
    assert (fly(11), len(box.came)) == (2, 3)
    wait("A-4")
    look(12)
    assert fly(30) == 0  # two went alone today


def test_nobody_is_woken_but_on_the_last_day_of_the_law(box: Box) -> None:
    open_house(ALONE + NIGHT)
    hours = 60 * 15  # 03:00 UTC is 22:00 in New York, and it is never day everywhere
    wait()
    look(hours)
    assert fly(hours + 20) == 0
    Draft.objects.update(tell_by=TODAY)
    look(hours + 20)
    Draft.objects.update(tell_by=TODAY)
    assert send_alone(lambda: NOON + timedelta(minutes=hours + 21)) == 1
    post(hours + 21)
    assert len(box.came) == 1


def test_the_stop_switch_stops_everything(box: Box) -> None:
    open_house(ALONE)
    wait("A-1")
    look()
    go("A-1")
    assert stop(cause(), stopped=True) is not None
    assert stop(cause(), stopped=True) is None
    wait("A-2")
    look(1)
    assert (fly(20), post(20), box.came) == (0, 0, [])
    stop(cause(), stopped=False)
    assert (post(21), fly(21), len(box.came)) == (1, 1, 2)


def test_in_the_shadow_nothing_leaves_and_what_would_have_is_kept_once(box: Box) -> None:
    open_house(ALONE.replace('"on"', '"shadow"'))
    wait()
    assert [fly(minutes) for minutes in (0, 10, 11, 60)] == [0, 1, 0, 0]
    assert (outcomes(), box.came, Notice.objects.count()) == (["shadow"], [], 0)
    assert look(61) == [("A-1", "opening")]


def test_a_message_that_did_not_leave_is_taken_back(box: Box) -> None:
    wait()
    look()
    withdraw(go(), by(0))
    assert (post(1), outcomes(), look(1)) == (0, ["withdrawn"], [("A-1", "opening")])
    message = go(minutes=2)
    post(2)
    with pytest.raises(OrderError, match="has left"):
        withdraw(message, by(1))
    assert len(box.came) == 1


def test_a_message_never_says_anything_else_and_ends_once(box: Box) -> None:  # noqa: ARG001 - takes it
    wait()
    look()
    message = go()
    changes: list[dict[str, object]] = [{"text": "x"}, {"to": "b@customers.example"}, {"lines": []}]
    for change in changes:
        with pytest.raises(IntegrityError, match="never says anything else"), transaction.atomic():
            Message.objects.update(**change)
    end_sent(message, NOON)
    with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
        Message.objects.update(outcome="refused")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Message.objects.order_by()._raw_delete("default")  # noqa: SLF001 - past Django's own guard
