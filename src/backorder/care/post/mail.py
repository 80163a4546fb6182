"""A message as mail: both parts say the same, it names itself the same way each time, and asks no machine to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime, parseaddr

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from backorder.care.models import Message


def build_mail(
    message: Message, before: Sequence[Message], at: datetime, server: BaseEmailBackend
) -> EmailMultiAlternatives:
    """Build the mail of a message; `before`: those to the same order that were sent, the last at the end."""
    headers = {
        "Message-ID": name_mail(message),
        "Date": format_datetime(at),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",  # by which servers of Microsoft know it
        "Content-Language": message.language,
    }
    if before:
        headers["In-Reply-To"] = name_mail(before[-1])
        headers["References"] = " ".join(name_mail(each) for each in before)
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        message.sender,
        [message.to],
        headers=headers,
        connection=server,
    )
    mail.attach_alternative(message.page, "text/html")
    return mail


def name_mail(message: Message) -> str:
    """Name a mail as servers and mailboxes know it."""
    _, address = parseaddr(message.sender)
    return f"<{message.name}@{address.rpartition('@')[2]}>"
