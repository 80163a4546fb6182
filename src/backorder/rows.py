"""Rows of a table by the thousand: written in one go, where one statement for each would take minutes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, ForeignKey, JSONField, Model
from django.db.models.options import Options

MANY = 1_000
"""So many new rows change how a table is best searched."""


def insert_rows(rows: Sequence[Model]) -> None:
    """Write new rows of one table, and give each its id."""
    if not rows:
        return
    table = describe(rows[0])
    number_rows(table, rows)
    connect_rows(table, rows)
    fields = [field for field in table.concrete_fields if not field.generated]
    copy = f"COPY {quote(table.db_table)} ({name_columns(fields)}) FROM STDIN"
    columns = [take_column(field, rows) for field in fields]
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(copy) as into:
        for row in zip(*columns, strict=True):
            into.write_row(row)
    if len(rows) >= MANY:
        learn_size(table)


def learn_size(table: Options[Any]) -> None:
    """Let the database look at a table that has grown: in this transaction it would search it as if it were as small as before."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {quote(table.db_table)}")


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write these fields of rows that are there, found by their id."""
    if not rows or not names:
        return
    table = describe(rows[0])
    connect_rows(table, rows)
    key = table.pk
    fields = [key, *(field for field in table.concrete_fields if field.name in names)]
    lists = [take_column(field, rows) for field in fields]
    cells = ", ".join(f"%s::{field.rel_db_type(connection)}[]" for field in fields)
    sets = ", ".join(f"{quote(field.column)} = new.{quote(field.column)}" for field in fields[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(table.db_table)} AS old SET {sets} "  # noqa: S608 - names of a table and its columns, and no values
            f"FROM unnest({cells}) AS new ({name_columns(fields)}) "
            f"WHERE old.{quote(key.column)} = new.{quote(key.column)}",
            lists,
        )


def number_rows(table: Options[Any], rows: Sequence[Model]) -> None:
    """Give new rows the next numbers of their table, unless another row gives them theirs."""
    if not isinstance(table.pk, AutoField):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [quote(table.db_table), table.pk.column, len(rows)],
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number


def connect_rows(table: Options[Any], rows: Sequence[Model]) -> None:
    """Take over the ids of rows that these refer to, which may have got theirs after they were named."""
    links = [field for field in table.concrete_fields if isinstance(field, ForeignKey)]
    for link in links:
        for row in rows:
            if link.is_cached(row) and (other := link.get_cached_value(row)) is not None:
                setattr(row, link.attname, other.pk)


def take_column(field: Field[Any, Any], rows: Sequence[Model]) -> list[Any]:
    """Give the values of a field as the database takes them: as they are, but for JSON."""
    values = list(map(attrgetter(field.attname), rows))
    return (
        [field.get_db_prep_save(value, connection) for value in values]
        if isinstance(field, JSONField)
        else values
    )


def describe(row: Model) -> Options[Any]:
    """Give Django's description of the table of a row."""
    return row._meta  # noqa: SLF001 - Django's name for it


def name_columns(fields: Sequence[Field[Any, Any]]) -> str:
    """Name columns in a list."""
    return ", ".join(quote(field.column) for field in fields)


def quote(name: str | None) -> str:
    """Write the name of a table or column so that no word of SQL is mistaken for it."""
    return connection.ops.quote_name(name or "")
