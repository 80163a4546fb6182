"""Reading what goes by other ways than mail."""

from __future__ import annotations

from django.db.models import QuerySet

from backorder.care.models import Copy


def read_copies() -> QuerySet[Copy]:
    """Read copies with their messages, the last one first."""
    return Copy.objects.select_related("message__order", "entry").order_by("-id")
