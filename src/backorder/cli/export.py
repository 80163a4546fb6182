"""`backorder export`: writes the database as a folder of tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backorder.cli.application import app
from backorder.cli.database import HERE, Data, open_database
from backorder.cli.options import Quiet
from backorder.cli.progress import progress
from backorder.cli.show import print_table

HELP = """Write the facts and the plan in force as a folder of tables that plan and import read.

\b
Example:
  backorder export --out tables
"""


@app.command(help=HELP)
def export(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder to write; it must not exist.")
    ],
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="csv, xlsx or parquet.")] = "csv",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a folder that an export wrote; everything in it goes.")
    ] = False,
    data: Data = HERE,
    quiet: Quiet = False,
) -> int:
    """Write all tables."""
    open_database(data)
    from backorder.channels.files.outgoing import services, tables  # noqa: PLC0415 - needs a database

    with progress(len(tables.TABLES), quiet=quiet) as tell:
        rows = services.export_folder(services.Export(out, form, force), tell)
    if not quiet:
        print_table(["table", "rows"], list(rows.items()))
        typer.echo(f"\nWritten to {out}")
    return 0
