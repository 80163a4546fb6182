"""Writing to the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from backorder.outbox.models import Entry, Subject


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
