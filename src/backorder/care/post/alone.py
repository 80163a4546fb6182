"""What goes without a person: by rules of the house, up to so many of a kind each day, and never in somebody's night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from backorder.care.house import read_house
from backorder.care.letters.pieces import LetterError
from backorder.care.models import Draft, Message
from backorder.care.post.lookout import PATIENCE
from backorder.care.post.messages import AUTOPILOT, is_stopped, let_go, note_shadow
from backorder.care.post.rules import Sending
from backorder.orders.services.wanted import OrderError
from backorder.outbox.services import Cause


def send_alone(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Let go what rules let go without a person; gives how many. In the shadow it is noted, and nothing goes.

    It ends after a while, and goes on when it is called again: other work waits for the same worker.
    """
    sending, begun = read_house().sending, clock()
    if sending.mode == "off" or is_stopped():
        return 0
    gone = 0
    for kind, limit in sending.alone.items():
        ready = list_ready(kind, sending, begun)
        if len(ready) > limit - count_gone(kind, sending, begun):
            continue
        for draft in ready:
            if (now := clock()) >= begun + patience:
                return gone
            gone += go(draft, sending, now)
    return gone


def list_open() -> QuerySet[Draft]:
    """List the drafts of which nothing was let go since they were looked at, the most urgent first."""
    on_its_way = Message.objects.filter(order=OuterRef("order"), outcome="")
    since = Message.objects.filter(
        order=OuterRef("order"), outcome="sent", ended_at__gt=OuterRef("looked_at")
    )
    drafts = Draft.objects.filter(~Exists(on_its_way), ~Exists(since))
    return drafts.order_by("tell_by", "since", "order")


def list_ready(kind: str, sending: Sending, now: datetime) -> list[Draft]:
    """List the drafts of a kind that may go now; in the shadow those that were not noted yet."""
    drafts = list_open().filter(kind=kind, fault="").exclude(to="").select_related("order")
    if sending.mode == "shadow":
        noted = Message.objects.filter(order=OuterRef("order"), news=OuterRef("news"), outcome="shadow")
        drafts = drafts.filter(~Exists(noted))
    return [draft for draft in drafts if is_ready(draft, sending, now)]


def is_ready(draft: Draft, sending: Sending, now: datetime) -> bool:
    """Tell whether a draft has stood long enough and it is day where it goes; on its last day by law it goes at any hour."""
    zone = ZoneInfo(draft.zone)
    if draft.tell_by is not None and draft.tell_by <= now.astimezone(zone).date():
        return True
    return sending.is_ripe(draft.since, draft.changed_at, now) and not sending.is_quiet(now, zone)


def count_gone(kind: str, sending: Sending, now: datetime) -> int:
    """Count the messages of a kind that went alone on the shop's day."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    gone = Message.objects.filter(
        kind=kind, entry__who=AUTOPILOT, entry__at__gte=midnight, entry__at__lt=midnight + timedelta(days=1)
    )
    return (
        gone.filter(outcome="shadow") if sending.mode == "shadow" else gone.exclude(outcome="shadow")
    ).count()


def go(draft: Draft, sending: Sending, now: datetime) -> bool:
    """Let one draft go, or note it in the shadow; what has changed since it was looked at waits until it is looked at again."""
    cause = Cause(AUTOPILOT, now)
    try:
        if sending.mode == "shadow":
            return note_shadow(draft.order, cause) is not None
        let_go(draft.order, draft.news, cause)
    except OrderError:
        return False
    except LetterError as error:
        Draft.objects.filter(pk=draft.pk, news=draft.news).update(fault=str(error))
        return False
    return True
