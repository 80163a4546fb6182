"""Stock: what is on hand is the sum of its movements, and nothing else changes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from backorder.outbox.services import Cause
from backorder.supply.loading import CountFacts, count_many
from backorder.supply.models import DAMAGED, SELLABLE, DateNews, InboundLine, Level, Movement, StockCount
from backorder.supply.selectors import Accuracy, find_drift, read_accuracy
from backorder.supply.services import (
    Expected,
    SupplyError,
    adjust,
    cancel_rest,
    change_status,
    count,
    expect,
    open_levels,
    place_inbound,
    receive,
)
from tests.supply.shop import NOON, TODAY, cause, item, on_hand, on_the_way, place

pytestmark = pytest.mark.django_db


def test_receiving_30_of_100_leaves_70() -> None:
    line = on_the_way(100)
    receive(line, 30, cause())
    line.refresh_from_db()
    assert (line.quantity_received, line.remaining, on_hand()) == (30, 70, 30)


def test_more_than_ordered_may_come_and_is_seen() -> None:
    line = on_the_way(10)
    entry = receive(line, 12, cause())
    line.refresh_from_db()
    assert (line.quantity_received, line.quantity_ordered, line.remaining, on_hand()) == (12, 10, 0, 12)
    assert entry.facts == {"line": "1", "quantity": 12, "received": 12, "of": 10}


def test_what_will_not_come_is_not_awaited() -> None:
    line = on_the_way(10)
    receive(line, 4, cause())
    cancel_rest(line, 6, cause("short delivery"))
    line.refresh_from_db()
    assert (line.remaining, on_hand()) == (0, 4)
    with pytest.raises(SupplyError, match=r"^PO-1 line 1: 0 units are to come, not 1$"):
        cancel_rest(line, 1, cause())


def test_damaged_units_are_there_but_not_sellable() -> None:
    receive(on_the_way(10), 10, cause())
    change_status((item(), place(), SELLABLE), DAMAGED, 3, cause("dropped"))
    assert (on_hand(), on_hand(status=DAMAGED)) == (7, 3)


def test_less_than_nothing_is_refused_and_changes_nothing() -> None:
    receive(on_the_way(5), 5, cause())
    before = Entry.objects.count(), Movement.objects.count()
    with pytest.raises(SupplyError, match=r"^LAMP at main: 5 sellable units are there, 6 cannot leave$"):
        adjust((item(), place(), SELLABLE), -6, "adjustment", cause("lost"))
    assert (on_hand(), Entry.objects.count(), Movement.objects.count()) == (5, *before)


def test_the_database_itself_refuses_a_level_below_0() -> None:
    adjust((item(), place(), SELLABLE), 5, "return", cause())
    with pytest.raises(IntegrityError, match="level_on_hand_from_0"):
        Movement.objects.create(
            item=item(), location=place(), kind="shipment", quantity=-6, entry=Entry.objects.get()
        )


def test_a_count_posts_what_differs_with_its_reason() -> None:
    receive(on_the_way(10), 10, cause())
    entry = count((item(), place(), SELLABLE), 8, cause("shelf 4"))
    assert (entry.what, entry.why, entry.facts) == (
        "stock.count",
        "shelf 4",
        {"status": "sellable", "was": 10, "is": 8},
    )
    assert (on_hand(), list(entry.movements.values_list("kind", "quantity"))) == (8, [("count", -2)])


def test_a_count_that_agrees_is_kept_and_moves_nothing() -> None:
    receive(on_the_way(10), 10, cause())
    entry = count((item(), place(), SELLABLE), 10, cause("shelf 4"))
    assert (entry.what, entry.why) == ("stock.count", "shelf 4")
    assert entry.facts == {"status": "sellable", "was": 10, "is": 10}
    assert (on_hand(), entry.movements.count()) == (10, 0)
    kept = StockCount.objects.get()
    assert (kept.level.on_hand, kept.was, kept.found, kept.entry, kept.agrees) == (10, 10, 10, entry, True)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        StockCount.objects.update(found=9)


def count_at(found: int, days: int, sku: str = "LAMP") -> None:
    """Count so many days after the first."""
    count((item(sku), place(), SELLABLE), found, Cause("anna", NOON + dt.timedelta(days=days), "monday"))


def test_record_accuracy_is_the_share_of_counts_that_found_to_the_unit_what_the_record_said() -> None:
    later = [NOON + dt.timedelta(days=days) for days in range(4)]
    assert (read_accuracy(later[0], later[3]), Accuracy(0, 0).share) == (Accuracy(0, 0), None)
    count_at(0, 0)  # as the record said
    count_at(5, 1)
    count_at(5, 2)
    count_at(4, 2)
    count_at(4, 2)
    count_at(0, 3, "SHADE")
    assert read_accuracy(later[0], later[3]) == Accuracy(5, 3)
    assert read_accuracy(later[1], later[2]) == Accuracy(1, 0)
    assert read_accuracy(later[2], later[3]).share == 2 / 3


def test_a_list_of_stock_says_nothing_about_the_accuracy_of_the_record() -> None:
    item(), place()
    for _ in range(2):
        count_many([CountFacts("LAMP", "main", SELLABLE, 8)], cause("import"))
    assert (on_hand(), Entry.objects.count(), StockCount.objects.count()) == (8, 1, 0)


def test_a_count_without_a_reason_is_refused() -> None:
    with pytest.raises(SupplyError, match=r"^a count says why it was made$"):
        count((item(), place(), SELLABLE), 8, cause())


def test_no_write_path_goes_around_the_ledger() -> None:
    """T10 of docs/reference/defects-of-others.md."""
    adjust((item(), place(), SELLABLE), 5, "return", cause())
    with pytest.raises(DatabaseError, match="a sum is changed by its rows only"), transaction.atomic():
        Level.objects.update(on_hand=50)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Movement.objects.update(quantity=50)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Movement.objects.all().delete()
    assert (on_hand(), find_drift()) == (5, [])


def test_drift_is_found_where_somebody_took_the_rules_away() -> None:
    adjust((item(), place(), SELLABLE), 5, "return", cause())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE supply_level DISABLE TRIGGER USER")
        cursor.execute("UPDATE supply_level SET on_hand = 7")
    assert [(row.sku, row.location, row.on_hand, row.moved) for row in find_drift()] == [
        ("LAMP", "main", 7, 5)
    ]


def test_a_date_moves_with_who_said_so_and_the_old_date_stays_known() -> None:
    line = on_the_way(10)
    later = TODAY + dt.timedelta(days=17)
    expect(line, later, "mail from the supplier", cause())
    line.refresh_from_db()
    news = DateNews.objects.get()
    assert (line.expected_on, news.from_date, news.to_date) == (later, TODAY + dt.timedelta(days=10), later)
    assert news.source == "mail from the supplier"
    assert expect(line, later, "phone", cause()) is None


def test_each_change_is_one_entry_of_the_story_of_its_item_and_its_order() -> None:
    line = on_the_way(10)
    receive(line, 4, cause())
    expect(line, TODAY, "phone", cause())
    told = ["inbound.placed", "inbound.received", "inbound.expected"]
    assert [entry.what for entry in read_story("item", "LAMP")] == told
    assert [entry.what for entry in read_story("inbound", "PO-1")] == told
    assert {entry.who for entry in read_story("item", "LAMP")} == {"anna"}


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (0, "PO-2 line 1: 0 units cannot be meant; name 1 to 1,000,000,000"),
        (-3, "PO-2 line 1: -3 units cannot be meant; name 1 to 1,000,000,000"),
    ],
)
def test_an_inbound_order_of_nothing_is_refused(quantity: int, text: str) -> None:
    with pytest.raises(SupplyError) as error:
        place_inbound("PO-2", [Expected("1", item(), place(), quantity, TODAY)], cause())
    assert str(error.value) == text
    assert not InboundLine.objects.exists()


def test_a_date_that_cannot_be_meant_is_refused() -> None:
    never = dt.date(9999, 12, 31)
    text = r": 9999-12-31 is not between 1900-01-01 and 2200-12-31; name a day that can be planned with$"
    with pytest.raises(SupplyError, match=r"^PO-2 line 1" + text):
        place_inbound("PO-2", [Expected("1", item(), place(), 3, never)], cause())
    line = on_the_way(3)
    with pytest.raises(SupplyError, match=r"^PO-1 line 1" + text):
        expect(line, never, "phone", cause())
    with pytest.raises(IntegrityError, match="inbound_line_date"), transaction.atomic():
        InboundLine.objects.update(expected_on=never)


def test_an_inbound_number_is_used_once() -> None:
    on_the_way(1)
    with pytest.raises(SupplyError, match=r"^there is an inbound order PO-1 already$"):
        on_the_way(1)


def test_every_item_has_a_level_at_every_place_at_zero() -> None:
    open_levels([item("A"), item("B")], [place("x"), place("y")])
    adjust((item("A"), place("x"), SELLABLE), 2, "return", cause())
    open_levels([item("A"), item("B")], [place("x"), place("y")])
    assert sorted(Level.objects.values_list("item__sku", "location__code", "on_hand")) == [
        ("A", "x", 2),
        ("A", "y", 0),
        ("B", "x", 0),
        ("B", "y", 0),
    ]


STEP = st.tuples(
    st.sampled_from(["receive", "cancel", "adjust", "count", "damage"]),
    st.integers(-12, 12),
    st.sampled_from(["LAMP", "SHADE"]),
    st.sampled_from(["main", "shop"]),
)


@given(st.lists(STEP, max_size=20))
def test_any_steps_leave_what_a_plain_tally_says(steps: list[tuple[str, int, str, str]]) -> None:
    with transaction.atomic():
        tally = {
            (sku, code, status): 0
            for sku in ("LAMP", "SHADE")
            for code in ("main", "shop")
            for status in (SELLABLE, DAMAGED)
        }
        to_come: dict[tuple[str, str], tuple[InboundLine, list[int]]] = {}
        for sku in ("LAMP", "SHADE"):
            for code in ("main", "shop"):
                to_come[sku, code] = (on_the_way(10, sku, code, f"PO-{sku}-{code}"), [10, 0, 0])
        for what, units, sku, code in steps:
            line, (ordered, received, cancelled) = to_come[sku, code]
            level = (item(sku), place(code), SELLABLE)
            key = (sku, code, SELLABLE)
            left = max(ordered - received - cancelled, 0)
            allowed = {
                "receive": units > 0,
                "cancel": 0 < units <= left,
                "adjust": units != 0 and tally[key] + units >= 0,
                "count": units >= 0,
                "damage": 0 < units <= tally[key],
            }[what]
            acts: dict[str, Callable[[], object]] = {
                "receive": partial(receive, line, units, cause()),
                "cancel": partial(cancel_rest, line, units, cause()),
                "adjust": partial(adjust, level, units, "adjustment", cause()),
                "count": partial(count, level, units, cause("monday")),
                "damage": partial(change_status, level, DAMAGED, units, cause()),
            }
            if not allowed:
                with pytest.raises(SupplyError):
                    acts[what]()
                continue
            acts[what]()
            if what in {"receive", "adjust"}:
                tally[key] += units
            if what == "receive":
                to_come[sku, code][1][1] += units
            if what == "cancel":
                to_come[sku, code][1][2] += units
            if what == "count":
                tally[key] = units
            if what == "damage":
                tally[key] -= units
                tally[sku, code, DAMAGED] += units
        assert {key: on_hand(*key) for key in tally} == tally
        assert find_drift() == []
        for line, (ordered, received, cancelled) in to_come.values():
            line.refresh_from_db()
            assert line.remaining == max(ordered - received - cancelled, 0)
        transaction.set_rollback(True)
