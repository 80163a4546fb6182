"""Messages that rules let go: up to so many of a kind each day, by day, and none once somebody stopped them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backorder.care.models import Draft, Message, Notice
from backorder.care.post.alone import send_alone
from backorder.care.post.due import NO_DAY
from backorder.care.post.lookout import note_looks
from backorder.care.post.messages import stop, take_back
from backorder.care.post.sending import claim
from backorder.outbox.models import Entry
from tests.allocation.shop import order_in, slip
from tests.care.letters import by, go_to, shop
from tests.care.post import MAIL, Box, box, fly, go, look, open_house, outcomes, post
from tests.care.test_drafts import wait
from tests.supply.shop import NOON, TODAY, cause

__all__ = ["box", "shop"]  # fixtures
pytestmark = pytest.mark.django_db
ALONE = '[sending]\nmode = "on"\nwait_minutes = 10\nalone = { opening = 2, later = 5 }\n'
NIGHT = "quiet_from = 20:00:00\nquiet_until = 08:00:00\n"


@pytest.fixture(autouse=True)
def _sends(shop: None) -> None:  # noqa: ARG001 - comes before
    """Let the house send."""
    open_house()


def test_what_may_have_left_on_another_day_is_for_a_person(box: Box) -> None:
    open_house(ALONE)
    wait()
    look()
    send_alone(lambda: NOON + timedelta(minutes=10))
    assert claim(NOON + timedelta(minutes=10)) is not None  # and then there was no power for three days
    assert (post(72 * 60), outcomes()) == (0, ["failed"])
    assert Message.objects.get().said == "nobody knows whether it left, and by now it is another day"
    assert (fly(73 * 60), look(73 * 60), box.came) == (0, [("A-1", "opening")], [])


def test_a_text_that_a_server_refuses_goes_by_hand_only(box: Box) -> None:
    open_house(ALONE)
    wait()
    look()
    box.answers = ["550 looks like spam"]
    assert [fly(minutes) for minutes in (10, 11, 60)] == [1, 0, 0]
    assert (outcomes(), Draft.objects.get().to, box.came) == (["failed"], MAIL, [])


def test_where_a_notice_without_a_day_does_not_count_it_goes_once_and_a_person_hears_of_it(box: Box) -> None:
    """In California a delay is told with a number of days: without one the law goes on asking, and more mail would not help."""
    open_house(ALONE.replace("later = 5", "found = 5, required = 5"))
    wait()
    go_to("A-1", "US", "CA")
    assert [fly(minutes) for minutes in (0, 10, 11, 60, 24 * 60)] == [0, 1, 0, 0, 0]
    (draft,) = Draft.objects.all()
    assert (len(box.came), draft.kind, draft.tell_by) == (1, "required", TODAY + timedelta(days=30))
    assert draft.fault == NO_DAY
    order_in("LAMP", 9, "PO-1", days=40)  # now there is a day
    assert [fly(24 * 60 + minutes) for minutes in (1, 12, 13)] == [1, 0, 0]
    assert (len(box.came), list(Draft.objects.values_list("kind", "fault"))) == (2, [])


def test_rules_let_go_what_has_stood_long_enough(box: Box) -> None:
    open_house(ALONE)
    wait()
    assert [fly(minutes) for minutes in (0, 9, 10, 11)] == [0, 0, 1, 0]
    assert (len(box.came), Entry.objects.get(what="message.written").who) == (1, "autopilot")


def test_news_that_change_again_and_again_are_told_after_hours_all_the_same(box: Box) -> None:
    open_house(ALONE)
    inbound = order_in("LAMP", 5, "PO-1")
    wait()
    gone = []
    for turn in range(60):
        slip(inbound, 11 + turn)
        gone.append(fly(9 * turn))
    assert [turn for turn, went in enumerate(gone) if went] == [27, 55]  # 9 × 27 minutes: four hours
    assert len(box.came) == 2


def test_more_than_a_rule_allows_wait_for_a_person(box: Box) -> None:
    open_house(ALONE)
    for number in ("A-1", "A-2", "A-3"):
        wait(number)
    look()
    assert (fly(10), box.came) == (0, [])
    go("A-1", 11)
    assert (fly(11), len(box.came)) == (2, 3)
    wait("A-4")
    look(12)
    assert fly(30) == 0  # two went alone today


def test_more_than_a_rule_allows_do_not_go_in_part_because_some_are_ripe_before(box: Box) -> None:
    open_house(ALONE)
    for minutes, number in enumerate(("A-1", "A-2", "A-3")):
        wait(number)
        look(5 * minutes)
    assert [fly(minutes) for minutes in (10, 15, 20, 60)] == [0, 0, 0, 0]
    assert box.came == []


def test_no_limit_of_a_day_keeps_back_what_counts_by_law_only_until_the_day_after_tomorrow(box: Box) -> None:
    open_house(ALONE.replace("opening = 2", "opening = 0"))
    wait("A-1")
    look()
    last = Draft.objects.get().tell_by
    assert last is not None
    days = (last - TODAY).days
    assert fly((days - 3) * 24 * 60) == 0
    assert fly((days - 2) * 24 * 60) == 1
    assert len(box.came) == 1


def test_what_was_written_in_vain_does_not_count_for_the_day(box: Box) -> None:
    open_house(ALONE)
    inbound = order_in("LAMP", 9, "PO-1")
    wait()
    look()
    for turn in range(3):
        send_alone(lambda turn=turn: NOON + timedelta(minutes=20 * turn + 10))  # type: ignore[misc] # bound early
        slip(inbound, 11 + turn)
        assert post(20 * turn + 11) == 0
        look(20 * turn + 12)
    assert outcomes() == ["withdrawn"] * 3
    assert (fly(90), len(box.came)) == (1, 1)


def test_nothing_goes_alone_before_everything_is_looked_at(box: Box) -> None:
    open_house(ALONE)
    wait()
    look()
    note_looks(TODAY + timedelta(days=1))
    assert send_alone(lambda: NOON + timedelta(minutes=20)) == 0
    assert (fly(21), len(box.came)) == (1, 1)


def test_a_letter_that_cannot_be_written_keeps_no_other(box: Box) -> None:
    open_house(ALONE)
    wait("A-1")
    wait("A-2")
    look()
    Draft.objects.filter(order__number="A-1").update(news="x")  # as if it had changed since
    assert (send_alone(lambda: NOON + timedelta(minutes=10)), post(10), len(box.came)) == (1, 1, 1)


def test_nobody_is_woken_but_where_the_morning_is_too_late_for_the_law(box: Box) -> None:
    open_house(ALONE + NIGHT)
    wait()
    before, last = (
        29 * 24 * 60 + 19 * 60,
        30 * 24 * 60 + 15 * 60,
    )  # 02:00 and 22:00 in New York on the thirtieth day
    assert fly(before) == 0
    assert Draft.objects.get().tell_by == TODAY + timedelta(days=30)
    assert fly(before + 20) == 0
    assert fly(last) == 1  # and the day between nobody was there
    assert len(box.came) == 1


def test_what_a_server_put_off_does_not_go_at_night(box: Box) -> None:
    open_house(ALONE + NIGHT)
    wait()
    evening = 12 * 60 + 55  # 00:55 UTC, 19:55 in New York
    look(evening - 20)
    box.answers = ["451 later"]
    assert (fly(evening), outcomes()) == (1, [""])
    assert (post(evening + 6), Message.objects.get().try_at.hour) == (0, 18)  # 08:00 in Adak
    assert (post(evening + 1080), outcomes(), box.came) == (0, ["withdrawn"], [])  # by then it is another day


def test_what_a_person_took_back_no_rule_sends(box: Box) -> None:
    open_house(ALONE)
    wait()
    look()
    send_alone(lambda: NOON + timedelta(minutes=10))
    take_back(Message.objects.get(), by(0))
    assert (fly(11), fly(60), box.came) == (0, 0, [])
    order_in("LAMP", 5, "PO-1")  # other news
    look(61)
    assert (fly(80), len(box.came)) == (1, 1)


def test_the_stop_switch_stops_everything(box: Box) -> None:
    open_house(ALONE)
    wait("A-1")
    look()
    go("A-1")
    assert stop(cause(), stopped=True) is not None
    assert stop(cause(), stopped=True) is None
    wait("A-2")
    look(1)
    assert (fly(20), post(20), box.came) == (0, 0, [])
    stop(cause(), stopped=False)
    assert (post(21), fly(21), len(box.came)) == (1, 1, 2)


def test_in_the_shadow_nothing_leaves_and_what_would_have_is_kept_once(box: Box) -> None:
    open_house(ALONE.replace('"on"', '"shadow"'))
    wait()
    assert [fly(minutes) for minutes in (0, 10, 11, 60)] == [0, 1, 0, 0]
    assert (outcomes(), box.came, Notice.objects.count()) == (["shadow"], [], 0)
    assert look(61) == [("A-1", "opening")]
