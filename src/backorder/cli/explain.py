"""`backorder explain`: why a line gets what it gets."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from backorder.cli.application import app
from backorder.cli.options import AsOf, Folder, Json, PolicyPath, Quiet
from backorder.cli.progress import progress
from backorder.cli.show import hint_policy, note

HELP = """Say what covers a line, who is ahead of it, what holds it back, and what would change that.

\b
Example:
  backorder explain shop --order 1001 --line 1 --as-of 2026-11-24 --voice customer
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
    from backorder.channels.files import customer, services, summary, voices  # noqa: PLC0415 - loads the engine

    hint_policy(folder, policy)
    question = services.Question(folder, policy, as_of)
    with progress(services.count_steps(question), quiet=quiet) as tell:
        decision, found = services.explain_folder(question, order.strip(), line.strip(), tell)
    note(decision.notes)
    known = voices.describe(decision.facts, decision.plan, decision.policy, found)
    told = customer.for_customer(known) if voice is Voice.CUSTOMER else known
    if as_json or voice is Voice.MACHINE:
        typer.echo(summary.to_json(told), nl=False)
    else:
        say = customer.say_to_customer if voice is Voice.CUSTOMER else voices.say_to_planner
        typer.echo("\n".join(say(known)))
    return 0
