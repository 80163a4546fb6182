"""What is owed of many orders is let go together: once, whoever does so at the same time, and each by itself."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest
from django.db import close_old_connections, connection

from backorder.allocation.services import decide_after
from backorder.care.refunds.letting import Chosen, let_batch_back, list_batches
from backorder.catalog.models import CustomerClass
from backorder.orders.models import Line
from backorder.orders.selectors import find_items_of_order
from backorder.orders.services import cancel_units
from backorder.outbox.models import Entry
from backorder.payments.models import Refund
from tests.allocation.shop import line_of
from tests.care.paid import cancel, mark_paid, open_house, order, owed
from tests.fulfilment.shop import order_of
from tests.supply.shop import cause

NUMBERS = [f"A-{row}" for row in range(6)]
CHANGED = "what is owed has changed since you read it; read it again"


@pytest.fixture(autouse=True)
def _shop(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let a house owe something of some orders."""
    CustomerClass.objects.create(code="trade")
    open_house()
    for number in NUMBERS:
        order(number, ("LAMP", 3, 10_00))
        mark_paid(number)
        cancel(number, 1)


def read() -> list[Chosen]:
    """Read what is owed, as somebody chooses it."""
    return [(each.order, each.mark) for each in owed()]


def test_each_has_a_refund_and_an_entry_of_its_own_and_what_was_let_go_says_so() -> None:
    chosen = read()
    made = let_batch_back(chosen, cause("as read"))
    assert [each.amount for each in made if isinstance(each, Refund)] == [10_00] * 6
    entries = Entry.objects.filter(what="refund.let_go", why="as read")
    assert set(entries.values_list("pk", flat=True)) == set(Refund.objects.values_list("entry", flat=True))
    assert [str(each) for each in let_batch_back(chosen, cause())] == [
        f"order {number}: {CHANGED}" for number in NUMBERS
    ]
    assert Refund.objects.count() == 6


def test_batches_go_by_orders_and_leave_none_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backorder.care.refunds.letting.AT_ONCE", 4)
    batches = [[order.number for order, _ in batch] for batch in list_batches(read()[::-1])]
    assert batches == [NUMBERS[:4], NUMBERS[4:]]


@pytest.mark.django_db(transaction=True)
def test_two_who_let_the_same_go_in_another_order_do_so_once() -> None:
    chosen, told, start = read(), list[str](), threading.Barrier(2)

    def let_go(mine: list[Chosen]) -> None:
        start.wait()
        try:
            made = let_batch_back(mine, cause())
            told.extend(str(each) for each in made if not isinstance(each, Refund))
        finally:
            connection.close()

    threads = [threading.Thread(target=let_go, args=(mine,)) for mine in (chosen, chosen[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert sorted(told) == [f"order {number}: {CHANGED}" for number in NUMBERS]
    assert list(Refund.objects.order_by("order").values_list("order__number", "amount")) == [
        (number, 10_00) for number in NUMBERS
    ]


@pytest.mark.django_db(transaction=True)
def test_who_decides_about_orders_that_ship_together_and_who_lets_theirs_go_never_wait_in_a_circle() -> None:
    Line.objects.update(ship_set="one box")
    last, changed, told = order_of(NUMBERS[-1]), threading.Event(), list[str]()

    def cancel_one() -> Entry:
        entry = cancel_units(last, {line_of(last.number).pk: 1}, cause(), "order.cancelled", {})
        changed.set()
        time.sleep(1)  # the others are locked behind this one, when it is decided again
        return entry

    def decide() -> None:
        try:
            told.append(str(decide_after(partial(find_items_of_order, last), cancel_one) is not None))
        finally:
            connection.close()

    def let_go(mine: list[Chosen]) -> None:
        changed.wait()
        try:
            told.extend(str(each) for each in let_batch_back(mine, cause()) if not isinstance(each, Refund))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide), threading.Thread(target=let_go, args=(read(),))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert sorted(told) == ["True", f"order {last.number}: {CHANGED}"]
    gone = Refund.objects.order_by("order").values_list("order__number", flat=True)
    assert list(gone) == NUMBERS[:-1]
