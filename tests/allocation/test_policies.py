"""Policies in force: versions, publications, and what they change."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from backorder.allocation.models import PolicyVersion, Promise, Publication, Run
from backorder.allocation.policies.publications import Draft, read_policy_in_force, read_terms
from backorder.allocation.what_if.publishing import Consent, SimulationError, publish_policy, roll_back
from backorder.engine.allocation import Policy
from backorder.faults import FaultyInputError
from backorder.orders.models import Order
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from tests.allocation.shop import buy, line_of, order_in, promised, standing, stock
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db

LATEST_FIRST = '[promises]\nkeep = "never"\n[rank]\nkeys = ["-ordered_at"]\n'
LAST_LINE_FIRST = '[promises]\nkeep = "never"\n[rank]\nkeys = ["-priority"]\n'


def test_before_the_first_publication_the_defaults_are_in_force() -> None:
    assert (read_policy_in_force(), read_terms().version) == (Policy(), None)
    buy("A-1", ("LAMP", 1))
    assert Run.objects.get().version is None


def test_what_is_published_decides_everything_at_once_and_from_then_on() -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 2), priority=1)
    buy("A-2", ("LAMP", 2), priority=9)
    assert standing("A-2")[:3] == (0, 0, 2)
    decision = publish_policy(Draft(LAST_LINE_FIRST), cause("the big one first"))
    assert (standing("A-1")[:3], standing("A-2")[:3]) == ((0, 0, 2), (2, 0, 0))
    buy("A-3", ("LAMP", 1), priority=10)
    assert standing("A-3")[:3] == (1, 0, 0)
    version = PolicyVersion.objects.get()
    assert (version.number, version.text) == (1, LAST_LINE_FIRST)
    assert set(Run.objects.order_by("-id").values_list("version", flat=True)[:2]) == {version.pk}
    assert (decision.event.what, decision.event.why) == ("policy.published", "the big one first")
    assert [entry.what for entry in read_story("policy", "1")] == ["policy.published"]


def test_an_item_whose_lines_move_has_the_publication_in_its_story() -> None:
    stock("LAMP", 2)
    stock("SHADE", 2)
    buy("A-1", ("LAMP", 2), priority=1)
    buy("A-2", ("LAMP", 2), priority=9)
    buy("A-3", ("SHADE", 1))
    decision = publish_policy(Draft(LAST_LINE_FIRST), cause())
    assert [subject.key for subject in decision.entry.subjects.order_by("kind", "key")] == ["LAMP", "whole"]


def test_rolling_back_publishes_the_earlier_version_again() -> None:
    stock("LAMP", 2)
    publish_policy(Draft('[promises]\nkeep = "never"\n', hysteresis_days=2, gain_days=5), cause())
    first = Publication.objects.get()
    buy("A-1", ("LAMP", 2), priority=1)
    buy("A-2", ("LAMP", 2), priority=9)
    before = standing("A-1"), standing("A-2")
    publish_policy(Draft(LAST_LINE_FIRST), cause())
    roll_back(first, cause("too many complaints"))
    assert (standing("A-1"), standing("A-2")) == before
    assert list(Publication.objects.order_by("id").values_list("version__number", flat=True)) == [1, 2, 1]
    last = Publication.objects.latest("id")
    assert (last.hysteresis_days, last.gain_days) == (2, 5)
    assert last.entry.why == "too many complaints"
    with pytest.raises(SimulationError, match="version 1 is in force already"):
        roll_back(last, cause())


def test_what_was_promised_in_between_stays_told_and_an_earlier_promise_counts_again() -> None:
    order_in("LAMP", 2, "PO-1", days=5)
    publish_policy(Draft(""), cause())
    buy("A-1", ("LAMP", 2), priority=1)
    buy("A-2", ("LAMP", 2), priority=9)
    publish_policy(Draft(LAST_LINE_FIRST), cause())
    assert (promised("A-1"), promised("A-2")) == ([5, None], [None, 5])
    roll_back(Publication.objects.earliest("id"), cause())
    # Both were promised day 5 once, supply keeps one of them, and A-1 ranks first again.
    assert (promised("A-1"), promised("A-2")) == ([5, None, 5], [None, 5, None])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("handling_days = -1", "policy.toml: handling_days: -1 is not a whole number of at least 0"),
        ("hysteresis_days = 1", "policy.toml: hysteresis_days: there is no such key"),
        (
            '[rank]\nkeys = ["colour"]',
            "policy.toml: rank.keys: 'colour' is neither a column of orders nor of items",
        ),
    ],
)
def test_a_policy_with_a_fault_is_not_published(text: str, fault: str) -> None:
    buy("A-1", ("LAMP", 2))
    before = Entry.objects.count()
    with pytest.raises(FaultyInputError) as raised:
        publish_policy(Draft(text), cause())
    assert raised.value.lines == (fault,)
    assert (Entry.objects.count(), PolicyVersion.objects.count()) == (before, 0)


def test_past_a_cap_a_policy_is_published_only_with_a_reason() -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 2), priority=1)
    buy("A-2", ("LAMP", 2), priority=9)
    draft = Draft('[promises]\nkeep = "never"\nmax_lines_worsened = 0\n[rank]\nkeys = ["-priority"]\n')
    with pytest.raises(SimulationError, match="max_lines_worsened is 1, allowed 0; say why"):
        publish_policy(draft, cause())
    assert (standing("A-1")[:3], Publication.objects.count()) == ((2, 0, 0), 0)
    decision = publish_policy(draft, cause(), Consent(despite="agreed with sales"))
    assert (standing("A-1")[:3], decision.event.facts["despite"]) == ((0, 0, 2), "agreed with sales")


def test_a_text_that_is_published_again_keeps_its_number() -> None:
    for text in ("handling_days = 1", "handling_days = 2", "handling_days = 1"):
        publish_policy(Draft(text), cause())
    assert list(Publication.objects.order_by("id").values_list("version__number", flat=True)) == [1, 2, 1]


def test_versions_publications_and_runs_are_never_changed() -> None:
    publish_policy(Draft("handling_days = 1"), cause())
    for rows, values in (
        (PolicyVersion.objects.all(), {"text": ""}),
        (Publication.objects.all(), {"hysteresis_days": 3}),
        (Run.objects.all(), {"plan_hash": ""}),
    ):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows.update(**values)


@pytest.mark.parametrize(
    "column",
    [
        "order",
        "line",
        "sku",
        "location",
        "customer",
        "customer_class",
        "channel",
        "ship_policy",
        "commitment",
    ],
)
def test_a_policy_may_speak_of_every_text_of_orders_and_items(column: str) -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 1))
    held = {"order": "A-1", "line": "1", "sku": "LAMP", "ship_policy": "as_ready", "commitment": "soft"}
    where = f'{column} = ["{held.get(column, "")}"]'
    publish_policy(Draft(f'[[segment]]\nname = "all"\nwhere = {{ {where} }}\nstrategy = "lose"\n'), cause())
    assert standing("A-1")[2] == 1


@pytest.mark.parametrize("condition", ['pack_size = "<=1"', 'price = "<=0"', 'description = [""]'])
def test_a_policy_may_speak_of_what_items_hold(condition: str) -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 1))
    publish_policy(
        Draft(f'[[segment]]\nname = "all"\nwhere = {{ {condition} }}\nstrategy = "lose"\n'), cause()
    )
    assert standing("A-1")[2] == 1


def test_an_order_of_a_version_that_is_not_in_force_is_not_touched() -> None:
    publish_policy(Draft("handling_days = 3"), cause())
    publish_policy(Draft(""), cause())
    stock("LAMP", 1)
    buy("A-1", ("LAMP", 1))
    assert promised("A-1") == [0]
    assert Promise.objects.get(line=line_of("A-1")).reason == "ON_HAND"
    assert Order.objects.count() == 1
