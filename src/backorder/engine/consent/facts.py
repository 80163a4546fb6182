"""What happened to one line of an order, as far as the law looks at it. Instants have a zone; quantities are units of the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


class FactsError(ValueError):
    """The facts of a line contradict each other."""


@dataclass(frozen=True)
class Sale:
    """What was agreed when the line was ordered."""

    quantity: int
    payable_at: datetime | None  # since when the order was complete and could be paid; none: not yet
    stated_on: date | None = None  # the day of shipment that was told; none: none was
    transit_days: int = 0  # from shipment to delivery
    credit: bool = False  # the buyer applied to the seller for credit
    essential: bool = False  # it is of no use to the buyer after the stated day, and the seller knows
    paid: bool = True  # money was taken, so that there is some to send back


@dataclass(frozen=True)
class Promise:
    """A day of shipment that the plan named; none: it could name none."""

    at: datetime
    day: date | None


@dataclass(frozen=True)
class Notice:
    """A message that told the buyer another day of shipment."""

    name: str
    at: datetime
    revised_on: date | None
    says: frozenset[str]
    failed: bool = False  # it did not arrive


@dataclass(frozen=True)
class Answer:
    """What a buyer said. `accepts` the day of the notice it answers, or to wait without one; or sets a `period` of its own."""

    at: datetime
    kind: Literal["accepts", "period"]
    quantity: int | None = None  # none: all that is open
    notice: str = ""
    until: date | None = None  # the end of the period


@dataclass(frozen=True)
class Shipment:
    """Units in the carrier's hands; a printed label is none."""

    at: datetime
    quantity: int
    delivered_on: date | None = None
    kept: bool = False  # it left when money was due back already, and the buyer keeps it all the same


@dataclass(frozen=True)
class Cancellation:
    """Units that the buyer or the seller cancelled. A buyer's counts from the instant that it was received."""

    at: datetime
    quantity: int
    by: Literal["buyer", "seller"]


@dataclass(frozen=True)
class Refund:
    """Money for so many units was sent: cancelled ones first, then such as left too late."""

    at: datetime
    quantity: int


@dataclass(frozen=True)
class Facts:
    """All of a line, each kind in the order in which it happened."""

    sale: Sale
    promises: tuple[Promise, ...] = ()
    notices: tuple[Notice, ...] = ()
    answers: tuple[Answer, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    refunds: tuple[Refund, ...] = ()

    def until(self, now: datetime) -> Facts:
        """Leave out what happens later than an instant."""
        return Facts(
            self.sale,
            tuple(each for each in self.promises if each.at <= now),
            tuple(each for each in self.notices if each.at <= now),
            tuple(each for each in self.answers if each.at <= now),
            tuple(each for each in self.shipments if each.at <= now),
            tuple(each for each in self.cancellations if each.at <= now),
            tuple(each for each in self.refunds if each.at <= now),
        )
