"""The journal as a feed: whoever writes at the same time, a reader sees each entry once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from backorder.outbox.feed import find_end, read_feed
from backorder.outbox.models import Entry
from backorder.outbox.services import write
from tests.supply.shop import cause

pytestmark = pytest.mark.django_db(transaction=True)


def note(what: str) -> None:
    with transaction.atomic():
        write(cause(), what, [])


def seen() -> list[str]:
    return list(read_feed().values_list("what", flat=True))


class Writer:
    """Writes over a connection of its own, and ends when it is told to."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.written, self.end = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.run, args=[work])
        self.thread.start()
        assert self.written.wait(60)

    def run(self, work: Callable[[], None]) -> None:
        try:
            with transaction.atomic():
                work()
                self.written.set()
                self.end.wait(60)
        finally:
            connection.close()

    def finish(self) -> None:
        self.end.set()
        self.thread.join(60)


def test_nobody_goes_past_an_entry_that_is_still_being_written() -> None:
    note("first")
    slow = Writer(lambda: note("slow"))
    note("quick")
    assert [entry.what for entry in Entry.objects.order_by("pk")] == ["first", "quick"]
    assert seen() == ["first"]
    slow.finish()
    assert seen() == ["first", "slow", "quick"]


def test_what_was_taken_back_holds_nobody() -> None:
    def fail_once() -> None:
        with transaction.atomic():
            note("taken back")
            transaction.set_rollback(True)

    waiting = Writer(fail_once)
    note("first")
    assert seen() == ["first"]
    waiting.finish()
    assert seen() == ["first"]


def test_many_entries_of_one_transaction_hold_one_lock() -> None:
    def write_many() -> None:
        for number in range(50):
            note(f"entry {number}")

    slow = Writer(write_many)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND d.datname = current_database()"  # other tests run beside
        )
        assert cursor.fetchall() == [(1,)]
    assert seen() == []
    slow.finish()
    assert (len(seen()), find_end()) == (50, Entry.objects.order_by("-pk").values_list("pk", flat=True)[0])


def test_who_writes_sees_what_it_wrote() -> None:
    with transaction.atomic():
        note("mine")
        assert seen() == ["mine"]
