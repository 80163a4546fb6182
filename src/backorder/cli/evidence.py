"""`backorder evidence`: all that is known of an order, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backorder.cli.application import app
from backorder.cli.database import HERE, Data, open_database
from backorder.faults import FaultyInputError

ENDINGS = (".html", ".json")
HELP = """Write all that is known of an order into one file: what was shown, promised, told, answered, sent, and the journal.

For a bank, a court or an authority. Times are in UTC. The name of the file says the form: .html is a page, .json the same as data.

\b
Example:
  backorder evidence --order A-2 --out A-2.html --data var/data
"""


@app.command(help=HELP)
def evidence(
    order: Annotated[str, typer.Option("--order", help="The order.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write, .html or .json.")],
    data: Data = HERE,
) -> int:
    """Write what is known of an order."""
    if out.suffix not in ENDINGS:
        raise FaultyInputError([f"--out: {out} ends with {' or '.join(ENDINGS)}, which says the form"])
    open_database(data)
    from django.utils import timezone  # noqa: PLC0415 - needs a database

    from backorder.care.evidence.collect import collect  # noqa: PLC0415
    from backorder.care.evidence.write import write_data, write_page  # noqa: PLC0415
    from backorder.orders.selectors import find_order  # noqa: PLC0415

    found = find_order(order.strip())
    if found is None:
        raise FaultyInputError([f"there is no order {order.strip()}"])
    known = collect(found, timezone.now())
    out.write_text(write_page(known) if out.suffix == ".html" else write_data(known), encoding="utf-8")
    rows = sum(len(section.rows) for section in known.sections)
    typer.echo(f"{out}: {rows:,} rows in {len(known.sections)} sections")
    return 0
