"""Closed days, rules of acceptance, and the words that rules use: channels and classes of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from ninja import Query
from pydantic import BeforeValidator, Field

from backorder.allocation import events
from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import Fault, find_unknown, refuse_faults
from backorder.api.values import WHOLE_32, Day, Found, Key, Reason, Sent, Shown, drop_point
from backorder.catalog.models import Acceptance, Channel, ClosedDay, CustomerClass
from backorder.catalog.selectors import (
    get_channel,
    get_customer_class,
    get_items,
    get_locations,
    read_acceptances,
    read_channels,
    read_closed_days,
    read_customer_classes,
)
from backorder.catalog.services import (
    AcceptanceFacts,
    remove_acceptances,
    remove_closed_days,
    save_acceptances,
    save_channels,
    save_closed_days,
    save_customer_classes,
)

closed_days = Noun("closed days", "catalog")
acceptances = Noun("acceptances", "catalog")
channels = Noun("channels and classes", "catalog")
Days = Annotated[int, Field(strict=True, ge=0, le=WHOLE_32), BeforeValidator(drop_point)]


class ShownClosedDay(Shown):
    """A day on which a place ships nothing."""

    on: Day
    location: str | None = Field(description="Null: everywhere.")


class ClosedDayAsItIs(Sent):
    """A day on which a place ships nothing."""

    on: Day
    location: Annotated[Key | None, Field(description="Without it, everywhere.")] = None
    why: Reason = ""


class For(Sent):
    """What a rule is for; what is not named stands for every one."""

    sku: Key | None = None
    channel: Key | None = None
    customer_class: Key | None = None
    why: Reason = ""


class RuleAsItIs(For):
    """How much beyond what is on hand may be ordered."""

    rule: Literal["none", "capped", "inbound_only", "open"]
    cap: Annotated[Found | None, Field(description="Of capped: units that may wait.")] = None
    horizon_days: Annotated[Days | None, Field(description="Of inbound_only: which inbound counts.")] = None
    longest_wait_days: Annotated[Days | None, Field(description="Units that come later are refused.")] = None


class ShownRule(Shown):
    """How much beyond what is on hand may be ordered."""

    sku: str | None = Field(description="Null: of every item.")
    channel: str | None
    customer_class: str | None
    rule: str
    cap: int | None
    horizon_days: int | None
    longest_wait_days: int | None


class ShownCode(Shown):
    """A word that rules use."""

    code: str


class Nothing(Sent):
    """Nothing but why."""

    why: Reason = ""


@closed_days.reads("/closed-days", Page[ShownClosedDay])
def list_closed_days(asked: Query[Asked]) -> Page[ShownClosedDay]:
    """List the days on which a place, or every one, ships nothing."""
    return take_page(read_closed_days(), "id", asked, show_closed_days)


@closed_days.changes("/closed-days", Outcome)
def close_day(act: Act, day: ClosedDayAsItIs) -> Outcome:
    """Close a day, and decide about everything."""
    days, cause = read_day(day), act.cause(day.why)
    return tell(act, events.change_places(lambda: save_closed_days(days, cause)))


@closed_days.changes("/closed-days/removals", Outcome)
def open_day(act: Act, day: ClosedDayAsItIs) -> Outcome:
    """Open a day again, and decide about everything."""
    days, cause = read_day(day), act.cause(day.why)
    return tell(act, events.change_places(lambda: remove_closed_days(days, cause)))


def read_day(day: ClosedDayAsItIs) -> list[tuple[Day, str]]:
    """Name a day and its location. Raises ProblemError for a location that nobody knows."""
    named = {"/location": day.location} if day.location else {}
    refuse_faults(find_unknown("location", named, get_locations(named.values())))
    return [(day.on, day.location or "")]


@acceptances.reads("/acceptances", Page[ShownRule])
def list_rules(asked: Query[Asked]) -> Page[ShownRule]:
    """List how much beyond what is on hand may be ordered, of what, where and by whom."""
    return take_page(read_acceptances(), "id", asked, show_rules)


@acceptances.changes("/acceptances", Noted, method="PUT")
def put_rule(act: Act, rule: RuleAsItIs) -> Noted:
    """Say how much beyond what is on hand may be ordered. It holds for what is ordered from now on."""
    sku, channel, kind = read_scope(rule)
    facts = AcceptanceFacts(
        rule.rule, sku, channel, kind, rule.cap, rule.horizon_days, rule.longest_wait_days
    )
    return note(act, save_acceptances([facts], act.cause(rule.why)).entry)


@acceptances.changes("/acceptances/removals", Noted)
def remove_rule(act: Act, scope: For) -> Noted:
    """Drop a rule of acceptance; a wider one holds then, or none."""
    return note(act, remove_acceptances([read_scope(scope)], act.cause(scope.why)).entry)


def read_scope(scope: For) -> tuple[str, str, str]:
    """Name what a rule is for. Raises ProblemError for what nobody knows."""
    known = (
        ("sku", scope.sku, lambda code: code in get_items([code]), "item"),
        ("channel", scope.channel, get_channel, "channel"),
        ("customer_class", scope.customer_class, get_customer_class, "customer class"),
    )
    refuse_faults(
        [
            Fault(where="body", at=f"/{field}", detail=f"there is no {sort} {code}")
            for field, code, find, sort in known
            if code and not find(code)
        ]
    )
    return scope.sku or "", scope.channel or "", scope.customer_class or ""


@channels.reads("/channels", Page[ShownCode])
def list_channels(asked: Query[Asked]) -> Page[ShownCode]:
    """List where orders come from, by code."""
    return take_page(read_channels(), "code", asked, show_codes)


@channels.changes("/channels/{path:code}", Noted, method="PUT")
def put_channel(act: Act, code: Key, nothing: Nothing) -> Noted:
    """Create a channel, if it is not known."""
    return note(act, save_channels([code], act.cause(nothing.why)).entry)


@channels.reads("/customer-classes", Page[ShownCode])
def list_customer_classes(asked: Query[Asked]) -> Page[ShownCode]:
    """List the kinds of customers that rules speak of, by code."""
    return take_page(read_customer_classes(), "code", asked, show_codes)


@channels.changes("/customer-classes/{path:code}", Noted, method="PUT")
def put_customer_class(act: Act, code: Key, nothing: Nothing) -> Noted:
    """Create a kind of customer, if it is not known."""
    return note(act, save_customer_classes([code], act.cause(nothing.why)).entry)


def show_codes(rows: Sequence[Channel | CustomerClass]) -> list[ShownCode]:
    """Show codes."""
    return [ShownCode(code=row.code) for row in rows]


def show_closed_days(rows: Sequence[ClosedDay]) -> list[ShownClosedDay]:
    """Show closed days."""
    return [
        ShownClosedDay(on=row.closed_on, location=row.location.code if row.location else None) for row in rows
    ]


def show_rules(rows: Sequence[Acceptance]) -> list[ShownRule]:
    """Show rules of acceptance."""
    return [
        ShownRule(
            sku=row.item.sku if row.item else None,
            channel=row.channel.code if row.channel else None,
            customer_class=row.customer_class.code if row.customer_class else None,
            rule=row.rule,
            cap=row.cap,
            horizon_days=row.horizon_days,
            longest_wait_days=row.longest_wait_days,
        )
        for row in rows
    ]
