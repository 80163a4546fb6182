"""`backorder take-mail`: reads a mail that came back, as mail servers hand one to a program."""

from __future__ import annotations

import sys

import typer

from backorder.cli.application import app
from backorder.cli.database import HERE, Data, open_database
from backorder.faults import FaultyInputError

TRY_AGAIN = 75
"""By which mail servers know that a mail is to be handed over again (sysexits.h)."""
HELP = """Read one mail from standard input: an answer of a customer, or what a mail server says of a message that did not arrive.

A mail about none of our messages is left out. Exit code 75 says that it is to be handed over again later.

\b
Example:
  backorder take-mail --data var/data
"""


@app.command(name="take-mail", help=HELP)
def take_mail(data: Data = HERE) -> int:
    """Take one mail. Whatever keeps the database from being asked, the mail server keeps the mail, and tries again."""
    raw = sys.stdin.buffer.read()
    from psycopg import Error  # noqa: PLC0415 - only now is there a database to ask

    try:
        open_database(data)
        return take(raw)
    except (OSError, Error, FaultyInputError) as error:  # of a folder that is not mounted, too
        return put_off(error)


def put_off(error: Exception) -> int:
    """Say why a mail cannot be taken now; gives the exit code by which it is handed over again."""
    typer.echo(str(error), err=True)
    return TRY_AGAIN


def take(raw: bytes) -> int:
    """Take one mail into the database that is open; gives the exit code."""
    from email import message_from_bytes, policy  # noqa: PLC0415 - needs a database

    from django.db import OperationalError  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from backorder.care.replies import arrivals  # noqa: PLC0415
    from backorder.care.replies.mailbox import read_mail  # noqa: PLC0415

    try:
        event = arrivals.take_mail(read_mail(message_from_bytes(raw, policy=policy.default)), timezone.now())
    except (arrivals.NotEndedError, OperationalError) as error:
        return put_off(error)
    if event is None:
        typer.echo("it is about none of our messages, or it was taken before")
    else:
        typer.echo(f"{event.message.order.number}: {event.kind}")
    return 0
