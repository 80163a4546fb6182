"""Runs: what is kept of a decision, the same plan again, and the day that only moves on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from backorder.allocation import events
from backorder.allocation.models import Run, RunFacts
from backorder.allocation.policies.publications import Draft
from backorder.allocation.runs import FACTS_KEPT_DAYS, ReplayError, drop_old_facts, replay
from backorder.allocation.services import decide_after, pass_day, plan_all
from backorder.allocation.what_if.publishing import publish_policy
from backorder.catalog.models import Component
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.supply.services import SupplyError
from tests.allocation.history import EVENT, SKUS, Event, find_change
from tests.allocation.shop import buy, covered, line_of, order_in, promised, slip, standing, stock
from tests.searching import IN_DATABASE
from tests.supply.shop import NOON, TODAY, cause, item

pytestmark = pytest.mark.django_db


def after(days: int) -> Cause:
    return Cause("clock", NOON + dt.timedelta(days=days))


@pytest.mark.hypothesis
@IN_DATABASE
@given(st.booleans(), st.lists(EVENT, min_size=1, max_size=8))
def test_every_run_is_made_again_from_its_own_facts(kits: bool, history: list[Event]) -> None:  # noqa: FBT001 - drawn
    with transaction.atomic():
        for sku in SKUS:
            item(sku)
        if kits:
            Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
        for number, event in enumerate(history):
            found = find_change(number, event)
            if found is None:
                continue
            try:
                decide_after(*found)
            except (SupplyError, OrderError):
                continue
        plan_all(cause())
        runs = list(Run.objects.all())
        assert [replay(run) for run in runs] == [run.plan_hash for run in runs]
        transaction.set_rollback(True)


def test_a_run_says_how_it_did() -> None:
    stock("LAMP", 3)
    line = order_in("LAMP", 4, "PO-1", days=5)
    buy("A-1", ("LAMP", 2))
    buy("A-2", ("LAMP", 3), on=5)
    slip(line, 9)
    run = Run.objects.latest("id")
    figures = (run.items, run.lines, run.lines_covered, run.lines_in_time, run.lines_worsened)
    assert figures == (1, 2, 2, 1, 1)
    assert (run.units, run.units_on_hand, run.units_covered, run.units_in_time) == (5, 3, 5, 3)
    assert (run.in_force, run.whole, run.as_of, run.promises) == (True, False, TODAY, 1)


def test_a_whole_decision_of_what_is_decided_already_writes_no_row_of_the_plan() -> None:
    stock("LAMP", 3)
    order_in("LAMP", 4, "PO-1", days=5)
    buy("A-1", ("LAMP", 5))
    before = covered("A-1"), standing("A-1"), promised("A-1")
    decision = plan_all(cause())
    assert (covered("A-1"), standing("A-1"), promised("A-1")) == before
    assert (list(decision.moves), decision.run.whole, decision.run.promises) == ([], True, 0)


def test_old_facts_are_dropped_and_their_hashes_stay() -> None:
    buy("A-1", ("LAMP", 1))
    plan_all(cause())
    event, whole = Run.objects.order_by("id")
    assert drop_old_facts(NOON + dt.timedelta(days=FACTS_KEPT_DAYS)) == 0
    assert drop_old_facts(NOON + dt.timedelta(days=FACTS_KEPT_DAYS, seconds=1)) == 1
    assert replay(whole) == whole.plan_hash
    with pytest.raises(ReplayError, match=f"dropped after 30 days; its hash is {event.plan_hash}"):
        replay(event)
    assert (Run.objects.count(), RunFacts.objects.count()) == (2, 1)


def test_a_run_of_a_policy_is_made_again_by_that_policy() -> None:
    stock("LAMP", 3)
    publish_policy(Draft("handling_days = 2"), cause())
    buy("A-1", ("LAMP", 1))
    run = Run.objects.latest("id")
    publish_policy(Draft("handling_days = 5"), cause())
    assert promised("A-1")[0] == 2
    assert replay(run) == run.plan_hash


def test_a_day_passes_once_however_often_it_is_called() -> None:
    order_in("LAMP", 4, "PO-1", days=1)
    buy("A-1", ("LAMP", 4))
    assert pass_day(after(2)) is not None
    entries = Entry.objects.count()
    assert (pass_day(after(2)), pass_day(after(1)), Entry.objects.count()) == (None, None, entries)


def test_days_without_a_worker_are_passed_at_once() -> None:
    """T13 of docs/reference/defects-of-others.md."""
    order_in("LAMP", 4, "PO-1", days=1)
    buy("A-1", ("LAMP", 4))
    pass_day(after(0))
    pass_day(after(4))
    passed = list(Entry.objects.filter(what="day.passed").order_by("id").values_list("facts", flat=True))
    assert passed == [
        {"from": None, "to": "2026-11-24"},
        {"from": "2026-11-24", "to": "2026-11-28"},
    ]
    assert promised("A-1") == [1, 11]


def test_no_decision_is_made_for_an_earlier_day_than_the_last() -> None:
    stock("LAMP", 4)
    pass_day(after(3))
    buy("A-1", ("LAMP", 4))
    assert Run.objects.latest("id").as_of == TODAY + dt.timedelta(days=3)
    assert promised("A-1") == [3]
    events.cancel_line(line_of("A-1"), 1, after(-5))
    assert Run.objects.latest("id").as_of == TODAY + dt.timedelta(days=3)


def test_a_day_that_a_wrong_clock_decided_for_does_not_stay() -> None:
    stock("LAMP", 4)
    pass_day(after(0))
    wrong = after(36_500)
    assert pass_day(wrong) is not None
    assert Run.objects.latest("id").as_of == wrong.day
    buy("A-1", ("LAMP", 4))
    assert Run.objects.latest("id").as_of == TODAY
    assert promised("A-1") == [0]
    assert pass_day(after(0)) is None
    assert pass_day(after(1)) is not None
    assert Run.objects.latest("id").as_of == TODAY + dt.timedelta(days=1)
