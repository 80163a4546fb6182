"""The rules of the house by which messages go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils import timezone

from backorder.care.models import INVITED, OFFERED
from backorder.faults import not_one_of, show_typed
from backorder.policy_text.section import Section

KINDS: dict[str, str] = {
    "lost": "no day any more",
    "later": "a later day",
    "opening": "that it waits, and for how long",
    "required": "a delay, in the words that a law wants",
    "found": "a day at last",
    "earlier": "an earlier day",
    "on_track": "that nothing has changed",
}
"""What there may be to tell; of several the first names the message."""
RECEIPTS: dict[str, str] = {
    "cancelled": "what was cancelled",
    "answered": "what the customer chose",
    "shipped": "what has left",
    "refunded": "what was paid back",
    "arrived": "that units are here and are being packed",
    "charge_ahead": "what is to be charged, and when",
    "charge_failed": "that a charge failed, and what to do",
    "thanked": "that they are thanked for waiting",
}
"""What happened, and a customer has in writing at once."""
USUAL_RECEIPTS = ("cancelled", "answered", "refunded", "thanked")
"""A warehouse writes of what it sends by itself as a rule."""
INVITATIONS: dict[str, str] = {INVITED: "that units are free for somebody on a waitlist"}
OFFERS: dict[str, str] = {OFFERED: "that something else can be had instead"}
TOLD = {**KINDS, **RECEIPTS, **INVITATIONS, **OFFERS}
"""What messages are about."""
MODES = ("off", "shadow", "on")
Zones = tuple[tzinfo, tzinfo]
"""Of a place: where days end first, and where they begin last."""
STEP, DAY = timedelta(minutes=5), timedelta(days=1)
LONGEST_WAIT = 240
"""Minutes: news that change again and again are told all the same."""


@dataclass(frozen=True)
class Sending:
    """How messages go out. `off`: none does. `shadow`: what would have gone is noted, and none does."""

    mode: str = "off"
    since: date | None = None  # orders before get no first message
    wait_minutes: int = 10  # that news must stand before they are told
    quiet: tuple[time, time] | None = (
        None  # from when until when rules write to nobody, by the clock of the customer
    )
    gain_days: int = 3  # a day that is so much earlier is told
    alone: Mapping[str, int] = field(default_factory=dict)  # so many of a kind go each day without a person
    receipts: tuple[str, ...] = USUAL_RECEIPTS  # of these things that happened
    receipts_each_day: int = 500  # more than so many a person lets go

    def is_quiet(self, at: datetime, zones: Zones) -> bool:
        """Tell whether a customer is to be left alone: it may be night where the day ends first, or where it begins last."""
        return any(self.is_night(at.astimezone(zone).time()) for zone in zones)

    def is_quiet_here(self, at: datetime) -> bool:
        """Tell whether rules ask nobody anything, by the clock of the shop: units would be kept while nobody reads of it."""
        zone = timezone.get_default_timezone()
        return self.is_quiet(at, (zone, zone))

    def is_night(self, clock: time) -> bool:
        """Tell whether it is quiet at a time of day."""
        if self.quiet is None:
            return False
        begin, end = self.quiet
        return begin <= clock < end if begin <= end else clock >= begin or clock < end

    def find_morning(self, at: datetime, zones: Zones) -> datetime | None:
        """Find when a customer may be written to from an instant on, to a few minutes; None: never."""
        steps = (at + STEP * step for step in range(DAY // STEP + 1))
        return next((each for each in steps if not self.is_quiet(each, zones)), None)

    def may_go(self, at: datetime, zones: Zones, tell_by: date | None) -> bool:
        """Tell whether it is time to write: not at night, unless by morning it would no longer count by law."""
        if not self.is_quiet(at, zones):
            return True
        morning = self.find_morning(at, zones)
        return tell_by is not None and (morning is None or morning.astimezone(zones[0]).date() > tell_by)

    def is_ripe(self, since: datetime, changed_at: datetime, at: datetime) -> bool:
        """Tell whether news have stood long enough."""
        stood = changed_at + timedelta(minutes=self.wait_minutes)
        return at >= min(stood, since + timedelta(minutes=max(self.wait_minutes, LONGEST_WAIT)))


def read_sending(section: Section) -> Sending:
    """Take how messages go out."""
    alone = section.section("alone")
    for name in alone.names():
        if name not in KINDS:
            alone.fault(name, not_one_of(name, tuple(KINDS)))
    found = Sending(
        mode=section.word("mode", MODES, "off"),
        since=take_day(section, "since"),
        wait_minutes=take_minutes(section, "wait_minutes"),
        quiet=take_quiet(section),
        gain_days=section.whole("gain_days", Sending.gain_days, 1) or Sending.gain_days,
        alone={name: alone.whole(name, 0) or 0 for name in alone.names()},
        receipts=take_receipts(section),
        receipts_each_day=take_whole(section, "receipts_each_day", Sending.receipts_each_day),
    )
    for each in (alone, section):
        each.finish()
    return found


def take_receipts(section: Section) -> tuple[str, ...]:
    """Take of what customers get receipts."""
    found = section.texts("receipts")
    for name in found or ():
        if name not in RECEIPTS:
            section.fault("receipts", not_one_of(name, tuple(RECEIPTS)))
    return USUAL_RECEIPTS if found is None else tuple(dict.fromkeys(found))


def take_whole(section: Section, name: str, default: int) -> int:
    """Take a whole number from 0."""
    value = section.whole(name, default)
    return default if value is None else value


def take_day(section: Section, name: str) -> date | None:
    """Take a day."""
    value = section.take(name)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    section.fault(name, f"{show_typed(value)} is no day as 2026-11-24")
    return None


def take_minutes(section: Section, name: str) -> int:
    """Take how long news must stand."""
    minutes = section.whole(name, Sending.wait_minutes)
    minutes = Sending.wait_minutes if minutes is None else minutes
    if minutes > LONGEST_WAIT:
        section.fault(name, f"{minutes:,} minutes are too long for news; name {LONGEST_WAIT} at most")
    return minutes


def take_quiet(section: Section) -> tuple[time, time] | None:
    """Take from when until when customers are left alone."""
    hours = [take_clock(section, name) for name in ("quiet_from", "quiet_until")]
    begin, end = hours
    if begin is None and end is None:
        return None
    if begin is None or end is None or begin == end:
        section.fault("quiet_from", "needs quiet_until at another time, and the other way round")
        return None
    return begin, end


def take_clock(section: Section, name: str) -> time | None:
    """Take a time of day."""
    value = section.take(name)
    if value is None or isinstance(value, time):
        return value
    section.fault(name, f"{show_typed(value)} is no time as 20:00:00, without quotes")
    return None
