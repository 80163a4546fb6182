"""What goes without a person can be stopped, each by its name. The journal says who did it last.

Whoever acts asks in the transaction that acts, and nobody stops it until that ends: what begins after a stop was pressed believes it.
"""

from __future__ import annotations

from django.db import connection, transaction

from backorder.outbox.models import Entry, Subject
from backorder.outbox.services import Cause, write

ALL = "all"
SWITCHES = 8_021_130
"""Tells our locks from others of the database."""


@transaction.atomic
def stop(name: str, cause: Cause, *, stopped: bool) -> Entry | None:
    """Stop all that goes by a name, or let it go on; None if that is so already. It waits for what has begun."""
    lock("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", name)
    if is_stopped(name) == stopped:
        return None
    return write(cause, f"{name}.stopped" if stopped else f"{name}.resumed", [(name, ALL)])


def is_stopped(name: str) -> bool:
    """Tell whether somebody stopped all that goes by a name."""
    said = Subject.objects.filter(kind=name, key=ALL).order_by("-entry").values_list("entry__what", flat=True)
    return said.first() == f"{name}.stopped"


def goes_on(name: str) -> bool:
    """Tell whether nobody stopped what goes by a name; nobody does until the caller's transaction ends.

    It is asked before anything else is locked.
    """
    lock("SELECT pg_advisory_xact_lock_shared(%s, hashtext(%s))", name)
    return not is_stopped(name)


def lock(statement: str, name: str) -> None:
    """Wait for the lock of a switch, which is held until the caller's transaction ends."""
    if not connection.in_atomic_block:
        message = "whether something goes on is asked in the transaction that acts"
        raise RuntimeError(message)
    with connection.cursor() as cursor:
        cursor.execute(statement, [SWITCHES, name])
