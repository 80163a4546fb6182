"""`backorder consent`: what the law asks for an order that waits. `backorder house`: the rules of the house."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backorder.cli.application import app
from backorder.cli.cause import name_cause
from backorder.cli.database import HERE, Data, open_database
from backorder.cli.show import print_table
from backorder.faults import FaultyInputError

if TYPE_CHECKING:
    from backorder.care.judging import Judged

HELP = """Say what the law asks for each line of an order: where it stands, what is to be done by when, and what is to come.

\b
Example:
  backorder consent --order A-2 --data var/data
"""
HOUSE = """Print the rules of the house, or put those of a file in force.

\b
Example:
  backorder house house.toml --data var/data
"""


@app.command(help=HELP)
def consent(
    order: Annotated[str, typer.Option("--order", help="The order.")],
    data: Data = HERE,
) -> int:
    """Judge an order now."""
    open_database(data)
    from django.utils import timezone  # noqa: PLC0415 - needs a database

    from backorder.care.judging import FactsError, judge_orders  # noqa: PLC0415
    from backorder.care.words import say_limits  # noqa: PLC0415
    from backorder.orders.selectors import find_order  # noqa: PLC0415

    found = find_order(order.strip())
    if found is None:
        raise FaultyInputError([f"there is no order {order.strip()}"])
    try:
        judged = judge_orders([found], timezone.now())
    except FactsError as error:
        raise FaultyInputError([f"order {found.number}: the record contradicts itself: {error}"]) from error
    if not judged and found.held_until is not None:
        typer.echo(f"{found.number} is a hold: it is not ordered yet, and no clock runs")
    elif not any(line.quantity_open for line in found.lines.all()):
        typer.echo(f"nothing of {found.number} is open")
    elif not judged:
        typer.echo(
            f"nobody said where {found.number} goes: give it an address, or say once where you sell from: backorder house FILE"
        )
    for line in judged:
        print_line(line)
    if judged:
        typer.echo(say_limits(judged[0]))
    for caution in dict.fromkeys(pack.caution for line in judged for pack in line.asked.packs):
        typer.echo(caution)
    return 0


def print_line(judged: Judged) -> None:
    """Print what the law asks for a line."""
    from backorder.care.words import STATES, say_actions, say_coming  # noqa: PLC0415 - needs a database

    line, asked = judged.line, judged.asked
    packs = ", ".join(f"{pack.name} {pack.version}" for pack in asked.packs)
    typer.echo(f"line {line.number}, {line.quantity_ordered:,} of {line.item.sku}, by {packs}")
    for verdict in asked.verdicts:
        planned = f"; to ship on {verdict.ships_on}" if verdict.ships_on else ""
        typer.echo(f"  {verdict.quantity:,}: {STATES[verdict.state]}{planned}")
        for day, what, where in say_actions(verdict):
            typer.echo(f"    by {day}: {what} ({where})")
    for answer in asked.crossed:
        typer.echo(
            f"  look at what the customer said on {answer.at:%Y-%m-%d}: it came too late, or answers nothing"
        )
    if asked.coming:
        typer.echo("  if nobody does anything:")
        rows = [[each.day, each.quantity, say_coming(each.what), each.pack] for each in asked.coming]
        print_table(["  day", "units", "what", "pack"], [[f"  {row[0]}", *row[1:]] for row in rows])


@app.command(help=HOUSE)
def house(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The rules, as TOML; none: print those in force.")
    ] = None,
    data: Data = HERE,
) -> int:
    """Print or write the rules of the house."""
    text = None if file is None else read_text(file)
    open_database(data)
    from backorder.care.house import find_text, write_house  # noqa: PLC0415 - needs a database

    if text is None:
        typer.echo(find_text() or "# nothing is written: the defaults are in force\n", nl=False)
        return 0
    version = write_house(text, name_cause())
    typer.echo(f"version {version.number} is in force" if version else "these rules are in force already")
    return 0


def read_text(file: Path) -> str:
    """Read a file. Raises OSError, FaultyInputError."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FaultyInputError([f"{file.name}: is not UTF-8"]) from error
