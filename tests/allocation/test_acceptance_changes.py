"""Holds, and changes of orders: each is decided again, and what is added goes through the gate."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.allocation import events
from backorder.allocation.acceptance.answer import Answer
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.models import Backorder
from backorder.allocation.selectors import find_differences
from backorder.catalog.models import Component
from backorder.orders.models import Disclosure, Line, Order, Refusal
from backorder.orders.services import Buyer, OrderError, Told, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, covered, drop, line_of, order_in, standing, stock
from tests.allocation.test_acceptance import ask, rule, split
from tests.supply.shop import NOON, TODAY, cause, item
from tests.supply.shop import place as location

pytestmark = pytest.mark.django_db
LATER = NOON + dt.timedelta(minutes=30)


def at(instant: dt.datetime) -> Cause:
    return Cause("anna", instant)


def keep(number: str, units: int, *, may_wait: bool = False) -> Answer:
    lines = [Wanted("1", item("LAMP"), units, TODAY)]
    return events.hold(number, lines, Hold(LATER, may_wait), cause())


def order(number: str) -> Order:
    return Order.objects.get(number=number)


def last_story(number: str) -> tuple[str, dict[str, object]]:
    entry = read_story("order", number).last()
    assert entry is not None
    return entry.what, entry.facts


def test_a_hold_keeps_what_is_on_hand_and_counts_against_others() -> None:
    stock("LAMP", 5)
    order_in("LAMP", 9, "PO-1")
    assert split(keep("H-1", 3)) == [(3, 0, 0, "")]
    assert split(keep("H-2", 3)) == [(2, 0, 1, "NOT_ON_HAND")]
    assert keep("H-3", 3).decision is None
    rule("none")
    assert ask("A-1", ("LAMP", 1)).decision is None
    assert (line_of("H-1").commitment, Backorder.objects.exists()) == ("on_hand_only", False)


def test_a_hold_that_may_wait_takes_what_is_coming() -> None:
    order_in("LAMP", 9, "PO-1")
    assert split(keep("H-1", 3, may_wait=True)) == [(0, 3, 0, "")]
    assert covered("H-1") == [("PO-1", 3, 10)]


def test_a_rush_order_does_not_take_what_is_held() -> None:
    stock("LAMP", 3)
    keep("H-1", 3)
    buy("RUSH", ("LAMP", 2), priority=1)
    assert (standing("H-1")[:3], standing("RUSH")[:3]) == ((3, 0, 0), (0, 0, 2))


def test_a_confirmed_hold_is_an_order_like_any() -> None:
    stock("LAMP", 3)
    keep("H-1", 3)
    events.confirm(order("H-1"), cause())
    assert (order("H-1").held_until, line_of("H-1").commitment) == (None, "soft")
    assert events.expire_holds(at(LATER)) == []
    assert standing("H-1")[:3] == (3, 0, 0)
    with pytest.raises(OrderError, match=r"^order H-1 is no hold$"):
        events.confirm(order("H-1"), cause())


@pytest.mark.parametrize("may_wait", [False, True])
def test_a_confirmed_hold_keeps_the_commitment_that_was_asked_for(may_wait: bool) -> None:  # noqa: FBT001 - both ways
    stock("LAMP", 6)
    lines = [
        Wanted(str(row), item("LAMP"), 1, TODAY, commitment=asked)
        for row, asked in enumerate(("on_hand_only", "firm", "soft"), 1)
    ]
    events.hold("H-1", lines, Hold(LATER, may_wait), cause())
    events.amend_line(line_of("H-1", "3"), {"commitment": "reserved"}, cause())
    held = [line_of("H-1", row).commitment for row in "123"]
    assert held == (["on_hand_only", "firm", "reserved"] if may_wait else ["on_hand_only"] * 3)
    events.confirm(order("H-1"), cause())
    assert [line_of("H-1", row).commitment for row in "123"] == ["on_hand_only", "firm", "reserved"]


def test_a_hold_that_is_over_gives_back_its_units_once_and_cannot_be_confirmed() -> None:
    stock("LAMP", 3)
    keep("H-1", 3)
    buy("A-1", ("LAMP", 2))
    assert events.expire_holds(at(LATER - dt.timedelta(seconds=1))) == []
    with pytest.raises(OrderError, match=r"^the hold H-1 is over; place an order$"):
        events.confirm(order("H-1"), at(LATER))
    assert len(events.expire_holds(at(LATER))) == 1
    entries = Entry.objects.count()
    assert events.expire_holds(at(LATER)) == []
    assert Entry.objects.count() == entries
    assert standing("A-1")[:3] == (2, 0, 0)
    assert last_story("H-1") == ("hold.expired", {"lines": {"1": 3}})
    with pytest.raises(OrderError, match=r"^the hold H-1 is over; place an order$"):
        events.amend_line(line_of("H-1"), {"quantity": 9}, at(LATER))
    with pytest.raises(OrderError, match=r"^the hold H-1 is over; place an order$"):
        events.confirm(order("H-1"), cause())


@pytest.mark.parametrize("tied", [False, True])
def test_a_hold_that_is_over_keeps_nothing_from_an_order_though_no_clock_came_by(tied: bool) -> None:  # noqa: FBT001 - both ways
    rule("none")
    stock("LAMP", 3)
    stock("SHADE", 3)
    if tied:  # the hold asks for a kit of the item and of another one, which must be decided with it
        Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=1)
        Component.objects.create(kit=item("SET"), item=item("SHADE"), quantity=1)
    events.hold("H-1", [Wanted("1", item("SET" if tied else "LAMP"), 3, TODAY)], Hold(LATER), cause())
    wanted = [Wanted("1", item("LAMP"), 2, TODAY)]
    before = events.place_order("A-1", wanted, at(LATER - dt.timedelta(seconds=1)))
    after = events.place_order("A-2", wanted, at(LATER))
    assert [split(each) for each in (before, after)] == [[(0, 0, 2, "NOT_ON_HAND")], [(2, 0, 0, "")]]
    entry = read_story("order", "H-1").last()
    assert entry is not None
    assert (entry.what, entry.who) == ("hold.expired", "clock")
    assert events.expire_holds(at(LATER)) == []
    assert find_differences() == []


def test_items_of_a_hold_that_is_over_are_locked_anew_and_in_order_before_it_is_ended() -> None:
    """Or who asks for one of them, and locks the others behind it, would wait in a circle with whoever asks for those."""
    stock("LAMP", 3)
    stock("SHADE", 3)
    lines = [Wanted("1", item("LAMP"), 1, TODAY), Wanted("2", item("SHADE"), 1, TODAY)]
    events.hold("H-1", lines, Hold(LATER), cause())
    with CaptureQueriesContext(connection) as queries:
        events.place_order("A-1", [Wanted("1", item("SHADE"), 1, TODAY)], at(LATER))
    told = [str(query["sql"]) for query in queries]
    both = next(
        place for place, sql in enumerate(told) if "FOR NO KEY UPDATE" in sql and f"{item('LAMP').pk}" in sql
    )
    assert any(sql.startswith("ROLLBACK TO SAVEPOINT") for sql in told[:both])
    assert not any("hold.expired" in sql for sql in told[:both])


def test_express_is_taken_back_from_a_line_that_waits_now_and_from_those_that_ship_with_it() -> None:
    stock("LAMP", 3)
    stock("SHADE", 3)
    for number, policy in (("A-1", "as_ready"), ("A-2", "complete")):
        lines = [Wanted("1", item("LAMP"), 1, TODAY), Wanted("2", item("SHADE"), 1, TODAY)]
        events.place_order(number, lines, cause(), Buyer(express=True, ship_policy=policy))

    def granted(number: str) -> list[bool]:
        return list(
            Line.objects.filter(order__number=number).order_by("id").values_list("express", flat=True)
        )

    assert events.amend_line(line_of("A-1"), {"quantity": 2}, cause()).lines[0].express
    assert granted("A-1") == [True, True]
    assert not events.amend_line(line_of("A-1"), {"quantity": 4}, cause()).lines[0].express
    assert granted("A-1") == [False, True]
    assert granted("A-2") == [True, True]
    events.add_line(order("A-2"), Wanted("3", item("BULB"), 1, TODAY), cause())
    assert granted("A-2") == [False, False, False]


@pytest.mark.parametrize(
    ("until", "text"),
    [
        (
            NOON,
            "hold H-1: 2026-11-24 12:00:00+00:00 has passed; name an instant after 2026-11-24 12:00:00+00:00",
        ),
        (LATER.replace(tzinfo=None), "hold H-1: 2026-11-24 12:30:00 has no zone"),
    ],
)
def test_a_hold_until_an_instant_that_cannot_be_is_refused(until: dt.datetime, text: str) -> None:
    with pytest.raises(OrderError) as error:
        events.hold("H-1", [Wanted("1", item("LAMP"), 1, TODAY)], Hold(until), cause())
    assert str(error.value) == text


def test_units_that_are_added_go_through_the_gate() -> None:
    rule("capped", cap=4)
    stock("LAMP", 5)
    ask("A-1", ("LAMP", 3))
    answer = events.amend_line(line_of("A-1"), {"quantity": 20}, cause())
    assert split(answer) == [(2, 4, 11, "CAP")]
    line = line_of("A-1")
    assert (line.quantity_ordered, line.quantity_from_hand) == (9, 5)
    assert standing("A-1")[:3] == (5, 0, 4)
    assert last_story("A-1") == (
        "line.amended",
        {"line": "1", "from": {"quantity": 3}, "to": {"quantity": 9}},
    )
    assert (Refusal.objects.get().quantity, Refusal.objects.get().reason) == (11, "CAP")
    told = list(Disclosure.objects.order_by("id").values_list("quantity_now", "quantity_later"))
    assert told == [(3, 0), (5, 4)]


def test_units_that_are_refused_leave_the_line_as_it_is() -> None:
    rule("none")
    stock("LAMP", 3)
    ask("A-1", ("LAMP", 3))
    answer = events.amend_line(line_of("A-1"), {"quantity": 5}, cause())
    assert (split(answer), answer.decision) == ([(0, 0, 2, "NOT_ON_HAND")], None)
    assert line_of("A-1").quantity_open == 3
    assert last_story("A-1") == ("line.refused", {"units": 2, "reasons": ["NOT_ON_HAND"]})


def test_units_that_are_given_up_serve_others() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 5))
    buy("A-2", ("LAMP", 2))
    answer = events.amend_line(line_of("A-1"), {"quantity": 4, "needed_by": TODAY}, cause())
    assert answer.lines == ()
    assert answer.decision is not None
    assert (standing("A-1")[:3], standing("A-2")[:3]) == ((4, 0, 0), (1, 0, 1))
    assert events.amend_line(line_of("A-1"), {"quantity": 4}, cause()) == Answer("A-1", (), None)
    assert find_differences() == []


def test_another_place_is_served_from_there() -> None:
    stock("LAMP", 2)
    stock("LAMP", 1, "north")
    buy("A-1", ("LAMP", 2))
    events.amend_line(line_of("A-1"), {"location": location("north")}, cause())
    assert (covered("A-1"), standing("A-1")[:3]) == ([("north", 1, 0)], (1, 0, 1))


def test_a_line_that_is_added_goes_through_the_gate() -> None:
    rule("none", "SHADE")
    stock("SHADE", 2)
    buy("A-1", ("LAMP", 1))
    answer = events.add_line(order("A-1"), Wanted("2", item("SHADE"), 3, TODAY), cause())
    assert split(answer) == [(2, 0, 1, "NOT_ON_HAND")]
    assert last_story("A-1") == ("line.added", {"line": "2", "quantity": 2, "refused": 1})
    assert standing("A-1", "2")[:3] == (2, 0, 0)
    answer = events.add_line(order("A-1"), Wanted("3", item("SHADE"), 3, TODAY), cause())
    assert (answer.decision, Line.objects.count()) == (None, 2)


def test_an_order_that_comes_to_ship_together_is_decided_as_a_whole() -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 2), ("SHADE", 1))
    events.amend_order(order("A-1"), {"ship_policy": "complete"}, cause())
    assert standing("A-1") == (0, 0, 2, "WAITS_FOR_COMPANION")
    events.amend_order(order("A-1"), {"ship_policy": "as_ready"}, cause())
    assert standing("A-1")[:3] == (2, 0, 0)
    assert find_differences() == []


def test_a_cancelled_order_serves_others_and_an_unfilled_line_frees_nothing() -> None:
    stock("LAMP", 3)
    buy("A-1", ("LAMP", 3), ("LAMP", 2))
    buy("A-2", ("LAMP", 4))
    drop("A-1", 2, "2")
    assert standing("A-2")[:3] == (0, 0, 4)
    events.cancel_order(order("A-1"), cause())
    assert standing("A-2")[:3] == (3, 0, 1)
    assert find_differences() == []


def test_what_was_told_is_kept_when_a_hold_is_confirmed_and_when_an_order_is_recorded() -> None:
    stock("LAMP", 2)
    order_in("LAMP", 5, "PO-1", days=10)
    told = Told("de", "sure", "card", "until it ships", "eu-1")
    keep("H-1", 3, may_wait=True)
    events.confirm(order("H-1"), cause(), told)
    events.record_order("A-2", [Wanted("1", item("LAMP"), 2, TODAY)], cause(), told=told)
    events.record_order("A-3", [Wanted("1", item("LAMP"), 9, TODAY)], cause())
    kept = Disclosure.objects.order_by("id").values_list(
        *("line__order__number", "quantity_now", "quantity_later", "promised_on", "rule_pack", "shown")
    )
    comes = TODAY + dt.timedelta(days=10)
    assert list(kept) == [
        ("H-1", 2, 1, comes, "", False),
        ("H-1", 2, 1, comes, "eu-1", True),
        ("A-2", 0, 2, comes, "eu-1", False),
        ("A-3", 0, 9, None, "", False),
    ]
