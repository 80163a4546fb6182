"""Reading the journal."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from backorder.outbox.models import Entry, Subject


def read_story(kind: str, key: str) -> QuerySet[Entry]:
    """List the entries about a thing, oldest first."""
    return Entry.objects.filter(subjects__kind=kind, subjects__key=key).order_by("at", "id")


def with_subjects(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Read with entries what they are about."""
    return entries.prefetch_related(Prefetch("subjects", Subject.objects.order_by("pk")))
