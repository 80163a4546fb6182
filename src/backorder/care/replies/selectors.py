"""Reading what came back."""

from __future__ import annotations

from django.db.models import QuerySet

from backorder.care.models import MailEvent, Message


def list_replies() -> QuerySet[MailEvent]:
    """List what customers answered by mail."""
    return MailEvent.objects.filter(kind="reply").select_related("message__order__customer", "look")


def list_events(message: Message) -> QuerySet[MailEvent]:
    """List what came back about a message, the first at the front."""
    return message.events.select_related("look__entry").order_by("id")


def list_unread() -> QuerySet[MailEvent]:
    """List the replies that nobody dealt with, the oldest first."""
    return list_replies().filter(look=None).order_by("id")
