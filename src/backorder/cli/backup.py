"""`backorder backup`: writes the whole database into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backorder.cli.application import app
from backorder.cli.database import HERE, Data, address_database, find_shop, name_database
from backorder.faults import FaultyInputError

HELP = """Write the whole database into one file, as it is at one moment. Orders may come in meanwhile.

The file is read back before it gets its name, and only you may read it. Nothing of the database is changed.

\b
Example:
  backorder backup shop.backup --data var/data
"""


@app.command(help=HELP)
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    data: Data = HERE,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> int:
    """Copy the database into a file."""
    from psycopg import OperationalError  # noqa: PLC0415 - only commands with a database need it

    from backorder.postgres.copies import CopyError, write_copy  # noqa: PLC0415

    find_shop(data)
    try:
        copy = write_copy(address_database(), file, force=force)
    except CopyError as error:
        raise FaultyInputError([str(error)]) from error
    except OperationalError as error:
        message = f"no database answers at {name_database()}: {error}"
        raise OSError(message) from error
    typer.echo(
        f"{file}: {copy.file.stat().st_size:,} bytes with {len(copy.tables)} tables, read back to the end"
    )
    return 0
