"""`backorder reconcile`: proves that everything in the database adds up."""

from __future__ import annotations

import typer

from backorder.cli.application import app
from backorder.cli.database import HERE, Data, open_database
from backorder.cli.show import print_table

DIFFERS = 1
HELP = """Prove that movements, levels, allocations, lines, promised days and offers agree, and list what does not.

\b
Example:
  backorder reconcile --data var/data
"""


@app.command(help=HELP)
def reconcile(data: Data = HERE) -> int:
    """Compare all sums of the database with the rows that they are of."""
    open_database(data)
    return print_proof()


def print_proof() -> int:
    """Print what was compared, or what does not agree; gives the exit code."""
    from backorder.care.offers.selectors import compare_offers  # noqa: PLC0415 - needs a database
    from backorder.care.waitlist.selectors import compare_invitations  # noqa: PLC0415 - needs a database
    from backorder.fulfilment.selectors import count_rows, find_differences  # noqa: PLC0415 - needs a database

    found = [*find_differences(), *compare_invitations(), *compare_offers()]
    if found:
        rows = [[one.about, one.rule, one.is_now, one.should_be] for one in found]
        print_table(["", "rule", "is", "should be"], rows)
        return DIFFERS
    counted = ", ".join(f"{number:,} {what}" for what, number in count_rows().items())
    typer.echo(f"all agree: {counted}")
    return 0
