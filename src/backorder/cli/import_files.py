"""`backorder import`: brings the database to what files say."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backorder.cli.application import app
from backorder.cli.cause import name_cause
from backorder.cli.database import HERE, Data, open_or_begin
from backorder.cli.options import Json, Quiet
from backorder.cli.progress import progress
from backorder.cli.show import note, print_table
from backorder.faults import FaultyInputError

if TYPE_CHECKING:
    from backorder.channels.files.intake.services import Report

SHOWN = 20
"""So many lines that move are listed; of the others the count."""
HELP = """Bring the database to what files say: items, stock, inbound supply, orders, what others sell and more.

What is so already is not written again. One fault in one file, and nothing is changed.

\b
Example:
  backorder import shop --dry-run
  backorder import shop
  backorder import outside_offers.csv --complete outside_offers
"""


@app.command("import", help=HELP)
def import_files(
    paths: Annotated[
        list[Path], typer.Argument(metavar="DIR|FILE...", help="Folders with tables, or single tables.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    complete: Annotated[
        list[str] | None,
        typer.Option(
            "--complete",
            metavar="NAME",
            help="This table lists everything that is open: what it lacks is cancelled, will not come, or goes.",
        ),
    ] = None,
    data: Data = HERE,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Read files, and bring the database to what they say."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise FaultyInputError([f"{path}: there is no such file or folder" for path in missing])
    open_or_begin(data)
    from backorder.channels.files.intake import services, tables  # noqa: PLC0415 - needs a database

    cause = replace(name_cause(), why="import")
    with progress(len(paths) + 1, quiet=quiet) as tell:
        read = tables.read_paths(paths, complete or (), tell)
        tell("comparing with the database")
        report = services.check_import(read, cause) if dry_run else services.apply_import(read, cause)
    if report.faults:
        raise FaultyInputError(report.faults)
    note(report.notes)
    if as_json:
        typer.echo(json.dumps(describe(report, applied=not dry_run), indent=2))
    else:
        show(report, dry_run=dry_run)
    return 0


def describe(report: Report, *, applied: bool) -> dict[str, Any]:
    """Turn a report into what a program reads."""
    moves = [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(move).items()
        }
        for move in report.moves
    ]
    return {
        "applied": applied,
        "entry": report.entry,
        "files": list(report.files),
        "changes": {name: counted.as_facts() for name, counted in report.counts},
        "moves": moves,
    }


def show(report: Report, *, dry_run: bool) -> None:
    """Print a report for a person."""
    rows = [[name, *counted.as_facts().values()] for name, counted in report.counts]
    print_table(["table", "new", "changed", "unchanged", "gone"], rows)
    if report.moves:
        typer.echo(f"\n{len(report.moves):,} lines {'would ship' if dry_run else 'ship'} on another day:")
        moved = [
            [move.order, move.line, move.sku, move.from_date or "no day", move.to_date or "no day"]
            for move in report.moves[:SHOWN]
        ]
        print_table(["order", "line", "sku", "from", "to"], moved)
        if len(report.moves) > SHOWN:
            typer.echo(f"and {len(report.moves) - SHOWN:,} more")
    if not report.changes:
        typer.echo("\nThe database says so already; nothing changes.")
    elif dry_run:
        typer.echo("\nNothing was changed: this was a dry run.")
