"""What was offered, and what would have been."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from backorder.care.models import Offer
from backorder.care.offers.alone import SHADOW
from backorder.outbox.models import Entry


def read_offers() -> QuerySet[Offer]:
    """Read offers with what is shown of them, the last first."""
    with_them = ("line__order", "line__item", "item", "location", "hold", "entry", "message", "taken")
    return Offer.objects.select_related(*with_them).order_by("-id")


def count_offers() -> dict[str, int]:
    """Count the offers, those that stand, those that were taken and those that were not wanted."""
    return Offer.objects.aggregate(
        all=Count("pk"),
        stands=Count("pk", filter=Q(outcome="")),
        taken=Count("pk", filter=Q(outcome="taken")),
        declined=Count("pk", filter=Q(outcome="declined")),
    )


def list_shadows(most: int) -> list[Entry]:
    """List what would have been offered, as it was noted, the last first."""
    return list(Entry.objects.filter(what=SHADOW).order_by("-id")[:most])
