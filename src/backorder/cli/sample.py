"""`backorder sample`: write a sample shop as files, plan it, and explain a line that waits."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path
from typing import Annotated

import typer

from backorder.channels.files import sample as shops
from backorder.cli.application import app
from backorder.cli.explain import Voice, explain
from backorder.cli.plan import plan
from backorder.faults import FaultyInputError

HELP = """Write a sample shop, plan it, and explain a line that waits.

\b
Example:
  backorder sample --out var/sample
"""


@app.command(help=HELP)
def sample(
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where shop and plan go; an older sample is replaced."),
    ] = Path("var/sample"),
) -> int:
    """Show what the program does on a shop that is invented and always the same."""
    shop, planned = out / "shop", out / "plan"
    policy = shop / "policy.toml"
    rules = ("--policy", policy, "--as-of", shops.AS_OF)
    if shop.exists() and not shops.is_sample(shop):
        raise FaultyInputError([f"--out: {shop} is no sample shop of ours, so it is not replaced"])
    shops.write_sample(shop)
    typer.echo("A sample shop: 60 items, 400 open lines, 3 locations, and what was promised last week.")
    show_command("plan", shop, "--out", planned, "--force", *rules)
    exit_code = plan(shop, planned, policy=policy, as_of=shops.AS_OF, force=True)
    order, line = find_waiting_line(planned)
    for voice in Voice:
        show_command("explain", shop, "--order", order, "--line", line, "--voice", voice, *rules)
        explain(shop, order, line, shops.AS_OF, voice, policy=policy, quiet=True)
    typer.echo(f"\nThe shop is in {shop}, its rules are in {policy}, the plan is in {planned}.")
    typer.echo("Change a number and run the commands above again, or ask what a new order would get:")
    show_command("quote", shop, "--sku", "TNT-1", "--quantity", 2, *rules)
    return exit_code


def show_command(*words: object) -> None:
    """Print a command as one would type it."""
    typer.echo(f"\n$ {shlex.join(['backorder', *map(str, words)])}")


def find_waiting_line(planned: Path) -> tuple[str, str]:
    """Find a line that waits for a known day: the one with most lines ahead of it, the first of equals."""
    with (planned / "lines.csv").open(encoding="utf-8", newline="") as file:
        waiting = [row for row in csv.DictReader(file) if row["in_time"] == "false" and row["promised_on"]]
    behind = [row for row in waiting if row["reason"] == "AFTER_HIGHER_RANK"]
    chosen = max(behind or waiting, key=lambda row: int(row["lines_ahead"]))
    return chosen["order"], chosen["line"]
