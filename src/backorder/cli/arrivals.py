"""`backorder arrivals`: purchase lines in, the days by which the open ones arrive out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backorder.cli.application import app
from backorder.cli.levels import ForceFile, OutFile, option_of_levels
from backorder.cli.options import AsOf, Json, Quiet
from backorder.cli.progress import progress
from backorder.cli.show import note, print_table

if TYPE_CHECKING:
    from backorder.channels.files.arrivals import ArrivalReport

HELP = """Say when what was bought arrives: for each open line the days by which it is there with a chance of one half,
of eight in ten and so on, learned from how late other lines came.

\b
Example:
  backorder arrivals purchases.csv --as-of 2026-03-04 --out arrivals.csv
"""


@app.command(help=HELP)
def arrivals(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="The purchase lines: purchase, line, ordered_on, quoted_on, delivered_on; maybe item, supplier, lane.",
        ),
    ],
    as_of: AsOf,
    out: OutFile,
    levels: Annotated[
        dict[str, float] | None,
        option_of_levels("0.5,0.8,0.9", "Chances with which a line has arrived by the day of the column."),
    ],
    rolling: Annotated[
        bool,
        typer.Option(
            "--rolling", help="Every line, by what was known on the day of its order: to judge by what came."
        ),
    ] = False,
    force: ForceFile = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Predict the arrivals of a file."""
    from backorder.channels.files import arrivals as files  # noqa: PLC0415 - loads the engine

    wanted = files.Wanted(as_of, levels or {}, rolling)
    with progress(files.STEPS, quiet=quiet) as tell:
        report = files.predict_file(source, wanted, (out, force), tell)
    show(report, as_json=as_json, quiet=quiet)
    if not as_json and not quiet:
        typer.echo(f"\nWritten to {out}")
    return 0


def show(report: ArrivalReport, *, as_json: bool, quiet: bool) -> None:
    """Print how many lines were learned from, and how many have a date."""
    note(report.notes)
    summary = report.summary
    if as_json:
        from backorder.channels.files.summary import to_json  # noqa: PLC0415 - loads the engine

        typer.echo(to_json(summary), nl=False)
    elif not quiet:
        dated = summary["written"] - summary["without_date"]
        print_table(
            ["lines", ""],
            [
                ["delivered", summary["delivered"]],
                ["open", summary["open"]],
                ["with a date", dated],
                ["without", summary["without_date"]],
            ],
        )
