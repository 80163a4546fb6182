"""Whole numbers from the database as columns: a million rows in about a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import ClientCursor

HEADER, TRAILER = 19, 2  # bytes around the rows of a binary copy

Columns = dict[str, NDArray[np.int64]]


def read_columns(names: Sequence[str], query: str, parameters: Mapping[str, Any] | None = None) -> Columns:
    """Read a query whose columns are bigint and never null, by these names in its order."""
    with connection.cursor() as cursor:
        # Django's cursor that counts queries takes a statement without parameters only.
        statement = ClientCursor(connection.connection).mogrify(query, parameters)
        with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT BINARY)") as copy:
            data = b"".join(copy)
    fields = [
        ("fields", ">i2"),
        *(field for name in names for field in ((f"{name} bytes", ">i4"), (name, ">i8"))),
    ]
    row = np.dtype(fields)
    table = np.frombuffer(data, row, offset=HEADER, count=(len(data) - HEADER - TRAILER) // row.itemsize)
    return {name: table[name].astype(np.int64) for name in names}
