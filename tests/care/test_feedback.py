"""What customers think: once at each moment on the page, at any time by reply, and always beside what they were promised."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import override_settings

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.care.feedback.asking import is_asked
from backorder.care.feedback.noting import MOST_THEMES, Opinion, note_feedback, set_themes
from backorder.care.feedback.rules import Asking
from backorder.care.feedback.selectors import Score, list_scores
from backorder.care.house import parse_house, read_house
from backorder.care.models import Feedback, FeedbackLine
from backorder.catalog.models import Supplier
from backorder.faults import FaultyInputError
from backorder.orders.services import OrderError, Wanted
from backorder.outbox.models import Entry
from backorder.supply.models import InboundOrder
from tests.allocation.shop import buy, drop, order_in, slip, stock
from tests.care.letters import by, go_to, shop, write
from tests.care.post import Box, box, go, look, open_house, post
from tests.care.receipts import RECEIPTS, cancel_here, confirm, note, plain, wait_for_lamps
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import NOON, TODAY, cause, item

__all__ = ["box", "shop"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
ASKS = '\n[feedback]\nask = ["waiting", "delivered", "cancelled"]\n'


def say(
    number: str = "A-1", score: int | None = 2, text: str = "", channel: str = "page", days: int = 0
) -> Feedback:
    at = NOON + timedelta(days=days)
    return note_feedback(order_of(number), Opinion(at, channel, score, text), by(days))


def wait_late(number: str = "A-1", supplier: str = "MILL", sku: str = "LAMP") -> None:
    """Let somebody wait for a supplier who is ten days later than was promised first."""
    inbound = order_in(sku, 3, f"PO-{number}")
    InboundOrder.objects.filter(pk=inbound.order_id).update(
        supplier=Supplier.objects.get_or_create(code=supplier)[0]
    )
    buy(number, (sku, 3))
    slip(inbound, 20)


def row() -> tuple[object, ...]:
    names = ("line__item__sku", "first_promised_on", "promised_on", "days_late", "supplier__code", "cause")
    found: tuple[object, ...] = FeedbackLine.objects.values_list(*names).get()
    return found


def test_who_waits_is_joined_to_what_was_promised_first_and_now_by_whom_and_why() -> None:
    wait_late()
    made = say(text="  Nobody told me why.\n")
    assert (made.moment, made.score, made.text, made.said_at) == ("waiting", 2, "Nobody told me why.", NOON)
    assert row() == ("LAMP", date(2026, 12, 4), date(2026, 12, 14), 10, "MILL", "INBOUND")


def test_what_was_said_stays_joined_to_how_it_stood_then() -> None:
    wait_late()
    say()
    before = row()
    stock("LAMP", 3)
    assert row() == before


def test_what_was_delivered_is_as_late_as_the_last_shipment() -> None:
    stock("LAMP", 3)
    buy("A-1", ("LAMP", 3))
    release("A-1")
    ship("A-1")
    made = say(score=5)
    assert (made.moment, row()) == ("delivered", ("LAMP", TODAY, TODAY, 0, None, ""))


def test_what_never_came_is_told_apart() -> None:
    wait_late()
    drop("A-1", 3)
    assert (say(score=1).moment, row()[3:]) == ("cancelled", (10, "MILL", "INBOUND"))


def test_a_house_asks_once_at_each_moment_that_it_names_and_nobody_unless_it_does() -> None:
    wait_late()
    assert is_asked(order_of("A-1"), read_house()) is False
    open_house(ASKS)
    assert is_asked(order_of("A-1"), read_house()) is True
    say()
    assert is_asked(order_of("A-1"), read_house()) is False
    with pytest.raises(OrderError, match="has said already what they think"):
        say(score=5)
    drop("A-1", 3)
    assert is_asked(order_of("A-1"), read_house()) is True
    say(score=1)
    assert list(Feedback.objects.order_by("id").values_list("moment", "score")) == [
        ("waiting", 2),
        ("cancelled", 1),
    ]


def test_by_reply_a_customer_says_as_often_as_they_like_and_without_a_score() -> None:
    wait_late()
    say(score=None, text="Still waiting.", channel="mail")
    say(score=4, channel="phone")
    say(score=4, channel="phone")
    assert Feedback.objects.count() == 3


@pytest.mark.parametrize(
    ("score", "text", "channel", "days", "why"),
    [
        (0, "", "page", 0, "0 is no score"),
        (6, "", "mail", 0, "6 is no score"),
        (None, "", "mail", 0, "there is no score, and nothing was said"),
        (None, "words", "page", 0, "there is no score"),
        (3, "x" * 2001, "page", 0, "2,001 characters"),
        (3, "", "pigeon", 0, "no channel"),
        (3, "", "page", -1, "was placed on"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_kept(
    score: int | None, text: str, channel: str, days: int, why: str
) -> None:
    wait_late()
    with pytest.raises(OrderError, match=why):
        say("A-1", score, text, channel, days)
    assert (Feedback.objects.count(), Entry.objects.filter(what="feedback.noted").count()) == (0, 0)


def test_a_text_stands_in_no_journal() -> None:
    wait_late()
    made = say(text="My name is Zed.")
    assert made.entry.facts == {"moment": "waiting", "channel": "page", "score": 2}


def test_the_database_keeps_what_was_said_and_lets_themes_alone_change() -> None:
    wait_late()
    made = say()
    with pytest.raises(IntegrityError, match="stays what it is"), transaction.atomic():
        Feedback.objects.update(score=5)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM care_feedback")
    with pytest.raises(ProgrammingError), transaction.atomic():
        FeedbackLine.objects.update(days_late=0)
    made.pk, made.entry = None, Entry.objects.earliest("id")
    with pytest.raises(IntegrityError, match="feedback_asked_once"), transaction.atomic():
        made.save(force_insert=True)


def test_themes_are_named_in_one_way_and_once() -> None:
    wait_late()
    made = say()
    entry = set_themes(made, [" Slow ", "slow", "No  Answer", ""], cause())
    assert entry is not None
    assert (Feedback.objects.get().themes, entry.facts) == (
        ["no answer", "slow"],
        {"themes": ["no answer", "slow"]},
    )
    assert set_themes(made, ["no answer", "slow"], cause()) is None
    for themes in (["x" * 61], ["a,b"], ["a\ab"], [f"{each}" for each in range(MOST_THEMES + 1)]):
        with pytest.raises(OrderError, match=r"is no theme|too many"):
            set_themes(made, themes, cause())
    assert Feedback.objects.get().themes == ["no answer", "slow"]


def test_scores_are_added_up_by_supplier_item_cause_and_theme_each_answer_once() -> None:
    wait_late("A-1")
    wait_late("A-2", "FORGE", "TENT")
    buy("A-3", ("LAMP", 1), ("LAMP", 2), ("SHADE", 1))
    first = say("A-1", 1)
    say("A-2", 4)
    second = say("A-3", 2)
    say("A-3", None, "And?", "mail")
    for made in (first, second):
        set_themes(made, ["slow"], cause())
    assert list_scores("supplier") == [
        Score("", 2, 1, 2.0, 1, None),
        Score("FORGE", 1, 1, 4.0, 0, 10.0),
        Score("MILL", 1, 1, 1.0, 1, 10.0),
    ]
    assert list_scores("item") == [
        Score("LAMP", 3, 2, 1.5, 2, 10.0),
        Score("SHADE", 2, 1, 2.0, 1, None),
        Score("TENT", 1, 1, 4.0, 0, 10.0),
    ]
    assert list_scores("cause") == [
        Score("AFTER_HIGHER_RANK", 2, 1, 2.0, 1, None),
        Score("INBOUND", 2, 2, 2.5, 1, 10.0),
        Score("NO_SUPPLY", 2, 1, 2.0, 1, None),
    ]
    assert list_scores("theme") == [Score("slow", 2, 2, 1.5, 2, 10.0)]


def test_what_a_customer_thinks_holds_back_no_message_on_its_way(box: Box) -> None:
    open_house(RECEIPTS)
    wait_for_lamps()
    assert look() == [("A-1", "opening")]
    go()
    say()
    assert (post(1), len(box.came)) == (1, 1)


def test_the_last_receipt_of_a_parcel_asks_and_none_before_it(box: Box) -> None:
    open_house(RECEIPTS + ASKS)
    stock("LAMP", 1)
    wait_for_lamps(units=2)
    release("A-1")
    ship("A-1")
    with override_settings(URL="https://lamps.example"):
        confirm(1)
        stock("LAMP", 1)
        release("A-1")
        ship("A-1")
        confirm(2)
    asks = [
        "Tell us here what you think, in a minute: https://lamps.example/o/" in plain(mail)
        for mail in box.came
    ]
    assert asks == [False, True]


@pytest.mark.parametrize(("to", "asks"), [(("US", "OR"), True), (("DE", ""), False)])
def test_a_receipt_that_acknowledges_a_withdrawal_asks_nothing_else(
    box: Box,
    to: tuple[str, str],
    asks: bool,  # noqa: FBT001 - what is expected
) -> None:
    open_house(RECEIPTS + ASKS)
    wait_for_lamps(to=to)
    cancel_here({"1": 3})
    note()
    with override_settings(URL="https://lamps.example"):
        confirm(1)
    assert ("/feedback" in plain(box.came[0])) is asks


def test_a_letter_about_a_delay_never_asks() -> None:
    open_house(ASKS)
    wait_late()
    go_to("A-1", "US", "OR")
    with override_settings(URL="https://lamps.example"):
        assert "/feedback" not in write().text


def test_rules_that_cannot_be_meant_are_refused() -> None:
    assert parse_house('[feedback]\nask = ["delivered", "delivered"]').feedback == Asking(("delivered",))
    for text in ('[feedback]\nask = ["always"]', "[feedback]\nask = true", "[feedback]\nmode = 1"):
        with pytest.raises(FaultyInputError, match="feedback"):
            parse_house(text)


def test_a_hold_has_nothing_to_think_about() -> None:
    stock("LAMP", 1)
    events.hold("H-1", [Wanted("1", item("LAMP"), 1, TODAY)], Hold(NOON + timedelta(days=1)), cause())
    with pytest.raises(OrderError, match="is a hold"):
        say("H-1")
