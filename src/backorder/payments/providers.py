"""What a provider must know how to do with money that is taken, and with money that goes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from backorder.payments.services import Paid


class ProviderError(Exception):
    """A provider did not say what is so: it was not reached, or wants nothing from us. What was asked may have happened."""


@dataclass(frozen=True)
class Ask:
    """Money that is to go back of a payment. The amount is in minor units, as we count them."""

    key: UUID  # the same each time the same is asked
    payment: str  # as the provider knows it
    amount: int
    currency: str
    order: str
    reference: str = ""  # by which the provider knows what was sent; blank: we were not told


@dataclass(frozen=True)
class Told:
    """What a provider says of money that goes back."""

    state: Literal["pending", "sent", "failed"]
    reference: str  # as the provider knows it; blank: it refused, so there is nothing
    at: datetime | None = None  # when it left
    label: str = ""  # to where, as the customer knows it
    said: str = ""  # why it failed


@dataclass(frozen=True)
class Known:
    """A payment as a provider knows it, and the order that it is for."""

    paid: Paid
    order: str
    key: str = ""  # of our attempt to take it; blank: somebody else took it


@dataclass(frozen=True)
class Held:
    """What a card holds for an order, as a provider knows it. The amount is in minor units."""

    reference: str
    amount: int
    currency: str
    capture_before: datetime | None  # after it nothing is held
    label: str = ""
    order: str = ""
    state: Literal["open", "used", "over"] = "open"


@dataclass(frozen=True)
class Bill:
    """Money that is to be taken. The amount is in minor units, as we count them."""

    kind: str  # of what is held, of a card that is kept, or by a link
    key: UUID  # the same each time the same is asked
    amount: int
    currency: str
    order: str
    since: datetime  # it was decided
    means: str = ""  # what is held, or the card, as the provider knows it
    customer: str = ""  # whose card it is
    reference: str = ""  # of the payment, as far as the provider told us
    session: str = ""  # of the link, as far as the provider told us
    back: str = ""  # where the customer comes to after paying


@dataclass(frozen=True)
class Outcome:
    """What a provider says of money that is to be taken."""

    state: Literal["pending", "taken", "failed"]
    reference: str = ""
    paid: Paid | None = None  # once it is taken
    session: str = ""
    link: str = ""  # where the customer pays
    said: str = ""  # why it failed
    needs_customer: bool = False  # the bank wants to ask them
    is_needless: bool = False  # nobody was asked, or the link was ended, for the order costs less by now
    is_over: bool = False  # what was held is held no more, or the link is over: it may be taken otherwise


class Provider(Protocol):
    """Takes money and sends it back. Each method may raise ProviderError, and none is called in a transaction."""

    def read_payment(self, reference: str) -> Known | None:
        """Read a payment that came in; None: there is none, or nothing of it came in."""

    def find(self, ask: Ask) -> Told | None:
        """Find what became of what was asked, by its reference or under its key; None: it was never asked."""

    def send(self, ask: Ask) -> Told:
        """Send money back. Asked again under the same key, it sends nothing more, and says the same."""


class Taker(Protocol):
    """Takes money that is to be charged. Each method may raise ProviderError, and none is called in a transaction."""

    def read_held(self, reference: str) -> Held | None:
        """Read what a card holds; None: the provider does not know it."""

    def let_go(self, reference: str) -> Held | None:
        """Let go what a card holds, and say how it stands then."""

    def find(self, bill: Bill) -> Outcome | None:
        """Find what became of what was asked, by its reference or under its key; None: it was never asked."""

    def take(self, bill: Bill) -> Outcome:
        """Take money, or make a link. Asked again under the same key, it takes nothing more, and says the same."""

    def end(self, bill: Bill) -> Outcome:
        """End a link, so that nobody can pay by it any more; who was faster has paid."""
