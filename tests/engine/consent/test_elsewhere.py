"""The packs of other places: California, the European Union, and where no law is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backorder.engine.consent import Facts, FactsError, PackError, Parties, RefundRule, Sale, choose_packs
from backorder.law import list_packs
from tests.engine.consent.stories import ORDERED, Story, at, later, show

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
    assert [pack.name for pack in story.rules.packs] == ["us-ca", "us-federal"]


GERMANY = Parties("DE", "DE", "consumer")


def test_in_the_union_days_run_to_delivery_and_silence_does_nothing() -> None:
    story = Story(parties=GERMANY, transit_days=3).promise(ORDERED, later(28))  # delivered on the 31st day
    assert show(story.verdict(ORDERED)) == f"late; tell by {T30}"
    story.notify(later(1), later(28))
    assert show(story.verdict(later(1))) == "told"
    assert (
        show(story.verdict(later(31))) == "missed; tell by 2026-12-24"
    )  # three days on the way, and it has not left
    assert show(story.verdict(later(300))) == "missed; tell by 2027-09-19"


def test_in_the_union_who_was_not_told_is_told_of_the_miss_at_once() -> None:
    story = Story(parties=GERMANY).promise(ORDERED, NEAR)
    assert show(story.verdict(later(31))) == "missed; tell by 2026-12-24"
    assert show(story.notify(later(31), NEAR).verdict(later(31))) == "missed"


def test_in_the_union_a_second_period_that_is_missed_lets_the_buyer_end_it() -> None:
    story = Story(parties=GERMANY).promise(ORDERED, NEAR).notify(later(1), NEAR)
    story.set_period(later(32), date(2027, 1, 8))
    assert show(story.verdict(later(32))) == "late; tell by 2027-01-08"
    story.promise(later(32), date(2027, 1, 8))
    assert show(story.verdict(later(33))) == "agreed; ship by 2027-01-08"
    assert story.verdict(date(2027, 1, 9)).state == "may_end"
    assert (
        show(story.cancel(date(2027, 1, 9)).verdict(date(2027, 1, 9))) == "refund_due; refund by 2027-01-23"
    )


def test_in_the_union_who_has_no_use_for_it_any_more_may_end_it_at_once() -> None:
    story = Story(parties=GERMANY, stated_on=later(10), needed_by=later(9)).promise(ORDERED, NEAR)
    assert story.verdict(later(11)).state == "may_end"


@pytest.mark.parametrize(
    ("parties", "packs"),
    [
        (Parties("GB", "GB", "consumer"), ["uk"]),
        (Parties("AU", "AU", "consumer"), ["au"]),
        (Parties("US-NY", "US-NY", "consumer"), ["us-federal", "us-ny"]),
        (Parties("JP", "JP", "consumer"), ["elsewhere"]),
        (Parties("US-CA", "DE", "business"), ["business"]),
        (Parties("DE", "US-CA", "consumer"), ["eu"]),
        (Parties("US-NY", "US-CA", "consumer"), ["us-ca", "us-federal", "us-ny"]),
    ],
)
def test_the_packs_of_a_sale(parties: Parties, packs: list[str]) -> None:
    assert [pack.name for pack in Story(parties=parties).rules.packs] == packs


def test_between_businesses_no_clock_runs() -> None:
    story = Story(parties=Parties("US-CA", "US-CA", "business")).promise(ORDERED, None)
    assert show(story.verdict(later(400))) == "not_running"


def test_no_clock_runs_before_an_order_is_complete_and_payable() -> None:
    story = Story()
    story.facts = Facts(Sale(1, None))
    assert show(story.verdict(later(400))) == "not_running"


def test_what_ships_in_time_arrives_in_time() -> None:
    """Where delivery counts, the last day to ship is so many days before."""
    story = Story(parties=GERMANY, transit_days=5).promise(ORDERED, later(10))
    assert show(story.verdict(later(24))) == "on_time; ship by 2026-12-18"
    assert show(story.verdict(later(25))) == "on_time; ship_or_tell by 2026-12-18"
    assert show(story.verdict(later(26))) == f"late; tell by {T30}"
    assert show(story.ship(later(25)).verdict(later(26))) == "shipped"
    assert story.verdict(later(400)).state == "shipped"


def test_a_day_of_delivery_that_was_told_counts_where_delivery_does() -> None:
    story = Story(parties=GERMANY, transit_days=5, stated_on=later(2), deliver_by=later(12)).promise(
        ORDERED, later(2)
    )
    assert show(story.verdict(ORDERED)) == "on_time; ship by 2026-11-30"


def test_what_is_on_its_way_is_late_until_it_is_delivered() -> None:
    story = (
        Story(parties=GERMANY, transit_days=5)
        .promise(ORDERED, later(28))
        .ship(later(28), delivered_on=later(35))
    )
    assert show(story.verdict(later(29))) == f"late; tell by {T30}"
    assert show(story.verdict(later(31))) == "missed; tell by 2026-12-24"
    story.notify(later(31), later(28))
    assert show(story.verdict(later(31))) == "missed"
    assert show(story.verdict(later(35))) == "shipped"
    assert story.look_ahead(later(29)) == [
        (date(2026, 12, 22), "should_tell", 1),
        (T30, "last_day", 1),
        (T30, "tell", 1),
    ]


def test_a_delivery_that_was_reported_counts_before_the_days_on_the_way_are_over() -> None:
    story = (
        Story(parties=GERMANY, transit_days=5)
        .promise(ORDERED, later(27))
        .ship(later(27), delivered_on=later(30))
    )
    assert show(story.verdict(later(29))) == f"late; tell by {T30}"
    assert story.verdict(later(31)).state == "shipped"


def test_what_is_on_its_way_can_be_cancelled_where_delivery_counts() -> None:
    story = (
        Story(parties=GERMANY, transit_days=5)
        .promise(ORDERED, later(8))
        .ship(later(8))
        .ask_to_cancel(later(10))
    )
    assert show(story.verdict(later(10))) == "refund_due; ask_a_person by 2026-12-03; refund by 2026-12-17"
    assert story.judge(later(10)).crossed == ()
    american = Story().promise(ORDERED, later(8)).ship(later(8)).ask_to_cancel(later(10))
    assert [answer.kind for answer in american.judge(later(10)).crossed] == ["cancels"]


def test_who_heard_better_news_last_does_not_know_of_the_delay() -> None:
    story = Story(parties=GERMANY).promise(ORDERED, NEAR).notify(later(1), NEAR).notify(later(2), later(10))
    assert show(story.verdict(later(3))) == f"late; tell by {T30}"


def test_a_further_delay_after_the_miss_is_told_too() -> None:
    story = (
        Story(parties=GERMANY)
        .promise(ORDERED, NEAR)
        .notify(later(1), NEAR)
        .promise(later(40), date(2027, 3, 1))
    )
    assert show(story.verdict(later(40))) == "missed; tell by 2027-01-02"
    empty = story.notify(later(40), date(2027, 3, 1), frozenset())
    assert show(empty.verdict(later(40))) == "missed; tell by 2027-01-02"
    assert show(story.notify(later(40), date(2027, 3, 1)).verdict(later(40))) == "missed"


def test_the_earliest_day_and_the_worst_state_of_all_packs_count() -> None:
    """California counts from payment, three days later than the federal rule from the order; it pays back sooner."""
    story = Story(parties=CALIFORNIA, paid_at=at(later(3))).promise(ORDERED, NEAR)
    verdict = story.verdict(later(31))
    assert [(each.pack, each.state) for each in verdict.standings] == [
        ("us-ca", "late"),
        ("us-federal", "refund_due"),
    ]
    assert (verdict.state, verdict.deadline) == ("refund_due", date(2026, 12, 24))
    story = Story(parties=CALIFORNIA).ask_to_cancel(later(1))
    assert [each.refund_by for each in story.verdict(later(1)).standings] == [
        date(2026, 12, 1),
        date(2026, 12, 4),
    ]
    assert story.verdict(later(1)).actions[-1].by == date(2026, 12, 1)


NEW_YORK = Parties("US-NY", "US-NY", "consumer")


def test_a_pack_that_says_nothing_of_money_asks_for_none() -> None:
    story = Story(parties=NEW_YORK).promise(ORDERED, later(5)).cancel(later(2))
    assert show(story.verdict(later(2))) == "refund_due; refund by 2026-12-07"


def test_holidays_are_those_of_the_place_that_goods_go_to() -> None:
    """Five working days before Thursday 31 December, of which Christmas is none; in Germany the day after is a Saturday."""
    story = Story(parties=GERMANY, stated_on=date(2026, 12, 31)).promise(ORDERED, NEAR)
    assert story.verdict(ORDERED).actions[0].should_by == date(2026, 12, 23)
    japan = Story(parties=Parties("JP", "JP", "consumer"), stated_on=date(2026, 12, 31)).promise(
        ORDERED, NEAR
    )
    assert japan.verdict(ORDERED).actions[0].should_by == date(2026, 12, 24)


@pytest.mark.parametrize(
    "wrong", [("us-ca", "US", "consumer"), ("USA", "US", "consumer"), ("US", "US", "Consumer")]
)
def test_parties_that_cannot_be_are_refused(wrong: tuple[str, str, str]) -> None:
    with pytest.raises(FactsError, match=r"'us-ca' is no country|'USA' is no country|'Consumer' is no buyer"):
        Parties(*wrong)


def test_of_a_packs_versions_the_last_in_force_counts() -> None:
    (federal,) = [pack for pack in list_packs() if pack.name == "us-federal"]
    ninth = replace(federal, version=9, effective_on=date(2026, 1, 1))
    tenth = replace(federal, version=10, effective_on=date(2026, 1, 1), buyers=frozenset(["business"]))
    coming = replace(federal, version=11, effective_on=date(2026, 11, 24))
    texas = Parties("US-TX", "US-TX", "consumer")
    assert choose_packs([ninth, federal], texas, ORDERED) == [ninth]
    assert choose_packs([coming, tenth, ninth], texas, ORDERED) == []
    assert choose_packs([coming, tenth, ninth], texas, date(2026, 11, 24)) == [coming]
    with pytest.raises(PackError, match="there are two of version 9"):
        choose_packs([ninth, replace(ninth, days=1)], texas, ORDERED)


def test_a_period_that_is_over_when_it_is_set_is_for_a_person_until_one_dealt_with_it() -> None:
    story = (
        Story(parties=GERMANY).promise(ORDERED, NEAR).notify(later(1), NEAR).set_period(later(40), later(39))
    )
    assert show(story.verdict(later(40))) == "missed"
    (crossed,) = story.judge(later(40)).crossed
    story.add(answers=[replace(crossed, settled_at=at(later(41)))])
    assert [len(story.judge(later(day)).crossed) for day in (40, 41)] == [1, 0]


def test_an_answer_that_one_of_several_laws_takes_is_for_nobody_else() -> None:
    story = Story(parties=CALIFORNIA).promise(ORDERED, None).notify(later(3), None).accept(later(4))
    assert [each.state for each in story.verdict(later(4)).standings] == ["late", "open_wait"]
    assert story.judge(later(4)).crossed == ()


def test_of_two_rules_on_money_the_earlier_counts() -> None:
    story = Story().ask_to_cancel(later(2))  # Thanksgiving is the day after
    (federal,) = story.rules.packs
    days = []
    for rule in (RefundRule(7, 30), RefundRule(7, 7)):
        story.rules = replace(story.rules, packs=(replace(federal, refund=rule),))
        days.append(story.verdict(later(2)).standings[0].refund_by)
    assert days == [date(2026, 12, 7), date(2026, 12, 2)]


@pytest.mark.parametrize("told", [20, 33])
def test_a_yes_to_a_day_that_is_past_is_for_a_person(told: int) -> None:
    story = Story(parties=GERMANY).promise(ORDERED, NEAR).notify(later(1), later(told)).accept(later(40))
    assert [answer.kind for answer in story.judge(later(40)).crossed] == ["accepts"]
    assert story.verdict(later(40)).state == "missed"


def test_who_cancels_what_is_cancelled_already_needs_nobody() -> None:
    story = Story().promise(ORDERED, NEAR).ask_to_cancel(later(33))
    assert show(story.verdict(later(33))) == "refund_due; cancel by 2026-12-24; refund by 2027-01-06"
    assert story.judge(later(33)).crossed == ()
