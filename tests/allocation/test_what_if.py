"""What if: without effect, then published as it was shown, or discarded."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from backorder.allocation.models import Publication, Run, SimulatedLine, Simulation, SimulationEnd
from backorder.allocation.policies.publications import Draft
from backorder.allocation.runs import replay
from backorder.allocation.services import decide_after
from backorder.allocation.what_if.publishing import Consent, OutdatedError, SimulationError, discard, publish
from backorder.allocation.what_if.simulations import Otherwise, simulate
from backorder.faults import FaultyInputError
from backorder.orders.services import OrderError
from backorder.outbox.models import Entry
from backorder.supply.models import InboundLine
from backorder.supply.services import SupplyError
from tests.allocation.history import EVENT, SKUS, Event, find_change
from tests.allocation.shop import buy, line_of, order_in, promised, standing, stock
from tests.searching import IN_DATABASE
from tests.supply.shop import TODAY, cause, item

pytestmark = pytest.mark.django_db

BIG_FIRST = '[promises]\nkeep = "never"\n[rank]\nkeys = ["-priority"]\n'
OWN = {"Entry", "Subject", "Run", "RunFacts", "Simulation", "SimulatedLine"}
"""What a simulation adds rows to."""
TEXTS = st.sampled_from(
    [
        None,
        "",
        BIG_FIRST,
        "handling_days = 2",
        '[promises]\nkeep = "by_rank"\n[rank]\nkeys = ["-ordered_at"]\n',
        '[[segment]]\nname = "all"\nwhere = { sku = ["LAMP"] }\nstrategy = "fair_share"\n',
    ]
)


def read_database() -> dict[str, list[tuple[Any, ...]]]:
    models = [model for model in apps.get_models() if model.__module__.startswith("backorder.")]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values_list())  # noqa: SLF001 - Django's name for it
        for model in models
    }


def two_orders() -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 2), priority=1)
    buy("A-2", ("LAMP", 2), priority=9)


def test_a_simulation_says_what_would_change_and_changes_nothing() -> None:
    two_orders()
    before = read_database()
    simulation = simulate(Draft(BIG_FIRST), cause("who gets it?"))
    after = read_database()
    assert {name for name in before if before[name] != after[name]} == OWN
    assert all(after[name][: len(rows)] == rows for name, rows in before.items())
    rows = SimulatedLine.objects.order_by("line").values_list(
        "line__order__number", "allocated_before", "allocated_after", "worsened", "told"
    )
    assert list(rows) == [("A-1", 2, 0, True, True), ("A-2", 0, 2, False, False)]
    run = simulation.run
    assert (run.in_force, run.lines_worsened, run.notices, run.promises) == (False, 1, 1, 2)
    assert (run.entry.what, run.entry.why) == ("plan.simulated", "who gets it?")


def test_another_day_of_a_delivery_can_be_tried_and_then_made_true() -> None:
    line = order_in("LAMP", 2, "PO-1", days=5)
    buy("A-1", ("LAMP", 2))
    simulation = simulate(None, cause(), [Otherwise(line, expected_on=TODAY + dt.timedelta(days=9))])
    row = SimulatedLine.objects.get()
    assert (row.planned_before, row.planned_after) == (TODAY + dt.timedelta(5), TODAY + dt.timedelta(9))
    assert promised("A-1") == [5]
    decision = publish(simulation, cause())
    assert promised("A-1") == [5, 9]
    assert decision.run.plan_hash == simulation.run.plan_hash
    assert InboundLine.objects.get().expected_on == TODAY + dt.timedelta(days=9)
    assert Publication.objects.count() == 0


def test_a_delivery_that_does_not_come_can_be_tried_and_then_made_true() -> None:
    first = order_in("LAMP", 2, "PO-1", days=5)
    order_in("LAMP", 3, "PO-2", days=8)
    buy("A-1", ("LAMP", 4))
    simulation = simulate(None, cause(), [Otherwise(first, remaining=0)])
    assert SimulatedLine.objects.get().allocated_after == 3
    decision = publish(simulation, cause())
    assert decision.run.plan_hash == simulation.run.plan_hash
    assert standing("A-1")[:3] == (0, 3, 1)


def test_after_facts_have_changed_a_simulation_is_published_only_anew() -> None:
    two_orders()
    simulation = simulate(Draft(BIG_FIRST), cause())
    buy("A-3", ("LAMP", 1), priority=10)
    before = read_database()
    with pytest.raises(
        OutdatedError, match=r"order.placed by anna.*: 2 lines would stand otherwise"
    ) as raised:
        publish(simulation, cause())
    assert raised.value.lines == [line_of("A-2").pk, line_of("A-3").pk]
    assert [entry.what for entry in raised.value.happened] == ["order.placed"]
    assert read_database() == before
    publish(simulation, cause(), Consent(anew=True))
    assert [standing(number)[0] for number in ("A-1", "A-2", "A-3")] == [0, 1, 1]


def test_a_simulation_past_a_cap_says_so_and_is_published_only_with_a_reason() -> None:
    two_orders()
    text = '[promises]\nkeep = "never"\nmax_notices = 0\n[rank]\nkeys = ["-priority"]\n'
    simulation = simulate(Draft(text), cause())
    assert simulation.caps == {"max_notices": {"allowed": 0, "is": 1}}
    with pytest.raises(SimulationError, match="max_notices is 1, allowed 0"):
        publish(simulation, cause())
    assert Publication.objects.count() == 0
    publish(simulation, cause(), Consent(despite="the customer agreed"))
    assert standing("A-2")[0] == 2


def test_a_simulation_ends_once() -> None:
    two_orders()
    dropped, taken = simulate(Draft(BIG_FIRST), cause()), simulate(Draft(BIG_FIRST), cause())
    assert discard(dropped, cause("no")).what == "simulation.discarded"
    publish(taken, cause())
    for simulation, what in ((dropped, "discarded"), (taken, "published")):
        entries = Entry.objects.count()
        for end in (publish, discard):
            with pytest.raises(SimulationError, match=f"it was {what} by anna on 24 Nov 2026"):
                end(simulation, cause())
        assert Entry.objects.count() == entries
    assert sorted(SimulationEnd.objects.values_list("what", flat=True)) == ["discarded", "published"]


def test_a_simulation_of_nothing_but_rules_that_were_in_force_rolls_back_to_them() -> None:
    line = order_in("LAMP", 2, "PO-1", days=5)
    later = [Otherwise(line, TODAY + dt.timedelta(days=9))]
    tried: list[tuple[Draft, list[Otherwise]]] = [
        (Draft("handling_days = 2", 1), []),
        (Draft(""), []),
        (Draft("handling_days = 2", 1), []),  # as it was published first
        (Draft("handling_days = 2", 1), []),  # is in force
        (Draft("", 3), []),  # a version that was in force, told otherwise
        (Draft(""), later),  # and another day of a delivery
    ]
    for draft, changes in tried:
        publish(simulate(draft, cause(), changes), cause())
    written = [publication.entry for publication in Publication.objects.order_by("id")]
    new, back = "simulation.published", "policy.rolled_back"
    assert [entry.what for entry in written] == [new, new, back, new, new, new]
    first = Publication.objects.earliest("id")
    assert written[2].facts == {"anew": False, "despite": "", "publication": first.pk}
    numbers = Publication.objects.order_by("id").values_list("version__number", flat=True)
    assert list(numbers) == [1, 2, 1, 1, 2, 2]


def test_what_cannot_be_asked_is_refused_and_nothing_is_kept() -> None:
    line = order_in("LAMP", 2, "PO-1", days=5)
    before = read_database()
    with pytest.raises(SimulationError, match="2 units are still to come; fewer can be taken to come, not 3"):
        simulate(None, cause(), [Otherwise(line, remaining=3)])
    with pytest.raises(SimulationError, match="1066-10-14 cannot be meant"):
        simulate(None, cause(), [Otherwise(line, expected_on=dt.date(1066, 10, 14))])
    with pytest.raises(FaultyInputError, match="there is no such key"):
        simulate(Draft("colour = 1"), cause())
    assert read_database() == before


@pytest.mark.hypothesis
@IN_DATABASE
@given(st.lists(EVENT, min_size=1, max_size=8), TEXTS, st.integers(0, 9), st.integers(0, 20))
def test_what_is_published_is_what_was_shown(
    history: list[Event], text: str | None, about: int, days: int
) -> None:
    with transaction.atomic():
        for sku in SKUS:
            item(sku)
        for number, event in enumerate(history):
            found = find_change(number, event)
            if found is None:
                continue
            try:
                decide_after(*found)
            except (SupplyError, OrderError):
                continue
        coming = list(InboundLine.objects.filter(remaining__gt=0).select_related("order").order_by("id"))
        changes = []
        if coming:
            line = coming[about % len(coming)]
            left = line.remaining // 2 if about % 2 else None
            changes = [Otherwise(line, TODAY + dt.timedelta(days=days), left)]
        before = read_database()
        simulation = simulate(None if text is None else Draft(text), cause(), changes)
        after = read_database()
        assert all(after[name] == rows for name, rows in before.items() if name not in OWN)
        assert all(after[name][: len(rows)] == rows for name, rows in before.items())
        shown = {line.line_id: line for line in SimulatedLine.objects.all()}
        decision = publish(simulation, cause())
        assert decision.run.plan_hash == simulation.run.plan_hash == replay(simulation.run)
        for move in decision.moves:
            if move.after and move.line in shown:
                row = shown[move.line]
                assert row.planned_after == move.after["planned_on"]
                assert (
                    row.allocated_after == move.after["allocated_on_hand"] + move.after["allocated_inbound"]
                )
        assert shown.keys() <= {move.line for move in decision.moves}
        assert decision.run.promises == simulation.run.promises
        assert (Simulation.objects.count(), Run.objects.filter(in_force=False).count()) == (1, 1)
        transaction.set_rollback(True)
