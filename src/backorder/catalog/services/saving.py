"""Creating or replacing rows by what names them: only what differs is written, with one entry of the journal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model

from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.rows import insert_rows, update_rows

Name = TypeVar("Name", bound=tuple[Any, ...])
R = TypeVar("R", bound=Model)
Subjects = list[tuple[str, str]]


class CatalogError(ValueError):
    """A change that cannot be; the text says which and what would be possible."""


@dataclass(frozen=True)
class Saved:
    """What came of saving: how many rows are new, changed, gone or as they were. No entry if nothing was written."""

    entry: Entry | None
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0


@dataclass(frozen=True)
class Kind:
    """A kind of row: what its entry is called, the fields that are replaced, and what in the journal a row is about."""

    what: str
    fields: tuple[str, ...]
    about: Callable[[Any], Subjects]


def save_rows(kind: Kind, found: Mapping[Name, R], wanted: Mapping[Name, R], cause: Cause) -> Saved:
    """Insert the wanted rows that are not found, and make the found ones as they are wanted."""
    new = [(name, row) for name, row in wanted.items() if name not in found]
    changed = [
        (name, found[name], differ)
        for name, row in wanted.items()
        if name in found and (differ := compare(kind.fields, found[name], row))
    ]
    if not new and not changed:
        return Saved(None, unchanged=len(wanted))
    insert_rows([row for _, row in new])
    for name, row, differ in changed:
        for field in differ:
            setattr(row, field, getattr(wanted[name], field))
    update_rows([row for _, row, _ in changed], kind.fields)
    facts = {
        "new": [say_name(name) for name, _ in new],
        "changed": {say_name(name): differ for name, _, differ in changed},
    }
    rows = [*(row for _, row in new), *(row for _, row, _ in changed)]
    subjects = [subject for row in rows for subject in kind.about(row)]
    entry = write(cause, f"{kind.what}.saved", subjects, {key: said for key, said in facts.items() if said})
    return Saved(entry, len(new), len(changed), len(wanted) - len(new) - len(changed))


def remove_rows(kind: Kind, gone: Mapping[Name, R], cause: Cause) -> Saved:
    """Delete rows."""
    if not gone:
        return Saved(None)
    rows = list(gone.values())
    type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).delete()  # noqa: SLF001 - Django's name for it
    subjects = [subject for row in rows for subject in kind.about(row)]
    entry = write(cause, f"{kind.what}.removed", subjects, {"gone": [say_name(name) for name in gone]})
    return Saved(entry, gone=len(gone))


def compare(fields: Sequence[str], now: Model, wanted: Model) -> dict[str, list[Any]]:
    """Name the fields that differ, each as it is and as it is to be."""
    return {
        field: [say(getattr(now, field)), say(getattr(wanted, field))]
        for field in fields
        if getattr(now, field) != getattr(wanted, field)
    }


def say_name(name: tuple[Any, ...]) -> str:
    """Write what names a row in one text."""
    return " / ".join(str(say(part)) for part in name)


def say(value: object) -> Any:  # noqa: ANN401 - whatever the journal can keep
    """Write a value as the journal keeps it."""
    if isinstance(value, Model):
        return getattr(value, "sku", None) or getattr(value, "code", "")
    return value.isoformat() if isinstance(value, date) else value


def refuse(wrong: bool, message: str) -> None:  # noqa: FBT001 - what is wrong, then what to say
    """Raise CatalogError."""
    if wrong:
        raise CatalogError(message)


def find_named(named: str, known: Mapping[str, R], what: str) -> R:
    """Find a row by its code. Raises CatalogError."""
    refuse(named not in known, f"there is no {what} {named!r}")
    return known[named]


def refuse_twice(names: Collection[Any], what: str) -> None:
    """Raise CatalogError for something that is named twice in one call: nobody knows which is meant."""
    seen = set[Any]()
    for name in names:
        refuse(name in seen, f"{what} {say_name(name)} is named twice")
        seen.add(name)
