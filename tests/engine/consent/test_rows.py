"""Every row of the table of the federal rule of the United States, with its worked days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backorder.engine.consent import Answer, Facts, FactsError, Rules, Sale, judge
from backorder.law import find_place
from tests.engine.consent.stories import EVERYTHING, ORDERED, US, Story, at, later, packs_for, show

T30 = date(2026, 12, 23)
NEAR, FAR = date(2027, 1, 15), date(2027, 2, 5)
LIMIT = date(2027, 1, 22)  # thirty days after T30


def test_a_a_day_that_was_stated_counts() -> None:
    story = Story(stated_on=date(2027, 3, 1))
    assert show(story.verdict(ORDERED)) == "on_time; ship by 2027-03-01"
    assert story.verdict(ORDERED).standings[0].citation == "16 CFR 435.2(a)(1)(i)"


@pytest.mark.parametrize(("credit", "day"), [(False, T30), (True, date(2027, 1, 12))])
def test_b_without_a_stated_day_thirty_days_count_and_fifty_on_credit(*, credit: bool, day: date) -> None:
    story = Story(credit=credit).promise(ORDERED, ORDERED)
    assert show(story.verdict(ORDERED)) == f"on_time; ship by {day}"


def test_c_a_near_day_needs_a_notice_in_time_and_silence_is_consent() -> None:
    story = Story().promise(later(2), NEAR)
    verdict = story.verdict(later(2))
    assert show(verdict) == f"late; tell by {T30}"
    (tell,) = verdict.actions
    assert tell.should_by == date(2026, 12, 16)  # five working days before
    assert "silence_consents" in tell.must_say
    story.notify(later(3), NEAR)
    assert show(story.verdict(later(3))) == f"agreed; ship by {NEAR}"
    assert show(story.verdict(NEAR)) == f"agreed; ship_or_tell by {NEAR}"


@pytest.mark.parametrize(
    ("revised_on", "then"), [(LIMIT, f"agreed; ship by {LIMIT}"), (LIMIT + timedelta(days=1), "asked")]
)
def test_c_and_d_part_thirty_days_after_the_day(revised_on: date, then: str) -> None:
    story = Story().promise(ORDERED, revised_on).notify(later(3), revised_on)
    assert show(story.verdict(later(3))) == then


def test_c_a_notice_on_the_last_day_counts_and_one_after_it_does_not() -> None:
    assert show(Story().promise(ORDERED, NEAR).notify(T30, NEAR).verdict(T30)) == f"agreed; ship by {NEAR}"
    late = Story().promise(ORDERED, NEAR).notify(later(31), NEAR).verdict(later(31))
    assert show(late) == "refund_due; cancel by 2026-12-24; refund by 2027-01-06"


@pytest.mark.parametrize("day", [FAR, None])
def test_d_a_far_day_or_none_is_cancelled_by_silence(day: date | None) -> None:
    story = Story().promise(ORDERED, day).notify(later(3), day)
    assert show(story.verdict(later(3))) == "asked"
    assert story.verdict(LIMIT).deadline == LIMIT
    verdict = story.verdict(date(2027, 1, 23))
    assert show(verdict) == "refund_due; cancel by 2027-01-23; refund by 2027-02-02"
    assert verdict.standings[0].citation == "16 CFR 435.2(b)(1)(iii)"


def test_d_unless_it_ships_or_the_buyer_agrees() -> None:
    asked = Story().promise(ORDERED, FAR).notify(later(3), FAR)
    assert show(asked.accept(LIMIT).verdict(LIMIT)) == f"agreed; ship by {FAR}"
    asked = Story().promise(ORDERED, FAR).notify(later(3), FAR)
    assert show(asked.ship(LIMIT).verdict(FAR)) == "shipped"


def test_d_a_nearer_day_that_is_told_in_time_takes_the_place_of_the_question() -> None:
    story = (
        Story().promise(ORDERED, None).notify(later(3), None).promise(later(9), NEAR).notify(later(9), NEAR)
    )
    assert show(story.verdict(later(9))) == f"agreed; ship by {NEAR}"
    last = Story().promise(ORDERED, None).notify(later(3), None).promise(T30, NEAR).notify(T30, NEAR)
    assert show(last.verdict(T30)) == f"agreed; ship by {NEAR}"
    late = (
        Story().promise(ORDERED, None).notify(later(3), None).promise(later(31), NEAR).notify(later(31), NEAR)
    )
    assert show(late.verdict(later(31))) == "asked"


def test_e_no_notice_in_time_is_cancelled_and_paid_back_unasked() -> None:
    story = Story().promise(ORDERED, NEAR)
    verdict = story.verdict(date(2026, 12, 24))
    assert show(verdict) == "refund_due; cancel by 2026-12-24; refund by 2027-01-06"
    assert verdict.standings[0].vested_on == date(2026, 12, 24)
    story.cancel(date(2026, 12, 28), by="seller")
    assert show(story.verdict(date(2026, 12, 28))) == "refund_due; refund by 2027-01-06"
    assert show(story.refund(date(2026, 12, 29)).verdict(date(2026, 12, 29))) == "settled"


@pytest.mark.parametrize("missing", ["right_to_cancel", "free_answer", "silence_consents", "day_or_none"])
def test_e_a_notice_that_lacks_something_does_not_count(missing: str) -> None:
    story = Story().promise(ORDERED, NEAR).notify(later(3), NEAR, EVERYTHING - {missing})
    assert story.verdict(later(3)).state == "late"
    assert story.verdict(later(31)).state == "refund_due"


def test_e_a_notice_that_did_not_arrive_does_not_count() -> None:
    story = Story().promise(ORDERED, NEAR).notify(later(3), NEAR, failed_on=later(3))
    assert story.verdict(later(3)).state == "late"


def test_f_a_day_that_was_agreed_is_renewed_before_it_or_cancelled() -> None:
    story = Story().promise(ORDERED, NEAR).notify(later(3), NEAR)
    verdict = story.verdict(date(2027, 1, 16))
    assert show(verdict) == "refund_due; cancel by 2027-01-16; refund by 2027-01-27"
    later_day = date(2027, 1, 20)  # near the first day, and yet silence cancels now
    story.promise(date(2027, 1, 10), later_day)
    assert show(story.verdict(date(2027, 1, 10))) == f"late; tell by {NEAR}"
    story.notify(date(2027, 1, 11), later_day)
    assert story.verdict(NEAR).state == "asked"
    assert story.verdict(date(2027, 1, 16)).state == "refund_due"
    story.accept(date(2027, 1, 12), "N2")
    assert show(story.verdict(date(2027, 1, 16))) == f"agreed; ship by {later_day}"


def test_g_an_express_consent_replaces_the_day() -> None:
    story = Story().promise(ORDERED, FAR).notify(later(3), FAR).accept(later(4))
    verdict = story.verdict(later(4))
    assert show(verdict) == f"agreed; ship by {FAR}"
    assert verdict.standings[0].citation == "16 CFR 435.2(b)"


def test_g_a_day_that_was_agreed_to_is_renewed_before_it_or_cancelled_as_in_f() -> None:
    agreed = Story().promise(ORDERED, FAR).notify(later(3), FAR).accept(later(4))
    missed = agreed.verdict(date(2027, 2, 6))
    assert show(missed) == "refund_due; cancel by 2027-02-06; refund by 2027-02-17"  # Washington's birthday
    assert missed.standings[0].vested_on == date(2027, 2, 6)
    further = date(2027, 2, 20)
    agreed.promise(date(2027, 2, 1), further)
    verdict = agreed.verdict(date(2027, 2, 1))
    assert show(verdict) == f"late; tell by {FAR}"
    assert "silence_cancels" in verdict.actions[0].must_say
    agreed.notify(date(2027, 2, 2), further)
    assert (agreed.verdict(FAR).state, agreed.verdict(date(2027, 2, 6)).state) == ("asked", "refund_due")
    agreed.accept(date(2027, 2, 3), "N2")
    assert show(agreed.verdict(date(2027, 2, 6))) == f"agreed; ship by {further}"


def test_h_who_waits_without_a_day_needs_no_more_notices_and_may_cancel() -> None:
    story = Story().promise(ORDERED, None).notify(later(3), None).accept(later(4))
    assert show(story.verdict(later(400))) == "open_wait"
    story.cancel(later(401))
    assert story.verdict(later(401)).state == "refund_due"


def test_h_a_notice_without_a_day_says_that_one_may_still_cancel_or_does_not_count() -> None:
    story = Story().promise(ORDERED, None).notify(later(3), None, EVERYTHING - {"open_wait"})
    assert show(story.verdict(later(3))) == f"late; tell by {T30}"
    assert "open_wait" in story.verdict(later(3)).actions[0].must_say
    judged = story.accept(later(4)).judge(later(4))
    assert [answer.kind for answer in judged.crossed] == ["accepts"]
    assert judged.verdicts[0].state == "late"


def test_i_a_buyer_cancels_and_a_later_shipment_does_not_undo_it() -> None:
    story = Story(2).promise(ORDERED, NEAR).cancel(later(2), 2)
    verdict = story.verdict(later(2))
    assert show(verdict) == "refund_due; refund by 2026-12-07"  # Thanksgiving is no working day
    assert verdict.standings[0].vested_on == later(2)
    asked = Story(3).promise(ORDERED, NEAR).ask_to_cancel(later(2), 2)
    assert [(each.quantity, show(each)) for each in asked.judge(later(2)).verdicts] == [
        (2, "refund_due; cancel by 2026-11-25; refund by 2026-12-07"),
        (1, f"late; tell by {T30}"),
    ]
    asked.ship(later(3), 3)
    assert [(each.quantity, show(each)) for each in asked.judge(later(3)).verdicts] == [
        (2, "refund_due; ask_a_person by 2026-11-25; refund by 2026-12-07"),
        (1, "shipped"),
    ]
    assert asked.judge(later(3)).crossed == ()


def test_what_is_shipped_when_money_was_due_is_for_a_person_until_the_buyer_keeps_it() -> None:
    story = Story().promise(ORDERED, NEAR).ship(later(33))
    assert show(story.verdict(later(33))) == "refund_due; ask_a_person by 2026-12-24; refund by 2027-01-06"
    kept = Story().promise(ORDERED, NEAR).ship(later(33), kept_at=at(later(34)))
    assert show(kept.verdict(later(35))) == "settled"


def test_j_a_seller_who_will_never_ship_pays_back_from_the_day_that_the_buyer_is_told() -> None:
    story = Story().promise(ORDERED, NEAR).cancel(later(2), by="seller")
    assert show(story.verdict(later(2))) == "refund_due; refund by 2026-12-07"
    assert story.verdict(later(2)).standings[0].citation == "16 CFR 435.2(c)(3)"


def test_nothing_is_paid_back_of_what_was_not_paid() -> None:
    story = Story(paid_at=None).promise(ORDERED, NEAR)
    assert show(story.verdict(later(31))) == "refund_due; cancel by 2026-12-24"
    assert show(story.cancel(later(31), by="seller").verdict(later(31))) == "settled"


def test_an_answer_after_the_deadline_is_for_a_person() -> None:
    story = Story().promise(ORDERED, FAR).notify(later(3), FAR).accept(date(2027, 1, 24))
    judged = story.judge(date(2027, 1, 24))
    assert [answer.at.date() for answer in judged.crossed] == [date(2027, 1, 24)]
    assert [verdict.state for verdict in judged.verdicts] == ["refund_due"]


def test_an_answer_after_the_shipment_is_for_a_person() -> None:
    judged = (
        Story().promise(ORDERED, FAR).notify(later(3), FAR).ship(later(5)).accept(later(6)).judge(later(6))
    )
    assert [answer.kind for answer in judged.crossed] == ["accepts"]
    assert [verdict.state for verdict in judged.verdicts] == ["shipped"]


def test_each_unit_has_its_own_clock() -> None:
    story = (
        Story(10).promise(ORDERED, FAR).ship(later(1), 2).notify(later(3), FAR).accept(later(4), quantity=5)
    )
    judged = story.cancel(later(5), 1).judge(later(6))
    assert [(each.quantity, each.state) for each in judged.verdicts] == [
        (2, "shipped"),
        (1, "refund_due"),
        (2, "asked"),
        (5, "agreed"),
    ]
    judged = story.judge(date(2027, 1, 23))
    assert [(each.quantity, each.state) for each in judged.verdicts] == [
        (2, "shipped"),
        (1, "refund_due"),
        (2, "refund_due"),
        (5, "agreed"),
    ]


def test_units_whose_money_is_due_leave_last() -> None:
    """Five agreed to wait, five did not and are cancelled by silence: what is shipped then goes to those who agreed."""
    story = Story(10).promise(ORDERED, FAR).notify(later(3), FAR).accept(later(4), quantity=5)
    judged = story.ship(date(2027, 1, 25), 5).judge(date(2027, 1, 25))
    assert [(each.quantity, each.state) for each in judged.verdicts] == [(5, "refund_due"), (5, "shipped")]
    judged = (
        story.cancel(date(2027, 1, 26), 5, "seller").refund(date(2027, 1, 26), 5).judge(date(2027, 1, 26))
    )
    assert [(each.quantity, each.state) for each in judged.verdicts] == [(5, "settled"), (5, "shipped")]


def test_two_who_agree_agree_for_further_units() -> None:
    story = (
        Story(3)
        .promise(ORDERED, FAR)
        .notify(later(3), FAR)
        .accept(later(4), quantity=2)
        .accept(later(5), quantity=1)
    )
    assert [(each.quantity, each.state) for each in story.judge(later(5)).verdicts] == [
        (1, "agreed"),
        (2, "agreed"),
    ]


def test_who_agrees_after_some_units_were_cancelled_agrees_for_others() -> None:
    story = (
        Story(4)
        .promise(ORDERED, FAR)
        .notify(later(3), FAR)
        .ask_to_cancel(later(4), 1)
        .accept(later(5), quantity=2)
    )
    assert [(each.quantity, each.state) for each in story.judge(later(5)).verdicts] == [
        (1, "refund_due"),
        (1, "asked"),
        (2, "agreed"),
    ]


def test_an_answer_at_the_instant_of_the_notice_counts_and_at_that_of_the_shipment_does_not() -> None:
    story = Story().promise(ORDERED, FAR).notify(later(3), FAR)
    yes = Answer(story.facts.notices[0].at, "accepts", notice="N1")
    assert story.add(answers=[yes]).verdict(later(3)).state == "agreed"
    story = Story().promise(ORDERED, FAR).notify(later(3), FAR).ship(later(5))
    yes = Answer(story.facts.shipments[0].at, "accepts", notice="N1")
    assert story.add(answers=[yes]).judge(later(5)).crossed == (yes,)


def test_money_for_units_that_came_back_pays_for_none_that_were_cancelled() -> None:
    story = Story(2).promise(ORDERED, NEAR).ship(later(1)).cancel(later(10)).refund(later(11), of="S1")
    assert [each.state for each in story.judge(later(20)).verdicts] == ["shipped", "refund_due"]
    with pytest.raises(FactsError, match="and there are 1 fewer"):
        story.refund(later(12), of="S1").judge(later(20))


def test_a_yes_to_better_news_is_no_consent_to_a_delay() -> None:
    story = (
        Story().promise(ORDERED, NEAR).notify(later(3), later(20)).accept(later(4)).notify(later(10), NEAR)
    )
    assert show(story.verdict(later(10))) == f"agreed; ship by {NEAR}"


def test_a_yes_to_an_older_notice_is_for_a_person() -> None:
    story = (
        Story().promise(ORDERED, NEAR).notify(later(3), None).notify(later(9), NEAR).accept(later(10), "N1")
    )
    judged = story.judge(later(10))
    assert [show(each) for each in judged.verdicts] == [f"agreed; ship by {NEAR}"]
    assert [answer.notice for answer in judged.crossed] == ["N1"]


def test_on_the_last_day_a_notice_says_what_any_day_asks_for() -> None:
    (action,) = Story().promise(ORDERED, T30).verdict(T30).actions
    assert (action.kind, action.by) == ("ship_or_tell", T30)
    states = {
        revised: Story().promise(ORDERED, T30).notify(T30, revised, action.must_say).verdict(later(31)).state
        for revised in (NEAR, FAR, None)
    }
    assert states == {NEAR: "agreed", FAR: "asked", None: "asked"}


def test_a_plan_that_is_past_is_not_believed() -> None:
    assert show(Story().promise(ORDERED, later(3)).verdict(later(29))) == f"on_time; ship by {T30}"
    assert show(Story().promise(ORDERED, later(3)).verdict(T30)) == f"on_time; ship_or_tell by {T30}"


def test_what_is_to_come_if_nobody_does_anything() -> None:
    assert Story(2).promise(ORDERED, NEAR).look_ahead(ORDERED) == [
        (date(2026, 12, 16), "should_tell", 2),
        (T30, "last_day", 2),
        (T30, "tell", 2),
        (date(2026, 12, 24), "cancel", 2),
        (date(2026, 12, 24), "should_refund", 2),
        (date(2027, 1, 6), "refund", 2),
    ]
    assert Story().promise(ORDERED, None).notify(later(1), None).look_ahead(later(2)) == [
        (LIMIT, "lapses", 1),
        (LIMIT, "last_day", 1),
        (date(2027, 1, 23), "cancel", 1),
        (date(2027, 1, 23), "should_refund", 1),
        (date(2027, 2, 2), "refund", 1),
    ]


def test_what_happens_later_is_not_known_yet() -> None:
    story = Story().promise(ORDERED, NEAR).notify(later(3), NEAR, failed_on=later(3))
    assert story.judge(later(3), 10).verdicts[0].state == "agreed"
    assert story.judge(later(3), 12).verdicts[0].state == "late"


@pytest.mark.parametrize("wrong", [-1, 0])
def test_facts_that_cannot_be_are_refused(wrong: int) -> None:
    with pytest.raises(FactsError, match="is no number of units"):
        Story(wrong)
    with pytest.raises(FactsError, match="is no number of units"):
        Story().accept(later(3), quantity=wrong)
    with pytest.raises(FactsError, match="has no zone"):
        Story(paid_at=datetime(2026, 11, 23))  # noqa: DTZ001 - without a zone on purpose
    with pytest.raises(FactsError, match="and there are 1 fewer"):
        Story(2).ship(later(1), 3).judge(later(2))


def test_the_last_of_all_days_stands_for_none() -> None:
    assert Story(stated_on=date.max).promise(ORDERED, date.max).look_ahead(ORDERED) == [
        (date.max, "last_day", 1),
        (date.max, "ship", 1),
    ]


def test_of_a_place_with_several_zones_a_clock_starts_in_the_one_and_ends_in_the_other() -> None:
    """Half past ten in the evening in Los Angeles is the next day in New York: the last day is counted from the earlier date."""
    packs = tuple(packs_for(US))
    rules = Rules(packs, find_place(("America/New_York", "America/Los_Angeles"), "US", packs))
    ordered = datetime(2026, 11, 23, 22, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    (verdict,) = judge(Facts(Sale(1, ordered)), rules, ordered).verdicts
    assert verdict.standings[0].last_day == T30
