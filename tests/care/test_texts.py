"""Texts: to who agreed, beside a mail and instead of one that came back, each once, and two texts long at most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from backorder.care.copies.carrying import claim, send_copies
from backorder.care.copies.text_wishes import find_numbers, note_text_wish
from backorder.care.house import parse_house, read_house
from backorder.care.letters.texts import fits, to_gsm, write_text
from backorder.care.models import Copy, Message, TextWish
from backorder.care.post.messages import let_go, stop
from backorder.care.telling import note_failure
from backorder.faults import FaultyInputError
from backorder.orders.models import Customer
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, order_in, slip
from tests.care.fake_taker import Taker, serve
from tests.care.letters import go_to, shop
from tests.care.post import MAIL, Box, box, go, look, name_mail, open_house, outcomes, post
from tests.care.test_drafts import wait
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
PHONE = "+15035550199"
TEXTS = '[sending]\nmode = "on"\n[texts]\nkinds = ["opening", "later"]\n'
DAY = 24 * 60


@pytest.fixture
def taker(shop: None) -> Iterator[Taker]:  # noqa: ARG001 - comes before
    """Let the house send texts to a server on this machine."""
    open_house(TEXTS)
    with serve() as found, override_settings(TEXT_URL=found.text_url, URL="https://orders.lamps.example"):
        yield found


def agree(phone: str = PHONE) -> None:
    """Let the customer agree to texts, on the phone; or, with no number, take that back."""
    note_text_wish(Customer.objects.get(code=MAIL), phone, "phone", cause())


def carry(minutes: float = 2) -> int:
    """Look what was sent, and hand over what goes by other ways."""
    look(minutes)
    return send_copies(lambda: NOON + timedelta(minutes=minutes))


def tell(minutes: float = 0) -> Message:
    """Send what is drafted by mail."""
    look(minutes)
    message = go(minutes=minutes)
    post(minutes)
    return message


def ends() -> list[tuple[str, bool, str, str]]:
    """List copies: by which way, whether instead, how they ended and what was said."""
    return list(Copy.objects.order_by("id").values_list("way", "instead", "outcome", "said"))


def test_a_text_goes_beside_the_mail_to_who_agreed_and_once(box: Box, taker: Taker) -> None:
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    assert [carry(minutes) for minutes in (2, 3, 4)] == [1, 0, 0]
    assert (len(box.came), taker.paths, ends()) == (
        1,
        ["/+15035550199"],
        [("text", False, "sent", "")],
    )
    said = str(taker.came[0]["message"])
    assert said.startswith(
        "The lamp shop: Your order A-1 waits. It is to ship on 8 January 2027. "
        "Details, your choices, no more texts: https://orders.lamps.example/o/"
    )
    assert (fits(said), said == Copy.objects.get().text) == (True, True)
    assert Entry.objects.order_by("-id").values_list("what", "facts").first() == (
        "text.sent",
        {"kind": "opening", "instead": False},
    )
    assert outcomes() == ["sent"]
    assert look(5) == []  # a text is no news of its own


def test_who_did_not_agree_or_takes_it_back_gets_none(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    inbound = order_in("LAMP", 5, "PO-1", days=45)
    wait()
    tell()
    assert (carry(), ends()) == (0, [])
    agree()
    assert (carry(3), ends()) == (0, [])  # what was told before stays as it was told
    agree("")
    slip(inbound, 60)
    tell(10)
    assert (carry(12), taker.came) == (0, [])
    agree()
    assert (carry(13), ends()) == (0, [])


def test_a_wish_is_taken_back_after_the_text_was_written_and_before_it_left(box: Box, taker: Taker) -> None:  # noqa: ARG001
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    look(1)
    agree("")
    assert (carry(2), taker.came) == (0, [])
    assert ends() == [("text", False, "withdrawn", "the customer wants no texts on that number any more")]


def test_what_is_not_true_any_more_is_held_back_by_text_too(box: Box, taker: Taker) -> None:  # noqa: ARG001
    inbound = order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    look(1)
    slip(inbound, 60)
    assert (carry(2), ends()) == (0, [("text", False, "withdrawn", "something has happened since")])
    tell(10)
    assert (carry(11), "it is now to ship on 23 January 2027" in taker.came[0]["message"]) == (1, True)


def test_a_text_waits_for_the_customers_morning(box: Box, taker: Taker) -> None:  # noqa: ARG001
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    quiet = '"on"\nquiet_from = 20:00:00\nquiet_until = 08:00:00\n'
    open_house(TEXTS.replace('"on"\n', quiet))
    tell()  # at noon, when it is night in some of the country: a person may write at any hour
    assert (len(box.came), carry(1), ends()) == (1, 0, [("text", False, "", "")])
    assert Copy.objects.get().try_at == NOON + timedelta(hours=6, minutes=1)
    assert (carry(6 * 60), carry(6 * 60 + 1)) == (0, 1)


def test_no_law_lets_a_text_wake_anybody(box: Box, taker: Taker) -> None:  # noqa: ARG001
    open_house(TEXTS.replace('"on"\n', '"on"\nquiet_from = 20:00:00\nquiet_until = 08:00:00\n'))
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    look(1)
    with pgtrigger.ignore("care.Message:ended_once", "care.Message:says_the_same"):  # a law wants it told
        Message.objects.update(tell_by=NOON.date())
    assert (carry(15 * 60), ends()) == (0, [("text", False, "", "")])


def test_a_program_that_takes_its_time_keeps_no_text_waiting(box: Box, taker: Taker) -> None:  # noqa: ARG001
    order_in("LAMP", 5, "PO-1", days=45)
    for number in ("A-1", "A-2"):
        wait(number)
    agree()
    look()
    for number in ("A-1", "A-2"):
        go(number)
    post()
    with override_settings(WEBHOOK_URL=taker.url, WEBHOOK_SECRET="whsec_" + "c2Vj" * 8, WEBHOOK_PRIVATE=True):
        assert carry() == 4
    assert taker.paths == ["/+15035550199", "/+15035550199", "/hook", "/hook"]


def test_a_mail_that_came_back_goes_by_text_instead(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    open_house(TEXTS.replace('kinds = ["opening", "later"]', "kinds = []"))
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    message = tell()
    assert (carry(), taker.came) == (0, [])
    note_failure(message.notice, Cause("service", NOON + timedelta(minutes=5)))
    assert (carry(6), ends()) == (1, [("text", True, "sent", "")])
    said = str(taker.came[0]["message"])
    assert said.startswith(
        "The lamp shop: Our e-mail to you came back. Your order A-1 waits. It is to ship on"
    )
    assert look(7) == [("A-1", "opening")]  # no law takes a text for a notice: a person tells it


def test_what_changed_before_its_mail_came_back_is_not_told_by_text(box: Box, taker: Taker) -> None:  # noqa: ARG001
    open_house(TEXTS.replace('kinds = ["opening", "later"]', "kinds = []"))
    inbound = order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    message = tell()
    slip(inbound, 60)
    look(4)
    note_failure(message.notice, Cause("service", NOON + timedelta(minutes=5)))
    assert (carry(6), ends()) == (0, [("text", True, "withdrawn", "something has happened since")])


def test_a_mail_that_was_refused_goes_by_text_instead(box: Box, taker: Taker) -> None:
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    box.door.append("550 no such mailbox")
    tell()
    assert (outcomes(), carry(1), ends()) == (["refused"], 1, [("text", True, "sent", "")])
    assert "Our e-mail to you came back." in str(taker.came[0]["message"])


def test_a_text_that_went_beside_does_not_go_again_when_the_mail_comes_back(box: Box, taker: Taker) -> None:  # noqa: ARG001
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    message = tell()
    carry()
    note_failure(message.notice, Cause("service", NOON + timedelta(minutes=5)))
    assert (carry(6), len(taker.came)) == (0, 1)


def test_what_is_not_taken_is_tried_again_and_says_why(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    taker.answers += [503, 503, 200]
    assert (carry(2), carry(6), carry(7)) == (0, 0, 0)
    copy = Copy.objects.get()
    assert (copy.tries, copy.handed_at, "503" in copy.said) == (2, None, True)
    assert copy.try_at == NOON + timedelta(minutes=27)
    assert (carry(28), ends()) == (1, [("text", False, "sent", "")])


def test_a_text_that_may_have_left_does_not_go_again(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    look(2)
    assert claim(NOON + timedelta(minutes=2)) is not None  # and is killed before it is noted
    assert (carry(3), carry(8), taker.came) == (0, 0, [])
    assert ends() == [("text", False, "failed", "nobody knows whether it left")]


def test_a_text_to_which_no_answer_came_in_time_does_not_go_again(box: Box, taker: Taker) -> None:  # noqa: ARG001
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    look(2)
    taker.wait = 1.0
    with override_settings(TEXT_URL=f"{taker.text_url}?rto=0.2"):
        assert (carry(2), carry(8), len(taker.came)) == (0, 0, 1)
    assert Copy.objects.get().outcome == "failed"


def test_a_text_goes_again_where_nobody_was_there(box: Box, taker: Taker) -> None:
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    with override_settings(TEXT_URL="json://127.0.0.1:9/{number}"):
        assert (carry(2), Copy.objects.get().outcome) == (0, "")
    assert (carry(8), len(taker.came), len(box.came)) == (1, 1, 1)


def test_stop_stops_texts_and_four_days_end_what_waits(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    look(1)
    stop(Cause("service", NOON), stopped=True)
    assert (carry(2), ends()) == (0, [("text", False, "", "")])
    carry(4 * DAY + 5)
    assert ends() == [("text", False, "failed", "it could not leave for four days")]
    assert taker.came == []


def test_nothing_goes_by_text_where_nobody_says_by_what(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    with override_settings(TEXT_URL=""):
        tell()
        assert (carry(), ends()) == (0, [])


def test_an_address_that_apprise_does_not_know_says_so(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    with override_settings(TEXT_URL="carrier-pigeon://{number}"):
        assert carry() == 0
    assert (
        Copy.objects.get().said == "BACKORDER_TEXT_URL is no address by which apprise sends; see the settings"
    )


@pytest.mark.parametrize(
    ("country", "language", "says"),
    [
        ("DE", "de", "Ihre Bestellung A-1 wartet. Sie soll am 8. Januar 2027 abgehen."),
        ("FR", "fr", "Votre commande A-1 attend. Elle doit partir le 8 janvier 2027."),
        ("ES", "es", "Su pedido A-1 espera. Saldrá previsiblemente el 8 de enero de 2027."),
    ],
)
def test_a_text_is_in_the_language_of_the_customer(
    box: Box,  # noqa: ARG001 - takes it
    taker: Taker,
    country: str,
    language: str,
    says: str,
) -> None:
    order_in("LAMP", 5, "PO-1", days=45)
    buy("A-1", ("LAMP", 2))
    go_to("A-1", country)
    name_mail()
    agree()
    look()
    order = order_of("A-1")
    message = let_go(order, order.draft.news, cause(), None, language)
    post()
    carry()
    said = str(taker.came[0]["message"])
    assert (message.language, to_gsm(says) in said, fits(said)) == (language, True, True)


def test_the_name_of_the_house_gives_way_to_what_is_new(box: Box, taker: Taker) -> None:  # noqa: ARG001 - takes it
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    message = tell()
    text = write_text(message, read_house(), f"https://x.example/{'y' * 190}", instead=False)
    assert text.startswith("Your order A-1 waits.")


def test_a_wish_says_when_and_how_it_was_given_and_the_last_counts(shop: None) -> None:  # noqa: ARG001 - comes before
    wait()
    customer = Customer.objects.get(code=MAIL)
    entry = note_text_wish(customer, "(503) 555-0199", "page", cause(), "US")
    assert entry is not None
    assert (entry.what, entry.facts) == ("texts.wanted", {"channel": "page"})
    assert note_text_wish(customer, PHONE, "phone", cause()) is None
    assert (find_numbers([customer.pk]), TextWish.objects.count()) == ({customer.pk: PHONE}, 1)
    assert note_text_wish(customer, "", "phone", cause()) is not None
    assert (find_numbers([customer.pk]), TextWish.objects.count()) == ({}, 2)
    for phone, channel in (("my neighbour", "phone"), (PHONE, "pigeon")):
        with pytest.raises(OrderError):
            note_text_wish(customer, phone, channel, cause())
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        TextWish.objects.update(phone=PHONE)
    assert TextWish.objects.count() == 2


def test_the_database_keeps_one_copy_of_a_message_for_each_way(box: Box, taker: Taker) -> None:  # noqa: ARG001
    order_in("LAMP", 5, "PO-1", days=45)
    wait()
    agree()
    tell()
    carry()
    copy = Copy.objects.get()
    with pytest.raises(IntegrityError, match="a copy never says anything else"), transaction.atomic():
        Copy.objects.update(outcome="failed", said="not this")
    with pytest.raises(IntegrityError, match="a copy never says anything else"), transaction.atomic():
        Copy.objects.update(text="another")
    copy.pk = None
    with pytest.raises(IntegrityError, match="copy_once"), transaction.atomic():
        copy.save(force_insert=True)


def test_the_house_says_what_goes_by_text() -> None:
    assert parse_house("").texting.kinds == ()
    texting = parse_house('[texts]\nkinds = ["later", "shipped"]\nwhen_mail_fails = false\n').texting
    assert (texting.kinds, texting.when_mail_fails) == (("later", "shipped"), False)
    with pytest.raises(FaultyInputError, match="'latter' is not one of"):
        parse_house('[texts]\nkinds = ["latter"]\n')
