"""`backorder worker`: does what the clock asks for."""

from __future__ import annotations

import typer

from backorder.cli.application import app
from backorder.cli.database import HERE, Data, open_or_begin

HELP = """Work on jobs until Ctrl-C or SIGTERM: pass each day after midnight, end holds that are over, find and send what
customers must be told, drop what is old.

\b
Example:
  backorder worker --data var/data
"""


@app.command(help=HELP)
def worker(data: Data = HERE) -> int:
    """Run the worker."""
    open_or_begin(data)
    from backorder.worker.run import run_worker  # noqa: PLC0415 - needs a database

    run_worker(lambda text: typer.echo(text, err=True))
    return 0
