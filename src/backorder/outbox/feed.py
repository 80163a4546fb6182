"""The journal as a feed: each entry once, in one order, though changes are written by many at the same time.

An entry gets its number when it is written and is seen when its transaction ends. Of two that write at the same time, the
later number may be seen first; who then goes on after it would never see the earlier one. So every writer says, by a lock
that ends with its transaction, which numbers it may still use, and a reader goes no further than the lowest of them.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from backorder.outbox.models import Entry

WRITERS = 8_021_117
"""Tells our locks from others of the database."""
ROUND = 2**31
"""A lock holds a number of 32 bits: what is above is the same for all that write at one time."""

HOLD = """
SELECT pg_advisory_xact_lock_shared(%s, (last_value %% %s)::int), set_config('backorder.feed', 'held', true)
FROM outbox_entry_id_seq WHERE coalesce(current_setting('backorder.feed', true), '') <> 'held'
"""
"""The first lock of a transaction is its lowest; one is enough, however many entries it writes."""
END = "SELECT last_value FROM outbox_entry_id_seq"
HELD = """
SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def hold_place() -> None:
    """Keep readers of the feed from going past what this transaction is about to write."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [WRITERS, ROUND])


def read_feed() -> QuerySet[Entry]:
    """List the entries that nobody can write an earlier one of any more, by number."""
    return Entry.objects.filter(pk__lte=find_end()).order_by("pk")


def find_end() -> int:
    """Find the last number up to which the journal is complete; the order of the steps is what makes it so.

    Whoever took a number up to `last` had its lock before, and holds it or has ended when the locks are read after; what
    has ended is seen by the query that comes next, as statements of a transaction see what others ended before them.
    """
    with connection.cursor() as cursor:
        cursor.execute(END)
        last = int(cursor.fetchall()[0][0])
        cursor.execute(HELD, [WRITERS])
        before = [last - (last - int(held)) % ROUND for (held,) in cursor.fetchall()]
    return min([last, *before])
