"""Faults of what was handed in: each with file, record, column, value and what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

SHOWN = 50
"""So many faults are listed; of the others the count."""
LONGEST_VALUE = 60
PLAIN_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*")


class FaultyInputError(Exception):
    """Bad input or flags. `lines` are ready to be printed, one fault each."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Keep the lines."""
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


class StoppedError(Exception):
    """Somebody interrupted what cannot be undone; the text says what is left, and how to go on."""


class Faults:
    """Collects every fault of a run, so that a person can mend all of them in one go."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, int, int, str]] = []
        self._files: dict[str, int] = {}
        self._count = 0

    def add(self, file: str, message: str, *, record: int = 0, column: str = "") -> None:
        """Note one fault; record 0 means the file as a whole."""
        self.add_many(file, column, [(record, message)], 1)

    def add_many(self, file: str, column: str, found: Iterable[tuple[int, str]], count: int) -> None:
        """Note `count` faults of one column; only the first, as record and message, are spelled out."""
        order = self._files.setdefault(file, len(self._files))
        self._count += count
        for record, message in found:
            place = f"{file}:{record}" if record else file
            text = f"{place}: {column}: {message}" if column else f"{place}: {message}"
            self._kept.append((order, record, len(self._kept), text))

    def copy(self) -> Faults:
        """Give the same faults, to which others may be added."""
        other = Faults()
        other._kept, other._files, other._count = [*self._kept], {**self._files}, self._count
        return other

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return self._count > 0

    def lines(self) -> list[str]:
        """List the first faults, file by file and record by record, then how many more there are."""
        shown = [text for *_, text in sorted(self._kept)[:SHOWN]]
        more = self._count - len(shown)
        return shown if more == 0 else [*shown, f"and {more:,} more {'fault' if more == 1 else 'faults'}"]

    def raise_if_any(self) -> None:
        """Raise FaultyInputError if there is any."""
        if self:
            raise FaultyInputError(self.lines())


def show(value: object) -> str:
    """Show a value as given: numbers bare, texts in quotes, control characters spelled out, long ones cut."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return str(value)
    text = str(value)
    if PLAIN_NUMBER.fullmatch(text) and text.isascii() and len(text) <= LONGEST_VALUE:
        return text
    return repr(text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…")


def show_typed(value: object) -> str:
    """Show a value of a file that tells numbers from texts: texts always in quotes."""
    return repr(value) if isinstance(value, str) and len(value) <= LONGEST_VALUE else show(value)


def suggest(text: str, known: Iterable[str], form: str = "; did you mean {!r}?") -> str:
    """Name the nearest known word in a half sentence, or give nothing if none is near."""
    words = {word.lower(): word for word in known}
    near = difflib.get_close_matches(text.lower(), words, n=1, cutoff=0.6)
    return form.format(words[near[0]]) if near else ""


def not_one_of(value: object, choices: Sequence[str]) -> str:
    """Say that a value is none of the choices, and which one may have been meant."""
    return f"{show_typed(value)} is not one of {', '.join(choices)}{suggest(str(value), choices)}"
