"""The database of a command: named by DATABASE_URL, else a server of our own in a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from backorder.cli.secret import read_secret
from backorder.faults import FaultyInputError

Data = Annotated[
    Path,
    typer.Option(
        "--data", metavar="DIR", help="The folder of the database, if DATABASE_URL names no server."
    ),
]
HERE = Path("var/data")


def open_database(data: Path) -> None:
    """Start the server if none is named, and bring its tables up to date. Raises OSError, FaultyInputError."""
    from backorder import postgres  # noqa: PLC0415 - only commands with a database need it

    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = postgres.start(data).url
        if not os.environ.get("BACKORDER_SECRET_KEY"):
            os.environ["BACKORDER_SECRET_KEY"] = read_secret(data.expanduser())
    os.environ["DJANGO_SETTINGS_MODULE"] = "backorder.config.settings"
    import django  # noqa: PLC0415 - it reads the address when it is loaded
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db.utils import OperationalError  # noqa: PLC0415

    try:
        django.setup()
        call_command("migrate", verbosity=0)
    except ImproperlyConfigured as error:
        raise FaultyInputError([str(error)]) from error
    except OperationalError as error:
        message = f"no database answers at {os.environ['DATABASE_URL']}: {error}"
        raise OSError(message) from error
