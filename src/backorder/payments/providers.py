"""What a provider must know how to do with money that goes back."""

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


class Provider(Protocol):
    """Takes money and sends it back. Each method may raise ProviderError, and none is called in a transaction."""

    def read_payment(self, reference: str) -> Known | None:
        """Read a payment that came in; None: there is none, or nothing of it came in."""

    def find(self, ask: Ask) -> Told | None:
        """Find what became of what was asked, by its reference or under its key; None: it was never asked."""

    def send(self, ask: Ask) -> Told:
        """Send money back. Asked again under the same key, it sends nothing more, and says the same."""
