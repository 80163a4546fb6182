"""`backorder person`: everything that is kept about somebody in one archive, and somebody erased."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backorder.cli.application import app
from backorder.cli.cause import name_cause
from backorder.cli.database import HERE, Data, open_database
from backorder.faults import FaultyInputError

if TYPE_CHECKING:
    from backorder.care.persons.find import Asked

HELP = """Export everything that is kept about a person, or erase them.

\b
Example:
  backorder person export --email zed@customers.example --out zed.zip --data var/data
  backorder person erase --customer C-1 --yes --data var/data
"""
persons = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(persons, name="person")
Code = Annotated[str, typer.Option("--customer", metavar="CODE", help="The customer.")]
Mail = Annotated[str, typer.Option("--email", metavar="MAIL", help="All customers of this address.")]
Number = Annotated[
    str, typer.Option("--order", metavar="NUMBER", help="The customer of this order, or its order alone.")
]
ENDING = ".zip"


def read_asked(customer: str, email: str, order: str) -> Asked:
    """Read who is meant. Raises FaultyInputError."""
    given = [text.strip() for text in (customer, email, order)]
    if sum(map(bool, given)) != 1:
        raise FaultyInputError(["name one of --customer, --email and --order"])
    from backorder.care.persons.find import Asked  # noqa: PLC0415 - needs a database

    return Asked(*given)


@persons.command(
    "export", help="Write all that is kept about a person into one archive, and note that somebody did."
)
def export_person(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write, .zip.")],
    customer: Code = "",
    email: Mail = "",
    order: Number = "",
    data: Data = HERE,
) -> int:
    """Write what is kept about a person."""
    if out.suffix != ENDING:
        raise FaultyInputError([f"--out: {out} ends with {ENDING}"])
    open_database(data)
    from backorder.care.persons.exporting import export  # noqa: PLC0415 - needs a database
    from backorder.orders.services import OrderError  # noqa: PLC0415

    try:
        archive = export(read_asked(customer, email, order), name_cause())
    except OrderError as error:
        raise FaultyInputError([str(error)]) from error
    out.write_bytes(archive)
    typer.echo(f"{out}: {len(archive):,} bytes; hand it to nobody but them")
    return 0


@persons.command(
    "erase", help="Put a mark where something personal stood; what happened stays, and all sums add up."
)
def erase_person(
    customer: Code = "",
    email: Mail = "",
    order: Number = "",
    yes: Annotated[bool, typer.Option("--yes", help="They are meant: it cannot be undone.")] = False,
    data: Data = HERE,
) -> int:
    """Erase a person."""
    open_database(data)
    from backorder.care.persons.erasing import erase  # noqa: PLC0415 - needs a database
    from backorder.care.persons.find import find_person  # noqa: PLC0415
    from backorder.orders.services import OrderError  # noqa: PLC0415

    asked = read_asked(customer, email, order)
    try:
        found = find_person(asked)
        said = f"{len(found.customers):,} customers and {len(found.orders):,} orders"
        if not yes:
            raise FaultyInputError([f"{said} would be erased, which cannot be undone: add --yes"])
        erase(asked, name_cause())
    except OrderError as error:
        raise FaultyInputError([str(error)]) from error
    typer.echo(f"erased: {said}; backups hold them until they are replaced")
    return 0
