"""Units of one line that stand apart, and how questions about them end, under the federal rule of the United States."""

from __future__ import annotations

from datetime import date

from backorder.engine.consent import Part, Promise
from tests.engine.consent.stories import ORDERED, Story, at, later, show

T30 = date(2026, 12, 23)
NEAR, FAR = date(2027, 1, 15), date(2027, 2, 5)
LIMIT = date(2027, 1, 22)  # thirty days after T30


def test_what_leaves_is_chosen_by_what_was_known_then() -> None:
    """The buyer of the unit at the back was told, as far as one knew when it left; of the one in front money was due."""
    story = Story(2).notify(later(20), later(40), quantity=1, failed_on=later(35)).ship(later(32))
    front, back = story.judge(later(33)).verdicts
    assert (front.state, back.state) == ("refund_due", "shipped")
    front, back = story.judge(later(36)).verdicts
    assert [action.kind for action in front.actions] == ["cancel", "refund"]
    assert [action.kind for action in back.actions] == ["ask_a_person", "refund"]


def test_units_that_are_in_time_need_no_notice_and_those_behind_them_do() -> None:
    story = Story(10).add(
        promises=[Promise(at(ORDERED), None, (Part(6, later(9)), Part(3, later(40)), Part(1, None)))]
    )
    assert [(each.quantity, show(each)) for each in story.judge(later(2)).verdicts] == [
        (6, "on_time; ship by 2026-12-23"),
        (3, "late; tell by 2026-12-23"),
        (1, "late; tell by 2026-12-23"),
    ]
    story.notify(later(3), later(40), quantity=4)
    assert [(each.quantity, show(each)) for each in story.judge(later(4)).verdicts] == [
        (6, "on_time; ship by 2026-12-23"),
        (3, "agreed; ship by 2027-01-02"),
        (1, "late; tell by 2027-01-02"),
    ]


def test_news_in_time_of_the_first_day_ends_the_question() -> None:
    story = (
        Story()
        .promise(ORDERED, FAR)
        .notify(later(3), FAR)
        .promise(later(9), later(20))
        .notify(later(9), later(20))
    )
    assert show(story.verdict(later(9))) == f"on_time; ship by {T30}"
    assert story.verdict(later(9)).standings[0].moment == "default"
    story.promise(later(12), FAR)
    assert show(story.verdict(later(12))) == f"late; tell by {T30}"


def test_a_yes_to_a_day_that_is_in_order_ends_the_question() -> None:
    """After a delay that was agreed to each later day is asked for; better news asks on, and the yes to it ends that."""
    story = Story().promise(ORDERED, NEAR).notify(later(3), NEAR).promise(later(9), FAR).notify(later(9), FAR)
    story.promise(later(12), NEAR).notify(later(12), NEAR)
    assert show(story.verdict(later(12))) == "asked"
    assert show(story.accept(later(13), "N3").verdict(later(13))) == f"agreed; ship by {NEAR}"
    assert story.verdict(later(13)).standings[0].moment == "accepted"


def test_who_says_yes_to_a_day_that_is_past_while_asked_is_not_cancelled_in_silence() -> None:
    story = Story().notify(later(3), None).promise(later(32), later(40)).notify(later(32), later(40))
    story.accept(later(45), "N2").promise(later(45), later(70))
    assert show(story.verdict(later(45))) == f"late; tell by {later(45)}"
    assert story.judge(later(45)).crossed == (story.facts.answers[0],)


def test_a_yes_for_units_that_are_in_order_anyway_is_for_nobody() -> None:
    story = Story(5).add(promises=[Promise(at(ORDERED), None, (Part(3, ORDERED), Part(2, later(40))))])
    story.notify(later(0), ORDERED, quantity=5).accept(later(1))
    assert story.judge(later(1)).crossed == ()
