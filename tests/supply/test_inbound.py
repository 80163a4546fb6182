"""What is on the way: split among days, moved between places, and never counted twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from backorder.outbox.models import Entry
from backorder.supply.models import InboundLine, InboundOrder, Level, Movement
from backorder.supply.services import (
    Expected,
    Origin,
    Part,
    SupplyError,
    adjust,
    cancel_rest,
    place_inbound,
    receive,
    split,
)
from tests.supply.shop import TODAY, cause, item, on_hand, on_the_way, place

pytestmark = pytest.mark.django_db


def days(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


def coming() -> list[tuple[str, int, int]]:
    """Line, units still to come, days from today."""
    return [
        (line.number, line.remaining, (line.expected_on - TODAY).days)
        for line in InboundLine.objects.order_by("number")
    ]


def transfer(units: int, *, number: str = "T-1") -> InboundLine:
    expected = [Expected("1", item(), place("shop"), units, days(2))]
    place_inbound(number, expected, cause(), Origin("transfer", source=place("main")))
    return InboundLine.objects.get(order__number=number)


def test_a_line_is_split_among_days() -> None:
    line = on_the_way(100)
    receive(line, 20, cause())
    split(line, [Part(30, days(12)), Part(40, days(20)), Part(10, days(30))], "supplier", cause())
    assert coming() == [("1", 30, 12), ("1.2", 40, 20), ("1.3", 10, 30)]
    assert [(news.from_date, news.to_date) for news in line.news.all()] == [(days(10), days(12))]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([Part(10, days(3))], "PO-1 line 1: a line is split into two parts or more"),
        ([Part(4, days(3)), Part(5, days(4))], "PO-1 line 1: 10 units are to come, the parts are 9"),
        (
            [Part(10, days(3)), Part(0, days(4))],
            "PO-1 line 1: 0 units cannot be meant; name 1 to 1,000,000,000",
        ),
    ],
)
def test_parts_that_are_not_the_whole_are_refused(parts: list[Part], text: str) -> None:
    line = on_the_way(10)
    before = Entry.objects.count()
    with pytest.raises(SupplyError) as error:
        split(line, parts, "supplier", cause())
    assert str(error.value) == text
    assert (coming(), Entry.objects.count()) == ([("1", 10, 10)], before)


def test_units_of_a_transfer_are_on_the_way_and_nowhere_else() -> None:
    adjust((item(), place("main"), "sellable"), 10, "return", cause())
    line = transfer(6)
    assert (on_hand(code="main"), on_hand(code="shop"), line.remaining) == (4, 0, 6)
    receive(line, 4, cause())
    cancel_rest(line, 2, cause("left behind"))
    assert (on_hand(code="main"), on_hand(code="shop")) == (6, 4)


def test_of_a_transfer_no_more_arrives_than_left_its_source() -> None:
    adjust((item(), place("main"), "sellable"), 10, "return", cause())
    line = transfer(5)
    text = (
        "transfer T-1 line 1: 5 units are on the way, 8 cannot arrive; "
        "count the source, and move the others by a transfer of their own"
    )
    with pytest.raises(SupplyError) as error:
        receive(line, 8, cause())
    assert str(error.value) == text
    cancel_rest(line, 5, cause("left behind"))
    with pytest.raises(SupplyError, match=r"^transfer T-1 line 1: 0 units are on the way, 5 cannot arrive; "):
        receive(line, 5, cause())
    assert (on_hand(code="main"), on_hand(code="shop")) == (10, 0)


def test_a_transfer_of_more_than_is_there_is_refused_and_changes_nothing() -> None:
    adjust((item(), place("main"), "sellable"), 3, "return", cause())
    before = Entry.objects.count()
    with pytest.raises(SupplyError, match=r"^LAMP at main: 3 sellable units are there, 4 cannot leave$"):
        transfer(4)
    assert (on_hand(), InboundOrder.objects.count(), Entry.objects.count()) == (3, 0, before)


ORIGINS: dict[str, Callable[[], Origin]] = {
    "PO-1: 'gift' is none of purchase, production, transfer, print": lambda: Origin("gift"),
    "PO-1: a transfer says from which location it comes": lambda: Origin("transfer"),
    "PO-1: only a transfer comes from a location": lambda: Origin(source=place("shop")),
    "PO-1 line 1: it is at main already": lambda: Origin("transfer", source=place()),
}


@pytest.mark.parametrize("text", ORIGINS)
def test_an_origin_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(SupplyError) as error:
        place_inbound("PO-1", [Expected("1", item(), place(), 5, days(1))], cause(), ORIGINS[text]())
    assert str(error.value) == text
    assert InboundOrder.objects.count() == 0


def test_two_lines_of_one_number_are_refused() -> None:
    with pytest.raises(SupplyError, match=r"^PO-1 has two lines 1$"):
        place_inbound("PO-1", [Expected("1", item(), place(), 5, days(1))] * 2, cause())


FORBIDDEN: dict[str, Callable[[], object]] = {
    "receive more": lambda: InboundLine.objects.update(quantity_received=F("quantity_received") + 1),
    "another item": lambda: InboundLine.objects.update(item=item("SHADE")),
    "find some": lambda: Level.objects.update(on_hand=F("on_hand") + 1),
    "move away": lambda: Level.objects.update(location=place("shop")),
    "lose all": lambda: Level.objects.all().delete(),
    "found on no day": lambda: Level.objects.create(item=item("SHADE"), location=place(), on_hand=5),
    "forget what came": lambda: InboundLine.objects.filter(quantity_received__gt=0).delete(),
    "receipt of nothing": lambda: Movement.objects.create(
        item=item(), location=place(), kind="receipt", quantity=3, entry=Entry.objects.latest("id")
    ),
}


@pytest.mark.parametrize("write", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_the_database_itself_lets_nobody_write_a_sum_or_move_what_it_is_of(
    write: Callable[[], object],
) -> None:
    line = on_the_way(10)
    receive(line, 4, cause())
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
    line.refresh_from_db()
    assert (line.quantity_received, line.item.sku, on_hand(), on_hand(code="shop")) == (4, "LAMP", 4, 0)
