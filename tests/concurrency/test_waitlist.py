"""Workers, customers and buyers at a waitlist at once, over connections of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings

from backorder.allocation.selectors import find_differences
from backorder.care.models import Invitation, Message, Wish
from backorder.care.waitlist.answering import accept
from backorder.care.waitlist.inviting import invite_waiting
from backorder.care.waitlist.wishes import leave
from backorder.orders.models import Line
from backorder.orders.services import OrderError, ShipTo
from backorder.outbox.services import Cause
from tests.allocation.shop import stock
from tests.allocation.test_acceptance import ask, rule
from tests.care.waiting import free, invited, open_small_house, waiting, wish
from tests.concurrency.interleaving import BEFORE_LOCK, run_between
from tests.concurrency.test_stock import all_at_once
from tests.supply.shop import NOON

pytestmark = pytest.mark.django_db(transaction=True)
SERVER = "smtp://mail.lamps.example"
TO = ShipTo("Zed", "1 Long Lane", "Ulm", "DE")


@pytest.fixture(autouse=True)
def _invites(transactional_db: None) -> Iterator[None]:  # noqa: ARG001 - gives the database
    """Let a house invite."""
    open_small_house()
    with override_settings(MAIL=SERVER, URL="https://lamps.example"):
        yield


def work() -> object:
    return invite_waiting(lambda: NOON)


def put_on_list(count: int) -> list[Wish]:
    return [wish(f"C-{number:02}") for number in range(count)]


def test_t15_of_10_who_wait_for_3_free_units_two_workers_invite_the_first_3_and_never_a_4th() -> None:
    put_on_list(10)
    stock("LAMP", 3)
    assert all_at_once([work, work]) == [None, None]
    assert invited() == [("C-00", 1), ("C-01", 1), ("C-02", 1)]
    assert (work(), Message.objects.count(), len(waiting()), free()) == (0, 3, 10, 0)
    held = Line.objects.filter(order__held_until__isnull=False, quantity_open=1)
    assert (held.count(), find_differences()) == (3, [])


@pytest.mark.parametrize(
    "moment", [BEFORE_LOCK, 'INSERT INTO "care_message"', 'INSERT INTO "care_invitation"']
)
def test_a_second_worker_at_any_moment_of_the_first_invites_nobody_twice(moment: str) -> None:
    put_on_list(3)
    stock("LAMP", 2)
    run_between(work, (moment, work))
    assert (invited(), free()) == ([("C-00", 1), ("C-01", 1)], 0)


def test_buyers_in_a_rush_and_workers_share_what_is_free() -> None:
    rule("none")
    put_on_list(6)
    stock("LAMP", 5)
    buyers = [lambda number=number: ask(f"A-{number}", ("LAMP", 1)) for number in range(6)]
    assert all_at_once([*buyers, work, work]) == [None] * 8
    sold = Line.objects.filter(order__held_until=None).count()
    assert (sold + len(invited()), free(), find_differences()) == (5, 0, [])
    assert invited() == [(f"C-{number:02}", 1) for number in range(5 - sold)]


def test_who_orders_twice_at_once_and_leaves_gets_one_of_these() -> None:
    (made,) = put_on_list(1)
    stock("LAMP", 1)
    work()
    later = Cause("customer", NOON + timedelta(hours=1))
    raised = all_at_once(
        [lambda: accept(made, TO, later), lambda: accept(made, TO, later), lambda: leave(made, later)]
    )
    made.refresh_from_db()
    outcome = Invitation.objects.get().outcome
    assert (made.outcome, outcome) in {("ordered", "ordered"), ("left", "given_back")}
    assert [type(one) for one in raised if one is not None and not isinstance(one, OrderError)] == []
    assert free() == (0 if made.outcome == "ordered" else 1)
