"""Frozen tables: named columns of one length, validated when built."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

# Column types. They name what a table stores, see COLUMN_TYPES; whatever NumPy reads as a column may be given.
Ints = Any
Days = Any
Codes = Any
Small = Any
Flags = Any

NEVER = 2**31 - 1
"""The day that does not exist: a blank date. It sorts after every other."""

COLUMN_TYPES: dict[str, type[np.generic]] = {
    "Ints": np.int64,
    "Days": np.int32,
    "Codes": np.int32,
    "Small": np.int8,
    "Flags": np.bool_,
}


class TableError(ValueError):
    """Columns that do not make a table: another length, or values that the column cannot hold."""


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of one length. Subclasses declare them as fields typed Ints, Days, Codes, Small or Flags."""

    def __post_init__(self) -> None:
        """Give each column its type, refuse other lengths, and make all of them read-only."""
        length = -1
        for field in fields(self):
            column = np.ascontiguousarray(getattr(self, field.name), COLUMN_TYPES[str(field.type)])
            if length not in (-1, len(column)):
                message = f"{type(self).__name__}.{field.name} has {len(column)} rows, the table {length}"
                raise TableError(message)
            length = len(column)
            view = column.view()
            view.flags.writeable = False
            object.__setattr__(self, field.name, view)

    def __len__(self) -> int:
        """Count the rows."""
        return len(getattr(self, fields(self)[0].name))

    @classmethod
    def empty(cls) -> Self:
        """Build the table without rows."""
        return cls(**{field.name: np.zeros(0, COLUMN_TYPES[str(field.type)]) for field in fields(cls)})

    def take(self, rows: NDArray[Any]) -> Self:
        """Build the table of these rows (positions or a mask), in this order."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def columns(self) -> dict[str, NDArray[Any]]:
        """Name each column, in the order of declaration."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def refuse(table: Table, column: str, bad: NDArray[np.bool_], rule: str) -> None:
    """Raise TableError naming the first row for which `bad` is true."""
    if bad.any():
        row = int(np.argmax(bad))
        value = getattr(table, column)[row]
        message = f"{type(table).__name__}.{column}[{row}] is {value}: {rule}"
        raise TableError(message)
