"""Why units are not handed to the warehouse, and what would help."""

from __future__ import annotations

import datetime as dt

import pytest

from backorder.allocation import events
from backorder.fulfilment import services
from backorder.fulfilment.models import Block
from backorder.fulfilment.selectors import find_differences
from backorder.fulfilment.services import FulfilmentError
from backorder.orders.clearance import set_consent, set_payment_state
from backorder.orders.models import Line, Order
from backorder.orders.services import OrderError
from backorder.outbox.selectors import read_story
from tests.allocation.shop import (
    buy,
    line_of,
    order_in,
    stock,
)
from tests.fulfilment.shop import listed, order_of, refused, release, sums
from tests.supply.shop import NOON, TODAY, cause, place

pytestmark = pytest.mark.django_db


def test_what_nothing_covers_is_refused_with_what_would_help() -> None:
    buy("A-1", ("LAMP", 5))
    assert refused("A-1") == (
        "order A-1: line 1: none of 5 units is on hand for it; "
        "no known supply covers it: order more, or offer the customer something else"
    )


def test_an_unpaid_order_stays_until_it_can_be_charged() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 5))
    set_payment_state(order_of("A-1"), "unpaid", cause())
    assert refused("A-1") == (
        "order A-1 is not paid: note that it is paid, or that it can be charged when it ships"
    )
    set_payment_state(order_of("A-1"), "chargeable", cause())
    assert set_payment_state(order_of("A-1"), "chargeable", cause()) is None
    release("A-1")
    assert listed("A-1") == [("1", "main", 5)]
    with pytest.raises(OrderError, match=r"a payment is not_needed, unpaid, chargeable, paid, not free$"):
        set_payment_state(order_of("A-1"), "free", cause())


def test_a_line_whose_customer_has_not_answered_stays() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 2), ("LAMP", 1))
    set_consent(line_of("A-1", "2"), "waiting", cause())
    assert refused("A-1", "2") == (
        "order A-1: the customer was asked to wait longer for line 2 and has not answered"
    )
    release("A-1")
    assert listed("A-1") == [("1", "main", 2)]
    set_consent(line_of("A-1", "2"), "given", cause())
    release("A-1", "2")
    assert listed("A-1") == [("1", "main", 2), ("2", "main", 1)]


def test_a_blocked_order_stays_until_the_block_is_lifted() -> None:
    stock("LAMP", 5)
    buy("A-1", ("LAMP", 2))
    services.block(order_of("A-1"), "address in doubt", cause())
    assert refused("A-1") == (
        "order A-1 is blocked by anna since 24 November 2026: address in doubt; lift the block first"
    )
    with pytest.raises(FulfilmentError, match=r"^order A-1 is held back for that already: address in doubt$"):
        services.block(order_of("A-1"), "address in doubt", cause())
    services.lift(Block.objects.get(), cause())
    with pytest.raises(FulfilmentError, match=r"^order A-1: this block is lifted already$"):
        services.lift(Block.objects.get(), cause())
    release("A-1")
    assert [entry.what for entry in read_story("order", "A-1")] == [
        "order.placed",
        "order.blocked",
        "order.unblocked",
        "units.released",
    ]


def test_a_complete_order_goes_all_at_once_or_not_at_all() -> None:
    stock("LAMP", 2)
    order_in("SHADE", 1, "PO-1")
    buy("A-1", ("LAMP", 2), ("SHADE", 1), ships="complete")
    assert refused("A-1", "1") == (
        "order A-1 ships complete, and "
        "line 2: none of 1 units is on hand for it; the plan has all of it on 4 December 2026"
    )
    stock("SHADE", 1)
    release("A-1", "1")
    assert listed("A-1") == [("1", "main", 2), ("2", "main", 1)]
    assert find_differences() == []


def test_a_line_that_ships_whole_waits_for_its_last_unit() -> None:
    stock("LAMP", 2)
    order_in("LAMP", 1, "PO-1")
    buy("A-1", ("LAMP", 3), ships="line_complete")
    assert refused("A-1") == (
        "order A-1: line 1 ships whole, and 2 of 3 units are on hand for it; "
        "the plan has all of it on 4 December 2026"
    )
    stock("LAMP", 1)
    release("A-1")
    assert listed("A-1") == [("1", "main", 3)]


def test_fewer_than_the_minimum_stay() -> None:
    stock("LAMP", 2)
    order_in("LAMP", 9, "PO-1")
    buy("A-1", ("LAMP", 6))
    Line.objects.update(minimum_quantity=3)
    assert refused("A-1") == (
        "order A-1: line 1 ships 3 units or more, and 2 of 6 units are on hand for it; "
        "the plan has all of it on 4 December 2026"
    )


def test_an_early_line_of_today_is_not_early() -> None:
    stock("LAMP", 1)
    buy("A-1", ("LAMP", 1), on=1)
    assert services.release_ready(place("main"), cause()).refused == [
        f"order A-1: line 1 is wanted on {(TODAY + dt.timedelta(days=1)).day} November 2026, not before"
    ]


def test_a_hold_that_cannot_be_given_back_keeps_no_other() -> None:
    stock("LAMP", 6)
    buy("A-1", ("LAMP", 2))
    buy("A-2", ("LAMP", 3))
    release("A-1")
    Order.objects.update(held_until=NOON)  # what no service does: a hold whose units are with the warehouse
    with pytest.raises(ExceptionGroup) as failed:
        events.expire_holds(cause())
    assert failed.value.message == (
        "holds that are over still keep their units (A-1: order A-1 line 1: 2 of 2 open units are released to the "
        "warehouse; take them back first)"
    )
    assert (sums("A-1"), sums("A-2")) == ((2, 0, 0, 2), (3, 0, 3, 0))
