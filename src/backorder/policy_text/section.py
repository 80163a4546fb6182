"""A table of policy.toml as its reader sees it: keys are taken by name and kind, what is wrong is noted."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from backorder.faults import Faults, not_one_of, show_typed, suggest

MOST = 2**53
PLAIN = (str, int, Decimal, date)


def open_text(text: str, file: str, faults: Faults) -> Section:
    """Open the text of a file as its table; of one that is no TOML that is noted, and the table is empty."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        faults.add(file, f"is not TOML: {error}")
        values = {}
    return Section("", values, (file, faults))


class Section:
    """One table of the file: hands out its keys, and notes those that are wrong, missing or unknown."""

    def __init__(self, path: str, values: Mapping[str, Any], place: tuple[str, Faults]) -> None:
        self.path = path
        self._values = dict(values)
        self._known: list[str] = []
        self.place = place

    def key(self, name: str) -> str:
        """Name a key as a person would look for it."""
        return f"{self.path}.{name}" if self.path else name

    def fault(self, name: str, message: str) -> None:
        """Note what is wrong with a key."""
        file, faults = self.place
        faults.add(file, message, column=self.key(name) if name else self.path)

    def take(self, name: str) -> Any:  # noqa: ANN401 - whatever stands in the file
        """Take the raw value of a key; None if it is not given."""
        self._known.append(name)
        return self._values.pop(name, None)

    def whole(self, name: str, default: int | None, lowest: int = 0) -> int | None:
        """Take a whole number."""
        value = self.take(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= MOST:
            bound = f" of at least {lowest}" if lowest > -MOST else ""
            self.fault(name, f"{show_typed(value)} is not a whole number{bound}")
            return default
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self.take(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.fault(name, f"{show_typed(value)} is not true or false")
        return default

    def word(self, name: str, choices: Sequence[str], default: str) -> str:
        """Take one of some words."""
        value = self.take(name)
        if value is None or value in choices:
            return default if value is None else str(value)
        self.fault(name, not_one_of(value, choices))
        return default

    def text(self, name: str) -> str:
        """Take a text."""
        value = self.take(name)
        if value is None or isinstance(value, str):
            return (value or "").strip()
        self.fault(name, f"{show_typed(value)} is not a text in quotes")
        return ""

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Take a list of texts or numbers."""
        value = self.take(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(entry, PLAIN) for entry in value):
            self.fault(name, f'{show_typed(value)} is not a list such as ["contract", "retail"]')
            return None
        return tuple(plain(entry) for entry in value)

    def words(self, name: str, choices: Sequence[str]) -> frozenset[str]:
        """Take a list of which each entry is one of some words."""
        given = self.texts(name) or ()
        for word in given:
            if word not in choices:
                self.fault(name, not_one_of(word, choices))
        return frozenset(given)

    def section(self, name: str) -> Section:
        """Take a table inside this one."""
        value = self.take(name)
        if value is not None and not isinstance(value, dict):
            self.fault(name, f"{show_typed(value)} is not a table")
            value = None
        return Section(self.key(name), value or {}, self.place)

    def sections(self, name: str) -> list[Section]:
        """Take a list of tables, counted from 1."""
        value = self.take(name)
        if value is not None and not (
            isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
        ):
            self.fault(name, f"is not a list of tables; write [[{self.key(name)}]] above each")
            value = None
        return [
            Section(f"{self.key(name)}[{number}]", entry, self.place)
            for number, entry in enumerate(value or [], 1)
        ]

    def names(self) -> list[str]:
        """Name the keys that are left."""
        return list(self._values)

    def finish(self) -> None:
        """Note the keys that nobody took."""
        for name in self._values:
            self.fault(name, f"there is no such key{suggest(name, self._known)}")


def plain(value: str | int | Decimal | date) -> str:
    """Write a value of the file as a table would hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value).lower() if value is True or value is False else str(value).strip()
