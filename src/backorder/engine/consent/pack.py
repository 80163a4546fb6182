"""A pack: the rules for delayed orders of one law, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from backorder.engine.consent.content import CONTENT

BUYERS = ("consumer", "business")
ENDS = ("shipment", "delivery")
SILENCES = ("consents", "cancels", "postpones", "nothing")
MISSED = ("refund", "period", "may_end")
MOMENTS = (
    "stated",
    "default",
    "credit",
    "near",
    "far",
    "missed",
    "renewed",
    "accepted",
    "open",
    "buyer_cancels",
    "seller_cancels",
    "period",
    "may_end",
    "refund",
)
"""What of a law is cited: the names under which a pack says where each of its rules stands."""

Silence = Literal["consents", "cancels", "postpones", "nothing"]
Missed = Literal["refund", "period", "may_end"]


class PackError(ValueError):
    """A pack contradicts itself."""


@dataclass(frozen=True)
class NoticeRule:
    """What a notice of delay must say, and what it means if the buyer says nothing.

    `consents`: the buyer agrees to wait until the day that it names. `cancels`: the order is cancelled when the time to answer is
    over. `postpones`: the day that it names counts from now on, agreed or not. `nothing`: it changes nothing.
    """

    silence: Silence = "nothing"
    must_say: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RefundRule:
    """When money must be on its way back after the day that the refund became due: the earlier of both counts."""

    working_days: int | None = None
    calendar_days: int | None = None


@dataclass(frozen=True)
class Pack:
    """One law. Days are counted on the calendar unless they are called working days."""

    name: str  # short, as `us-federal`
    title: str
    law: str  # where it stands
    version: str
    effective_on: date
    regions: frozenset[
        str
    ]  # countries as `US`, parts of them as `US-CA`; empty: everywhere that no other pack covers
    buyers: frozenset[str] = frozenset(BUYERS)
    by_seller: bool = False  # it also holds for a seller from there, wherever the goods go
    runs_to: Literal["shipment", "delivery"] = "shipment"
    days: int | None = None  # if no day was stated; none: no clock runs
    credit_days: int | None = None  # the same where the buyer applied to the seller for credit
    near_days: int | None = (
        None  # a new day so many days past the first one is near; none: any day that is named
    )
    near: NoticeRule = field(default_factory=NoticeRule)
    far: NoticeRule | None = None  # a first notice of a day further off, or of none
    renewed: NoticeRule | None = None  # the next notice after the buyer agreed once
    needs_day: bool = False  # a notice that names no day does not count
    open_wait: bool = False  # the buyer may agree to wait without a day
    lead_days: int = 5  # working days before the last one by which a notice should be sent
    missed: Missed = (
        "period"  # what follows when the day has passed: it is paid back, or the buyer may do something
    )
    refund: RefundRule = field(default_factory=RefundRule)
    express_days: int | None = (
        None  # working days within which a line must ship if express shipping is charged
    )
    holidays: str = ""  # whose public holidays count, as `US`
    places: Mapping[str, str] = field(default_factory=dict)  # moment -> where in the law it stands
    unverified: tuple[str, ...] = ()  # what nobody has checked against the law
    caution: str = "Have your lawyer check this."

    def __post_init__(self) -> None:
        """Refuse rules that cannot be kept. Raises PackError."""
        refuse(not self.name or not self.version, "a pack has a name and a version")
        refuse(bool(self.buyers - set(BUYERS)), f"{self.name}: buyers are {' and '.join(BUYERS)}")
        counted = (
            self.days,
            self.credit_days,
            self.near_days,
            self.lead_days,
            self.refund.working_days,
            self.refund.calendar_days,
            self.express_days,
        )
        refuse(
            any(days is not None and days < 0 for days in counted), f"{self.name}: days are counted from 0"
        )
        refuse(
            bool(set(self.places) - set(MOMENTS)),
            f"{self.name}: cites {sorted(set(self.places) - set(MOMENTS))}",
        )
        for rule in filter(None, (self.near, self.far, self.renewed)):
            unknown = sorted(rule.must_say - set(CONTENT))
            refuse(bool(unknown), f"{self.name}: nobody knows how a notice says {', '.join(unknown)}")
        refuse(
            self.near_days is not None and self.far is None,
            f"{self.name}: says which day is near and nothing of those that are not",
        )
        cancels = any(
            rule is not None and rule.silence == "cancels" for rule in (self.near, self.far, self.renewed)
        )
        refunds = self.refund.working_days is not None or self.refund.calendar_days is not None
        refuse(
            (cancels or self.missed == "refund") and not refunds,
            f"{self.name}: says of no refund by when it is sent",
        )

    def cite(self, moment: str) -> str:
        """Say where the rule of a moment stands."""
        return self.places.get(moment) or self.law


def refuse(wrong: bool, message: str) -> None:
    """Raise PackError if something is wrong."""
    if wrong:
        raise PackError(message)
