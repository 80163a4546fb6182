"""Reading keys."""

from __future__ import annotations

from django.db.models import QuerySet

from backorder.access.models import Key


def list_keys() -> QuerySet[Key]:
    """List all keys by name, revoked ones too."""
    return Key.objects.order_by("name")
