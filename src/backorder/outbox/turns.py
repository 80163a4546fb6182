"""Who works through a list is the only one who does: nothing leaves twice, and no limit of a day is passed by two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TURNS = 8_021_131
"""Tells our locks from others of the database."""


@contextmanager
def hold_turn(name: str) -> Iterator[bool]:
    """Be the only one who does what goes by a name, or learn that another does. It ends with the connection of whoever is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [TURNS, name])
        held = bool(cursor.fetchall()[0][0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [TURNS, name])
