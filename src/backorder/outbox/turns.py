"""Who works through a list is the only one who does: nothing leaves twice, and no limit of a day is passed by two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

TURNS = 8_021_131
"""Tells our locks from others of the database."""
TRY, TRY_INSIDE, END = (
    f"SELECT {name}(%s, hashtext(%s))"
    for name in ("pg_try_advisory_lock", "pg_try_advisory_xact_lock", "pg_advisory_unlock")
)


@contextmanager
def hold_turn(name: str) -> Iterator[bool]:
    """Be the only one who does what goes by a name, or learn that another does. It ends with the connection of whoever is killed.

    Within a transaction it ends with that: nobody sees before what was done.
    """
    inside = connection.in_atomic_block
    held = ask(TRY_INSIDE if inside else TRY, name)
    try:
        yield held
    except BaseException:
        if held and not inside:
            # what went wrong first is what is told; whoever lost the connection holds no turn any more
            with suppress(Error):
                ask(END, name)
        raise
    if held and not inside:
        ask(END, name)


def ask(statement: str, name: str) -> bool:
    """Ask the database for the lock of a turn, or give it back."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [TURNS, name])
        return bool(cursor.fetchall()[0][0])
