"""Messages go by other ways, too: each once for each way.

A copy is claimed, handed over, and noted. Who is killed before it is noted cannot know whether it left: a text does not go again,
for nobody wants two; an event does, by the same name, by which whoever gets it knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from backorder.care.copies import webhook
from backorder.care.copies.noting import tells_events
from backorder.care.copies.rules import WayError
from backorder.care.copies.text_wishes import find_numbers, find_wrong_number
from backorder.care.copies.texting import send_text
from backorder.care.house import read_house
from backorder.care.models import TEXT, WEBHOOK, Copy, Message, Notice
from backorder.care.post.messages import AUTOPILOT, goes_on, read_zones
from backorder.care.post.passing import is_past
from backorder.care.post.rules import DAY, Sending
from backorder.care.post.sending import LONGEST_SAID, PAUSES
from backorder.care.post.touched import list_touching
from backorder.outbox.services import Cause, write
from backorder.outbox.turns import hold_turn

PATIENCE = timedelta(seconds=40)
LASTS = timedelta(days=4)
"""So long after what it goes for a copy is tried; then it has failed."""
HOURS = (2, 5, 10, 14, 20, 24)
EVENT_PAUSES = (timedelta(minutes=5), timedelta(minutes=30), *(timedelta(hours=each) for each in HOURS))
"""How long an event waits that was not taken; up to a fifth more, so that not all come at once when its taker is back."""
JITTER = 20
HAND: Mapping[str, Callable[[Copy], None]] = {TEXT: send_text, WEBHOOK: webhook.tell_sent}
UNKNOWN = "nobody knows whether it left"
UNWANTED = "the customer wants no texts on that number any more"
WRONG = "the number is wrong"
UNTRUE = "something has happened since"


def send_copies(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Hand over what is to go by other ways; gives how many left. It ends after a while, and is called again."""
    until, sent = clock() + patience, 0
    with hold_turn("copies") as held:
        while held and (now := clock()) < until and (copy := claim(now)) is not None:
            if copy.handed_at is not None and not copy.outcome:
                sent += hand_over(copy, clock)
    return sent


def list_ways(sending: Sending) -> list[str]:
    """List the ways that are open now, and stay so until the caller's transaction ends."""
    if sending.mode != "on" or not goes_on():
        return []
    ways = [TEXT] if settings.TEXT_URL else []
    return [*ways, WEBHOOK] if tells_events() and webhook.goes_on() else ways


@transaction.atomic
def claim(now: datetime) -> Copy | None:
    """Claim the next copy; it may end or wait instead of being handed over, and says so. None: there is none."""
    sending = read_house().sending
    due = Copy.objects.filter(outcome="", try_at__lte=now).order_by("try_at", "id")
    due = due.filter(Q(way__in=list_ways(sending)) | Q(entry__at__lte=now - LASTS))
    locked = due.select_for_update(of=("self",)).select_related("message__order__customer", "entry")
    copy = (
        locked.filter(way=TEXT).first() or locked.first()
    )  # no text waits for a program that takes its time
    if copy is None:
        return None
    ending = find_ending(copy, now)
    if ending is not None:
        end(copy, *ending, now)
        return copy
    message = copy.message
    if copy.way == TEXT and sending.is_quiet(now, read_zones(message)):  # no law takes it: none wakes anybody
        copy.try_at = find_morning(sending, message, now)
        copy.save(update_fields=["try_at"])
        return copy
    copy.handed_at, copy.tries = copy.handed_at or now, copy.tries + 1
    copy.try_at = now + find_pause(copy)
    copy.save(update_fields=["handed_at", "try_at", "tries"])
    return copy


def find_morning(sending: Sending, message: Message, now: datetime) -> datetime:
    """Find when a text may go that may not now."""
    return sending.find_morning(now, read_zones(message)) or now + DAY


def find_ending(copy: Copy, now: datetime) -> tuple[str, str] | None:
    """Find how a copy ends that is not handed over any more, and why; None: it goes."""
    if copy.entry.at <= now - LASTS:
        return "failed", copy.said or "it could not leave for four days"
    if copy.way != TEXT:
        return None
    if copy.handed_at is not None:
        return "failed", UNKNOWN
    order = copy.message.order
    if find_numbers([order.customer_id or 0]).get(order.customer_id or 0) != copy.to:
        wrong = order.customer is not None and find_wrong_number(order.customer) == copy.to
        return "withdrawn", WRONG if wrong else UNWANTED
    if is_past(copy.message, now) or (not copy.message.is_receipt and list_news(copy)):
        return "withdrawn", UNTRUE
    return None


def list_news(copy: Copy) -> set[int]:
    """List what has happened to the order of a copy that is not in its message, also before its mail came back."""
    message = copy.message
    told = Notice.objects.filter(message=message).values_list("entry", flat=True)
    touching = list_touching([message.order], message.read_to)[message.order.number]
    return touching - {*message.seen, *told, copy.entry_id}


def find_pause(copy: Copy) -> timedelta:
    """Find how long a copy waits that is not taken now."""
    pauses: Sequence[timedelta] = PAUSES if copy.way == TEXT else EVENT_PAUSES
    pause = pauses[min(copy.tries, len(pauses)) - 1]
    more = copy.message.name.int // copy.tries % JITTER if copy.way == WEBHOOK else 0
    return pause * (100 + more) / 100


def hand_over(copy: Copy, clock: Callable[[], datetime]) -> bool:
    """Hand a copy over, and note what became of it."""
    try:
        HAND[copy.way](copy)
    except WayError as error:
        put_aside(copy, error, clock())
        return False
    end(copy, "sent", "", clock())
    return True


@transaction.atomic
def put_aside(copy: Copy, error: WayError, now: datetime) -> None:
    """Note that a copy was not taken: for good, or for a while."""
    said = str(error)[:LONGEST_SAID]
    if error.is_wrong:
        end(copy, "refused", said, now)
        return
    if error.for_good or (copy.way == TEXT and copy.tries > len(PAUSES)):
        end(copy, "failed", said, now)
        return
    copy.handed_at, copy.said = None, said
    copy.save(update_fields=["handed_at", "said"])


@transaction.atomic
def end(copy: Copy, outcome: str, said: str, now: datetime) -> None:
    """End the way of a copy. Of an event that was taken the journal says nothing: nothing has changed."""
    if copy.way == TEXT or outcome != "sent":
        cause = Cause(AUTOPILOT, now, caused_by=copy.entry)
        facts = {"kind": copy.message.kind, "instead": copy.instead}
        write(cause, f"{copy.way}.{outcome}", [("order", copy.message.order.number)], facts)
    copy.outcome, copy.ended_at, copy.said = outcome, now, said
    copy.save(update_fields=["outcome", "ended_at", "said"])
