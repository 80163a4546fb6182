"""Frozen tables: named columns of one length, validated when built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

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

    kinds: ClassVar[tuple[tuple[str, type[np.generic]], ...]]  # of each column its name and type, as declared

    def __init_subclass__(cls) -> None:
        """Read the declaration once."""
        cls.kinds = tuple((name, COLUMN_TYPES[kind]) for name, kind in cls.__annotations__.items())

    def __post_init__(self) -> None:
        """Give each column its type, refuse other lengths, and make all of them read-only."""
        length = -1
        for name, kind in self.kinds:
            column = np.ascontiguousarray(getattr(self, name), kind)
            if length not in (-1, len(column)):
                message = f"{type(self).__name__}.{name} has {len(column)} rows, the table {length}"
                raise TableError(message)
            length = len(column)
            if column.flags.writeable:
                column = column.view()
                column.flags.writeable = False
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        """Count the rows."""
        return len(getattr(self, self.kinds[0][0]))

    @classmethod
    def empty(cls) -> Self:
        """Build the table without rows."""
        return cls(**{name: np.zeros(0, kind) for name, kind in cls.kinds})

    def take(self, rows: NDArray[Any]) -> Self:
        """Build the table of these rows (positions or a mask), in this order."""
        return type(self)(**{name: column[rows] for name, column in self.columns().items()})

    def columns(self) -> dict[str, NDArray[Any]]:
        """Name each column, in the order of declaration."""
        return {name: getattr(self, name) for name, _ in self.kinds}


def refuse(table: Table, column: str, bad: NDArray[np.bool_], rule: str) -> None:
    """Raise TableError naming the first row for which `bad` is true."""
    if bad.any():
        row = int(np.argmax(bad))
        value = getattr(table, column)[row]
        message = f"{type(table).__name__}.{column}[{row}] is {value}: {rule}"
        raise TableError(message)
