"""Messages: let go by a person, handed to a real mail server, each once."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import override_settings

from backorder.allocation import events
from backorder.care.letters.writing import Own
from backorder.care.models import Draft, Message, Notice
from backorder.care.post.messages import SEND, end_sent, let_go, take_back
from backorder.care.post.sending import claim, send_messages
from backorder.care.telling import note_failure
from backorder.orders.customers import CustomerFacts, save_customers
from backorder.orders.services import OrderError
from backorder.outbox.feed import WRITERS
from backorder.outbox.models import Entry
from backorder.outbox.turns import TURNS
from tests.allocation.shop import buy, order_in, slip, stock
from tests.care.letters import by, go_to, shop, write
from tests.care.post import MAIL, Box, box, go, look, name_mail, open_house, outcomes, post
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db


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
    names = str(mail["Message-ID"]), str(second["Message-ID"])
    assert (mail["References"], second["References"]) == (names[0], " ".join(names))
    assert "http" not in page.get_content().replace("http-equiv", "")


def test_t14_a_mail_names_what_is_missing_and_not_the_whole_quantity(box: Box) -> None:
    stock("LAMP", 3)
    order_in("LAMP", 2, "PO-1", days=45)
    wait(units=5)
    look()
    go()
    post()
    plain = box.came[0].get_body(("plain",))
    assert plain is not None
    said = plain.get_content()
    assert (
        "2 × LAMP: ships on 8 January 2027." in said,
        "3 × LAMP: here, and set aside for you." in said,
    ) == (True, True)
    assert "5 × LAMP" not in said
    assert list(Notice.objects.get().lines.values_list("quantity", flat=True)) == [2]


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
    assert claim(NOON) == [message]  # and then the power went
    slip(inbound, 20)  # what may have left is never written anew
    assert (post(1), post(5), outcomes()) == (0, 1, ["sent"])
    assert box.names == [f"<{message.name}@lamps.example>"]


def test_what_a_server_took_before_a_crash_is_noted_and_does_not_go_again(box: Box) -> None:
    wait()
    look()
    message = go()
    claim(NOON)
    Message.objects.update(left_at=NOON)  # and then the power went
    assert (post(1), outcomes(), box.came) == (0, ["sent"], [])
    assert Notice.objects.values_list("message", "told_at").get() == (message.pk, NOON)


def test_what_is_not_reached_in_a_second_is_given_back_as_it_was(box: Box) -> None:
    for number in ("A-1", "A-2", "A-3"):
        wait(number)
    look()
    for number in ("A-1", "A-2", "A-3"):
        go(number)
    ticks = count()
    assert send_messages(lambda: NOON + timedelta(seconds=0.3 * next(ticks)), timedelta(seconds=1)) == 1
    assert (outcomes(), len(box.came)) == (["sent", "", ""], 1)
    assert set(Message.objects.filter(outcome="").values_list("handed_at", "tries")) == {(None, 0)}
    take_back(Message.objects.filter(outcome="").latest("id"), by(0))
    assert (post(1), outcomes()) == (1, ["sent", "sent", "taken_back"])


def test_an_address_without_a_mailbox_is_for_a_person_who_may_try_it_again(box: Box) -> None:
    wait()
    look()
    go()
    box.door = ["550 no such mailbox"]
    assert (post(1), outcomes(), Message.objects.get().said) == (0, ["refused"], "550 no such mailbox")
    assert Notice.objects.count() == 0
    assert look(2) == [("A-1", "opening")]
    assert Draft.objects.get().to == ""
    with pytest.raises(OrderError, match="no address takes mail"):
        go(minutes=2)
    let_go(order_of("A-1"), write().mark, by(0))
    assert (post(3), outcomes()) == (1, ["refused", "sent"])
    events.cancel_order(order_of("A-1"), cause())
    wait("A-2")
    look(4)
    assert Draft.objects.get().to == MAIL  # it takes mail again


def test_mail_that_came_back_kills_its_address(box: Box) -> None:
    wait()
    look()
    go()
    post()
    note_failure(Notice.objects.get(), by(0))
    assert (look(1), Draft.objects.get().to, len(box.came)) == ([("A-1", "opening")], "", 1)


@pytest.mark.parametrize(
    "answer", ["451 later", "554 no relay", "550 5.7.1 relaying denied", "554 access denied"]
)
def test_what_a_server_wants_of_us_says_nothing_of_addresses(box: Box, answer: str) -> None:
    for number in ("A-1", "A-2"):
        wait(number)
    look()
    go("A-1")
    go("A-2")
    box.door = [answer]
    assert post(1) == (1 if answer.startswith("451") else 0)
    assert answer in Message.objects.earliest("id").said
    assert post(2) + post(6) == (1 if answer.startswith("451") else 2)
    assert outcomes() == ["sent", "sent"]


def test_who_may_not_send_just_now_did_not_send_and_writes_anew(box: Box) -> None:
    inbound = order_in("LAMP", 5, "PO-1")
    wait()
    look()
    go()
    box.first = ["451 not so fast"]
    assert (post(1), outcomes()) == (0, [""])
    slip(inbound, 20)
    assert (post(6), outcomes(), box.came) == (0, ["withdrawn"], [])


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


def test_what_a_server_puts_off_is_tried_again(box: Box) -> None:
    wait()
    look()
    go()
    box.answers = ["451 later", "451 later"]
    assert [post(minutes) for minutes in (1, 2, 6, 7, 26)] == [0, 0, 0, 0, 1]
    assert outcomes() == ["sent"]


def test_what_is_put_off_again_and_again_is_for_a_person(box: Box) -> None:
    wait()
    look()
    go()
    box.answers = ["451 later"] * 9
    for hours in range(10):
        post(60 * hours)
    assert outcomes() == ["failed"]


def test_an_address_that_changed_before_it_left_gets_nothing(box: Box) -> None:
    wait()
    look()
    go()
    save_customers([CustomerFacts(MAIL, email="b@customers.example")], cause())
    assert (post(1), outcomes(), box.came) == (0, ["withdrawn"], [])


def test_where_all_that_waits_is_here_there_is_nothing_to_send(box: Box) -> None:
    stock("LAMP", 2)
    wait()
    letter = write()
    assert letter.revised == ()
    with pytest.raises(OrderError, match="all that waits is here"):
        let_go(order_of("A-1"), letter.mark, by(0))
    assert box.came == []


def test_what_others_write_meanwhile_is_no_reason_to_write_anew(box: Box) -> None:
    order_in("LAMP", 5, "PO-1")
    wait()
    look()
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, (SELECT last_value::int - 9 FROM outbox_entry_id_seq))",
            [WRITERS],
        )
        message = go()
        assert message.read_to < message.entry_id - 1
        assert (post(1), outcomes(), len(box.came)) == (1, ["sent"], 1)


def test_only_one_sends_at_a_time(box: Box) -> None:
    wait()
    look()
    go()
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [TURNS, SEND])
        assert (post(1), box.came) == (0, [])
        other.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [TURNS, SEND])
        assert post(2) == 1


def test_without_a_mail_server_nothing_is_let_go() -> None:
    wait()
    look()
    with pytest.raises(OrderError, match="no mail server is named"):
        go()
    open_house("")
    with pytest.raises(OrderError, match="do not say"):
        go()
    assert Message.objects.count() == 0


def test_a_message_that_did_not_leave_is_taken_back(box: Box) -> None:
    wait()
    look()
    take_back(go(), by(0))
    assert (post(1), outcomes(), look(1)) == (0, ["taken_back"], [("A-1", "opening")])
    message = go(minutes=2)
    post(2)
    with pytest.raises(OrderError, match="has left"):
        take_back(message, by(1))
    assert len(box.came) == 1


def test_a_message_never_says_anything_else_and_ends_once(box: Box) -> None:  # noqa: ARG001 - takes it
    wait()
    look()
    message = go()
    changes: list[dict[str, object]] = [{"text": "x"}, {"to": "b@customers.example"}, {"lines": []}]
    for change in changes:
        with pytest.raises(IntegrityError, match="never says anything else"), transaction.atomic():
            Message.objects.update(**change)
    message.left_at = NOON
    end_sent([message])
    with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
        Message.objects.update(outcome="refused")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Message.objects.order_by()._raw_delete("default")  # noqa: SLF001 - past Django's own guard
