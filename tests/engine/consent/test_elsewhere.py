"""The packs of other places: California, the European Union, and where no law is known."""

from __future__ import annotations

from datetime import date

import pytest

from backorder.engine.consent import Parties
from tests.engine.consent.stories import ORDERED, Story, later, show

T30 = date(2026, 12, 23)
NEAR = date(2027, 1, 15)
CALIFORNIA = Parties("US-CA", "US-TX", "consumer")


def test_california_wants_a_day_and_pays_back_within_a_week() -> None:
    story = Story(parties=CALIFORNIA).promise(ORDERED, None)
    verdict = story.verdict(later(3))
    assert [each.pack for each in verdict.standings] == ["us-ca", "us-federal"]
    (tell,) = verdict.actions
    assert tell.needs_day
    assert {"specific_delay", "reason", "silence_cancels"} <= tell.must_say
    story.notify(later(3), None).accept(later(4))  # federal law would be content
    assert show(story.verdict(T30)) == f"late; tell by {T30}"
    assert show(story.verdict(later(31))) == "refund_due; cancel by 2026-12-24; refund by 2026-12-31"
    named = Story(parties=CALIFORNIA).promise(ORDERED, NEAR).notify(later(3), NEAR)
    assert show(named.verdict(later(31))) == f"agreed; ship by {NEAR}"


def test_a_seller_in_california_is_held_by_its_law_too() -> None:
    story = Story(parties=Parties("US-TX", "US-CA", "consumer"))
    assert [pack.name for pack in story.packs] == ["us-ca", "us-federal"]


GERMANY = Parties("DE", "DE", "consumer")


def test_in_the_union_days_run_to_delivery_and_silence_does_nothing() -> None:
    story = Story(parties=GERMANY, transit_days=3).promise(ORDERED, later(28))  # delivered on the 31st day
    assert show(story.verdict(ORDERED)) == f"late; tell by {T30}"
    story.notify(later(1), later(28))
    assert show(story.verdict(later(1))) == "told"
    assert show(story.verdict(later(31))) == "missed"
    assert show(story.verdict(later(300))) == "missed"


def test_in_the_union_who_was_not_told_is_told_of_the_miss_at_once() -> None:
    story = Story(parties=GERMANY).promise(ORDERED, NEAR)
    assert show(story.verdict(later(31))) == "missed; tell by 2026-12-24"
    assert show(story.notify(later(31), NEAR).verdict(later(31))) == "missed"


def test_in_the_union_a_second_period_that_is_missed_lets_the_buyer_end_it() -> None:
    story = Story(parties=GERMANY).promise(ORDERED, NEAR).notify(later(1), NEAR)
    story.set_period(later(32), date(2027, 1, 8))
    assert show(story.verdict(later(32))) == "told"
    story.promise(later(32), date(2027, 1, 8))
    assert show(story.verdict(later(33))) == "agreed; ship by 2027-01-08"
    assert story.verdict(date(2027, 1, 9)).state == "may_end"
    assert (
        show(story.cancel(date(2027, 1, 9)).verdict(date(2027, 1, 9))) == "refund_due; refund by 2027-01-23"
    )


def test_in_the_union_an_essential_day_that_is_missed_lets_the_buyer_end_it_at_once() -> None:
    story = Story(parties=GERMANY, stated_on=later(10), essential=True).promise(ORDERED, NEAR)
    assert story.verdict(later(11)).state == "may_end"


@pytest.mark.parametrize(
    ("parties", "packs"),
    [
        (Parties("GB", "GB", "consumer"), ["uk"]),
        (Parties("AU", "AU", "consumer"), ["au"]),
        (Parties("US-NY", "US-NY", "consumer"), ["us-federal", "us-ny"]),
        (Parties("JP", "JP", "consumer"), ["elsewhere"]),
        (Parties("US-CA", "DE", "business"), ["business"]),
        (Parties("DE", "US-CA", "consumer"), ["eu", "us-ca", "us-federal"]),
    ],
)
def test_the_packs_of_a_sale(parties: Parties, packs: list[str]) -> None:
    assert [pack.name for pack in Story(parties=parties).packs] == packs


def test_between_businesses_no_clock_runs() -> None:
    story = Story(parties=Parties("US-CA", "US-CA", "business")).promise(ORDERED, None)
    assert show(story.verdict(later(400))) == "not_running"


def test_no_clock_runs_before_an_order_is_complete_and_payable() -> None:
    story = Story()
    story.facts = type(story.facts)(type(story.facts.sale)(1, None))
    assert show(story.verdict(later(400))) == "not_running"
