"""Tells a program of the shop of a message, as Standard Webhooks wants it: signed, and by the same name however often.

It is told at an address of the web that is everybody's: one inside a network is refused, unless a setting allows it.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

import httpx
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from standardwebhooks import Webhook

from backorder.care.copies.rules import WayError
from backorder.care.models import Copy, Message
from backorder.care.post.mail import Mail
from backorder.care.post.messages import read_lines
from backorder.outbox import switches
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause

SECONDS = 15
LEADS_ON = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""Addresses of IPv6 that end with one of IPv4: by RFC 6052, and as it was before."""
SWITCH = "webhook"
stop, is_stopped = partial(switches.stop, SWITCH), partial(switches.is_stopped, SWITCH)
goes_on = partial(switches.goes_on, SWITCH)
"""All events: who gets them may stop them by an answer."""
WHO = "webhook"
"""Who stops them then."""
GONE = "410: it wants no events any more"
SENT, TO_SEND = "message.sent", "message.to_send"
"""A mail has left; a message is to be sent by whoever is told of it."""


def find_stop() -> datetime | None:
    """Find since when events are stopped; None: they go."""
    if not is_stopped():
        return None
    return Entry.objects.filter(what=f"{SWITCH}.stopped").order_by("-id").values_list("at", flat=True).first()


def tell_sent(copy: Copy) -> None:
    """Tell of a message that was sent. Raises WayError."""
    post_event(copy.message, SENT, timezone.now())


class Hook(BaseEmailBackend):
    """Tells a program of each message instead of a mail server: it sends by itself, and takes a message by answering with 2xx."""

    def open(self) -> None:
        """Say that nobody takes anything while events are stopped. Raises OSError: all waits."""
        if is_stopped():
            message = f"{GONE}; let events go on where notices are"
            raise OSError(message)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Tell of messages; gives how many. Raises OSError: what was not taken goes again."""
        for each in email_messages:
            assert isinstance(each, Mail)
            try:
                post_event(each.row, TO_SEND, timezone.now())
            except WayError as error:
                raise OSError(str(error)) from error
        return len(email_messages)


def post_event(message: Message, kind: str, now: datetime) -> None:
    """Tell of a message. Raises WayError; 410 stops all events."""
    body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": describe(message)})
    name = str(message.name)
    at = now.astimezone(UTC)  # the library signs the clock of any other zone wrongly
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(settings.WEBHOOK_SECRET).sign(name, at, body),
    }
    try:
        with httpx.Client(timeout=SECONDS, trust_env=False) as client:
            answer = client.send(
                build_request(client, body, headers), stream=True
            )  # what else it says nobody reads
            status = answer.status_code
            answer.close()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise WayError(str(error) or type(error).__name__) from error
    if status == HTTPStatus.GONE:
        stop(Cause(WHO, now, GONE), stopped=True)
        raise WayError(GONE, for_good=True)
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        said = f"it answered with {status}"
        raise WayError(said)


def build_request(client: httpx.Client, body: str, headers: dict[str, str]) -> httpx.Request:
    """Build a request to the very address that was looked at: a name may stand for another one a moment later. Raises WayError."""
    url = httpx.URL(settings.WEBHOOK_URL)
    port = url.port or (443 if url.scheme == "https" else 80)
    found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    closed = [each for each in addresses if not is_public(each)]
    if closed and not settings.WEBHOOK_PRIVATE:
        message = f"{url.host} is {closed[0]}, inside a network; BACKORDER_WEBHOOK_PRIVATE=yes allows that"
        raise WayError(message)
    return client.build_request(
        "POST",
        url.copy_with(host=addresses[0]),
        content=body.encode(),
        headers={"host": url.netloc.decode(), **headers},
        extensions={"sni_hostname": url.host},
    )


def is_public(address: str) -> bool:
    """Tell whether an address is everybody's: also the one of IPv4 that one of IPv6 may lead to."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if any(found in each for each in LEADS_ON):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local:
            return False
    return found.is_global and not found.is_multicast


def describe(message: Message) -> dict[str, Any]:
    """Describe a message for a program that may send it by itself: all that it says, and to whom."""
    order, lines = message.order, read_lines([message])
    customer = order.customer
    return {
        "id": str(message.name),
        "order": order.number,
        "customer": customer.code if customer else None,
        "kind": message.kind,
        "to": message.to,
        "phone": customer.phone if customer else "",
        "language": message.language,
        "subject": message.subject,
        "text": message.text,
        "html": message.page,
        "written_on": message.written_on.isoformat(),
        "tell_by": message.tell_by and message.tell_by.isoformat(),
        "lines": [
            {
                "line": lines[each["line"]].number,
                "item": lines[each["line"]].item.sku,
                "units": each["units"],
                "ships_on": each["on"],
            }
            for each in message.lines
        ],
    }
