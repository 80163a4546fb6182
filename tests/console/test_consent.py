"""The consent calendar: what laws ask by day, and what they want cancelled, ticked and stopped."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from backorder.care.clock.alone import is_stopped
from backorder.care.house import write_house
from backorder.care.models import Deadline
from backorder.care.post.lookout import look_out
from backorder.orders.models import Cancellation
from tests.care.letters import HOUSE, go_to, shop
from tests.care.test_clock import CANCELLING, LAST, choose_overdue, wait
from tests.console.test_notices import press, read
from tests.supply.shop import NOON, cause

__all__ = ["shop"]  # a fixture
pytestmark = pytest.mark.django_db


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Let it be the day after the last one on which it ships in time."""
    at = NOON + timedelta(days=LAST + 1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    return at


def look(at: datetime) -> None:
    look_out(lambda: at)


def test_what_is_asked_stands_on_its_day(planner: Client) -> None:
    assert "Nothing is asked" in read(planner, "/consent")
    wait("A-1")
    wait("A-2", place=("DE", ""))
    look(NOON)
    page = read(planner, "/consent")
    assert "24 Dec 2026" in page
    assert page.count("tell the customer the new day</div>") == 2
    assert "better by 17 Dec 2026" in page
    assert "A-2" not in read(planner, "/consent?on=2026-12-24&what=answer")
    assert "16 CFR 435.2(b)(1)(iii)" in read(planner, "/consent?on=2026-12-24&what=tell")
    assert "To be cancelled" not in page


def test_what_is_ticked_is_cancelled(late: datetime, planner: Client) -> None:
    for number in ("A-1", "A-2", "A-3"):
        wait(number)
    look(late)
    page = read(planner, "/consent")
    assert (page.count('name="chosen"'), page.count("16 CFR 435.2(c)(4)")) == (3, 6)
    page = press(planner, "/consent/cancel", chosen=choose_overdue("A-1", "A-3"))
    assert "2 cancellations let go." in page
    assert sorted(Cancellation.objects.values_list("line__order__number", flat=True)) == ["A-1", "A-3"]
    assert "cancelled what a law wants cancelled (16 CFR 435.2(c)(4))" in read(planner, "/orders/A-1")


def test_what_changed_since_it_was_read_and_nonsense_are_said(late: datetime, planner: Client) -> None:
    wait()
    look(late)
    chosen = choose_overdue("A-1")
    go_to("A-1", "DE")
    assert "order A-1: what is to be cancelled has changed since you read it" in press(
        planner, "/consent/cancel", chosen=chosen
    )
    assert "Nothing was chosen." in press(planner, "/consent/cancel")
    for nonsense in ("x", "9999:x", ":", "1" * 30):
        assert "An order that you chose is not there." in press(planner, "/consent/cancel", chosen=nonsense)
    assert not Cancellation.objects.exists()


def test_what_rules_cancel_is_marked_and_stopped_by_one_button(late: datetime, planner: Client) -> None:
    write_house(HOUSE + CANCELLING, cause())
    wait()
    look(late)
    assert "a rule cancels it" in read(planner, "/consent")
    assert "Somebody stopped what rules cancel." in press(planner, "/consent/stop", stopped="yes")
    assert is_stopped()
    assert "Rules cancel again." in press(planner, "/consent/stop", stopped="no")
    assert not is_stopped()


def test_it_says_that_more_is_due_than_rules_cancel_in_a_day_and_until_when_it_waits(
    late: datetime, planner: Client
) -> None:
    write_house(HOUSE + CANCELLING, cause())
    for number in ("A-1", "A-2"):
        wait(number)
    look(late)
    assert "than rules cancel in a day" not in read(planner, "/consent")
    wait("A-3")
    look(late)
    page = read(planner, "/consent")
    assert "More orders are due than rules cancel in a day (2). They wait for you" in page
    assert page.count("a rule cancels it on 27 Dec 2026") == 3


def test_in_the_shadow_it_says_what_a_rule_would_cancel(late: datetime, planner: Client) -> None:
    write_house(HOUSE + CANCELLING.replace('"on"', '"shadow"'), cause())
    wait()
    look(late)
    assert "a rule would cancel it" in read(planner, "/consent")


def test_who_only_reads_sees_it_and_changes_nothing(late: datetime, reader: Client) -> None:
    wait()
    look(late)
    page = read(reader, "/consent")
    assert ("A-1" in page, "Cancel what is ticked" in page) == (True, False)
    for address, typed in (
        ("/consent/cancel", {"chosen": choose_overdue("A-1")}),
        ("/consent/stop", {"stopped": "yes"}),
    ):
        assert reader.post(address, typed).status_code == 403
        assert reader.get(address).status_code == 405
    assert (is_stopped(), Cancellation.objects.exists()) == (False, False)


def test_a_day_or_a_thing_that_there_is_not_shows_all(planner: Client) -> None:
    wait()
    look(NOON)
    for asked in ("?on=2026-13-40", "?what=nothing", "?on="):
        assert "A-1" in read(planner, f"/consent{asked}"), asked
    assert Deadline.objects.count() == 1
