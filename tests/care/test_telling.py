"""What customers were told and what they said, and what follows from it under the law."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from backorder.allocation import events
from backorder.care.house import write_house
from backorder.care.judging import judge_orders
from backorder.care.models import Answer, AnswerLook, Notice, NoticeFailure
from backorder.care.telling import (
    CONTENT,
    Revised,
    Said,
    Told,
    look_at_answer,
    note_answer,
    note_failure,
    note_notice,
)
from backorder.orders.models import Cancellation
from backorder.orders.services import OrderError, ShipTo
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, line_of, stock
from tests.fulfilment.shop import order_of, release
from tests.supply.shop import NOON, TODAY, cause

pytestmark = pytest.mark.django_db
ALL = frozenset(CONTENT)


def after(days: int) -> datetime:
    """Name an instant so many days later."""
    return NOON + timedelta(days=days)


def by(days: int) -> Cause:
    """Let somebody act so many days later."""
    return Cause("service", after(days), "called")


def tell(days: int, revised: int | None, says: frozenset[str] = ALL) -> Notice:
    """Tell the customer of A-1 a day, counted from today."""
    day = None if revised is None else TODAY + timedelta(days=revised)
    note_notice(order_of("A-1"), [Revised(line_of("A-1"), day, says)], Told(after(days), "mail"), by(days))
    return Notice.objects.latest("id")


def say(days: int, kind: str, quantity: int | None = None, until: date | None = None) -> Answer:
    """Let the customer of A-1 say something."""
    note_answer(line_of("A-1"), Said(after(days), "phone", kind, quantity, until), by(days))  # type: ignore[arg-type]
    return Answer.objects.latest("id")


def states(days: int) -> list[tuple[int, str]]:
    """List units and states of A-1 so many days later."""
    return [
        (each.quantity, each.state)
        for one in judge_orders([order_of("A-1")], after(days))
        for each in one.asked.verdicts
    ]


@pytest.fixture(autouse=True)
def shop(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let somebody in the United States wait for four lamps."""
    write_house("[seller]\nplace = 'US-TX'\n", cause())
    buy("A-1", ("LAMP", 4))
    events.change_address(
        order_of("A-1"), ShipTo("A. Nother", "1 Long Lane", "Elsewhere", "US", region="TX"), cause()
    )


def test_a_customer_who_is_told_in_time_and_says_yes_waits() -> None:
    assert states(1) == [(4, "late")]
    tell(1, None)
    assert states(1) == [(4, "asked")]
    say(2, "accepts", 3)
    assert states(2) == [(1, "asked"), (3, "open_wait")]
    assert states(61) == [(1, "refund_due"), (3, "open_wait")]


def test_a_notice_that_lacks_something_or_comes_back_does_not_count() -> None:
    tell(1, 45, ALL - {"right_to_cancel"})
    assert states(1) == [(4, "late")]
    notice = tell(2, None)
    assert states(2) == [(4, "asked")]
    assert note_failure(notice, by(3)) is not None
    assert note_failure(notice, by(3)) is None
    assert NoticeFailure.objects.count() == 1
    assert states(3) == [(4, "late")]


def test_who_cancels_has_it_cancelled_at_once() -> None:
    answer = say(1, "cancels", 3)
    assert line_of("A-1").quantity_open == 1
    gone = Cancellation.objects.get()
    assert (gone.quantity, gone.by, gone.entry.caused_by) == (3, "buyer", answer.entry)
    assert states(1) == [(3, "refund_due"), (1, "late")]


def test_what_the_warehouse_has_stays_cancelled_by_word_until_it_is_taken_back() -> None:
    stock("LAMP", 3)
    release("A-1")
    say(1, "cancels")
    assert (line_of("A-1").quantity_open, line_of("A-1").quantity_released) == (3, 3)
    assert states(1) == [(1, "refund_due"), (3, "refund_due")]


def test_an_answer_that_came_too_late_is_for_a_person_until_one_dealt_with_it() -> None:
    tell(1, None)
    answer = say(70, "accepts")
    (judged,) = judge_orders([order_of("A-1")], after(70))
    assert [each.kind for each in judged.asked.crossed] == ["accepts"]
    assert look_at_answer(answer, by(71)) is not None
    assert look_at_answer(answer, by(71)) is None
    assert AnswerLook.objects.count() == 1
    (judged,) = judge_orders([order_of("A-1")], after(71))
    assert judged.asked.crossed == ()


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (Said(after(9), "phone", "cancels"), "order A-1: 2026-12-03 12:00 is still to come"),
        (
            Said(after(-9), "phone", "cancels"),
            "order A-1 was placed on 2026-11-24 12:00, which is after 2026-11-15 12:00",
        ),
        (
            Said(NOON, "pigeon", "cancels"),
            "order A-1 line 1: 'pigeon' is no channel; there are mail, phone, letter, message, page",
        ),
        (Said(NOON, "phone", "cancels", 5), "order A-1 line 1: 5 units cannot be meant: 4 were ordered"),
        (Said(NOON, "phone", "period"), "order A-1 line 1: a period has an end, and nothing else has"),
        (
            Said(NOON, "phone", "cancels", until=TODAY),
            "order A-1 line 1: a period has an end, and nothing else has",
        ),
        (
            Said(NOON, "phone", "accepts"),
            "order A-1 line 1: nothing was told that could be agreed to; note what was told first",
        ),
    ],
)
def test_what_cannot_have_been_said_is_refused_and_changes_nothing(said: Said, fault: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(OrderError) as raised:
        note_answer(line_of("A-1"), said, by(1))
    assert str(raised.value) == fault
    assert (Answer.objects.count(), Entry.objects.count()) == (0, before)


def test_what_cannot_have_been_told_is_refused_and_changes_nothing() -> None:
    buy("A-2", ("LAMP", 1))
    before = Entry.objects.count()
    order, line = order_of("A-1"), line_of("A-1")
    for revised, told, fault in (
        ([Revised(line, None, ALL)], Told(after(9), "mail"), "is still to come"),
        (
            [Revised(line, None, frozenset(["hello"]))],
            Told(NOON, "mail"),
            "nobody knows how a notice says hello",
        ),
        ([], Told(NOON, "mail"), "a notice is about a line"),
        ([Revised(line_of("A-2"), None, ALL)], Told(NOON, "mail"), "line 1 is of another order"),
        ([Revised(line, date(1066, 10, 14), ALL)], Told(NOON, "mail"), "1066-10-14 is not between"),
        (
            [Revised(line, TODAY, ALL), Revised(line, None, ALL, 1)],
            Told(NOON, "mail"),
            "each is told of a number",
        ),
        ([Revised(line, TODAY, ALL, 1), Revised(line, TODAY, ALL, 2)], Told(NOON, "mail"), "told twice"),
        (
            [Revised(line, TODAY, ALL, 3), Revised(line, None, ALL, 2)],
            Told(NOON, "mail"),
            "5 units cannot be",
        ),
        ([Revised(line, TODAY, ALL, 0)], Told(NOON, "mail"), "0 is no number of units"),
    ):
        with pytest.raises(OrderError, match=fault):
            note_notice(order, revised, told, by(1))
    assert (Notice.objects.count(), Entry.objects.count()) == (0, before)


def test_what_was_told_and_said_stays_as_it_was() -> None:
    tell(1, None)
    answer = say(2, "accepts")
    for rows in (Notice.objects, Answer.objects):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows.update(channel="page")
    assert answer.notice == Notice.objects.get()
