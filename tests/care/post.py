"""A house that sends: a real mail server on this machine, and what came there."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

from backorder.care.house import write_house
from backorder.care.models import Draft, Message
from backorder.care.post.alone import send_alone
from backorder.care.post.lookout import look_out
from backorder.care.post.messages import let_go
from backorder.care.post.sending import send_messages
from backorder.config.settings import read_mail
from backorder.orders.models import Customer, Order
from backorder.outbox.services import Cause
from tests.care.letters import HOUSE
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

SENDING = """
[sending]
mode = "on"
wait_minutes = 10
"""
MAIL = "a@customers.example"


@dataclass
class Box:
    """What came to the mail server, and what it answers instead of taking more."""

    came: list[EmailMessage] = field(default_factory=list)
    first: list[str] = field(default_factory=list)  # at the name of whom a message is from
    door: list[str] = field(default_factory=list)  # at the name of whom a message is for
    answers: list[str] = field(default_factory=list)  # at its text
    after: Callable[[], None] = lambda: None  # that a message came, and before the server says so

    async def handle_MAIL(  # noqa: N802 - as the server calls it
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Hear whom a message is from."""
        if self.first:
            return self.first.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - as the server calls it
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Hear whom a message is for."""
        if self.door:
            return self.door.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as the server calls it
        """Take a message, or not."""
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.came.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.after()
        return "250 OK"

    @property
    def names(self) -> list[str]:
        """The names of what came."""
        return [str(mail["Message-ID"]) for mail in self.came]


class Server(Controller):
    """A mail server on a port that is free."""

    def _trigger_server(self) -> None:
        """Take note of the port before it is asked whether it answers."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined] # of asyncio
        super()._trigger_server()  # type: ignore[no-untyped-call] # carries no types


@contextmanager
def serve_mail(box: Box, port: int = 0) -> Iterator[str]:
    """Serve mail on this machine; gives the address for BACKORDER_MAIL."""
    controller = Server(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@pytest.fixture
def box() -> Iterator[Box]:
    """Let the house have a mail server."""
    found = Box()
    with serve_mail(found) as url, override_settings(MAIL=url, **read_mail(url)):
        yield found


def open_house(sending: str = SENDING) -> None:
    """Put rules of the house in force that say how messages go out."""
    write_house(HOUSE + sending, cause())


def name_mail(number: str = "A-1", mail: str = MAIL) -> Order:
    """Say where mail to the customer of an order goes."""
    customer, _ = Customer.objects.get_or_create(
        code=mail, defaults={"email": mail, "phone": "+1 503 555 0199"}
    )
    Order.objects.filter(number=number).update(customer=customer)
    return order_of(number)


def look(minutes: float = 0) -> list[tuple[str, str]]:
    """Look who must be told something so long after noon; gives orders and kinds, the most urgent first."""
    at = NOON + timedelta(minutes=minutes)
    look_out(lambda: at)
    return list(Draft.objects.order_by("tell_by", "since", "order").values_list("order__number", "kind"))


def go(number: str = "A-1", minutes: float = 0) -> Message:
    """Let a person send what is drafted."""
    order = order_of(number)
    return let_go(order, order.draft.news, Cause("service", NOON + timedelta(minutes=minutes)))


def post(minutes: float = 0) -> int:
    """Send what was let go."""
    at = NOON + timedelta(minutes=minutes)
    return send_messages(lambda: at)


def fly(minutes: float = 0) -> int:
    """Look, and send what rules let go."""
    look(minutes)
    gone = send_alone(lambda: NOON + timedelta(minutes=minutes))
    post(minutes)
    return gone


def outcomes() -> list[str]:
    """How messages ended, the first at the front."""
    return list(Message.objects.order_by("id").values_list("outcome", flat=True))
