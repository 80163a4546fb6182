"""What happened to one line of an order, as far as the law looks at it. Instants have a zone; quantities are units of the line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, Protocol, TypeVar


class FactsError(ValueError):
    """The facts of a line cannot be."""


class Happened(Protocol):
    """What has an instant."""

    @property
    def at(self) -> datetime:
        """When it happened."""


Event = TypeVar("Event", bound=Happened)


@dataclass(frozen=True)
class Sale:
    """What was agreed when the line was ordered."""

    quantity: int
    payable_at: datetime | None  # since when the order was complete and could be paid; none: not yet
    stated_on: date | None = None  # the day of shipment that was told; none: none was
    deliver_by: date | None = (
        None  # the day of delivery that was told; none: that of shipment and the days on the way
    )
    transit_days: int = 0  # from shipment to delivery
    credit: bool = False  # the buyer applied to the seller for credit
    needed_by: date | None = None  # it is of no use to the buyer after that day, and the seller knows
    paid_at: datetime | None = None  # since when money was taken, so that there is some to send back


@dataclass(frozen=True)
class Part:
    """Units that ship on one day; none: on no day that can be named."""

    quantity: int
    day: date | None


@dataclass(frozen=True)
class Promise:
    """A day of shipment that the plan named for a line; none: it could name none."""

    at: datetime
    day: date | None
    parts: tuple[
        Part, ...
    ] = ()  # the units that were open then, those at the front first; blank: all on the day


@dataclass(frozen=True)
class Notice:
    """A message that told the buyer a day of shipment: one for each day that it named, the last day first.

    It is about so many units at the back, those left out of which the same message named a later day.
    """

    name: str
    at: datetime
    revised_on: date | None
    says: frozenset[str]
    failed_at: datetime | None = None  # it came back: it did not arrive
    quantity: int | None = None  # none: all of the line

    def until(self, now: datetime) -> Notice:
        """Forget that it came back, if that is still to come."""
        return replace(self, failed_at=known(self.failed_at, now))


@dataclass(frozen=True)
class Answer:
    """What a buyer said: `accepts` what the notice says that it answers, `cancels`, or sets a `period` of its own.

    Of several acceptances of one notice, and of several cancellations, each is about further units.
    """

    at: datetime
    kind: Literal["accepts", "cancels", "period"]
    quantity: int | None = None  # none: all
    notice: str = ""
    until: date | None = None  # the end of the period, as the law counts: for most the day of delivery
    settled_at: datetime | None = None  # it came too late, and a person dealt with it


@dataclass(frozen=True)
class Shipment:
    """Units in the carrier's hands; a printed label is none."""

    name: str
    at: datetime
    quantity: int
    delivered_on: date | None = None
    kept_at: datetime | None = (
        None  # it left when money was due back already, and the buyer said to keep it all the same
    )


@dataclass(frozen=True)
class Cancellation:
    """Units that were taken off the order, on the word of the buyer or of the seller."""

    name: str
    at: datetime
    quantity: int
    by: Literal["buyer", "seller"]


@dataclass(frozen=True)
class Refund:
    """Money was sent for so many units of a cancellation, or of a shipment that left too late."""

    at: datetime
    quantity: int
    of: str


@dataclass(frozen=True)
class Facts:
    """All of a line; what happened is put in order, and what happened at one instant stays in the order given."""

    sale: Sale
    promises: tuple[Promise, ...] = ()
    notices: tuple[Notice, ...] = ()
    answers: tuple[Answer, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    refunds: tuple[Refund, ...] = ()

    def __post_init__(self) -> None:
        """Put what happened in order. Raises FactsError for an instant without a zone or a number of units below 1."""
        for name in ("promises", "notices", "answers", "shipments", "cancellations", "refunds"):
            object.__setattr__(self, name, put_in_order(getattr(self, name)))
        counted: list[Sale | Notice | Answer | Shipment | Cancellation | Refund | Part] = [self.sale]
        counted += [part for promise in self.promises for part in promise.parts]
        counted += [*self.notices, *self.answers]
        for each in [*counted, *self.shipments, *self.cancellations, *self.refunds]:
            if each.quantity is not None and each.quantity < 1:
                message = f"{each.quantity} is no number of units: {each}"
                raise FactsError(message)
        check_zones(
            [self.sale.payable_at, self.sale.paid_at]
            + [notice.failed_at for notice in self.notices]
            + [answer.settled_at for answer in self.answers]
            + [shipment.kept_at for shipment in self.shipments]
        )

    def until(self, now: datetime) -> Facts:
        """Leave out what happens later than an instant. Raises FactsError for one without a zone."""
        check_zones([now])
        sale = self.sale
        return Facts(
            replace(sale, payable_at=known(sale.payable_at, now), paid_at=known(sale.paid_at, now)),
            take_until(self.promises, now),
            tuple(each.until(now) for each in take_until(self.notices, now)),
            tuple(
                replace(each, settled_at=known(each.settled_at, now))
                for each in take_until(self.answers, now)
            ),
            tuple(
                replace(each, kept_at=known(each.kept_at, now)) for each in take_until(self.shipments, now)
            ),
            take_until(self.cancellations, now),
            take_until(self.refunds, now),
        )


def put_in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Put events in the order in which they happened."""
    found = list(events)
    check_zones(event.at for event in found)
    return tuple(sorted(found, key=lambda event: event.at))


def check_zones(instants: Iterable[datetime | None]) -> None:
    """Raise FactsError for an instant without a zone."""
    for instant in instants:
        if instant is not None and instant.tzinfo is None:
            message = f"{instant} has no zone"
            raise FactsError(message)


def take_until(events: Iterable[Event], now: datetime) -> tuple[Event, ...]:
    """Take what happened until an instant."""
    return tuple(event for event in events if event.at <= now)


def known(instant: datetime | None, now: datetime) -> datetime | None:
    """Forget an instant that is still to come."""
    return None if instant is None or instant > now else instant
