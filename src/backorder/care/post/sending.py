"""Hands messages to a mail server, each once.

Messages are claimed, handed over, and noted as sent: three steps, for no transaction holds a mail server. Some are claimed and noted
together, and handed over for a second; each is marked as soon as the server took it. Who is killed before the mark cannot know
whether it left. It is handed over again then, with the same name: mailboxes show one of two messages with one name, and the other
way round a customer would hear nothing.
"""

from __future__ import annotations

import re
import smtplib
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from backorder.care.house import read_house
from backorder.care.models import Message
from backorder.care.post.mail import wrap
from backorder.care.post.messages import (
    AUTOPILOT,
    SEND,
    end,
    end_sent,
    goes_on,
    is_of_today,
    is_stopped,
    is_true,
    read_zones,
)
from backorder.care.post.passing import is_past
from backorder.care.post.rules import DAY, Sending
from backorder.care.post.touched import list_touching
from backorder.outbox.services import Cause
from backorder.outbox.turns import hold_turn
from backorder.rows import update_rows

PERMANENT = 500
NO_MAILBOX = (550, 551, 553)
OURS = re.compile(r"^53[0458] |^5\d\d 5\.7\.|relay|authenticat", re.IGNORECASE)
"""Answers by which the server wants nothing from us (RFC 4954, RFC 3463): they say nothing of the address of a customer."""
ABOUT_US, BROKEN = (401, 402, 403, 429), 500
"""Answers of a provider by which it takes nothing from us now; and from which on nobody knows what it took."""
UNKNOWN = "nobody knows whether it left, and by now it is another day"
PAUSES = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=4))
"""How long a message waits that a server put off, the first time and then; after the last it has failed."""
PATIENCE = timedelta(seconds=40)
AT_ONCE, WINDOW = 250, timedelta(seconds=1)
"""So many messages are claimed together, and handed over for so long; what was not reached by then is claimed again."""
CLAIM = ("handed_at", "try_at", "tries")
FEW, MOMENT = 20, timedelta(milliseconds=10)
"""What left is marked when it is so many, or after so long: each message at once, unless a server takes hundreds a second."""
MARK = """
UPDATE care_message SET left_at = at FROM unnest(%s::bigint[], %s::timestamptz[]) AS marked (message, at)
WHERE id = message AND set_config('synchronous_commit', 'off', true) = 'off'
"""
"""No message waits for the disk: a mark is lost if the machine of the database dies, and kept if we do."""
LONGEST_SAID = 500


def send_messages(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Send what was let go, as long as nobody stops it; gives how many left. If the mail server takes none, each message says why.

    It ends after a while, and is called again: other work waits for the same worker.
    """
    with hold_turn(SEND) as held:
        if not held:
            return 0
        note_left()
        if not may_send() or not Message.objects.filter(outcome="").exists():
            return 0
        return send_each(get_connection(), clock, clock() + patience)


def may_send() -> bool:
    """Tell whether the house lets anything out."""
    return read_house().sending.mode == "on" and not is_stopped()


def send_each(server: BaseEmailBackend, clock: Callable[[], datetime], until: datetime) -> int:
    """Send some messages after the others."""
    sent = 0
    try:
        server.open()
        while (now := clock()) < until and (claimed := claim(now)) is not None:
            try:
                send_some(claimed, server, clock)
            finally:
                sent += sum(each.left_at is not None for each in claimed)
    except OSError as error:
        _, said = read_answer(error)
        Message.objects.filter(outcome="").update(said=said[:LONGEST_SAID])
    finally:
        with suppress(OSError):
            server.close()
    return sent


@transaction.atomic
def claim(now: datetime) -> list[Message] | None:
    """Claim the next messages, those of them that are still true; the others are withdrawn. None: there is none, or a stop."""
    sending = read_house().sending
    if sending.mode != "on" or not goes_on():
        return None
    waiting = Message.objects.filter(outcome="", try_at__lte=now).order_by("try_at", "id")
    locked = waiting.select_for_update(of=("self",)).select_related("order__customer", "entry")
    found = list(locked.defer("page")[:AT_ONCE])
    if not found:
        return None
    news = [each for each in found if not each.is_receipt]
    touching = list_touching([each.order for each in news], min((each.read_to for each in news), default=0))
    claimed = [each for each in found if is_to_go(each, touching[each.order.number], sending, now)]
    for message in claimed:
        message.handed_at, message.try_at = message.handed_at or now, now + PAUSES[0]
        message.tries += 1
    update_rows(claimed, CLAIM)
    return claimed


def is_to_go(message: Message, touching: Iterable[int], sending: Sending, now: datetime) -> bool:
    """Tell whether a message goes now. One that never will ends, and one whose time is to come waits until then.

    What happened stays true, and answers who waits for it at any hour.
    """
    cause = Cause(AUTOPILOT, now, caused_by=message.entry)
    untrue = is_past(message, now) if message.is_receipt else not is_true(message, touching, now)
    if message.handed_at is None and untrue:
        end(message, "withdrawn", cause)
    elif message.is_receipt:
        return True
    elif not is_of_today(message, now):
        end(message, "failed", cause, UNKNOWN)
    elif not may_go(message, sending, now):
        message.try_at = sending.find_morning(now, read_zones(message)) or now + DAY
        message.save(update_fields=["try_at"])
    else:
        return True
    return False


def may_go(message: Message, sending: Sending, now: datetime) -> bool:
    """Tell whether it is time for a message: a person may write at any hour, a rule not at night."""
    by_rule = message.entry.who == AUTOPILOT
    return not by_rule or sending.may_go(now, read_zones(message), message.tell_by)


def send_some(claimed: Sequence[Message], server: BaseEmailBackend, clock: Callable[[], datetime]) -> None:
    """Hand over what was claimed, for a while, and note what left. Raises OSError if the server takes nothing from us."""
    until, waiting = clock() + WINDOW, deque(claimed)
    try:
        while waiting and clock() < until:
            hand_over_few(waiting, server, clock)
    finally:
        with transaction.atomic():
            end_sent([each for each in claimed if each.left_at is not None])
            give_back(waiting)


def hand_over_few(waiting: deque[Message], server: BaseEmailBackend, clock: Callable[[], datetime]) -> None:
    """Hand over a few messages, or as many as are taken in a moment, and mark those that left. Raises as above."""
    until, left = clock() + MOMENT, list[Message]()
    try:
        while waiting:
            message = waiting.popleft()
            if hand_over(message, server, clock):
                message.left_at = clock()
                left.append(message)
            if len(left) >= FEW or clock() >= until:
                break
    finally:
        mark(left)


def mark(left: Sequence[Message]) -> None:
    """Mark messages that left."""
    if left:
        with connection.cursor() as cursor:
            cursor.execute(MARK, [[each.pk for each in left], [each.left_at for each in left]])


@transaction.atomic
def note_left() -> None:
    """Note what a mail server took from whoever was killed before it was noted."""
    left = Message.objects.filter(outcome="", left_at__isnull=False).select_for_update(of=("self",))
    end_sent(list(left.select_related("order", "entry").order_by("left_at", "id")))


def give_back(waiting: Collection[Message]) -> None:
    """Give back messages that were claimed last and not handed over."""
    for message in waiting:
        message.try_at -= PAUSES[0]
        message.handed_at = None if message.handed_at == message.try_at else message.handed_at
        message.tries -= 1
    update_rows(list(waiting), CLAIM)


def hand_over(message: Message, server: BaseEmailBackend, clock: Callable[[], datetime]) -> bool:
    """Hand a message to the mail server; what it does not take is put aside. Raises OSError if the server takes nothing from us."""
    try:
        wrap(message, server).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        code, said = read_answer(error)
        at_door = isinstance(error, smtplib.SMTPRecipientsRefused)
        if OURS.search(said) is not None or (at_door and code >= PERMANENT and code not in NO_MAILBOX):
            put_aside(message, said, clock())
            raise
        for_good = ("refused" if at_door else "failed") if code >= PERMANENT else ""
        put_aside(message, said, clock(), for_good)
        return False
    except AnymailRecipientsRefused as error:
        put_aside(message, str(error), clock(), "refused")
        return False
    except AnymailAPIError as error:
        sure = error.status_code is not None and error.status_code < BROKEN
        put_aside(message, str(error), clock(), left=not sure)
        if error.status_code in ABOUT_US or not sure:
            raise OSError(str(error)) from error
        return False
    except (ValueError, smtplib.SMTPNotSupportedError) as error:  # an address that this server cannot write
        put_aside(message, str(error), clock(), "refused")
        return False
    except smtplib.SMTPSenderRefused as error:
        put_aside(message, read_answer(error)[1], clock())
        raise
    except OSError as error:  # it may have left before the server went
        put_aside(message, str(error), clock(), left=True)
        raise
    return True


def read_answer(error: OSError) -> tuple[int, str]:
    """Read what a mail server said when it did not take a message; 0 if it said nothing."""
    code: int
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        return 0, str(error)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return code, f"{code} {text}"


@transaction.atomic
def put_aside(message: Message, said: str, now: datetime, outcome: str = "", *, left: bool = False) -> None:
    """Note that a message was not taken: with an outcome for good, else for a while. What surely did not leave may be written anew."""
    said = said[:LONGEST_SAID]
    if outcome or message.tries > len(PAUSES):
        end(message, outcome or "failed", Cause(AUTOPILOT, now, caused_by=message.entry), said)
        return
    message.handed_at = message.handed_at if left else None
    message.said, message.try_at = said, now + PAUSES[message.tries - 1]
    message.save(update_fields=["handed_at", "said", "try_at"])
