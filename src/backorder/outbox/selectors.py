"""Reading the journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils import timezone

from backorder.outbox.models import Entry, Subject


def find_midnight(now: datetime) -> datetime:
    """Find when the shop's day of an instant began."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def on_day_of(now: datetime, at: str = "entry__at") -> Q:
    """Ask for what happened on the shop's day of an instant; `at`: where it stands when it happened."""
    midnight = find_midnight(now)
    return Q(**{f"{at}__gte": midnight, f"{at}__lt": midnight + timedelta(days=1)})


def read_story(kind: str, key: str) -> QuerySet[Entry]:
    """List the entries about a thing, oldest first."""
    return Entry.objects.filter(subjects__kind=kind, subjects__key=key).order_by("at", "id")


def read_news(subject: tuple[str, str], after: int) -> QuerySet[Entry]:
    """List the entries about a thing that came after an entry, oldest first."""
    kind, key = subject
    return Entry.objects.filter(subjects__kind=kind, subjects__key=key, pk__gt=after).order_by("id")


def find_last(subject: tuple[str, str]) -> int:
    """Name the last entry about a thing, or of all if it has no name yet; 0 if there is none."""
    kind, key = subject
    if not key:
        return Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    last: int | None = Subject.objects.filter(kind=kind, key=key).aggregate(last=Max("entry_id"))["last"]
    return last or 0


def list_subjects(entries: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """List what each of these entries is about, in the order in which it was written."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = Subject.objects.filter(entry__in=set(entries)).order_by("pk")
    for entry, kind, key in rows.values_list("entry", "kind", "key"):
        found.setdefault(entry, []).append((kind, key))
    return found


def with_subjects(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Read with entries what they are about."""
    return entries.prefetch_related(Prefetch("subjects", Subject.objects.order_by("pk")))
