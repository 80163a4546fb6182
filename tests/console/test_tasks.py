"""What only a person can do, in one list: it is there, is done somewhere, and is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from backorder.care.callbacks import CallWanted, note_callback
from backorder.care.models import Callback
from backorder.care.post.lookout import look_out
from backorder.care.replies.arrivals import Arrived, look_at_reply, note_arrival
from backorder.care.replies.selectors import list_unread
from backorder.care.tasks import KINDS, count_tasks, list_tasks
from backorder.care.telling import Said, note_answer
from backorder.orders.models import Customer, Order
from backorder.outbox.models import Entry
from backorder.payments.models import Transfer
from tests.allocation.shop import buy, line_of
from tests.care import paid
from tests.care.letters import by, go_to, shop
from tests.care.post import MAIL, Box, box, name_mail
from tests.care.test_arrivals import tell
from tests.care.test_clock import LAST, wait
from tests.console.test_notices import press, read
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db


def kinds() -> list[tuple[str, str]]:
    assert {kind: sum(task.kind == kind for task in list_tasks()) for kind in KINDS} == count_tasks()
    return [(task.kind, task.order.number) for task in list_tasks()]


def test_whom_no_mail_reaches_is_phoned_until_somebody_noted_it(planner: Client) -> None:
    assert "Nothing to do" in read(planner, "/tasks")
    wait()
    look_out(lambda: NOON)
    name_mail()
    Customer.objects.update(email="", phone="+1 541 555 0100", name="Zed")
    look_out(lambda: NOON)
    assert kinds() == [("phone", "A-1")]
    page = read(planner, "/tasks")
    assert ("tell the customer by phone" in page, "+1 541 555 0100" in page, "24 Dec 2026" in page) == (
        True,
        True,
        True,
    )
    letter = planner.get("/letters/A-1")
    assert letter.context["sent"]["channel"].value() == "phone"
    mark = letter.context["letter"].mark
    press(planner, "/letters/A-1", mark=mark, channel="phone", at="2026-11-24T12:00")
    look_out(lambda: NOON + timedelta(minutes=1))
    assert kinds() == []


def test_a_call_that_nobody_answered_is_counted_and_the_task_stays(planner: Client) -> None:
    wait()
    look_out(lambda: NOON)
    for _ in range(2):
        page = press(planner, "/tasks/missed", chosen=f"{order_of('A-1').pk}:", what="phone")
        assert "1 call let go." in page
    assert "called 2 times, the last 24 Nov 2026" in page
    assert kinds() == [("phone", "A-1")]
    assert "called the customer, and nobody answered" in read(planner, "/orders/A-1")
    assert "Nobody was chosen." in press(planner, "/tasks/missed")
    assert "is not there" in press(planner, "/tasks/missed", chosen="9999:")


def test_who_asked_for_a_call_is_called(planner: Client) -> None:
    wait()
    note_callback(order_of("A-1"), CallWanted("+15415550100", text="the lamp"), cause())
    assert kinds() == [("callback", "A-1")]
    callback = Callback.objects.get()
    page = read(planner, f"/callbacks/{callback.pk}")
    assert ("+15415550100, on any day. About: the lamp" in page, "Call about" in page) == (True, True)
    assert "This field is required" in press(planner, f"/callbacks/{callback.pk}", said="")
    press(planner, f"/callbacks/{callback.pk}", said="It comes.")
    callback.refresh_from_db()
    assert (callback.state, callback.said, kinds()) == ("done", "It comes.", [])
    assert planner.get("/callbacks/9999").status_code == 404


def test_a_reply_is_a_task_until_it_is_read(box: Box) -> None:
    note_arrival(tell(box), Arrived("reply", "x", MAIL, "Where is it?"), NOON + timedelta(minutes=5))
    assert kinds() == [("reply", "A-1")]
    look_at_reply(list_unread()[0], by(1))
    assert kinds() == []


def test_what_a_law_wants_cancelled_and_answers_that_crossed_are_tasks() -> None:
    wait("A-1")
    wait("A-2", place=("DE", ""))
    look_out(lambda: NOON + timedelta(days=LAST + 1))
    assert ("cancel", "A-1") in kinds()
    note_answer(line_of("A-2"), Said(NOON + timedelta(days=1), "phone", "period", until=NOON.date()), by(1))
    look_out(lambda: NOON + timedelta(days=LAST + 2))
    assert ("decide", "A-2") in kinds()


def test_money_to_send_and_money_that_came_back_are_tasks() -> None:
    paid.open_house()
    paid.order("A-1", ("LAMP", 3, 10_00))
    paid.pay("A-1", 30_00)
    paid.back("A-1", 10_00, [paid.cancel("A-1", 1)])
    assert ("send_money", "A-1") in kinds()


def test_money_of_which_a_provider_says_nothing_for_five_days_is_a_task(
    planner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid.open_house()
    paid.order("A-1", ("LAMP", 3, 10_00))
    paid.pay("A-1", 30_00, "pi_1", "stripe")
    paid.back("A-1", 10_00, [paid.cancel("A-1", 1)])
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=6, seconds=-1))
    assert kinds() == []
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=6))
    assert kinds() == []  # nobody has asked the provider yet
    Transfer.objects.update(state="pending")
    assert kinds() == [("silent_money", "A-1")]
    assert "ask the provider what became of money that goes back</a>" in read(planner, "/tasks")
    Transfer.objects.update(state="sent", sent_at=NOON)
    assert kinds() == []


def test_one_kind_is_shown_if_it_is_asked_for(planner: Client) -> None:
    buy("A-1", ("LAMP", 1))
    go_to("A-1", "US", "TX")
    note_callback(order_of("A-1"), CallWanted("+15415550100"), cause())
    look_out(lambda: NOON)
    assert {task.kind for task in list_tasks()} == {"callback", "phone"}
    assert [task.kind for task in list_tasks("callback")] == ["callback"]
    assert "call the customer, who asked for it</a>" in read(planner, "/tasks?what=callback")
    assert "tell the customer by phone</a>" not in read(planner, "/tasks?what=callback")
    assert "tell the customer by phone</a>" in read(planner, "/tasks?what=x")


def test_who_only_reads_notes_nothing(reader: Client) -> None:
    wait()
    look_out(lambda: NOON)
    before = Entry.objects.count()
    assert "Nobody answered" not in read(reader, "/tasks")
    assert reader.post("/tasks/missed", {"chosen": f"{Order.objects.get().pk}:"}).status_code == 403
    assert Entry.objects.count() == before
