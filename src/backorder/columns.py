"""Whole numbers to and from the database as columns: arrays go over the wire as they lie in memory, a million rows in a second."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

BIGINT, BIGINTS = 20, 1016  # numbers of the types in PostgreSQL
HEADER = struct.Struct(
    "!iiIii"
)  # of an array: dimensions, whether any is null, type, length, number of the first
NO_VALUES = struct.pack("!iiI", 0, 0, BIGINT)
VALUES = np.dtype([("bytes", ">i4"), ("value", ">i8")])

Columns = dict[str, NDArray[np.int64]]
Table = tuple[Sequence[str], str]
"""Names for the columns of a query, in its order; and the query, whose columns are bigint and never null."""


class NumbersDumper(Dumper):
    """Write an array of whole numbers as PostgreSQL sends one."""

    format = Format.BINARY
    oid = BIGINTS

    def dump(self, obj: NDArray[Any]) -> bytes:
        """Write the header, then the values with their lengths."""
        if len(obj) == 0:
            return NO_VALUES
        values = np.empty(len(obj), VALUES)
        values["bytes"], values["value"] = 8, obj
        return HEADER.pack(1, 0, BIGINT, len(obj), 1) + values.tobytes()


@contextmanager
def open_cursor() -> Iterator[CursorWrapper]:
    """Open a cursor of Django's connection that takes and gives values in binary; its statements are counted as all others."""
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)  # Django's own would write values into the statement
    cursor.format = Format.BINARY
    cursor.adapters.register_dumper(np.ndarray, NumbersDumper)
    with connection.wrap_database_errors, cursor:
        counted = connection.force_debug_cursor or connection.queries_logged
        yield connection.make_debug_cursor(cursor) if counted else connection.make_cursor(cursor)


def read_columns(names: Sequence[str], query: str, parameters: Mapping[str, Any] | None = None) -> Columns:
    """Read one query as columns."""
    return read_tables({"rows": (names, query)}, parameters)["rows"]


def read_tables(
    tables: Mapping[str, Table], parameters: Mapping[str, Any] | None = None, before: str = ""
) -> dict[str, Columns]:
    """Read queries as columns, all in one statement: as the database is at one moment. `before`: a WITH that they share."""
    statement = ", ".join(
        f"({gather(len(names), query)}) AS {table}" for table, (names, query) in tables.items()
    )
    with open_cursor() as cursor:
        cursor.execute(f"{before} SELECT * FROM {statement}", parameters)  # noqa: S608 - as above
        result = cursor.pgresult
        found = iter([read_array(result.get_value(0, column)) for column in range(result.nfields)])
    return {table: {name: next(found) for name in names} for table, (names, _) in tables.items()}


def gather(count: int, query: str) -> str:
    """Write the query whose one row has each column of another as an array."""
    names = [f"c{number}" for number in range(count)]
    arrays = ", ".join(f"array_agg({name})" for name in names)
    return f"SELECT {arrays} FROM ({query}) AS rows({', '.join(names)})"  # noqa: S608 - statements are written in the program


def read_array(data: bytes | None) -> NDArray[np.int64]:
    """Read an array as PostgreSQL sends it; of no rows there is none. Raises ValueError for a row that holds nothing."""
    if data is None:
        return np.zeros(0, np.int64)
    if HEADER.unpack_from(data)[1]:
        message = "a column of whole numbers holds nothing in one of its rows"
        raise ValueError(message)
    return np.frombuffer(data, VALUES, offset=HEADER.size)["value"].astype(np.int64)


def write_columns(
    statement: str, columns: Mapping[str, NDArray[Any] | Sequence[Any]], more: Mapping[str, Any] | None = None
) -> int:
    """Run a statement once over rows that are given as columns; gives how many rows it wrote.

    The statement reads them where `{rows}` stands, as `new`. Arrays are bigint; lists are text.
    """
    types = {name: "bigint" if isinstance(values, np.ndarray) else "text" for name, values in columns.items()}
    lists = ", ".join(f"%({name})s::{kind}[]" for name, kind in types.items())
    rows = f"unnest({lists}) AS new({', '.join(columns)})"
    with open_cursor() as cursor:
        parameters: dict[str, Any] = {**columns, **(more or {})}
        cursor.execute(statement.format(rows=rows), parameters)
        return int(cursor.rowcount)
