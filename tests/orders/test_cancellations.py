"""Each cancellation is kept: how many units, who said so, and when. Their sum is what is cancelled of a line."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from backorder.allocation import events
from backorder.fulfilment.selectors import find_differences
from backorder.orders.models import Cancellation, Line
from backorder.orders.services import LineChange, OrderError
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, line_of, stock
from tests.supply.shop import TODAY, cause

pytestmark = pytest.mark.django_db


def list_kept() -> list[tuple[str, int, str, str]]:
    """List what is kept: line, units, by whom, and what happened."""
    return list(
        Cancellation.objects.order_by("id").values_list("line__number", "quantity", "by", "entry__what")
    )


def test_units_a_whole_order_and_a_smaller_line_are_kept_with_who_cancelled() -> None:
    stock("LAMP", 3)
    buy("A-1", ("LAMP", 5), ("SHADE", 4), ("BULB", 2))
    events.cancel_line(line_of("A-1", "1"), 2, cause())
    events.cancel_line(line_of("A-1", "1"), 1, cause(), "seller")
    events.amend_line(line_of("A-1", "2"), LineChange(quantity=1), cause())
    events.cancel_order(line_of("A-1").order, cause(), "seller")
    assert list_kept() == [
        ("1", 2, "buyer", "line.cancelled"),
        ("1", 1, "seller", "line.cancelled"),
        ("2", 3, "buyer", "line.amended"),
        ("1", 2, "seller", "order.cancelled"),
        ("2", 1, "seller", "order.cancelled"),
        ("3", 2, "seller", "order.cancelled"),
    ]
    assert list(Line.objects.order_by("id").values_list("quantity_cancelled", "quantity_open")) == [
        (5, 0),
        (4, 0),
        (2, 0),
    ]
    assert find_differences() == []


def test_nobody_else_cancels() -> None:
    buy("A-1", ("LAMP", 5))
    with pytest.raises(OrderError, match="'nobody' is no canceller; there are buyer, seller"):
        events.cancel_line(line_of("A-1"), 1, cause(), "nobody")
    with pytest.raises(OrderError, match="'nobody' is no canceller; there are buyer, seller"):
        events.cancel_order(line_of("A-1").order, cause(), "nobody")
    assert list_kept() == []


def test_the_sum_is_changed_by_its_rows_only() -> None:
    buy("A-1", ("LAMP", 5))
    with pytest.raises(DatabaseError, match="a sum is changed by its rows only"), transaction.atomic():
        Line.objects.update(quantity_cancelled=1)
    events.cancel_line(line_of("A-1"), 1, cause())
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Cancellation.objects.update(quantity=2)
    with pytest.raises(DatabaseError, match="line_open_from_0"), transaction.atomic():
        Cancellation.objects.create(
            line=line_of("A-1"), quantity=5, by="buyer", entry=Entry.objects.latest("id")
        )


@pytest.mark.django_db(transaction=True)
def test_what_was_cancelled_in_an_older_database_is_taken_over() -> None:
    buy("A-1", ("LAMP", 5), ("SHADE", 4), ("BULB", 2))
    buy("A-2", ("LAMP", 1))
    events.cancel_line(line_of("A-1", "1"), 2, cause())
    events.cancel_line(line_of("A-1", "1"), 1, cause())
    events.amend_line(line_of("A-1", "2"), LineChange(requested_on=TODAY), cause())
    events.amend_line(line_of("A-1", "2"), LineChange(quantity=3), cause())
    events.amend_line(line_of("A-1", "3"), LineChange(needed_by=TODAY), cause())
    events.cancel_order(line_of("A-1").order, cause())
    try:
        call_command("migrate", "orders", "0004", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    cancelled = Entry.objects.filter(what="line.cancelled").earliest("id").pk
    fewer = Entry.objects.get(what="line.amended", facts__to__quantity=3).pk
    closed = Entry.objects.get(what="order.cancelled").pk
    assert list(
        Cancellation.objects.order_by("id").values_list("line__number", "quantity", "by", "entry")
    ) == [
        ("1", 5, "buyer", cancelled),
        ("2", 4, "buyer", fewer),
        ("3", 2, "buyer", closed),
    ]
    assert [line.quantity_cancelled for line in Line.objects.order_by("id")] == [5, 4, 2, 0]
    assert find_differences() == []
