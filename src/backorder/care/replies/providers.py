"""What providers of mail tell of our messages, and the mails that they take for us: read by Anymail, whichever it is."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent, EventType, inbound, tracking
from django.dispatch import receiver
from django.utils import timezone

from backorder.care.post.mail import TOLD
from backorder.care.replies.arrivals import Arrived, find_message, note_arrival, take_mail
from backorder.care.replies.mailbox import find_names, read_mail

KINDS = {
    EventType.DELIVERED: "delivered",
    EventType.DEFERRED: "deferred",
    EventType.BOUNCED: "bounced",
    EventType.REJECTED: "bounced",
    EventType.FAILED: "bounced",
    EventType.COMPLAINED: "complained",
    EventType.AUTORESPONDED: "automatic",
}
"""What counts of what they tell. Who opened what, or followed a link, is not listened to."""


@receiver(tracking)
def hear_tracking(event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:  # noqa: ANN401 - whatever a signal brings
    """Note what became of a message. Raises NotEndedError."""
    kind = KINDS.get(event.event_type)
    message = find_message(list_told(event)) if kind else None
    if kind is None or message is None:
        return
    said = event.mta_response or event.description or event.reject_reason or ""
    name = event.event_id or name_event(event.message_id, event.event_type, event.timestamp, event.recipient)
    note_arrival(message, Arrived(kind, f"{esp_name} {name}", text=str(said)), timezone.now())


@receiver(inbound)
def hear_inbound(event: AnymailInboundEvent, **_: Any) -> None:  # noqa: ANN401 - whatever a signal brings
    """Take a mail that a provider took for us. Raises NotEndedError."""
    if event.message is not None:
        take_mail(read_mail(event.message), timezone.now())


def list_told(event: AnymailTrackingEvent) -> list[UUID]:
    """List the names of our messages that an event tells of: given back, in the name that the mail had, or anywhere in it."""
    given = f"{(event.metadata or {}).get(TOLD, '')}@"
    return find_names(f"{event.message_id} {given}") or find_names(str(event.esp_event))


def name_event(*parts: str | datetime | None) -> str:
    """Name an event that has no name of its own by all that it says."""
    return hashlib.sha256(" ".join(str(part) for part in parts).encode()).hexdigest()
