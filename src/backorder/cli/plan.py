"""`backorder plan`: a folder in, a plan out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backorder.cli.application import app
from backorder.cli.options import AsOf, Folder, Json, PolicyPath, Quiet
from backorder.cli.progress import progress
from backorder.cli.show import hint_policy, note, print_table

SIGNALLED = 3
HELP = """Decide who gets which unit, and when, and write the plan as tables.

\b
Example:
  backorder plan shop --out plan --as-of 2026-03-04
"""


@app.command(help=HELP)
def plan(
    folder: Folder,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder to write; it must not exist.")
    ],
    as_of: AsOf,
    policy: PolicyPath = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace a folder that holds our summary.json; everything in it goes."),
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Decide again from shuffled rows and compare.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Plan a folder."""
    from backorder.channels.files import services, summary  # noqa: PLC0415 - loads the engine

    hint_policy(folder, policy)
    question = services.Question(folder, policy, as_of)
    with progress(services.count_steps(question, verify=verify), quiet=quiet) as tell:
        report = services.plan_folder(question, services.Target(out, force), tell, verify=verify)
    note(report.notes)
    if as_json:
        typer.echo(summary.to_json(report.summary), nl=False)
    elif not quiet:
        print_table(
            ["", "lines", "units"],
            [[share.what, share.lines, share.units] for share in report.overview.shares],
        )
        if report.overview.waits:
            typer.echo("\nThe longest waits:")
            header = ["order", "line", "sku", "wanted", "ships", "days", "why"]
            waits = report.overview.waits
            print_table(
                header, [[w.order, w.line, w.sku, w.requested_on, w.ships_on, w.days, w.why] for w in waits]
            )
        typer.echo(f"\nWritten to {out}")
    for signal in report.signalled:
        note([f"look at exceptions.csv: {signal}"])
    return SIGNALLED if report.signalled else 0
