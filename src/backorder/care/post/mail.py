"""A message as mail: both parts say the same, it names itself the same way each time, and asks no machine to answer."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, formataddr

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from backorder.care.house import House
from backorder.care.models import Message


def build_mail(
    message: Message, before: list[str], house: House, at: datetime, server: BaseEmailBackend
) -> EmailMultiAlternatives:
    """Build the mail of a message; `before`: the names of those to the same order that were sent, the last at the end."""
    headers = {
        "Message-ID": name_mail(str(message.name), house),
        "Date": format_datetime(at),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",  # by which servers of Microsoft know it
        "Content-Language": message.language,
    }
    if before:
        headers["In-Reply-To"] = name_mail(before[-1], house)
        headers["References"] = " ".join(name_mail(name, house) for name in before)
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        formataddr((house.name, house.mail)),
        [message.to],
        headers=headers,
        connection=server,
    )
    mail.attach_alternative(message.page, "text/html")
    return mail


def name_mail(name: str, house: House) -> str:
    """Name a mail as servers and mailboxes know it."""
    return f"<{name}@{house.mail.rpartition('@')[2]}>"
