"""`backorder user`: who may sign in. A password is typed or piped in, never an argument: arguments are seen by others."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from backorder.accounts.roles import find_fault
from backorder.cli.application import app
from backorder.cli.cause import name_cause
from backorder.cli.database import HERE, Data, open_database, open_or_begin
from backorder.cli.show import print_table
from backorder.faults import FaultyInputError

HELP = """Say who may sign in to the console.

\b
Example:
  backorder user add anna --role planner --data var/data
"""
people = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(people, name="user")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")]
ROLES = "planner, service, warehouse, finance, read-only or admin."
Role = Annotated[str, typer.Option("--role", metavar="ROLE", help=ROLES)]


@people.command(
    "add", help="Let somebody sign in, or in again; asks for a password, or reads it from standard input."
)
def add_user(name: Name, role: Role = "planner", data: Data = HERE) -> int:
    """Let somebody sign in."""
    if fault := find_fault(role):
        raise FaultyInputError([fault])
    password = read_password()
    open_or_begin(data)
    from backorder.accounts import services  # noqa: PLC0415 - needs a database

    try:
        services.add_user(name, role, password, name_cause())
    except services.AccountError as error:
        raise FaultyInputError([str(error)]) from error
    typer.echo(f"{name} may sign in as {role}")
    return 0


@people.command("role", help="Give a user another role; it holds from the next page on.")
def change_role(
    name: Name, role: Annotated[str, typer.Argument(metavar="ROLE", help=ROLES)], data: Data = HERE
) -> int:
    """Give a user another role."""
    open_database(data)
    from backorder.accounts import services  # noqa: PLC0415 - needs a database

    try:
        services.change_role(name, role, name_cause())
    except services.AccountError as error:
        raise FaultyInputError([str(error)]) from error
    typer.echo(f"{name} is {role} now")
    return 0


@people.command("password", help="Give a user another password.")
def change_password(name: Name, data: Data = HERE) -> int:
    """Give a user another password."""
    open_database(data)
    from backorder.accounts import services  # noqa: PLC0415 - needs a database

    try:
        services.change_password(name, read_password(), name_cause())
    except services.AccountError as error:
        raise FaultyInputError([str(error)]) from error
    typer.echo(f"{name} has another password, and is signed out everywhere")
    return 0


@people.command(
    "remove",
    help="Let a user no longer sign in; what they did stays under their name, and add lets them in again.",
)
def remove_user(name: Name, data: Data = HERE) -> int:
    """Let a user no longer sign in."""
    open_database(data)
    from backorder.accounts import services  # noqa: PLC0415 - needs a database

    try:
        services.remove_user(name, name_cause())
    except services.AccountError as error:
        raise FaultyInputError([str(error)]) from error
    typer.echo(f"{name} may no longer sign in")
    return 0


@people.command("list", help="List the users.")
def list_users(data: Data = HERE) -> int:
    """List the users."""
    open_database(data)
    from backorder.accounts.selectors import list_people  # noqa: PLC0415 - needs a database

    rows = [
        [
            person.name,
            person.role,
            "yes" if person.active else "no",
            f"{person.last_seen:%Y-%m-%d %H:%M} UTC" if person.last_seen else "never",
        ]
        for person in list_people()
    ]
    if not rows:
        typer.echo("nobody may sign in yet; add somebody with: backorder user add NAME")
        return 0
    print_table(["name", "role", "may sign in", "last seen"], rows)
    return 0


def read_password() -> str:
    """Read a password: typed twice on a terminal, else one line of standard input. Raises FaultyInputError."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass("password: ")
        if getpass.getpass("again: ") != password:
            raise FaultyInputError(["the two passwords differ; nothing was changed"])
    if not password:
        raise FaultyInputError(["there is no password; type one, or pipe it in as one line"])
    return password
