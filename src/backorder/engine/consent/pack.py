"""A pack: the rules for delayed orders of one law, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from backorder.engine.consent.content import CONTENT

Buyer = Literal["consumer", "business"]
End = Literal["shipment", "delivery"]
Begin = Literal["payable", "payment"]
Silence = Literal["consents", "cancels", "postpones", "nothing"]
Missed = Literal["refund", "period", "may_end"]
Moment = Literal[
    "stated",
    "default",
    "credit",
    "near",
    "far",
    "renewed",
    "accepted",
    "open",
    "missed",
    "period",
    "may_end",
    "buyer_cancels",
    "seller_cancels",
    "refund",
]
"""What of a law is cited: the names under which a pack says where each of its rules stands."""
BUYERS: tuple[Buyer, ...] = get_args(Buyer)
MOMENTS: tuple[Moment, ...] = get_args(Moment)
SHIP_TO = "ship_to"
"""As the holidays of a pack: those of the country that goods go to."""


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
    without_day: frozenset[str] = frozenset()  # what it must say besides, if it names no day

    def list_needed(self, day: date | None) -> frozenset[str]:
        """List what a notice of a day, or of none, must say."""
        return self.must_say | (self.without_day if day is None else frozenset())


@dataclass(frozen=True)
class RefundRule:
    """When money must be on its way back after the day that it became due: the earlier of both counts; neither: no rule."""

    working_days: int | None = None
    calendar_days: int | None = None

    def __bool__(self) -> bool:
        """Tell whether there is a rule."""
        return self.working_days is not None or self.calendar_days is not None


@dataclass(frozen=True)
class Pack:
    """One law. Days are counted on the calendar unless they are called working days."""

    name: str  # short, as `us-federal`
    title: str
    law: str  # where it stands
    version: int  # from 1
    effective_on: date
    regions: frozenset[
        str
    ]  # countries as `US`, parts of them as `US-CA`; empty: everywhere that no other pack covers
    buyers: frozenset[str] = frozenset(BUYERS)
    by_seller: bool = False  # it also holds for a seller from there whose goods stay in the country
    starts: Begin = "payable"
    runs_to: End = "shipment"
    days: int | None = None  # if no day was stated; none: no clock runs
    credit_days: int | None = None  # the same where the buyer applied to the seller for credit
    near_days: int | None = (
        None  # a new day so many days past the first one is near; none: any day that is named
    )
    near: NoticeRule = field(default_factory=NoticeRule)
    far: NoticeRule | None = None  # a first notice of a day further off, or of none
    renewed: NoticeRule | None = None  # the next notice after a first delay
    needs_day: bool = False  # a notice that names no day does not count
    open_wait: bool = False  # the buyer may agree to wait without a day
    lead_days: int = 5  # working days before the last one by which a notice should be sent
    missed: Missed = (
        "period"  # what follows when the day has passed: money is due, or the buyer may do something
    )
    refund: RefundRule = field(default_factory=RefundRule)  # without one the pack asks for no money
    express_days: int | None = (
        None  # working days within which a line must ship if express shipping is charged
    )
    holidays: str = ""  # whose public holidays count, as `US`, or SHIP_TO; blank: none
    places: Mapping[str, str] = field(default_factory=dict)  # moment -> where in the law it stands
    unverified: tuple[str, ...] = ()  # what nobody has checked against the law
    caution: str = "Have your lawyer check this."

    def __post_init__(self) -> None:
        """Refuse rules that cannot be kept. Raises PackError."""
        self.refuse(not self.name or self.version < 1, "a pack has a name, and a version from 1")
        self.refuse(bool(self.buyers - set(BUYERS)), f"buyers are {' and '.join(BUYERS)}")
        counted = (self.days, self.credit_days, self.near_days, self.lead_days, self.express_days)
        refund = (self.refund.working_days, self.refund.calendar_days)
        self.refuse(
            any(days is not None and days < 0 for days in (*counted, *refund)), "days are counted from 0"
        )
        unknown = sorted(set(self.places) - set(MOMENTS))
        self.refuse(bool(unknown), f"says where {', '.join(unknown)} stands, which is no rule")
        rules = [rule for rule in (self.near, self.far, self.renewed) if rule is not None]
        for rule in rules:
            self.refuse(
                rule.silence not in get_args(Silence), f"{rule.silence} is nothing that silence means"
            )
            unsayable = sorted((rule.must_say | rule.without_day) - set(CONTENT))
            self.refuse(bool(unsayable), f"nobody knows how a notice says {', '.join(unsayable)}")
        self.refuse(
            (self.near_days is None) != (self.far is None),
            "which days are near, and what of those that are not: both or neither",
        )
        self.refuse(
            self.credit_days is not None and self.days is None, "counts days on credit, and none without"
        )
        owes = self.missed == "refund" or any(rule.silence == "cancels" for rule in rules)
        self.refuse(owes and not self.refund, "says of no refund by when it is sent")

    def refuse(self, wrong: bool, message: str) -> None:
        """Raise PackError if something is wrong."""
        if wrong:
            message = f"{self.name}: {message}"
            raise PackError(message)

    def cite(self, moment: str) -> str:
        """Say where the rule of a moment stands."""
        return self.places.get(moment) or self.law
