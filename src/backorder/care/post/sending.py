"""Hands messages to a mail server, each once.

A message is claimed, handed over, and noted as sent: three steps, for no transaction holds a mail server. Who is killed after the
second and before the third cannot know whether it left. It is handed over again then, with the same name: mailboxes show one of two
messages with one name, and the other way round a customer would hear nothing.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from backorder.care.house import read_house
from backorder.care.models import Message
from backorder.care.post.mail import build_mail
from backorder.care.post.messages import (
    AUTOPILOT,
    end,
    end_sent,
    is_of_today,
    is_stopped,
    is_true,
    read_zones,
)
from backorder.care.post.rules import DAY, Sending
from backorder.outbox.services import Cause

SENDER = 8_021_118
"""Tells our lock from others of the database."""
PERMANENT = 500
NO_MAILBOX = (550, 551, 553)
OURS = re.compile(r"^53[0458] |^5\d\d 5\.7\.|relay|authenticat", re.IGNORECASE)
"""Answers by which the server wants nothing from us (RFC 4954, RFC 3463): they say nothing of the address of a customer."""
UNKNOWN = "nobody knows whether it left, and by now it is another day"
PAUSES = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=4))
"""How long a message waits that a server put off, the first time and then; after the last it has failed."""
PATIENCE = timedelta(seconds=40)
LONGEST_SAID = 500


def send_messages(clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> int:
    """Send what was let go, as long as nobody stops it; gives how many left. If the mail server takes none, each message says why.

    It ends after a while, and is called again: other work waits for the same worker.
    """
    with hold_sender() as held:
        if not held or not may_send() or not Message.objects.filter(outcome="").exists():
            return 0
        return send_each(get_connection(), clock, clock() + patience)


def may_send() -> bool:
    """Tell whether the house lets anything out."""
    return read_house().sending.mode == "on" and not is_stopped()


@contextmanager
def hold_sender() -> Iterator[bool]:
    """Be the only one who sends; the lock ends with the connection of whoever is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SENDER])
        held = bool(cursor.fetchall()[0][0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SENDER])


def send_each(server: BaseEmailBackend, clock: Callable[[], datetime], until: datetime) -> int:
    """Send one message after the other."""
    sent = 0
    try:
        server.open()
        while (now := clock()) < until and may_send() and (message := claim(now)) is not None:
            sent += hand_over(message, server, clock)
    except OSError as error:
        _, said = read_answer(error)
        Message.objects.filter(outcome="").update(said=said[:LONGEST_SAID])
    finally:
        with suppress(OSError):
            server.close()
    return sent


@transaction.atomic
def claim(now: datetime) -> Message | None:
    """Claim the next message that is still true; those that are not are withdrawn. None: there is none."""
    waiting = Message.objects.filter(outcome="", try_at__lte=now).order_by("try_at", "id")
    locked = waiting.select_for_update(of=("self",)).select_related("order__customer", "entry")
    sending = read_house().sending
    while (message := locked.first()) is not None:
        cause = Cause(AUTOPILOT, now, caused_by=message.entry)
        if message.handed_at is None and not is_true(message, now):
            end(message, "withdrawn", cause)
        elif not is_of_today(message, now):
            end(message, "failed", cause, UNKNOWN)
        elif not may_go(message, sending, now):
            message.try_at = sending.find_morning(now, read_zones(message)) or now + DAY
            message.save(update_fields=["try_at"])
        else:
            message.handed_at, message.try_at = message.handed_at or now, now + PAUSES[0]
            message.tries += 1
            message.save(update_fields=["handed_at", "try_at", "tries"])
            return message
    return None


def may_go(message: Message, sending: Sending, now: datetime) -> bool:
    """Tell whether it is time for a message: a person may write at any hour, a rule not at night."""
    by_rule = message.entry.who == AUTOPILOT
    return not by_rule or sending.may_go(now, read_zones(message), message.tell_by)


def hand_over(message: Message, server: BaseEmailBackend, clock: Callable[[], datetime]) -> bool:
    """Hand a message to the mail server, and note what became of it. Raises OSError if the server takes nothing from us."""
    assert message.handed_at is not None
    try:
        build_mail(message, list_before(message), message.handed_at, server).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        code, said = read_answer(error)
        at_door = isinstance(error, smtplib.SMTPRecipientsRefused)
        if OURS.search(said) is not None or (at_door and code >= PERMANENT and code not in NO_MAILBOX):
            put_aside(message, said, clock())
            raise
        for_good = ("refused" if at_door else "failed") if code >= PERMANENT else ""
        put_aside(message, said, clock(), for_good)
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
    with transaction.atomic():
        end_sent(message, clock())
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


def list_before(message: Message) -> list[Message]:
    """List the messages to an order that were sent before."""
    sent = Message.objects.filter(order=message.order_id, outcome="sent")
    return list(sent.only("name", "sender").order_by("ended_at", "id"))
