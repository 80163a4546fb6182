"""A folder instead of a mail server."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from backorder.care.post.mail import Mail


class Folder(BaseEmailBackend):
    """Keeps each message as a file that mail programs open, and sends none; the same message again is the same file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep messages; gives how many."""
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for each in email_messages:
            assert isinstance(each, Mail)
            mail = message_from_bytes(each.written)
            at, name = parsedate_to_datetime(mail["Date"]), mail["Message-ID"].strip("<>").partition("@")[0]
            whole = folder / f"{at:%Y-%m-%d-%H%M%S}-{name}.eml"
            begun = whole.with_suffix(".part")
            begun.write_bytes(each.written)
            begun.rename(whole)
        return len(email_messages)
