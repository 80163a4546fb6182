"""What pages are made of: each is drawn by the template of the same name, and all are shown on the page /design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """A column of a table; `sort` is the address that sorts by it, `sorted` how it is sorted now."""

    title: str
    numeric: bool = False
    sort: str = ""
    sorted: str = "none"  # or ascending, descending


@dataclass(frozen=True)
class Cell:
    """What stands in one place of a table: a text, perhaps a link, perhaps a badge in a tone, perhaps a note under it."""

    text: str
    link: str = ""
    tone: str = ""  # good, warn, bad, info, plain: shown as a badge
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table; Enter on it follows the link."""

    cells: Sequence[Cell]
    link: str = ""


@dataclass(frozen=True)
class Empty:
    """What stands where there is nothing, and what to do about it."""

    title: str
    text: str
    link: str = ""
    action: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under columns; becomes cards on a phone."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: Empty = field(default_factory=lambda: Empty("Nothing here", "There are no rows yet."))

    @property
    def lines(self) -> list[tuple[Row, list[tuple[Column, Cell]]]]:
        """Pair each cell with its column: a card names it beside the value."""
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]


@dataclass(frozen=True)
class Pages:
    """Where one is in a long list."""

    said: str
    first: str = ""
    next: str = ""
