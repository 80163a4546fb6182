"""Reading what is to be told and what was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from backorder.care.models import Draft, Message
from backorder.care.post.alone import list_unsent
from backorder.care.post.lookout import find_dead
from backorder.orders.models import Order
from backorder.outbox.selectors import find_midnight

MONTH = timedelta(days=30)
ENDED = ("sent", "refused", "failed", "withdrawn", "taken_back")


@dataclass(frozen=True)
class Counts:
    """How much is to be told, and was."""

    drafts: int
    on_its_way: int
    sent_today: int
    refused: int  # in the last 30 days
    shadows: int  # that would have gone today


def list_drafts() -> QuerySet[Draft]:
    """List what is to be told and was not let go, the most urgent first."""
    return list_unsent().select_related("order__customer")


def is_dead(order: Order) -> bool:
    """Tell whether the last message to the address of a customer did not arrive."""
    return bool(find_dead([order]))


def is_last_day(draft: Draft, now: datetime) -> bool:
    """Tell whether a message counts by law only today, or does no more."""
    return draft.tell_by is not None and draft.tell_by <= now.astimezone(ZoneInfo(draft.zones[0])).date()


def count_messages(now: datetime) -> Counts:
    """Count what is to be told and what was."""
    midnight = find_midnight(now)
    month = midnight - MONTH
    messages = Message.objects
    return Counts(
        list_unsent().count(),
        messages.filter(outcome="").count(),
        messages.filter(outcome="sent", ended_at__gte=midnight).count(),
        messages.filter(
            Q(outcome__in=("refused", "failed")) | Q(notice__failure__isnull=False), ended_at__gte=month
        ).count(),
        messages.filter(outcome="shadow", ended_at__gte=midnight).count(),
    )


def list_messages(most: int, *, shadow: bool = False) -> list[Message]:
    """List messages, those that are on their way first, then the last that ended; in the shadow what would have been sent."""
    ended = read_messages().order_by("-ended_at", "-id")
    if shadow:
        return list(ended.filter(outcome="shadow")[:most])
    under_way = list(read_messages().filter(outcome="").order_by("try_at", "id")[:most])
    over = ended.filter(outcome__in=ENDED, ended_at__isnull=False)
    return [*under_way, *over[: most - len(under_way)]]


def read_messages() -> QuerySet[Message]:
    """Read messages with what is shown of them."""
    return Message.objects.select_related("order", "entry", "notice__failure").defer("text", "page", "lines")


def find_message(number: int) -> Message | None:
    """Find a message; None if there is none."""
    return Message.objects.select_related("order", "entry", "notice__failure").filter(pk=number).first()
