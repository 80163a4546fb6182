"""The promise ledger: which changes are told, and which are not."""

from __future__ import annotations

import datetime as dt

import pytest

from backorder.allocation import events
from backorder.allocation.models import Promise
from backorder.allocation.policies.publications import Draft
from backorder.allocation.services import pass_day, plan_all
from backorder.allocation.what_if.publishing import publish_policy
from backorder.catalog.models import ClosedDay
from backorder.outbox.services import Cause
from backorder.supply.models import InboundLine
from tests.allocation.shop import (
    buy,
    drop,
    find_stock,
    line_of,
    order_in,
    promised,
    slip,
    standing,
    stock,
    take_in,
)
from tests.supply.shop import NOON, TODAY, cause, item, place

pytestmark = pytest.mark.django_db


def after(days: int) -> Cause:
    return Cause("clock", NOON + dt.timedelta(days=days))


def test_the_first_promise_stays_whatever_comes() -> None:
    line = order_in("LAMP", 4, "PO-1", days=5)
    buy("A-1", ("LAMP", 4))
    slip(line, 9)
    slip(line, 20)
    take_in(line, 4)
    find_stock("LAMP", 0)
    assert promised("A-1") == [5, 9, 20, None]
    assert Promise.objects.filter(line=line_of("A-1")).earliest("id").promised_on == TODAY + dt.timedelta(5)


def test_a_promise_names_the_deliveries_that_it_stands_on_and_how_many_units_had_what() -> None:
    first, second = order_in("LAMP", 2, "PO-1", days=5), order_in("LAMP", 2, "PO-2", days=9)
    buy("A-1", ("LAMP", 4))
    assert Promise.objects.get().evidence == {
        "inbound_lines": [first.pk, second.pk],
        "units": {"on_hand": 0, "inbound": 4, "unallocated": 0},
    }


def test_a_day_of_jitter_is_not_told_and_the_next_one_is() -> None:
    publish_policy(Draft("", hysteresis_days=1), cause())
    line = order_in("LAMP", 4, "PO-1", days=5)
    buy("A-1", ("LAMP", 4))
    slip(line, 6)
    slip(line, 5)
    slip(line, 6)
    assert promised("A-1") == [5]
    slip(line, 7)
    assert promised("A-1") == [5, 7]


def test_an_earlier_day_is_told_from_the_gain_on() -> None:
    publish_policy(Draft("", gain_days=3), cause())
    line = order_in("LAMP", 4, "PO-1", days=10)
    buy("A-1", ("LAMP", 4))
    slip(line, 8)
    assert promised("A-1") == [10]
    slip(line, 7)
    assert promised("A-1") == [10, 7]


def test_without_a_gain_an_earlier_day_is_never_told() -> None:
    line = order_in("LAMP", 4, "PO-1", days=10)
    buy("A-1", ("LAMP", 4))
    slip(line, 1)
    assert promised("A-1") == [10]


def test_a_line_on_hand_that_nobody_releases_is_promised_once() -> None:
    stock("LAMP", 4)
    buy("A-1", ("LAMP", 4))
    for days in (1, 2, 3):
        pass_day(after(days))
    assert promised("A-1") == [0]
    assert standing("A-1")[:3] == (4, 0, 0)


def test_a_line_on_hand_is_promised_once_over_closed_days_too() -> None:
    ClosedDay.objects.create(closed_on=TODAY + dt.timedelta(days=1))
    stock("LAMP", 4)
    buy("A-1", ("LAMP", 4))
    pass_day(after(1))
    assert promised("A-1") == [0]


def test_a_line_on_hand_that_loses_its_units_is_promised_anew() -> None:
    stock("LAMP", 4)
    order_in("LAMP", 4, "PO-1", days=6)
    buy("A-1", ("LAMP", 4))
    pass_day(after(1))
    events.count((item(), place(), "sellable"), 0, Cause("anna", NOON + dt.timedelta(days=1), "broken"))
    assert promised("A-1") == [0, 6]


def test_a_day_that_passes_without_a_receipt_promises_anew() -> None:
    """T12 of docs/reference/defects-of-others.md."""
    order_in("LAMP", 4, "PO-1", days=2)
    buy("A-1", ("LAMP", 4))
    pass_day(after(2))
    assert promised("A-1") == [2]
    pass_day(after(3))
    assert promised("A-1") == [2, 10]


def test_a_guess_about_an_overdue_delivery_is_told_once_until_its_day_comes() -> None:
    order_in("LAMP", 4, "PO-1", days=2)
    buy("A-1", ("LAMP", 4))
    for days in range(1, 11):
        pass_day(after(days))
    assert promised("A-1") == [2, 10, 17]


def test_an_overdue_delivery_with_news_is_told_at_once() -> None:
    line = order_in("LAMP", 4, "PO-1", days=2)
    buy("A-1", ("LAMP", 4))
    pass_day(after(3))
    events.expect(line, TODAY + dt.timedelta(days=12), "supplier", after(4))
    assert promised("A-1") == [2, 10, 12]


def test_a_guess_that_must_wait_longer_for_its_order_is_told_at_once() -> None:
    order_in("LAMP", 4, "PO-1", days=2)
    shade = order_in("SHADE", 4, "PO-2", days=8)
    buy("A-1", ("LAMP", 4), ("SHADE", 4), ships="complete")
    pass_day(after(3))
    assert (promised("A-1"), promised("A-1", "2")) == ([8, 10], [8, 10])
    events.expect(shade, TODAY + dt.timedelta(days=20), "supplier", after(4))
    assert (promised("A-1"), promised("A-1", "2")) == ([8, 10, 20], [8, 10, 20])


def test_a_promise_survives_when_its_units_are_set_aside_anew() -> None:
    """T7 of docs/reference/defects-of-others.md."""
    first = order_in("LAMP", 4, "PO-1", days=5)
    buy("A-1", ("LAMP", 4))
    order_in("LAMP", 4, "PO-2", days=5)
    events.cancel_rest(first, 4, cause())
    assert promised("A-1") == [5]
    drop("A-1", 1)
    assert promised("A-1") == [5]


def test_a_date_on_an_item_or_an_order_of_supply_rewrites_no_promise_without_an_event() -> None:
    """T11 of docs/reference/defects-of-others.md."""
    line = order_in("LAMP", 4, "PO-1", days=5)
    buy("A-1", ("LAMP", 4))
    InboundLine.objects.filter(pk=line.pk).update(expected_on=TODAY + dt.timedelta(days=30))
    assert promised("A-1") == [5]
    plan_all(cause("the next decision tells it, beside the first"))
    assert promised("A-1") == [5, 30]
