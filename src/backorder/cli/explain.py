"""`backorder explain`: why a line gets what it gets."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from backorder.cli.application import app
from backorder.cli.asking import Shop, answer
from backorder.cli.options import AsOf, Folder, Json, PolicyPath, Quiet

HELP = """Say what covers a line, who is ahead of it, what holds it back, and what would change that.

\b
Example:
  backorder explain shop --order A-2 --line 1 --as-of 2026-03-04 --voice customer
"""


class Voice(StrEnum):
    """For whom the explanation is."""

    PLANNER = "planner"
    CUSTOMER = "customer"
    MACHINE = "machine"


@app.command(help=HELP)
def explain(
    folder: Folder,
    order: Annotated[str, typer.Option("--order", help="The order.")],
    line: Annotated[str, typer.Option("--line", help="Its line.")],
    as_of: AsOf,
    voice: Annotated[
        Voice,
        typer.Option("--voice", help="planner: everything; customer: nobody else's data; machine: JSON."),
    ] = Voice.PLANNER,
    policy: PolicyPath = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Explain a line."""
    from backorder.channels.files import customer, services, voices  # noqa: PLC0415 - loads the engine

    decision, found = Shop(folder, policy, as_of, quiet).ask(
        lambda question, tell: services.explain_folder(question, order.strip(), line.strip(), tell)
    )
    known = voices.describe(decision.facts, decision.plan, decision.policy, found)
    as_json = as_json or voice is Voice.MACHINE
    if voice is Voice.CUSTOMER:
        answer(customer.for_customer(known), customer.say_to_customer(known), as_json=as_json)
    else:
        answer(known, voices.say_to_planner(known), as_json=as_json)
    return 0
