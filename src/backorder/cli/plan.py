"""`backorder plan`: a folder in, a plan out; or everything in the database, decided again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backorder.cli.application import app
from backorder.cli.cause import name_cause
from backorder.cli.database import HERE, Data, open_database
from backorder.cli.options import GivenAsOf, Json, PolicyPath, Quiet, read_date, today
from backorder.cli.progress import progress
from backorder.cli.show import hint_policy, note, print_table

if TYPE_CHECKING:
    from backorder.channels.files.services import PlanReport

SIGNALLED = 3
HELP = """Decide who gets which unit, and when, and write the plan as tables; with --db decide what the
database holds, and put it in force.

\b
Example:
  backorder plan shop --out plan --as-of 2026-03-04
"""


@app.command(help=HELP)
def plan(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="The folder with orders, stock, inbound and the other tables."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder to write; it must not exist.")
    ] = None,
    policy: PolicyPath = None,
    as_of: GivenAsOf = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace a folder that holds our summary.json; everything in it goes."),
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Decide again from shuffled rows and compare.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    database: Annotated[
        bool, typer.Option("--db", help="Decide everything in the database, for today, and put it in force.")
    ] = False,
    data: Data = HERE,
) -> int:
    """Plan a folder, or the database."""
    if database:
        refuse_files(
            {
                "DIR": folder,
                "--out": out,
                "--policy": policy,
                "--as-of": as_of,
                "--force": force,
                "--verify": verify,
            }
        )
        return plan_database(data, as_json=as_json, quiet=quiet)
    if folder is None or out is None:
        message = "give a folder and --out, or --db for the database"
        raise typer.BadParameter(message)
    from backorder.channels.files import services  # noqa: PLC0415 - loads the engine

    hint_policy(folder, policy)
    question = services.Question(folder, policy, as_of or read_date(today()))
    with progress(services.count_steps(question, verify=verify), quiet=quiet) as tell:
        report = services.plan_folder(question, services.Target(out, force), tell, verify=verify)
    show(report, as_json=as_json, quiet=quiet)
    if not as_json and not quiet:
        typer.echo(f"\nWritten to {out}")
    return signal(report, "look at exceptions.csv")


def plan_database(data: Path, *, as_json: bool, quiet: bool) -> int:
    """Decide everything in the database."""
    open_database(data)
    from backorder.allocation.services import plan_all  # noqa: PLC0415 - needs a database
    from backorder.channels.records import report_decision  # noqa: PLC0415

    with progress(2, quiet=quiet) as tell:
        tell("deciding everything")
        decision = plan_all(name_cause())
        tell("summing it up")
        report = report_decision(decision)
    show(report, as_json=as_json, quiet=quiet)
    if not as_json and not quiet:
        typer.echo(f"\n{len(decision.moves):,} lines stand otherwise than before")
    return signal(report, "look at the queue")


def refuse_files(options: Mapping[str, object]) -> None:
    """Raise BadParameter for what belongs to files, and would be lost."""
    given = [name for name, value in options.items() if value not in {None, False}]
    if given:
        message = (
            "--db decides what the database holds, for today, by the policy in force there; "
            f"leave out {', '.join(given)}"
        )
        raise typer.BadParameter(message)


def show(report: PlanReport, *, as_json: bool, quiet: bool) -> None:
    """Print what a planner looks at first."""
    note(report.notes)
    if as_json:
        from backorder.channels.files.summary import to_json  # noqa: PLC0415 - loads the engine

        typer.echo(to_json(report.summary), nl=False)
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


def signal(report: PlanReport, where: str) -> int:
    """Tell what the policy wants signalled; gives the exit code."""
    for told in report.signalled:
        note([f"{where}: {told}"])
    return SIGNALLED if report.signalled else 0
