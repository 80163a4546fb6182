"""Quotes from the database: what an order would get, and nothing is changed."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backorder.allocation.acceptance.quoting import Dependence, LineQuote, quote
from backorder.allocation.availability import read_availability
from backorder.allocation.models import Allocation
from backorder.allocation.policies.publications import Draft
from backorder.allocation.what_if.publishing import publish_policy
from backorder.catalog.models import ClosedDay, Component, Substitute
from backorder.orders.models import Order, Refusal
from backorder.orders.services import Buyer, OrderError, Wanted
from backorder.outbox.models import Entry
from tests.allocation.shop import buy, order_in, stock
from tests.allocation.test_acceptance import rule
from tests.supply.shop import TODAY, cause, item

pytestmark = pytest.mark.django_db


def day(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


def ask(*wanted: tuple[str, int], on: int = 0, buyer: Buyer | None = None) -> tuple[LineQuote, ...]:
    lines = [Wanted(str(row), item(sku), units, day(on)) for row, (sku, units) in enumerate(wanted, 1)]
    return quote(lines, buyer, on=TODAY)


def test_a_quote_says_what_is_free_behind_everybody_and_changes_nothing() -> None:
    Substitute.objects.create(item=item("LAMP"), substitute=item("LAMP-2"), kind="successor")
    stock("LAMP", 5)
    stock("LAMP-2", 2)
    order_in("LAMP", 4, "PO-1")
    buy("A-1", ("LAMP", 3))
    before = [model.objects.count() for model in (Entry, Order, Refusal, Allocation)]
    (found,) = ask(("LAMP", 9))
    assert (found.quantity_now, found.later, found.shortage) == (2, ((day(10), 4),), 3)
    assert found.promised_on is None
    assert found.depends_on == (Dependence("PO-1", "1", "LAMP", "main", day(10)),)
    assert [(each.sku, each.quantity) for each in found.alternatives] == [("LAMP-2", 2)]
    assert (found.quantity_accepted, found.reason) == (9, "")
    assert [model.objects.count() for model in (Entry, Order, Refusal, Allocation)] == before


def test_each_line_of_a_quote_stands_behind_those_before_it() -> None:
    Component.objects.create(kit=item("SET"), item=item("LAMP"), quantity=2)
    stock("LAMP", 5)
    order_in("LAMP", 4, "PO-1")
    kit, lamp = ask(("SET", 2), ("LAMP", 3))
    assert (kit.quantity_now, kit.later, kit.promised_on) == (2, (), TODAY)
    assert (lamp.quantity_now, lamp.later, lamp.promised_on) == (1, ((day(10), 2),), day(10))


def test_a_quote_says_what_the_rules_would_refuse() -> None:
    rule("none")
    stock("LAMP", 5)
    (found,) = ask(("LAMP", 7))
    assert (found.quantity_now, found.shortage) == (5, 2)
    assert (found.quantity_accepted, found.reason) == (5, "NOT_ON_HAND")


def test_a_quote_for_a_later_day_leaves_what_is_on_hand() -> None:
    stock("LAMP", 5)
    order_in("LAMP", 4, "PO-1")
    (found,) = ask(("LAMP", 3), on=12)
    assert (found.quantity_now, found.later) == (0, ((day(10), 3),))


def test_now_is_the_next_open_day() -> None:
    ClosedDay.objects.create(closed_on=TODAY)
    stock("LAMP", 5)
    (found,) = ask(("LAMP", 3))
    assert (found.quantity_now, found.promised_on) == (3, day(1))


def test_a_quote_of_nothing_is_refused() -> None:
    with pytest.raises(OrderError, match=r"^order this quote line 1: 0 units cannot be ordered"):
        ask(("LAMP", 0))


def count_queries(lines: int) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ask(*((f"I-{number}", 2) for number in range(lines)))
    return len(queries)


def test_a_quote_of_many_lines_takes_as_many_queries_as_one_of_one() -> None:
    for number in range(6):
        stock(f"I-{number}", 1)
        order_in(f"I-{number}", 3, f"PO-{number}")
    ask(*((f"I-{number}", 2) for number in range(6)))
    assert count_queries(6) - 6 == count_queries(1) - 1  # each line's item is looked up before


@pytest.mark.django_db(transaction=True)
def test_a_quote_reads_the_shop_at_one_moment() -> None:
    stock("LAMP", 5)
    with CaptureQueriesContext(connection) as queries:
        (found,) = ask(("LAMP", 3))
    assert found.quantity_now == 3
    said = [query["sql"] for query in queries.captured_queries]
    assert "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ" in said


def test_what_may_be_promised_is_what_a_quote_says_for_kits_and_with_days_to_handle_too() -> None:
    publish_policy(Draft("handling_days = 3"), cause())
    Component.objects.create(kit=item("SET"), item=item("CUP"), quantity=2)
    stock("CUP", 7)
    order_in("CUP", 4, "PO-1", days=10)
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 1))
    for sku, whole in (("SET", 5), ("CUP", 11), ("LAMP", 4)):
        (quoted,) = quote([Wanted("1", item(sku), whole + 1, TODAY)], on=TODAY)
        (there,) = read_availability([item(sku)], TODAY)
        sums = list(itertools.accumulate([quoted.quantity_now, *(units for _, units in quoted.later)]))
        days = [(each.on - TODAY).days for each in there.free.by_day]
        assert (days[0], there.free.by_day[0].quantity, days[1]) == (0, 0, 3)
        assert [each.quantity for each in there.free.by_day[1:]] == sums
        assert (sums[-1], quoted.shortage) == (whole, 1)
        assert there.free.on_hand == quoted.quantity_now


def test_of_two_kits_of_the_same_cups_each_may_be_promised_all_of_them() -> None:
    Component.objects.create(kit=item("PAIR"), item=item("CUP"), quantity=2)
    Component.objects.create(kit=item("TRIO"), item=item("CUP"), quantity=3)
    stock("CUP", 6)
    found = read_availability([item("PAIR"), item("CUP"), item("TRIO")], TODAY)
    assert [each.free.by_day[-1].quantity for each in found] == [3, 6, 2]
    assert [each.free.on_hand for each in read_availability([item("PAIR")], TODAY, "other")] == [0]
