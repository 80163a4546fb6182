"""Customers, workers and the warehouse at offers at once, over connections of their own; and nobody's promise gets worse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from backorder.allocation import events
from backorder.allocation.models import Standing
from backorder.allocation.selectors import find_differences
from backorder.allocation.services import pass_day
from backorder.care.models import Offer
from backorder.care.offers.answering import decline, settle_offers, take
from backorder.care.offers.making import Wish, make_offer
from backorder.fulfilment.services import FulfilmentError
from backorder.orders.models import Line
from backorder.orders.services import OrderError, Wanted
from backorder.outbox.services import Cause
from tests.allocation.shop import buy, line_of, order_in, stock
from tests.care.offering import choices, first_choice, free, have_desks, offer, price, stand_in, wait_for_lamp
from tests.concurrency.test_stock import all_at_once
from tests.fulfilment.shop import release
from tests.searching import IN_DATABASE
from tests.supply.shop import NOON, TODAY, cause, item

CUSTOMER = Cause("customer", NOON)


def offer_one(number: str, name: str) -> Offer:
    return make_offer(line_of(number), Wish(name, writes=False), cause())


def refused(raised: list[BaseException | None]) -> int:
    """Count who was refused; nothing else may go wrong."""
    wrong = [each for each in raised if each is not None]
    assert [each for each in wrong if not isinstance(each, OrderError | FulfilmentError)] == []
    return len(wrong)


@pytest.mark.django_db(transaction=True)
def test_of_two_customers_one_is_offered_the_one_unit() -> None:
    for number in ("A-1", "A-2"):
        wait_for_lamp(1, number)
    have_desks(1)
    names = {number: first_choice(number).name for number in ("A-1", "A-2")}
    acts: list[Callable[[], object]] = [partial(offer_one, *each) for each in names.items()]
    raised = all_at_once(acts)
    assert (refused(raised), Offer.objects.count(), free(), find_differences()) == (1, 1, 0, [])


@pytest.mark.django_db(transaction=True)
def test_of_a_yes_twice_and_a_no_at_once_one_counts() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    raised = all_at_once(
        [lambda: take(made, CUSTOMER), lambda: take(made, CUSTOMER), lambda: decline(made, CUSTOMER)]
    )
    outcome = Offer.objects.get().outcome
    lines = Line.objects.filter(order__number="A-1").count()
    assert (outcome, lines) in {("taken", 2), ("declined", 1)}
    assert (refused(raised), free()) == ((1, 0) if outcome == "taken" else (2, 2))
    assert find_differences() == []


@pytest.mark.django_db(transaction=True)
def test_a_yes_that_crosses_the_warehouse_sends_nobody_both() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    refused(all_at_once([lambda: take(made, CUSTOMER), lambda: stock("LAMP", 2), lambda: release("A-1")]))
    wanted = [
        line.quantity_ordered - line.quantity_cancelled for line in Line.objects.filter(order__number="A-1")
    ]
    assert (sum(wanted), find_differences()) == (2, [])


@pytest.mark.django_db(transaction=True)
def test_a_yes_in_the_moment_when_it_is_over_is_one_or_the_other() -> None:
    wait_for_lamp()
    have_desks()
    made = offer()
    over = made.until + timedelta(seconds=1)
    refused(all_at_once([lambda: take(made, CUSTOMER), lambda: settle_offers(over)]))
    outcome = Offer.objects.get().outcome
    lines = Line.objects.filter(order__number="A-1").count()
    assert (outcome, lines) in {("taken", 2), ("lapsed", 1)}
    assert find_differences() == []


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_in_a_circle_at_a_yes() -> None:
    for turn in range(3):
        number = f"A-{turn}"
        wait_for_lamp(2, number)
        have_desks(2)
        made = offer(number)
        acts: list[Callable[[], object]] = [
            partial(take, made, CUSTOMER),
            partial(events.cancel_line, line_of(number), 1, cause()),
            partial(events.add_line, made.line.order, Wanted("7", item("DESK"), 1, TODAY), cause()),
            partial(pass_day, Cause("clock", NOON + timedelta(days=1 + turn))),
            partial(settle_offers, NOON + timedelta(hours=1)),
            partial(events.expire_holds, Cause("clock", made.until + timedelta(seconds=1))),
        ]
        refused(all_at_once(acts))
        assert find_differences() == []


class Promises(TestCase):
    """Whatever others ordered, an offer and a yes leave their days as they are."""

    @IN_DATABASE
    @given(
        st.lists(
            st.tuples(st.sampled_from(["LAMP", "DESK"]), st.integers(1, 3), st.integers(1, 200)), max_size=4
        ),
        st.lists(
            st.tuples(st.sampled_from(["LAMP", "DESK"]), st.integers(1, 3), st.integers(1, 200)), max_size=3
        ),
        st.integers(1, 6),
        st.integers(1, 3),
    )
    def test_no_promise_of_others_gets_worse_by_an_offer_or_a_yes(
        self,
        before: list[tuple[str, int, int]],
        after: list[tuple[str, int, int]],
        desks: int,
        units: int,
    ) -> None:
        price("LAMP", 5000)
        price("DESK", 4000)
        stand_in("DESK")
        order_in("LAMP", 4, "PO-1", 10)
        order_in("DESK", 2, "PO-2", 20)
        stock("DESK", desks)
        for turn, (sku, wanted, priority) in enumerate(before):
            buy(f"B-{turn}", (sku, wanted), priority=priority)
        buy("A-1", ("LAMP", units))
        if not choices():
            return
        days = list_days()
        made = offer()
        assert list_days() == days
        for turn, (sku, wanted, priority) in enumerate(after):
            buy(f"C-{turn}", (sku, wanted), priority=priority)
        days = list_days()
        taken = take(made, CUSTOMER)
        stands = Standing.objects.get(line=taken)
        assert (stands.allocated_on_hand, stands.unallocated) == (made.units, 0)
        for line, now in list_days().items():
            assert [day <= was for day, was in zip(now, days[line], strict=True)] == [True, True]
        assert find_differences() == []


def list_days() -> dict[int, tuple[date, date]]:
    """List for each line of others the day that is planned, and the one that was promised last."""
    rows = Standing.objects.exclude(line__order__number="A-1").filter(line__order__held_until=None)
    return {
        stand.line_id: (stand.planned_on or date.max, stand.line.promised_on or date.max)
        for stand in rows.select_related("line")
    }
