"""What laws ask by which day, as programs read it, and what they let be cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backorder.care.post.lookout import look_out
from backorder.orders.models import Cancellation
from tests.api.client import Program, problem
from tests.care.letters import shop
from tests.care.test_clock import wait
from tests.supply.shop import NOON

__all__ = ["shop"]  # a fixture
pytestmark = pytest.mark.django_db


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two wait in vain, one in the United States and one in Germany, until a day after the last."""
    wait("A-1")
    wait("A-2", place=("DE", ""))
    at = NOON + timedelta(days=31)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    look_out(lambda: at)


@pytest.mark.usefixtures("late")
def test_deadlines_are_listed_by_what_order_and_day() -> None:
    program = Program()
    found = program.read("/deadlines")["items"]
    assert [(one["order"], one["what"]) for one in found] == [("A-1", "cancel"), ("A-2", "tell")]
    assert found[0] == {
        "order": "A-1",
        "line": "1",
        "sku": "LAMP",
        "units": 2,
        "what": "cancel",
        "by": "2026-12-25",
        "should_by": "2026-12-25",
        "laws": ["16 CFR 435.2(c)(4)"],
    }
    assert [one["order"] for one in program.read("/deadlines", what="tell")["items"]] == ["A-2"]
    assert [one["order"] for one in program.read("/deadlines", order="A-1")["items"]] == ["A-1"]
    assert program.read("/deadlines", by="2026-12-24")["items"] == []


@pytest.mark.usefixtures("late")
def test_what_a_law_wants_cancelled_is_cancelled_as_it_was_read() -> None:
    program = Program()
    (overdue,) = program.read("/overdue")["items"]
    assert (overdue["order"], overdue["since"], overdue["units"], overdue["at_hand"]) == (
        "A-1",
        "2026-12-25",
        {"1": 2},
        {"1": 2},
    )
    assert overdue["waits"] is False
    body = {"order": "A-1", "mark": overdue["mark"]}
    tried = program.change("/overdue?preview=true", body)
    assert (tried["preview"], tried["entry"], Cancellation.objects.count()) == (True, None, 0)
    assert problem(program.post("/overdue", {**body, "mark": "other"}))["detail"] == (
        "order A-1: what is to be cancelled has changed since you read it; read it again"
    )
    done = program.change("/overdue", body)
    assert (done["changed"], Cancellation.objects.get().by) == (True, "seller")


def test_what_rules_cancel_is_stopped_and_goes_on() -> None:
    program = Program()
    assert program.read("/cancelling") == {"stopped": False}
    assert program.put("/cancelling", {"stopped": True})["changed"] is True
    assert program.put("/cancelling", {"stopped": True})["changed"] is False
    assert program.read("/cancelling") == {"stopped": True}
