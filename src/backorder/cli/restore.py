"""`backorder restore`: replaces the database by a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backorder.cli.application import app
from backorder.cli.database import HERE, Data, address_database, find_database, tell_strange, update_tables
from backorder.cli.reconcile import print_proof
from backorder.faults import FaultyInputError

HELP = """Replace the database by a backup, whole or not at all, and prove that it adds up.

Stop web and worker first. A database that holds orders, items, users or a journal is replaced with --force only.

\b
Example:
  backorder restore shop.backup --data var/data --force
"""
FACTS = {
    "orders_order": "orders",
    "catalog_item": "items",
    "outbox_entry": "entries in the journal",
    "auth_user": "users",
}
"""What nobody may lose by mistake."""


@app.command(help=HELP)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backorder backup` wrote.")],
    data: Data = HERE,
    force: Annotated[bool, typer.Option("--force", help="Replace what the database holds.")] = False,
) -> int:
    """Replace the database by a copy, bring its tables up to date, and compare all sums."""
    import psycopg  # noqa: PLC0415 - only commands with a database need it

    from backorder.postgres.copies import CopyError, read_copy  # noqa: PLC0415
    from backorder.postgres.ownership import StrangeError  # noqa: PLC0415
    from backorder.postgres.restoring import Place, put_back  # noqa: PLC0415

    try:
        copy = read_copy(file)
        find_database(data)
        put_back(copy, Place(address_database(), list_tables(), FACTS, list_migrations(), force=force))
    except CopyError as error:
        raise FaultyInputError([str(error)]) from error
    except StrangeError as strange:
        raise tell_strange(strange) from strange
    except psycopg.Error as error:
        raise OSError(" ".join(str(error).split())) from error
    update_tables()
    typer.echo(f"restored {file}: {len(copy.tables)} tables")
    return print_proof()


def list_tables() -> frozenset[str]:
    """List the tables that this program knows."""
    from django.apps import apps  # noqa: PLC0415 - it needs settings

    models = apps.get_models(include_auto_created=True)
    return frozenset({"django_migrations", *(model._meta.db_table for model in models)})  # noqa: SLF001 - Django's own name for what it documents


def list_migrations() -> frozenset[tuple[str, str]]:
    """List the changes of tables that this program knows, those that later ones replace too."""
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 - it needs settings

    return frozenset(MigrationLoader(None).disk_migrations)
