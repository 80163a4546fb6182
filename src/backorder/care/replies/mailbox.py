"""Reads a mail that comes back: about which of our messages it is, and whether a server, a machine or a person wrote it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.utils import parseaddr
from uuid import UUID

from django.utils.html import strip_tags
from mailparser_reply import EmailReplyParser

from backorder.care.letters.speech import LANGUAGES

OURS = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
"""How our messages are named, see `name_mail`."""
MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)[@+]", re.IGNORECASE)
BULK = {"bulk", "junk", "list", "auto_reply"}
MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "X-AutoReply-From")
"""Headers by which machines that answer are known, beside `Auto-Submitted` (RFC 3834)."""
LONGEST = 20_000
NAMES_AT_MOST = 50


@dataclass(frozen=True)
class Came:
    """A mail that came back."""

    kind: str  # of EVENTS
    name: str  # its own
    about: tuple[UUID, ...]  # the messages that it names, the last at the end
    sender: str
    text: str  # what was written or said, without what it quotes


def read_mail(mail: Message) -> Came:
    """Read a mail. Of one that names no message of ours `about` is empty; whatever is wrong with it, it is read as far as it goes."""
    report = find_report(mail)
    if report is not None:
        return read_report(mail, report)
    kind = "automatic" if is_automatic(mail) else "reply"
    about = tuple(dict.fromkeys(find_names(f"{read(mail, 'References')} {read(mail, 'In-Reply-To')}")))
    return Came(kind, name_itself(mail), about, read_sender(mail), strip_quotes(read_text(mail)))


def read_report(mail: Message, report: Message) -> Came:
    """Read what a mail server reports of a message (RFC 3464)."""
    fields = [part for part in (report.get_payload() or ()) if isinstance(part, Message)]
    actions = {read(part, "Action").strip().lower() for part in fields} - {""}
    kind = "bounced" if "failed" in actions else "deferred" if "delayed" in actions else "delivered"
    if not actions:
        kind = "automatic"
    said = " ".join(filter(None, (read(part, "Diagnostic-Code") or read(part, "Status") for part in fields)))
    inside = [read(part, "Message-ID") for part in walk(mail) if part is not mail]
    inside += [read_part(part) for part in walk(mail) if part.get_content_type() == "text/rfc822-headers"]
    names = find_names(" ".join(inside)) or find_names(
        f"{read(mail, 'References')} {read(mail, 'In-Reply-To')}"
    )
    return Came(kind, name_itself(mail), tuple(dict.fromkeys(names)), read_sender(mail), said[:LONGEST])


def find_report(mail: Message) -> Message | None:
    """Find the report of a mail server that a mail is; None: it is none, though a person may have attached one."""
    if mail.get_content_type() != "multipart/report":
        return None
    return next((part for part in walk(mail) if part.get_content_type() == "message/delivery-status"), None)


def walk(mail: Message) -> Iterator[Message]:
    """Walk through the parts of a mail."""
    yield from mail.walk()


def is_automatic(mail: Message) -> bool:
    """Tell whether a machine wrote a mail: such an answer is none (RFC 3834)."""
    submitted = read(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or read(mail, "Precedence").strip().lower() in BULK
        or any(read(mail, name) for name in MARKS)
        or read(mail, "Return-Path").strip() == "<>"
        or MACHINES.search(read_sender(mail)) is not None
        or mail.get_content_type() == "multipart/report"
    )


def find_names(text: str) -> list[UUID]:
    """Find the names of our messages in a text."""
    return [UUID(name) for name in OURS.findall(text)[-NAMES_AT_MOST:]]


def name_itself(mail: Message) -> str:
    """Name a mail: by its own name, else by all that it is."""
    named = read(mail, "Message-ID").strip()
    if named:
        return f"mail {named}"
    says = [f"{name}: {value}" for part in walk(mail) for name, value in part.raw_items()]
    says += [read_part(part) for part in walk(mail) if not part.is_multipart()]
    return f"mail {hashlib.sha256(chr(10).join(says).encode('utf-8', 'replace')).hexdigest()}"


def read_sender(mail: Message) -> str:
    """Read from whom a mail is, as it says."""
    return parseaddr(read(mail, "From"))[1]


def read(mail: Message, header: str) -> str:
    """Read a header; blank if there is none, or if it cannot be read."""
    try:
        return str(mail.get(header, "")).replace("\0", "").encode("utf-8", "replace").decode()
    except (MessageError, ValueError, LookupError, AttributeError, IndexError):
        return ""


def read_text(mail: Message) -> str:
    """Read what a mail says: its plain part, else its page without marks."""
    body = mail.get_body(("plain", "html")) if isinstance(mail, EmailMessage) else None
    if body is None:
        return ""
    text = read_part(body)
    return strip_tags(text) if body.get_content_type() == "text/html" else text


def read_part(part: Message) -> str:
    """Read the text of a part, whatever its letters are."""
    packed = part.get_payload(decode=True)
    raw = packed if isinstance(packed, bytes) else str(part.get_payload()).encode("utf-8", "replace")
    try:
        text = raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    return text.replace("\0", "")


def strip_quotes(text: str) -> str:
    """Take out of a mail what it quotes of others."""
    latest = EmailReplyParser(languages=list(LANGUAGES)).parse_reply(text.replace("\r\n", "\n"))
    return (latest or "").strip()[:LONGEST]
