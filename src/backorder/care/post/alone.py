"""What goes without a person: by rules of the house, up to so many of a kind each day, and never in somebody's night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from backorder.care.house import read_house
from backorder.care.judging import FactsError
from backorder.care.letters.pieces import LetterError
from backorder.care.models import OFFERED, RECEIPTS, Draft, Look, Message
from backorder.care.post.lookout import PATIENCE
from backorder.care.post.messages import AUTOPILOT, goes_on, let_go, note_shadow, read_zones
from backorder.care.post.rules import Sending
from backorder.orders.services.wanted import OrderError
from backorder.outbox.selectors import on_day_of
from backorder.outbox.services import Cause
from backorder.outbox.turns import hold_turn

LEAD = 2
"""So many days before the last on which it counts by law no limit of a day holds a message back (docs/decisions/0030)."""


def send_alone(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Let go what rules let go without a person; gives how many. In the shadow it is noted, and nothing goes.

    Of a kind of which more is to be told than its rule allows none goes: something has happened that a person should look at. No law
    waits for that: what counts only if it is told within the next days goes all the same. It ends after a while, and goes on when
    it is called again: other work waits for the same worker.
    """
    sending, begun = read_house().sending, clock()
    if sending.mode == "off" or Look.objects.exists():  # it is not known yet how much there is to tell
        return 0
    gone = 0
    with hold_turn("messages") as held:
        for kind, limit in sending.alone.items() if held else ():
            drafts = list_for_rules(kind, sending)
            if drafts.count() > limit - count_gone(kind, sending, begun):
                drafts = drafts.filter(tell_by__lte=timezone.localdate(begun) + timedelta(days=LEAD))
            for draft in drafts:
                if (now := clock()) >= begun + patience:
                    return gone
                gone += is_ready(draft, sending, now) and go(draft, sending, now)
    return gone


def list_unsent() -> QuerySet[Draft]:
    """List the drafts of which nothing was let go since they were looked at, the most urgent first."""
    news = Message.objects.filter(order=OuterRef("order")).exclude(kind__in=(*RECEIPTS, OFFERED))
    on_its_way = news.filter(outcome="")
    since = news.filter(outcome="sent", ended_at__gt=OuterRef("looked_at"))
    drafts = Draft.objects.filter(~Exists(on_its_way), ~Exists(since))
    return drafts.order_by("tell_by", "since", "order")


def list_for_rules(kind: str, sending: Sending) -> QuerySet[Draft]:
    """List the drafts of a kind that rules may let go; not those of which a person took the same news back, or that failed."""
    same = Message.objects.filter(order=OuterRef("order"), news=OuterRef("news"))
    done = ("shadow",) if sending.mode == "shadow" else ("taken_back", "failed")
    drafts = list_unsent().filter(~Exists(same.filter(outcome__in=done)), kind=kind, fault="")
    return drafts.exclude(to="").select_related("order")


def is_ready(draft: Draft, sending: Sending, now: datetime) -> bool:
    """Tell whether a draft has stood long enough and it is day where it goes; the last day of a law waits for nothing."""
    zones = read_zones(draft)
    last = draft.tell_by is not None and draft.tell_by <= now.astimezone(zones[0]).date()
    ripe = last or sending.is_ripe(draft.since, draft.changed_at, now)
    return ripe and sending.may_go(now, zones, draft.tell_by)


def count_gone(kind: str, sending: Sending, now: datetime) -> int:
    """Count the messages of a kind that went alone on the shop's day."""
    gone = Message.objects.filter(on_day_of(now), kind=kind, entry__who=AUTOPILOT)
    return (
        gone.filter(outcome="shadow")
        if sending.mode == "shadow"
        else gone.exclude(outcome__in=("shadow", "withdrawn", "taken_back"))
    ).count()


def go(draft: Draft, sending: Sending, now: datetime) -> bool:
    """Let one draft go, or note it in the shadow; what has changed since it was looked at waits until it is looked at again."""
    try:
        return go_now(draft, sending, Cause(AUTOPILOT, now))
    except OrderError:
        return False
    except (LetterError, FactsError) as error:
        Draft.objects.filter(pk=draft.pk, news=draft.news).update(fault=str(error))
        return False


@transaction.atomic
def go_now(draft: Draft, sending: Sending, cause: Cause) -> bool:
    """Let one draft go, or note it in the shadow, unless somebody stopped all. Raises as `let_go`."""
    if not goes_on():
        return False
    if sending.mode == "shadow":
        return note_shadow(draft.order, cause) is not None
    let_go(draft.order, draft.news, cause)
    return True
