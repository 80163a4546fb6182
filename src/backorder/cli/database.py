"""The database of a command: named by DATABASE_URL, else a server of our own in a folder."""

from __future__ import annotations

import atexit
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backorder.cli.secret import read_secret
from backorder.faults import FaultyInputError

if TYPE_CHECKING:
    from backorder.postgres import Server
    from backorder.postgres.ownership import Cursor, StrangeError

Data = Annotated[
    Path,
    typer.Option(
        "--data", metavar="DIR", help="The folder of the database, if DATABASE_URL names no server."
    ),
]
HERE = Path("var/data")
UPDATING = 0x6261636B6F726465
"""The lock of the database that whoever changes its tables holds: web and worker start at once."""


def open_database(data: Path) -> None:
    """Open the database of a shop, and bring its tables up to date. Raises OSError; FaultyInputError if there is no shop."""
    find_shop(data)
    update_tables()


def open_or_begin(data: Path) -> None:
    """Open the database of a shop, or begin a new one: for commands that bring something in. Raises OSError, FaultyInputError."""
    find_database(data)
    update_tables()


def find_shop(data: Path) -> None:
    """Find the database of a shop, and leave its tables as they are. Raises OSError; FaultyInputError if there is no shop."""
    from backorder.postgres.folder import find_folder  # noqa: PLC0415 - only commands with a database need it

    place = name_database()
    if not place and not (find_folder(data) / "PG_VERSION").exists():
        raise tell_missing(str(data))
    find_database(data)
    with asking() as cursor:
        if not is_ours(cursor):
            raise tell_missing(place or str(data))


def tell_missing(place: str) -> FaultyInputError:
    """Say that there is no shop, and what to do."""
    message = (
        f"there is no shop in {place}: name the folder of one by --data, or its database by DATABASE_URL; "
        "backorder serve begins a new one"
    )
    return FaultyInputError([message])


def find_database(data: Path) -> None:
    """Start the server if none is named, and leave its tables as they are. Raises OSError, FaultyInputError.

    The last process of ours that uses it stops it when it ends.
    """
    from backorder import postgres  # noqa: PLC0415 - only commands with a database need it

    if not os.environ.get("DATABASE_URL"):
        server = postgres.start(data)
        atexit.register(leave, server)
        os.environ["DATABASE_URL"] = server.url
        if not os.environ.get("BACKORDER_SECRET_KEY"):
            os.environ["BACKORDER_SECRET_KEY"] = read_secret(data.expanduser())
    os.environ["DJANGO_SETTINGS_MODULE"] = "backorder.config.settings"
    import django  # noqa: PLC0415 - it reads the address when it is loaded
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise FaultyInputError([str(error)]) from error


def leave(server: Server) -> None:
    """Use a server of our own no longer: the last process of ours that does stops it."""
    from backorder import postgres  # noqa: PLC0415 - only commands with a database need it

    try:
        server.leave()
    except postgres.ServerError as error:
        typer.echo(str(error), err=True)


def update_tables() -> None:
    """Bring the tables up to date, one process after another.

    Raises OSError if nobody answers; FaultyInputError if the database is another program's, and then nothing is written.
    """
    from django.core.management import call_command  # noqa: PLC0415 - it needs settings
    from django.db import connection  # noqa: PLC0415

    with asking() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [UPDATING])
        try:
            if not is_ours(cursor):
                make_marks()
            call_command("migrate", verbosity=0)
        finally:
            with connection.cursor() as last:  # the other one's connection may be lost
                last.execute("SELECT pg_advisory_unlock(%s)", [UPDATING])


def make_marks() -> None:
    """Make the tables by which a shop is known, all or none: whoever ends before the others are made is known too."""
    from django.core.management import call_command  # noqa: PLC0415 - it needs settings
    from django.db import transaction  # noqa: PLC0415

    with transaction.atomic():
        call_command("migrate", "outbox", "0001_initial", verbosity=0)


def is_ours(cursor: Cursor) -> bool:
    """Tell whether the database holds a shop, or nothing yet. Raises FaultyInputError if it is another program's."""
    from backorder.postgres.ownership import StrangeError, holds_shop  # noqa: PLC0415 - only with a database

    try:
        return holds_shop(cursor)
    except StrangeError as strange:
        raise tell_strange(strange) from strange


def tell_strange(strange: StrangeError) -> FaultyInputError:
    """Say that the database is another program's, and what to do."""
    message = (
        f"{name_database()} holds tables of another program, as {strange}; nothing was written. backorder needs a database "
        "of its own: make one, as by CREATE DATABASE backorder, and name it by DATABASE_URL"
    )
    return FaultyInputError([message])


@contextmanager
def asking() -> Iterator[Cursor]:
    """Give what asks the database. Raises OSError if nobody answers."""
    from django.db import connection  # noqa: PLC0415 - it needs settings
    from django.db.utils import OperationalError  # noqa: PLC0415

    try:
        with connection.cursor() as cursor:
            yield cursor
    except OperationalError as error:
        message = f"no database answers at {name_database()}: {error}"
        raise OSError(message) from error


def name_database() -> str:
    """Name the database for people: its address without the password."""
    address = os.environ.get("DATABASE_URL", "")
    return re.sub(r"(://[^/?#:@]*:)[^/?#@]*@|(\bpassword=)('[^']*'|[^\s&]*)", hide, address)


def hide(found: re.Match[str]) -> str:
    """Write stars for a password."""
    return f"{found[1]}***@" if found[1] else f"{found[2]}***"


def address_database() -> str:
    """Write the address of the database as the programs of PostgreSQL want it."""
    from django.db import connection  # noqa: PLC0415 - it needs settings
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415
    from psycopg.pq import Conninfo  # noqa: PLC0415

    named = connection.settings_dict
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    options = {key: value for key, value in named["OPTIONS"].items() if key in known}
    place = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return make_conninfo("", **options, **{key: named[name] for key, name in place.items() if named[name]})
