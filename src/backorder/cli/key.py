"""`backorder key`: which programs may ask the interface, and for what. A secret is shown once, when it is made."""

from __future__ import annotations

from typing import Annotated

import typer

from backorder.access.scopes import find_fault
from backorder.cli.application import app
from backorder.cli.cause import name_cause
from backorder.cli.database import HERE, Data, open_database, open_or_begin
from backorder.cli.show import note, print_table
from backorder.faults import FaultyInputError

HELP = """Say which programs may ask the interface, and for what.

\b
Example:
  backorder key add web-shop --scope orders:read --scope orders:write --data var/data
"""
programs = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(programs, name="key")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The program that holds the key, as: web-shop.")]
Scopes = Annotated[
    list[str],
    typer.Option("--scope", metavar="SCOPE", help="What it may do, as orders:read; may be repeated."),
]


@programs.command("add", help="Make a key and print its secret, which cannot be shown again.")
def add_key(name: Name, scope: Scopes, data: Data = HERE) -> int:
    """Make a key; its secret alone goes to standard output, so that it can be piped on."""
    if fault := find_fault(name, scope):
        raise FaultyInputError([fault])
    open_or_begin(data)
    from backorder.access import services  # noqa: PLC0415 - needs a database

    try:
        key, secret = services.add_key(name, scope, name_cause())
    except services.AccessError as error:
        raise FaultyInputError([str(error)]) from error
    note([f"key {name} may: {', '.join(key.scopes)}; keep its secret, it is not shown again:"])
    typer.echo(secret)
    return 0


@programs.command("list", help="List the keys: what they may do, and when they were used last.")
def list_keys(data: Data = HERE) -> int:
    """List the keys; their secrets are not kept."""
    open_database(data)
    from backorder.access import selectors  # noqa: PLC0415 - needs a database

    rows = [
        [
            key.name,
            f"{key.prefix}_...",
            " ".join(key.scopes),
            f"{key.made_at:%Y-%m-%d} by {key.made_by}",
            f"{key.last_used_on}" if key.last_used_on else "never",
            f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "in use",
        ]
        for key in selectors.list_keys()
    ]
    if not rows:
        typer.echo("there is no key yet; make one with: backorder key add NAME --scope orders:read")
        return 0
    print_table(["name", "secret", "may", "made", "last used", ""], rows)
    return 0


@programs.command("revoke", help="End a key for good.")
def revoke_key(name: Name, data: Data = HERE) -> int:
    """End a key for good."""
    open_database(data)
    from backorder.access import services  # noqa: PLC0415 - needs a database

    try:
        services.revoke_key(name, name_cause())
    except services.AccessError as error:
        raise FaultyInputError([str(error)]) from error
    typer.echo(f"key {name} is revoked")
    return 0
