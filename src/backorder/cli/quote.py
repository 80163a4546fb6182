"""`backorder quote`: what a customer would get who asked now."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from backorder.cli.application import app
from backorder.cli.asking import Shop, answer
from backorder.cli.options import AsOf, Folder, Json, PolicyPath, Quiet, read_date

HELP = """Say what a customer would get who asked now: how many at once, how many later and when.

The asked line stands after all others, so that nobody's promise moves.

\b
Example:
  backorder quote shop --sku LAMP --quantity 5 --as-of 2026-03-04
"""


@app.command(help=HELP)
def quote(
    folder: Folder,
    sku: Annotated[str, typer.Option("--sku", help="The item.")],
    quantity: Annotated[int, typer.Option("--quantity", min=1, max=2**53, help="How many units.")],
    as_of: AsOf,
    location: Annotated[str, typer.Option("--location", help="Where from; without it, anywhere.")] = "",
    requested_on: Annotated[
        date | None,
        typer.Option(
            "--requested-on",
            metavar="DATE",
            parser=read_date,
            help="When it should ship; without it, at once.",
        ),
    ] = None,
    customer_class: Annotated[
        str, typer.Option("--customer-class", help="Whose floors and ceilings count.")
    ] = "",
    policy: PolicyPath = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Quote an item."""
    from backorder.channels.files import answers, services  # noqa: PLC0415 - loads the engine

    asked = services.Asked(sku.strip(), quantity, location.strip(), requested_on, customer_class.strip())
    decision, found = Shop(folder, policy, as_of, quiet).ask(
        lambda question, tell: services.quote_folder(question, asked, tell)
    )
    values = answers.describe_quote(decision.facts, asked, found)
    answer(values, answers.say_quote(values), as_json=as_json)
    return 0
