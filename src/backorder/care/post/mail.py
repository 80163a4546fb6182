"""A message as mail: both parts say the same, it names itself the same way each time, and asks no machine to answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.utils import format_datetime, parseaddr

from anymail.backends.base import AnymailBaseBackend
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from backorder.care.letters.pieces import LetterError
from backorder.care.models import Message

TOLD = "message"
"""By which name providers give our name of a message back."""
OWN = (
    *("Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language"),
    *("In-Reply-To", "References"),
)
"""Headers that are ours to say; a provider writes the others."""
LINE_END = "\r\n"
"""As mail goes over a line."""


class Mail(EmailMessage):
    """A message that was written as mail before: Django hands it over as it is."""

    def __init__(self, message: Message, server: BaseEmailBackend) -> None:
        """Take it, and by which server it goes. Addresses are pairs: Django parses others each time."""
        _, sender = parseaddr(message.sender)
        super().__init__(from_email=("", sender), to=[("", message.to)], connection=server)  # type: ignore[arg-type, list-item] # Django takes pairs, too
        self.written, self.row = bytes(message.mail), message

    def message(self) -> Written:  # type: ignore[override] # a server asks for its bytes only
        """Give it to a server."""
        return Written(self.written)


def wrap(message: Message, server: BaseEmailBackend) -> EmailMessage:
    """Make what a server takes of a message: to a mail server its bytes, to a provider its parts, and nobody is tracked."""
    if not isinstance(server, AnymailBaseBackend):
        return Mail(message, server)
    written = message_from_bytes(bytes(message.mail))
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        message.sender,
        [message.to],
        connection=server,
        headers={name: str(written[name]) for name in OWN if name in written},
    )
    mail.attach_alternative(message.page, "text/html")
    mail.metadata = {TOLD: str(message.name)}  # type: ignore[attr-defined] # Anymail reads these
    mail.track_opens = mail.track_clicks = False  # type: ignore[attr-defined]
    return mail


@dataclass(frozen=True)
class Written:
    """A mail of which every byte is known."""

    written: bytes

    def as_bytes(self, linesep: str) -> bytes:
        """Give the bytes, as they go over a line."""
        assert linesep == LINE_END
        return self.written


def write_mail(message: Message, before: Sequence[Message], at: datetime) -> bytes:
    """Write a message as mail; `before`: those to the same order that were sent, the last at the end. Raises LetterError."""
    headers = {
        "Message-ID": name_mail(message),
        "Date": format_datetime(at),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",  # by which servers of Microsoft know it
        "Content-Language": message.language,
    }
    if before:
        headers["In-Reply-To"] = name_mail(before[-1])
    # itself, too: some who pass mail on give it another name, and leave these, which an answer repeats
    headers["References"] = " ".join(name_mail(each) for each in (*before, message))
    mail = EmailMultiAlternatives(
        message.subject, message.text, message.sender, [message.to], headers=headers
    )
    mail.attach_alternative(message.page, "text/html")
    try:
        return mail.message().as_bytes(linesep=LINE_END)  # type: ignore[call-arg] # Django's takes one
    except ValueError as error:
        said = f"no mail can be written to {message.to}: {error}"
        raise LetterError(said) from error


def name_mail(message: Message) -> str:
    """Name a mail as servers and mailboxes know it."""
    _, address = parseaddr(message.sender)
    return f"<{message.name}@{address.rpartition('@')[2]}>"
