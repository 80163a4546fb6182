"""What pages are made of: each is drawn by the template of the same name, and all are shown on the page /design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


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

    def draw(self) -> str:
        """Write the cell; whatever stands in it is escaped."""
        said: str = escape(self.text)
        if self.link:
            said = f'<a href="{escape(self.link)}">{said}</a>'
        elif self.tone:
            said = f'<span class="badge {self.tone}">{said}</span>'
        return f"{said}<small>{escape(self.note)}</small>" if self.note else said


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

    def draw_rows(self) -> SafeString:
        """Write the rows of the table: here and not in a template, which takes ten times as long for a thousand cells."""
        opened = [
            f'<td role="cell"{" class=number" if column.numeric else ""} data-label="{escape(column.title)}"><div>'
            for column in self.columns
        ]
        drawn = []
        for row in self.rows:
            link = f' data-link="{escape(row.link)}"' if row.link else ""
            cells = (
                f"{begin}{cell.draw()}</div></td>" for begin, cell in zip(opened, row.cells, strict=True)
            )
            drawn.append(f'<tr role="row"{link}>{"".join(cells)}</tr>')
        return mark_safe("\n".join(drawn))  # noqa: S308 - every text in it is escaped


@dataclass(frozen=True)
class Pages:
    """Where one is in a long list."""

    said: str
    first: str = ""
    next: str = ""
