"""What comes back about messages: mails that did not arrive, machines that answer, customers who do."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.care.clock.alone import cancel_alone
from backorder.care.house import write_house
from backorder.care.models import Answer, MailEvent, Message, NoticeFailure
from backorder.care.post.lookout import look_out
from backorder.care.post.receipts import write_receipts
from backorder.care.replies.arrivals import NotEndedError, look_at_reply, take_mail
from backorder.care.replies.mailbox import Came, read_mail
from backorder.care.replies.selectors import list_unread
from backorder.care.replies.words import list_words
from backorder.orders.models import Cancellation
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.supply.models import InboundLine
from tests.allocation.shop import buy, order_in, slip, stock
from tests.care.letters import HOUSE, by, go_to, shop
from tests.care.post import MAIL, SENDING, Box, box, go, look, name_mail, open_house, post
from tests.care.test_clock import CANCELLING, LAST
from tests.fulfilment.shop import order_of, release
from tests.supply.shop import NOON, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
AFTER = NOON + timedelta(minutes=30)


def tell(box: Box, number: str = "A-1", place: str = "US", days: int = 70) -> Message:
    """Let somebody wait, and be told a day that wants an answer."""
    open_house()
    order_in("LAMP", 4, f"PO-{number}", days=days)
    buy(number, ("LAMP", 4))
    go_to(number, place, "TX" if place == "US" else "")
    name_mail(number)
    look()
    message = go(number)
    assert post(1) == 1
    message.refresh_from_db()
    assert (message.outcome, str(box.came[-1]["Message-ID"]).startswith(f"<{message.name}@")) == (
        "sent",
        True,
    )
    return message


def reply_to(box: Box, text: str, sender: str = MAIL, **headers: str) -> EmailMessage:
    """Write an answer to what came last, as a person's program does, with what it answers below."""
    came = box.came[-1]
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Zed <{sender}>", str(came["From"])
    mail["Subject"] = f"Re: {came['Subject']}"
    mail["Message-ID"] = headers.pop("name", "<answer-1@customers.example>")
    mail["In-Reply-To"] = str(came["Message-ID"])
    mail["References"] = str(came["Message-ID"])
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {row}" for row in came.get_body(("plain",)).get_content().splitlines())  # type: ignore[union-attr]
    mail.set_content(
        f"{text}\n\nOn Tue, 24 Nov 2026 at 12:01, The lamp shop <help@lamps.example> wrote:\n{quoted}\n"
    )
    return mail


def take(mail: EmailMessage, at: datetime = AFTER) -> MailEvent | None:
    """Take a mail as it comes over a line."""
    return take_mail(read_mail(message_from_bytes(bytes(mail), policy=policy.default)), at)


def bounce(box: Box, action: str = "failed", *, whole: bool = True) -> EmailMessage:
    """Write what a mail server reports of what came last, with the message or its headers alone."""
    came = box.came[-1]
    inside = bytes(came) if whole else f"Message-ID: {came['Message-ID']}\r\nSubject: x\r\n".encode()
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    raw = (
        b"From: MAILER-DAEMON@mx.example\r\nTo: help@lamps.example\r\nSubject: Undelivered\r\n"
        b"Message-ID: <dsn-1@mx.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; a@customers.example\r\nAction: "
        + action.encode()
        + b"\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        b"--b\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + inside + b"\r\n--b--\r\n"
    )
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def said() -> list[tuple[str, int | None, str, str]]:
    """List what customers said: kind, units, how, and who noted it."""
    return list(Answer.objects.order_by("id").values_list("kind", "quantity", "channel", "entry__who"))


def test_a_mail_that_came_back_was_no_notice_and_a_person_must_tell_it(box: Box) -> None:
    message = tell(box)
    event = take(bounce(box))
    assert event is not None
    assert (event.kind, event.text, event.message) == ("bounced", "smtp; 550 5.1.1 no such user", message)
    assert NoticeFailure.objects.get().notice.message == message
    assert look(31) == [("A-1", "opening")]
    assert order_of("A-1").draft.to == ""
    assert take(bounce(box)) is None  # told again
    assert (MailEvent.objects.count(), NoticeFailure.objects.count()) == (1, 1)


def test_a_report_may_bring_the_headers_alone(box: Box) -> None:
    tell(box)
    event = take(bounce(box, whole=False))
    assert event is not None
    assert event.kind == "bounced"


@pytest.mark.parametrize(("action", "kind"), [("delayed", "deferred"), ("relayed", "delivered")])
def test_a_mail_that_is_late_is_still_on_its_way(box: Box, action: str, kind: str) -> None:
    tell(box)
    before = Entry.objects.count()
    event = take(bounce(box, action))
    assert event is not None
    assert (event.kind, NoticeFailure.objects.count(), Entry.objects.count()) == (kind, 0, before)


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<x.example>"},
        {"Return_Path": "<>"},
    ],
)
@pytest.mark.parametrize("text", ["I wait", "cancel", "I am on holiday until 4 January."])
def test_what_a_machine_answers_is_no_answer(box: Box, header: dict[str, str], text: str) -> None:
    tell(box)
    event = take(reply_to(box, text, **header))
    assert event is not None
    assert (event.kind, said(), list(list_unread())) == ("automatic", [], [])


@pytest.mark.parametrize("word", [word for word, kind in list_words().items() if kind == "accepts"])
def test_a_word_of_the_letter_agrees_to_wait(box: Box, word: str) -> None:
    message = tell(box)
    event = take(reply_to(box, f"{word.capitalize()}."))
    assert event is not None
    assert said() == [("accepts", 4, "mail", "customer")]
    answer = Answer.objects.get()
    assert (answer.said_at, answer.notice and answer.notice.message) == (AFTER, message)
    assert answer.entry.caused_by == event.entry
    assert (list(list_unread()), event.look.entry.who) == ([], "customer")


@pytest.mark.parametrize("word", [word for word, kind in list_words().items() if kind == "cancels"])
def test_a_word_of_the_letter_cancels_all_that_is_open(box: Box, word: str) -> None:
    tell(box)
    take(reply_to(box, f"“{word.upper()}” !"))
    assert said() == [("cancels", 4, "mail", "customer")]
    assert Cancellation.objects.get().quantity == 4
    assert order_of("A-1").lines.get().quantity_open == 0


def test_the_words_are_those_that_letters_name() -> None:
    assert list_words() == {
        **dict.fromkeys(("i wait", "ich warte", "j'attends", "espero"), "accepts"),
        **dict.fromkeys(("cancel", "stornieren", "annuler", "cancelar"), "cancels"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "I wait for the two, cancel the rest",
        "Do not cancel",
        "cancel?? no, I wait",
        "end",
        "until 14 February 2027",
        "I can't wait any longer!",
        "please cancel",
    ],
)
def test_everything_else_a_person_reads(box: Box, text: str) -> None:
    tell(box)
    event = take(reply_to(box, text))
    assert event is not None
    assert (said(), [each.pk for each in list_unread()]) == ([], [event.pk])
    assert event.text == text
    entry = look_at_reply(event, by(1))
    assert entry is not None
    assert (entry.what, list(list_unread()), look_at_reply(event, by(1))) == ("reply.read", [], None)


def test_a_word_from_another_address_is_for_a_person(box: Box) -> None:
    tell(box)
    event = take(reply_to(box, "cancel", sender="somebody@elsewhere.example"))
    assert event is not None
    assert (said(), list(list_unread())) == ([], [event])


def test_a_word_to_an_older_message_is_for_a_person(box: Box) -> None:
    tell(box)
    first = box.came[-1]
    slip_all(20)
    look(40)
    go(minutes=40)
    assert post(41) == 1
    box.came.append(first)
    event = take(reply_to(box, "I wait"), NOON + timedelta(hours=1))
    assert event is not None
    assert (said(), list(list_unread())) == ([], [event])


def slip_all(days: int) -> None:
    slip(InboundLine.objects.get(), 70 + days)


def test_a_cancellation_that_crosses_a_shipment_is_for_a_person(box: Box) -> None:
    tell(box)
    stock("LAMP", 1)
    release("A-1")
    event = take(reply_to(box, "cancel"))
    assert (said(), list(list_unread())) == ([], [event])


def test_a_yes_to_what_asks_for_none_is_for_a_person(box: Box) -> None:
    tell(box, days=5)
    event = take(reply_to(box, "I wait"))
    assert (said(), list(list_unread())) == ([], [event])


def test_a_mail_is_taken_once(box: Box) -> None:
    tell(box)
    mail = reply_to(box, "cancel")
    assert take(mail) is not None
    assert take(mail) is None
    assert len(said()) == 1
    assert take(reply_to(box, "no, wait", name="<answer-2@customers.example>")) is not None
    assert MailEvent.objects.count() == 2


def test_a_mail_without_a_name_is_taken_once(box: Box) -> None:
    tell(box)
    mail = reply_to(box, "where is it?")
    del mail["Message-ID"]
    assert take(mail) is not None
    assert take(mail) is None


def test_an_answer_is_known_where_who_passed_the_letter_on_gave_it_another_name(box: Box) -> None:
    message = tell(box)
    mail = reply_to(box, "cancel")
    given = "<0100019a-1b2c@mail.provider.example>"
    mail.replace_header("In-Reply-To", given)
    mail.replace_header("References", f"{box.came[-1]['References']} {given}")
    event = take(mail)
    assert event is not None
    assert (event.message, len(said())) == (message, 1)


def test_a_mail_about_none_of_our_messages_is_left_out(box: Box) -> None:
    tell(box)
    mail = reply_to(box, "cancel")
    for header in ("In-Reply-To", "References"):
        mail.replace_header(header, "<00000000-0000-4000-8000-000000000000@lamps.example>")
    assert take(mail) is None
    assert not MailEvent.objects.exists()


def test_a_page_without_a_plain_part_is_read(box: Box) -> None:
    tell(box)
    mail = reply_to(box, "x")
    mail.set_content("<p>I <b>wait</b></p>", subtype="html")
    take(mail)
    assert said() == [("accepts", 4, "mail", "customer")]


@pytest.mark.usefixtures("box")
def test_what_comes_back_before_it_is_noted_that_it_left_is_to_be_told_again() -> None:
    open_house()
    buy("A-1", ("LAMP", 4))
    go_to("A-1", "US", "TX")
    name_mail()
    look()
    message = go()
    came = Came("bounced", "x", (message.name,), "", "")
    with pytest.raises(NotEndedError, match="it is not noted yet that the message left"):
        take_mail(came, AFTER)
    assert not MailEvent.objects.exists()
    post(1)
    assert take_mail(came, AFTER) is not None


def test_a_report_that_a_person_attached_is_a_reply(box: Box) -> None:
    tell(box)
    mail = reply_to(box, "I wrote to you, and got this back. Please cancel.")
    mail.add_attachment(bounce(box))
    event = take(mail)
    assert event is not None
    assert (event.kind, list(list_unread())) == ("reply", [event])


def test_only_replies_are_dealt_with(box: Box) -> None:
    tell(box)
    event = take(bounce(box))
    assert event is not None
    with pytest.raises(OrderError, match="that is no reply"):
        look_at_reply(event, by(1))


def test_while_a_reply_is_unread_no_rule_cancels(box: Box) -> None:
    tell(box, days=90)
    write_house(HOUSE + SENDING + CANCELLING, cause())
    take(reply_to(box, "I would like to keep it, please"))
    late = NOON + timedelta(days=2 * LAST + 1)
    look_out(lambda: late)
    assert (cancel_alone(lambda: late), Cancellation.objects.count()) == (0, 0)
    look_at_reply(list_unread()[0], by(2 * LAST + 1))
    look_out(lambda: late)
    assert (cancel_alone(lambda: late), Cancellation.objects.count()) == (1, 1)


def test_a_word_has_a_receipt(box: Box) -> None:
    tell(box)
    take(reply_to(box, "cancel"))
    at = NOON + timedelta(hours=1)
    look_out(lambda: at)
    write_receipts(lambda: at)
    assert post(61) == 1
    assert "Your cancellation" in box.came[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]


@given(st.binary(max_size=400), st.integers(0, 400))
def test_whatever_comes_is_read_as_far_as_it_goes(noise: bytes, at: int) -> None:
    whole = (
        b"From: a@customers.example\r\nIn-Reply-To: <6b1f7a52-6f0b-4f7e-9c0e-0d8f3a1f2b3c@lamps.example>\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=x\r\n\r\nhi\r\n--b--'
    )
    came = read_mail(message_from_bytes(whole[:at] + noise + whole[at:], policy=policy.default))
    assert came.kind in ("reply", "automatic", "bounced", "deferred", "delivered")
    assert b"\0" not in (came.text + came.sender + came.name).encode()


@pytest.mark.parametrize(
    "sender", [b"J\xe9rg <j\xe9rg@customers.example>", b"\xff\xfe", b'"\xe9" <a@\xe9.example>']
)
def test_a_mail_whose_sender_has_letters_that_nobody_can_read_is_taken(box: Box, sender: bytes) -> None:
    about = str(tell(box).name).encode()
    raw = b"From: %s\r\nIn-Reply-To: <%s@lamps.example>\r\n\r\nWhere is it?\r\n" % (sender, about)
    event = take_mail(read_mail(message_from_bytes(raw, policy=policy.default)), AFTER)
    assert event is not None
    assert (event.kind, event.text, MailEvent.objects.count()) == ("reply", "Where is it?", 1)
