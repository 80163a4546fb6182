"""Stops an act at a statement of its own, and lets another happen there."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection

Act = Callable[[], object]
BEFORE_LOCK = "FOR NO KEY UPDATE"
"""Items are named, and not locked yet."""
BEFORE_DECISION = 'FROM "outbox_subject"'
"""Facts are changed, and what they touch is looked up."""
BEFORE_ENTRY = 'INSERT INTO "outbox_entry"'
"""The journal is told."""


WAITS = """
SELECT FROM pg_locks waits JOIN pg_locks held USING (pid) JOIN pg_database d ON d.oid = held.database
WHERE NOT waits.granted AND d.datname = current_database()
"""
"""Those who wait for a lock in this database; others of the same server are those of other tests."""


def run_between(act: Act, *moments: tuple[str, Act]) -> None:
    """Run an act; each time a statement comes that holds the text of the next moment, another act runs first, until it has to wait.

    Raises what any of them raises.
    """
    ahead, started = list(moments), list[Future[object]]()

    def stop(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django calls it so
        if ahead and ahead[0][0] in sql:
            started.append(pool.submit(run_and_close, ahead.pop(0)[1]))
            while not (started[-1].done() or somebody_waits()):
                time.sleep(0.005)
        return execute(sql, params, many, context)

    with ThreadPoolExecutor(len(moments)) as pool:
        with connection.execute_wrapper(stop):
            act()
        assert not ahead
        for one in started:
            one.result()


def run_and_close(act: Act) -> object:
    """Act over a connection of this thread, and close it."""
    try:
        return act()
    finally:
        connection.close()


def somebody_waits() -> bool:
    """Tell whether somebody waits for a lock; asked past Django, in the midst of a statement of its own."""
    found = connection.connection.execute(f"SELECT EXISTS ({WAITS})").fetchone()
    return bool(found[0])
