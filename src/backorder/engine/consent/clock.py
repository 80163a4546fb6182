"""The clock of a case: from the sale through everything that happened to a day, as the law counts it.

A day passes before what happens on the next is looked at: what was to be done by a day may still be done on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from backorder.engine.consent.case import Case, Event
from backorder.engine.consent.days import add_days
from backorder.engine.consent.facts import Answer, Notice
from backorder.engine.consent.pack import NoticeRule


@dataclass(frozen=True)
class Clock:
    """How far a case is. Days are those that the pack looks at: of shipment, or of delivery."""

    first_day: date | None = None  # the day that counted at first; none: no clock runs
    last_day: date | None = (
        None  # the last day that is in order now; none: no clock runs, or the buyer waits without a day
    )
    moment: str = ""  # the rule that this comes from
    delayed: bool = False  # the buyer agreed to a delay once, or was told of one that needs no agreement
    notice: str = ""  # the last one that arrived: the only one that can still be answered
    announced: date | None = (
        None  # the buyer knows that it may take until that day; the last of all days: no day is known
    )
    lapses_on: date | None = (
        None  # the buyer was asked: who has not said yes by the end of that day lets it be cancelled
    )
    missed_on: date | None = None  # the day that was missed; it is the buyer's turn
    periods: int = 0  # that the buyer set
    vested_on: date | None = None  # since when money is due back
    ended_on: date | None = None  # it was sent, delivered or cancelled
    crossed: tuple[Answer, ...] = ()  # came when the matter was settled, or answer nothing


def read_clock(case: Case, today: date) -> Clock:
    """Walk a case through its history up to a day; later events are not looked at."""
    first_day, moment = case.find_first_day()
    clock, end = Clock(first_day, first_day, moment), case.find_end(today)
    last = today if end is None else min(today, end)
    for event in case.list_events():
        day = case.calendar.day(event.at)
        if day > today:
            break
        if end is not None and (day > end or is_over(case, event)):
            clock = cross(clock, event) if isinstance(event, Answer) else clock
            continue
        clock = take(case, pass_days(case, clock, day), event, day)
    clock = pass_days(case, clock, last)
    return clock if end is None or end > today else replace(clock, ended_on=end)


def is_over(case: Case, event: Event) -> bool:
    """Tell whether an event came when nothing could change any more: the portion had left, and is not on its way to the buyer."""
    left = case.portion.left
    on_way = case.shipment is not None and case.pack.runs_to == "delivery"
    return left is not None and event.at > left.at and not on_way


def pass_days(case: Case, clock: Clock, day: date) -> Clock:
    """Let all days before one pass."""
    if clock.vested_on is not None or clock.missed_on is not None:
        return clock
    if clock.lapses_on is not None:
        return clock if day <= clock.lapses_on else vest(clock, add_days(clock.lapses_on, 1), clock.moment)
    if clock.last_day is None or day <= clock.last_day:
        return clock
    if case.pack.missed == "refund":
        return vest(clock, add_days(clock.last_day, 1), "missed")
    needed_by = case.facts.sale.needed_by
    no_use = needed_by is not None and clock.last_day >= needed_by
    may_end = case.pack.missed == "may_end" or clock.periods > 0 or no_use
    return replace(clock, missed_on=clock.last_day, moment="may_end" if may_end else "missed")


def vest(clock: Clock, day: date, moment: str) -> Clock:
    """Let money be due back from a day on."""
    return replace(clock, vested_on=day, moment=moment, lapses_on=None)


def take(case: Case, clock: Clock, event: Event, day: date) -> Clock:
    """Take what happens on a day into account. What is settled stays so: only an answer that crossed it is noted."""
    if isinstance(event, Answer):
        return hear(case, clock, event, day)
    if clock.vested_on is not None:
        return clock
    if isinstance(event, Notice):
        return tell(case, clock, event, day)
    moment = "buyer_cancels" if event.by == "buyer" else "seller_cancels"
    return vest(clock, day, moment) if case.pack.refund else clock


def tell(case: Case, clock: Clock, notice: Notice, day: date) -> Clock:
    """Take a notice into account, if it arrived and says what it must."""
    last_day = clock.last_day
    if notice.failed_at is not None or last_day is None:
        return clock
    clock = replace(clock, notice=notice.name)
    revised = None if notice.revised_on is None else case.as_counted(notice.revised_on)
    in_time = not clock.delayed and day <= last_day  # news of a first day, told before it is over
    if revised is not None and revised <= last_day:
        clock = replace(clock, announced=None)
        return end_question(case, clock) if in_time else clock
    moment, rule = choose_rule(case, clock, revised)
    if not rule.list_needed(notice.revised_on) <= notice.says or (case.pack.needs_day and revised is None):
        return clock
    clock = replace(clock, announced=revised or date.max)
    if clock.missed_on is not None or (clock.lapses_on is not None and not in_time):
        return clock  # a question stands until it is answered; only such news may take its place
    if rule.silence == "cancels":
        last = near_until(case, clock) if moment == "far" else last_day
        return replace(clock, lapses_on=last, moment=moment)
    if rule.silence == "nothing" or revised is None:
        return clock
    return replace(clock, last_day=revised, moment=moment, delayed=True, lapses_on=None)


def choose_rule(case: Case, clock: Clock, revised: date | None) -> tuple[str, NoticeRule]:
    """Choose the rule for a notice of a day, and the moment it is cited under."""
    pack = case.pack
    if clock.delayed and pack.renewed is not None:
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
    if clock.vested_on is not None:
        return clock if answer.kind == "cancels" else cross(clock, answer)
    if answer.kind == "cancels":
        return vest(clock, day, "buyer_cancels") if case.pack.refund else clock
    if clock.first_day is None:
        return clock
    if answer.kind == "period":
        if clock.missed_on is None or answer.until is None or answer.until < day:
            return cross(clock, answer)
        return agree(replace(clock, periods=clock.periods + 1), answer.until, "period")
    notice = next((each for each in case.portion.notices if each.name == answer.notice), None)
    if notice is None or notice.name != clock.notice:
        return cross(clock, answer)
    if clock.last_day is None:
        return clock
    if notice.revised_on is None:
        open_wait = case.pack.open_wait and "open_wait" in notice.says
        return agree(clock, None, "open") if open_wait else cross(clock, answer)
    until = case.as_counted(notice.revised_on)
    if clock.lapses_on is not None and until < day:
        return agree(cross(clock, answer), day, "accepted")  # who would wait is not cancelled in silence
    if until <= clock.last_day and clock.missed_on is None:
        return end_question(case, clock)
    return cross(clock, answer) if until < day else agree(clock, until, "accepted")


def end_question(case: Case, clock: Clock) -> Clock:
    """Let the day that counts count on, for a buyer who was asked about a later one."""
    if clock.lapses_on is None:
        return clock
    return replace(clock, lapses_on=None, moment="accepted" if clock.delayed else case.find_first_day()[1])


def cross(clock: Clock, answer: Answer) -> Clock:
    """Note an answer that changes nothing."""
    return replace(clock, crossed=(*clock.crossed, answer))


def agree(clock: Clock, until: date | None, moment: str) -> Clock:
    """Let the buyer wait until a day; none: without one."""
    return replace(
        clock, last_day=until, moment=moment, delayed=True, announced=None, lapses_on=None, missed_on=None
    )
