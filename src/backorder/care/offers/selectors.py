"""What was offered, and what would have been."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q, QuerySet

from backorder.allocation.selectors import Difference
from backorder.care.models import Offer
from backorder.care.offers.alone import SHADOW
from backorder.orders.models import Line
from backorder.outbox.models import Entry


def read_to_show() -> QuerySet[Offer]:
    """Read offers with what is shown of them, the last first."""
    aside = (
        "location",
        "hold",
        "entry",
        "message",
        "taken",
    )  # ten tables in one question are too many to plan for
    found = Offer.objects.select_related("line__order", "line__item", "item").prefetch_related(*aside)
    return found.order_by("-id")


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


def compare_offers() -> Iterator[Difference]:
    """Compare each offer with what its hold keeps: just what is offered, and nothing once it has ended."""
    keeping = Line.objects.filter(
        quantity_open__gt=0, order__held_until__isnull=False, order__offer__isnull=False
    )
    with_them = ("item", "location", "order__offer__item", "order__offer__location")
    for line in keeping.select_related(*with_them).order_by("order__offer"):
        offer = line.order.offer
        about, is_now = f"offer {offer.pk}, hold {line.order.number}", say_kept(line.quantity_open, line)
        if offer.outcome:
            yield Difference(about, "what has ended keeps nothing", is_now, 0)
        elif is_now != say_kept(offer.units, offer):
            yield Difference(about, "what is kept is what is offered", is_now, say_kept(offer.units, offer))


def say_kept(units: int, of: Line | Offer) -> str:
    """Say how many units of what are kept, where and for how much."""
    place = f" at {of.location.code}" if of.location else ""
    return f"{units:,} × {of.item.sku}{place}, {of.unit_price:,} {of.item.currency} each"
