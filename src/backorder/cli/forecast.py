"""`backorder forecast`: what was asked for in, what will be asked for out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backorder.cli.application import app
from backorder.cli.levels import ForceFile, OutFile, option_of_levels
from backorder.cli.options import Json, Quiet
from backorder.cli.progress import progress
from backorder.cli.show import note, print_table

if TYPE_CHECKING:
    from backorder.channels.files.forecast import ForecastReport

HELP = """Say how much of each item the coming periods will ask for, and how sure that is: a mean and quantiles, learned
from the file alone.

\b
Example:
  backorder forecast history.csv --horizon 12 --out forecast.csv
"""


@app.command(help=HELP)
def forecast(
    source: Annotated[
        Path, typer.Argument(metavar="FILE", help="The history: sku, period, quantity, and maybe in_stock.")
    ],
    horizon: Annotated[
        int, typer.Option("--horizon", metavar="N", min=1, max=10_000, help="How many periods to come.")
    ],
    out: OutFile,
    levels: Annotated[
        dict[str, float] | None,
        option_of_levels("0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9", "Shares of cases in which no more is asked."),
    ],
    force: ForceFile = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Forecast a file."""
    from backorder.channels.files import forecast as files  # noqa: PLC0415 - loads the engine

    wanted = files.Wanted(horizon, levels or {})
    with progress(files.STEPS, quiet=quiet) as tell:
        report = files.forecast_file(source, wanted, (out, force), tell)
    show(report, as_json=as_json, quiet=quiet)
    if not as_json and not quiet:
        typer.echo(f"\nWritten to {out}")
    return 0


def show(report: ForecastReport, *, as_json: bool, quiet: bool) -> None:
    """Print how items were classed, and what was chosen for each class."""
    note(report.notes)
    if as_json:
        from backorder.channels.files.summary import to_json  # noqa: PLC0415 - loads the engine

        typer.echo(to_json(report.summary), nl=False)
    elif not quiet:
        print_table(
            ["demand", "items", "mean by", "spread by"],
            [[row["class"], row["items"], row["point"], row["shape"]] for row in report.summary["classes"]],
        )
