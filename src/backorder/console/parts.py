"""What pages are made of: each is drawn by the template of the same name, and all are shown on the page /design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

NIL = '<span class="nil">0</span>'
"""Nothing is told quietly, so that what is something stands out."""


@dataclass(frozen=True)
class Column:
    """A column of a table; `sort` is the address that sorts by it, `sorted` how it is sorted now."""

    title: str
    numeric: bool = False
    sort: str = ""
    sorted: str = "none"  # or ascending, descending
    whole: bool = False  # its texts are never broken: names, days
    only: str = ""  # screen, paper: where it is shown

    @property
    def attribute(self) -> SafeString:
        """Write the classes of its cells."""
        names = " ".join(
            name for name in (self.numeric and "number", self.whole and "whole", self.only) if name
        )
        return mark_safe(f' class="{names}"' if names else "")  # noqa: S308 - of names of ours


@dataclass(frozen=True)
class Cell:
    """What stands in one place of a table: a text, perhaps a link, perhaps a badge in a tone, perhaps a note under it."""

    text: str
    link: str = ""
    tone: str = ""  # good, warn, bad, info, plain: shown as a badge
    note: str = ""
    actions: Sequence[tuple[str, str]] = ()  # texts and links, beside or instead of the text
    tick: str = ""  # what a tick here chooses, in the form around the table; the text is its label, which is heard and not seen

    def draw(self) -> str:
        """Write the cell; whatever stands in it is escaped."""
        said: str = escape(self.text) if self.text != "0" else NIL
        if self.tick:
            box = f'<input type="checkbox" name="chosen" value="{escape(self.tick)}">'
            said = f'<label class="tick">{box} <span class="unseen">{said}</span></label>'
        elif self.link:
            said = f'<a href="{escape(self.link)}">{said}</a>'
        elif self.tone:
            said = f'<span class="badge {self.tone}">{said}</span>'
        for text, link in self.actions:
            said += f' <a class="action" href="{escape(link)}">{escape(text)}</a>'
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
class Cut:
    """What stands under a list that is longer than what is shown of it, perhaps with where all of it is."""

    said: str
    link: str = ""
    action: str = ""


def cut_short(shown: int, count: int, link: str = "", action: str = "") -> Cut | None:
    """Say that a list is cut; None if all of it is shown."""
    return Cut(f"The first {shown:,} of {count:,}.", link, action) if shown < count else None


@dataclass(frozen=True)
class Table:
    """Rows under columns; becomes cards on a phone."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: Empty = field(default_factory=lambda: Empty("Nothing here", "There are no rows yet."))
    cut: Cut | None = None

    def draw_rows(self) -> SafeString:
        """Write the rows of the table: here and not in a template, which takes ten times as long for a thousand cells."""
        opened = [
            f'<td role="cell"{column.attribute} data-label="{escape(column.title)}"><div>'
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
class Figure:
    """A number with its name."""

    name: str
    number: int
    tone: str = ""  # bad


@dataclass(frozen=True)
class Pages:
    """Where one is in a long list."""

    said: str
    first: str = ""
    next: str = ""
