"""The clock of a case: from the sale through everything that happened to a day, as the law counts it.

A day passes before what happens on the next is looked at: what was to be done by a day may still be done on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from backorder.engine.consent.case import Case, Event
from backorder.engine.consent.days import ONE_DAY, add_days
from backorder.engine.consent.facts import Answer, Cancellation, Notice
from backorder.engine.consent.pack import NoticeRule


@dataclass(frozen=True)
class Clock:
    """How far a case is. Days are those that the pack looks at: of shipment, or of delivery."""

    first_day: date | None = None  # the day that counted at first; none: no clock runs
    agreed_until: date | None = (
        None  # the last day that is in order now; none: no clock runs, or the buyer waits without a day
    )
    moment: str = ""  # the rule that this comes from
    told: bool = False  # the buyer agreed to a delay once, or was told of one that needs no agreement
    lapses_on: date | None = (
        None  # the buyer was asked, and who has not said yes by the end of that day lets it be cancelled
    )
    announced: date | None = (
        None  # the buyer knows that it may take until that day; the last of all days: no day is known
    )
    missed_on: date | None = None  # the day that was missed; it is the buyer's turn
    told_of_miss: bool = False
    periods: int = 0  # that the buyer set
    vested_on: date | None = None  # since when money is due back
    ended_on: date | None = None  # it was sent, delivered or cancelled
    crossed: tuple[Answer, ...] = ()  # came when the matter was settled


def read_clock(case: Case, today: date) -> Clock:
    """Walk a case through its history up to a day; later events are not looked at."""
    clock, end = start(case), case.find_end()
    last = today if end is None else min(today, end)
    for event in case.list_events():
        day = case.calendar.day(event.at)
        if day > last:
            break
        clock = take(case, pass_days(case, clock, day), event, day)
    clock = pass_days(case, clock, last)
    return clock if end is None or end > today else replace(clock, ended_on=end)


def start(case: Case) -> Clock:
    """Start the clock: a day that was stated counts, else so many days from when the order was complete and payable."""
    sale, pack = case.facts.sale, case.pack
    if sale.payable_at is None or pack.days is None:
        return Clock()
    if sale.stated_on is not None:
        day, moment = case.as_counted(sale.stated_on), "stated"
    elif sale.credit and pack.credit_days is not None:
        day, moment = add_days(case.calendar.day(sale.payable_at), pack.credit_days), "credit"
    else:
        day, moment = add_days(case.calendar.day(sale.payable_at), pack.days), "default"
    return Clock(day, day, moment)


def pass_days(case: Case, clock: Clock, day: date) -> Clock:
    """Let all days before one pass."""
    if clock.vested_on is not None or clock.missed_on is not None:
        return clock
    if clock.lapses_on is not None:
        return clock if day <= clock.lapses_on else vest(clock, clock.lapses_on + ONE_DAY, clock.moment)
    if clock.agreed_until is None or day <= clock.agreed_until:
        return clock
    if case.pack.missed == "refund":
        return vest(clock, clock.agreed_until + ONE_DAY, "missed")
    may_end = case.pack.missed == "may_end" or clock.periods > 0 or case.facts.sale.essential
    return replace(
        clock,
        missed_on=clock.agreed_until,
        moment="may_end" if may_end else "missed",
        told_of_miss=clock.announced is not None,
    )


def vest(clock: Clock, day: date, moment: str) -> Clock:
    """Let money be due back from a day on."""
    return replace(clock, vested_on=day, moment=moment, lapses_on=None)


def take(case: Case, clock: Clock, event: Event, day: date) -> Clock:
    """Take what happens on a day into account. What is settled stays so: only an answer that crossed it is noted."""
    if isinstance(event, Answer):
        return hear(case, clock, event, day)
    if clock.vested_on is not None:
        return clock
    if isinstance(event, Cancellation):
        return vest(clock, day, "buyer_cancels" if event.by == "buyer" else "seller_cancels")
    return tell(case, clock, event, day)


def tell(case: Case, clock: Clock, notice: Notice, day: date) -> Clock:
    """Take a notice into account, if it arrived and says what it must. One after the last day changes nothing."""
    if notice.failed or clock.agreed_until is None:
        return clock
    if clock.missed_on is not None:
        return replace(clock, told_of_miss=True)
    if clock.lapses_on is not None and (clock.told or day > clock.agreed_until):
        return clock  # a question stands until it is answered; only news in time of a first day may take its place
    revised = None if notice.revised_on is None else case.as_counted(notice.revised_on)
    if revised is not None and revised <= clock.agreed_until:
        return clock
    moment, rule = choose_rule(case, clock, revised)
    if not rule.must_say <= notice.says or (case.pack.needs_day and revised is None):
        return clock
    if rule.silence == "cancels":
        last = near_until(case, clock) if moment == "far" else clock.agreed_until
        return replace(clock, lapses_on=last, moment=moment)
    clock = replace(clock, announced=revised or date.max)
    if rule.silence != "nothing" and revised is not None:
        return replace(clock, agreed_until=revised, moment=moment, told=True, lapses_on=None)
    return clock


def choose_rule(case: Case, clock: Clock, revised: date | None) -> tuple[str, NoticeRule]:
    """Choose the rule for a notice of a day, and the moment it is cited under."""
    pack = case.pack
    if clock.told and pack.renewed is not None:
        return "renewed", pack.renewed
    if pack.far is not None and (revised is None or revised > near_until(case, clock)):
        return "far", pack.far
    return "near", pack.near


def near_until(case: Case, clock: Clock) -> date:
    """Name the last day that is near the first one."""
    assert clock.first_day is not None
    near = case.pack.near_days
    return date.max if near is None else add_days(clock.first_day, near)


def hear(case: Case, clock: Clock, answer: Answer, day: date) -> Clock:
    """Take an answer into account; one that comes when the matter is settled, or is to nothing that can be, is for a person."""
    crossed = replace(clock, crossed=(*clock.crossed, answer))
    if clock.vested_on is not None:
        return crossed
    if answer.kind == "period":
        if clock.missed_on is None or answer.until is None or answer.until < day:
            return crossed
        return agree(replace(clock, periods=clock.periods + 1), answer.until, "period")
    notice = next(
        (each for each in case.facts.notices if each.name == answer.notice and each.at <= answer.at), None
    )
    if notice is None:
        return crossed
    if clock.agreed_until is None:
        return clock
    if notice.revised_on is None:
        return agree(clock, None, "open") if case.pack.open_wait and "open_wait" in notice.says else clock
    until = max(clock.agreed_until, case.as_counted(notice.revised_on))
    return crossed if until < day else agree(clock, until, "accepted")


def agree(clock: Clock, until: date | None, moment: str) -> Clock:
    """Let the buyer wait until a day; none: without one."""
    return replace(
        clock,
        agreed_until=until,
        moment=moment,
        told=True,
        lapses_on=None,
        missed_on=None,
        told_of_miss=False,
    )
