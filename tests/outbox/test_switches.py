"""A stop that was pressed is believed by everything that begins after it, and no rule is followed by two at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest
from django.db import DataError, OperationalError, connection, transaction

from backorder.outbox import switches
from backorder.outbox.models import Entry
from backorder.outbox.turns import hold_turn
from tests.concurrency.interleaving import run_and_close, somebody_waits
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "lights"


def press(stopped: bool = True) -> Callable[[], object]:  # noqa: FBT001, FBT002 - as it is pressed
    return lambda: switches.stop(NAME, cause(), stopped=stopped)


def goes_on() -> bool:
    with transaction.atomic():
        return switches.goes_on(NAME)


def test_a_stop_waits_for_what_has_begun_and_is_believed_by_what_begins_after() -> None:
    assert goes_on()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert switches.goes_on(NAME)
            pressed = pool.submit(run_and_close, press())
            while not (pressed.done() or somebody_waits()):
                time.sleep(0.005)
            assert (pressed.done(), Entry.objects.count()) == (False, 0)
        pressed.result()
    assert (goes_on(), switches.is_stopped(NAME)) == (False, True)


def test_two_who_act_do_not_wait_for_each_other() -> None:
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert switches.goes_on(NAME)
        assert pool.submit(run_and_close, goes_on).result() is True


def test_pressed_by_two_at_once_it_is_stopped_once() -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert press()() is not None
            other = pool.submit(run_and_close, press())
            while not (other.done() or somebody_waits()):
                time.sleep(0.005)
        assert other.result() is None
    assert list(Entry.objects.values_list("what", flat=True)) == ["lights.stopped"]


def test_whoever_asks_outside_a_transaction_is_told() -> None:
    with pytest.raises(RuntimeError, match="in the transaction that acts"):
        switches.goes_on(NAME)


def ask(name: str = NAME) -> bool:
    """Tell whether one gets a turn."""
    with hold_turn(name) as held:
        return held


def test_one_turn_at_a_time_for_each_rule() -> None:
    with ThreadPoolExecutor(1) as pool:
        with hold_turn(NAME) as held:
            theirs = [pool.submit(run_and_close, partial(ask, name)).result() for name in (NAME, "other")]
        assert (held, theirs) == (True, [False, True])
        assert pool.submit(run_and_close, partial(ask, NAME)).result() is True
    assert not connection.in_atomic_block


def fail_inside(name: str) -> None:
    """Do something in a transaction that the database refuses, while one holds a turn in it."""
    with transaction.atomic(), hold_turn(name), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def lose_connection(name: str) -> None:
    """Lose the connection while one holds a turn, and then find something wrong."""
    with hold_turn(name):
        with connection.cursor() as cursor, suppress(OperationalError):
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        message = "what went wrong first"
        raise LookupError(message)


def test_what_went_wrong_first_is_told_and_the_turn_is_over() -> None:
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(DataError, match="division by zero"):
            fail_inside(NAME)
        assert pool.submit(run_and_close, ask).result() is True
        with pytest.raises(LookupError, match="what went wrong first"):
            pool.submit(run_and_close, partial(lose_connection, NAME)).result()
        assert pool.submit(run_and_close, ask).result() is True


def test_a_turn_within_a_transaction_ends_with_it() -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            with hold_turn(NAME) as held:
                assert held
            assert pool.submit(run_and_close, ask).result() is False
        assert pool.submit(run_and_close, ask).result() is True
