"""Writing to the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from backorder.columns import write_columns
from backorder.outbox.feed import hold_place
from backorder.outbox.models import Entry, Subject
from backorder.rows import insert_rows

CLOCK = "clock"
"""Who makes the changes that time brings."""


@dataclass(frozen=True)
class Cause:
    """Who makes a change, when and why; `caused_by` is the entry of what led to it."""

    who: str
    at: datetime  # with a zone
    why: str = ""
    caused_by: Entry | None = None

    def __post_init__(self) -> None:
        """Refuse an instant without a zone."""
        if self.at.tzinfo is None:
            message = f"{self.at} has no zone"
            raise ValueError(message)

    @property
    def day(self) -> date:
        """The day that the shop's clock shows."""
        return timezone.localdate(self.at)


def write(
    cause: Cause, what: str, subjects: Iterable[tuple[str, str]], facts: Mapping[str, Any] | None = None
) -> Entry:
    """Write what was changed, beside the change: it must stand in the same transaction."""
    if not transaction.get_connection().in_atomic_block:
        message = "an entry is written in the transaction of its change"
        raise RuntimeError(message)
    hold_place()
    entry = Entry.objects.create(
        at=cause.at,
        who=cause.who,
        what=what,
        why=cause.why,
        caused_by=cause.caused_by,
        facts=dict(facts or {}),
    )
    Subject.objects.bulk_create(
        Subject(entry=entry, kind=kind, key=key) for kind, key in dict.fromkeys(subjects)
    )
    return entry


@dataclass(frozen=True)
class Happened:
    """What an entry says: what happened, to what, and the facts by name."""

    what: str
    subjects: Sequence[tuple[str, str]]
    facts: Mapping[str, Any] = field(default_factory=dict)


def write_many(cause: Cause, happened: Iterable[Happened]) -> list[Entry]:
    """Write many entries of one cause at once, each as `write` would, in their order."""
    return write_each([(cause, each) for each in happened])


def write_each(told: Sequence[tuple[Cause, Happened]]) -> list[Entry]:
    """Write many entries at once, each of its own cause, as `write` would, in their order."""
    if len(told) == 1:  # in fewer statements
        return [write(cause, one.what, one.subjects, one.facts) for cause, one in told]
    hold_place()
    entries = [
        Entry(
            at=cause.at,
            who=cause.who,
            what=each.what,
            why=cause.why,
            caused_by=cause.caused_by,
            facts=dict(each.facts),
        )
        for cause, each in told
    ]
    insert_rows(entries)
    insert_rows(
        [
            Subject(entry=entry, kind=kind, key=key)
            for entry, (_, each) in zip(entries, told, strict=True)
            for kind, key in dict.fromkeys(each.subjects)
        ]
    )
    return entries


def name_subjects(entry: Entry, kind: str, keys: Iterable[str]) -> None:
    """Name further things of one kind that an entry is about, however many."""
    names = list(dict.fromkeys(keys))
    if names:
        write_columns(
            "INSERT INTO outbox_subject (entry_id, kind, key) SELECT %(entry)s, %(kind)s, key FROM {rows}",
            {"key": names},
            {"entry": entry.pk, "kind": kind},
        )
