"""What laws ask by which day: kept as orders are looked at, and what they want cancelled is cancelled once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from backorder.allocation import events
from backorder.care.clock import alone as clock
from backorder.care.clock.alone import cancel_alone, find_end_of_limit, stop
from backorder.care.clock.cancelling import Overdue, cancel_overdue, list_overdue
from backorder.care.house import write_house
from backorder.care.models import LAPSED, Answer, Deadline
from backorder.care.post.lookout import look_out
from backorder.care.tasks import list_tasks
from backorder.care.telling import Said, look_at_answer, note_answer
from backorder.faults import FaultyInputError
from backorder.orders.models import Cancellation, Line
from backorder.orders.services import OrderError, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, line_of, order_in, stock
from tests.care.letters import HOUSE, by, go_to, send, shop, states
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import NOON, TODAY, cause, item

__all__ = ["shop"]  # a fixture that each test uses
PLACES = [("US", "TX"), ("US", "CA"), ("US", "NY"), ("DE", ""), ("GB", ""), ("AU", ""), ("JP", "")]
CANCELLING = """
[cancelling]
mode = "on"
since = 2026-11-01
alone_each_day = 2
"""
LAST = 30
"""So many days after it was ordered is the last on which an order without a day ships in time, in the United States."""


def wait(number: str = "A-1", units: int = 2, place: tuple[str, str] = ("US", "TX")) -> None:
    """Let somebody order what is not there."""
    buy(number, ("LAMP", units))
    go_to(number, *place)


def asked(days: float = 0) -> list[tuple[str, str, date, int]]:
    """Look so many days later: order, what, by when, how many units."""
    at = NOON + timedelta(days=days)
    look_out(lambda: at)
    rows = Deadline.objects.order_by("line__order__number", "by", "kind")
    return list(rows.values_list("line__order__number", "kind", "by", "quantity"))


def overdue(days: float, number: str = "A-1") -> Overdue:
    """Look so many days later, and find what is to be cancelled of an order."""
    asked(days)
    (found,) = [each for each in list_overdue() if each.order.number == number]
    return found


def alone(days: float) -> int:
    """Look so many days later, and let rules cancel."""
    at = NOON + timedelta(days=days)
    look_out(lambda: at)
    return cancel_alone(lambda: at)


def cancelled() -> list[tuple[str, int, str]]:
    """List what was cancelled: order, units, by whom."""
    rows = Cancellation.objects.order_by("id")
    return list(rows.values_list("line__order__number", "quantity", "by"))


def test_who_was_not_told_is_to_be_told_by_the_last_day() -> None:
    wait()
    assert asked() == [("A-1", "tell", TODAY + timedelta(days=LAST), 2)]
    (deadline,) = Deadline.objects.all()
    assert deadline.should_by == date(2026, 12, 17)
    assert deadline.citations == ["16 CFR 435.2(b)(1)(iii)"]


def test_of_whom_was_asked_an_answer_is_waited_for() -> None:
    wait()
    send()
    assert asked(1) == [("A-1", "answer", TODAY + timedelta(days=2 * LAST), 2)]
    note_answer(line_of("A-1"), Said(NOON + timedelta(days=2), "mail", "accepts"), by(2))
    assert asked(2) == []


def test_what_is_settled_is_asked_no_more() -> None:
    stock("LAMP", 2)
    wait()
    wait("A-2")
    assert {order for order, *_ in asked()} == {"A-2"}  # A-1 has what it waits for
    order = order_of("A-2")
    note_answer(line_of("A-2"), Said(NOON, "phone", "cancels"), by(0))
    assert (asked(), order.lines.get().quantity_open) == ([], 0)


@pytest.mark.parametrize("place", PLACES)
def test_silence_cancels_in_the_united_states_only(place: tuple[str, str]) -> None:
    wait(place=place)
    for day in (LAST, LAST + 1, 3 * LAST):
        at_law = place[0] == "US" and day > LAST
        assert any(kind == "cancel" for _, kind, *_ in asked(day)) == at_law, (place, day)


def test_what_a_law_wants_cancelled_is_cancelled_with_its_place_in_the_law() -> None:
    wait()
    found = overdue(LAST + 1)
    assert (found.since, dict(found.lines), found.citations) == (
        TODAY + timedelta(days=LAST + 1),
        {line_of("A-1"): 2},
        ["16 CFR 435.2(c)(4)"],
    )
    entry = cancel_overdue(found.order, found.mark, by(LAST + 1))
    assert (entry.what, entry.facts) == (LAPSED, {"lines": {"1": 2}, "by": "seller", "laws": found.citations})
    assert cancelled() == [("A-1", 2, "seller")]
    assert Cancellation.objects.get().entry == entry
    assert asked(LAST + 1) == []
    with pytest.raises(OrderError, match="order A-1: what is to be cancelled has changed since you read it"):
        cancel_overdue(found.order, found.mark, by(LAST + 1))
    assert len(cancelled()) == 1


def test_a_yes_that_came_in_time_and_was_noted_late_keeps_the_order() -> None:
    wait()
    send(days=1)
    found = overdue(2 * LAST + 1)
    note_answer(line_of("A-1"), Said(NOON + timedelta(days=2 * LAST), "mail", "accepts"), by(2 * LAST + 1))
    with pytest.raises(OrderError, match="has changed since you read it"):
        cancel_overdue(found.order, found.mark, by(2 * LAST + 1))
    assert cancelled() == []
    assert asked(2 * LAST + 1) == []


def test_what_the_warehouse_has_stays_until_it_is_taken_back() -> None:
    stock("LAMP", 1)
    wait(units=3)
    release("A-1")
    found = overdue(LAST + 1)
    (line,) = found.lines
    assert (found.lines[line], found.at_hand[line]) == (3, 2)
    cancel_overdue(found.order, found.mark, by(LAST + 1))
    assert cancelled() == [("A-1", 2, "seller")]
    rest = overdue(LAST + 1)
    assert (dict(rest.at_hand), sum(rest.lines.values())) == ({}, 1)
    with pytest.raises(OrderError, match="the warehouse has all of it; take it back first, or ship it"):
        cancel_overdue(rest.order, rest.mark, by(LAST + 1))
    ship("A-1", hours=24 * (LAST + 1))
    assert list_overdue_after(LAST + 2) == []


def list_overdue_after(days: float) -> list[Overdue]:
    """Look so many days later, and list all that is to be cancelled."""
    asked(days)
    return list_overdue()


def test_only_the_units_that_are_over_are_cancelled() -> None:
    order_in("LAMP", 1, "PO-1", days=10)
    wait(units=3)
    send()  # one is planned for a day in time, two have none
    note_answer(line_of("A-1"), Said(NOON + timedelta(days=1), "mail", "accepts", 1), by(1))
    # of the first nothing was told when its day was missed; the second was asked, and said nothing
    assert states(days=2 * LAST + 1) == [(1, "refund_due"), (1, "refund_due"), (1, "open_wait")]
    found = overdue(2 * LAST + 1)
    assert dict(found.lines) == {line_of("A-1"): 2}
    cancel_overdue(found.order, found.mark, by(2 * LAST + 1))
    assert (cancelled(), line_of("A-1").quantity_open) == ([("A-1", 2, "seller")], 1)
    assert asked(2 * LAST + 1) == []


def test_a_rule_cancels_once_however_long_it_slept() -> None:
    """T13: after three days without a worker it acts, once."""
    write_house(HOUSE + CANCELLING, cause())
    wait()
    assert alone(LAST) == 0
    assert alone(LAST + 4) == 1
    assert alone(LAST + 4) == 0
    assert cancelled() == [("A-1", 2, "seller")]
    entry = Entry.objects.get(what=LAPSED)
    assert (entry.who, entry.at) == ("autopilot", NOON + timedelta(days=LAST + 4))


def test_of_more_than_a_days_number_none_goes_without_a_person() -> None:
    write_house(HOUSE + CANCELLING, cause())
    for number in ("A-1", "A-2", "A-3"):
        wait(number)
    assert alone(LAST + 1) == 0
    found = overdue(LAST + 1, "A-2")
    cancel_overdue(found.order, found.mark, by(LAST + 1))
    assert alone(LAST + 1) == 2
    assert sorted(cancelled()) == [(number, 2, "seller") for number in ("A-1", "A-2", "A-3")]


def test_no_limit_of_the_house_holds_back_what_a_law_demands() -> None:
    """A person has two days to see why so many are due; then there are five left for the money, by the law that gives the fewest."""
    write_house(HOUSE + CANCELLING.replace("alone_each_day = 2", "alone_each_day = 0"), cause())
    wait("A-1")
    wait("A-2")
    assert [alone(LAST + 1), alone(LAST + 2), len(list_overdue())] == [0, 0, 2]
    assert [task.order.number for task in list_tasks("cancel")] == ["A-1", "A-2"]
    assert find_end_of_limit(list_overdue()[0]) == TODAY + timedelta(days=LAST + 3)
    assert (alone(LAST + 3), cancelled()) == (2, [("A-1", 2, "seller"), ("A-2", 2, "seller")])


def test_what_is_due_later_still_waits_for_a_person_behind_what_a_law_demands() -> None:
    write_house(HOUSE + CANCELLING.replace("alone_each_day = 2", "alone_each_day = 1"), cause())
    wait("A-1")
    wait("A-2", place=("US", "CA"))
    events.place_order("A-3", [Wanted("1", item("LAMP"), 1, TODAY)], by(2))
    go_to("A-3", "US", "TX")
    assert (alone(LAST + 3), [number for number, *_ in cancelled()]) == (2, ["A-1", "A-2"])
    assert (alone(LAST + 3), [each.order.number for each in list_overdue()]) == (0, ["A-3"])
    assert alone(LAST + 4) == 1  # another day, another number


@pytest.mark.parametrize("mode", ["off", "shadow"])
def test_a_rule_that_is_not_on_cancels_nothing(mode: str) -> None:
    write_house(HOUSE + CANCELLING.replace('"on"', f'"{mode}"'), cause())
    wait()
    assert (alone(LAST + 1), len(list_overdue()), cancelled()) == (0, 1, [])


def test_orders_from_before_are_left_to_a_person() -> None:
    write_house(HOUSE + CANCELLING.replace("2026-11-01", "2026-11-25"), cause())
    wait()
    assert (alone(LAST + 1), len(list_overdue()), cancelled()) == (0, 1, [])


def test_while_somebody_stopped_them_rules_cancel_nothing() -> None:
    write_house(HOUSE + CANCELLING, cause())
    wait()
    assert stop(cause(), stopped=True) is not None
    assert stop(cause(), stopped=True) is None
    assert alone(LAST + 1) == 0
    stop(Cause("planner", NOON), stopped=False)
    assert alone(LAST + 1) == 1


def test_an_answer_that_came_too_late_is_decided_by_a_person_first() -> None:
    write_house(HOUSE + CANCELLING, cause())
    wait()
    send(days=1)
    late = 2 * LAST + 1
    note_answer(line_of("A-1"), Said(NOON + timedelta(days=late), "phone", "accepts"), by(late))
    assert (alone(late + 1), cancelled()) == (0, [])
    assert {kind for _, kind, *_ in asked(late + 1)} == {"cancel", "crossed"}
    look_at_answer(Answer.objects.get(), by(late + 1))
    assert (alone(late + 1), cancelled()) == (1, [("A-1", 2, "seller")])


def test_who_stops_rules_in_the_middle_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    write_house(HOUSE + CANCELLING, cause())
    wait("A-1")
    wait("A-2")
    cancel_one = clock.cancel_one

    def then_stop(overdue: Overdue, now: datetime) -> bool:
        gone = cancel_one(overdue, now)
        stop(Cause("planner", now), stopped=True)
        return gone

    monkeypatch.setattr(clock, "cancel_one", then_stop)
    assert (alone(LAST + 1), len(cancelled())) == (1, 1)


def test_rules_that_cancel_name_the_day_from_which_on() -> None:
    with pytest.raises(FaultyInputError, match=r"cancelling\.since: is missing: name the day"):
        write_house(HOUSE + '\n[cancelling]\nmode = "on"\n', cause())
    with pytest.raises(FaultyInputError, match="mode"):
        write_house(HOUSE + '\n[cancelling]\nmode = "maybe"\n', cause())


def test_looking_again_keeps_each_deadline_once() -> None:
    wait()
    first = asked()
    assert asked() == first
    assert Deadline.objects.count() == 1
    assert Line.objects.get().deadlines.count() == 1


def choose_overdue(*numbers: str) -> list[str]:
    """Choose what is to be cancelled of orders, as a list is ticked."""
    return [f"{each.order.pk}:{each.mark}" for each in list_overdue() if each.order.number in numbers]
