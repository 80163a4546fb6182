"""The database of a command: named by DATABASE_URL, else a server of our own in a folder."""

from __future__ import annotations

import atexit
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backorder.cli.secret import read_secret
from backorder.faults import FaultyInputError

if TYPE_CHECKING:
    from backorder.postgres import Server

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
    """Start the server if none is named, and bring its tables up to date. Raises OSError, FaultyInputError."""
    find_database(data)
    update_tables()


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
    """Bring the tables up to date, one process after another. Raises OSError if nobody answers."""
    from django.core.management import call_command  # noqa: PLC0415 - it needs settings
    from django.db import connection  # noqa: PLC0415
    from django.db.utils import OperationalError  # noqa: PLC0415

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [UPDATING])
        try:
            call_command("migrate", verbosity=0)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [UPDATING])
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
