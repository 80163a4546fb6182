"""The program as a whole. Each command adds itself; what is heavy is loaded by the command that needs it."""

from __future__ import annotations

from typing import Annotated

import typer

import backorder

HELP = """Decides who gets which unit of scarce stock, and when, and says why.

\b
Example:
  backorder plan shop --out plan --as-of 2026-03-04
  backorder explain shop --order A-2 --line 1 --as-of 2026-03-04

\b
Exit codes: 0 done, 1 a bug, 2 bad input or flags, 3 done with an exception that the policy
wants signalled, 4 could not read or write, 130 interrupted.
"""

app = typer.Typer(
    help=HELP,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"backorder {backorder.__version__}")
        raise typer.Exit


@app.callback()
def begin(
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and end."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of a bug. It may stand anywhere.")
    ] = False,
) -> None:
    """Take the options of the program itself."""
