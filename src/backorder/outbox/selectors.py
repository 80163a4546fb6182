"""Reading the journal."""

from __future__ import annotations

from django.db.models import QuerySet

from backorder.outbox.models import Entry


def read_story(kind: str, key: str) -> QuerySet[Entry]:
    """List the entries about a thing, oldest first."""
    return Entry.objects.filter(subjects__kind=kind, subjects__key=key).order_by("at", "id")
