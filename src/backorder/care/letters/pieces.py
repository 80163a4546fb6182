"""What there is to say of a line that waits: its open units by day, what was told of them, and what silence will mean.

What silence will mean is not worked out here: the clock is asked what it would say of the line if the letter had been sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import accumulate, dropwhile, groupby
from typing import Literal

from backorder.care.judging import Judged
from backorder.engine import consent
from backorder.engine.consent import Notice, Portion, Verdict
from backorder.engine.consent.days import add_days
from backorder.orders.models import Line

Change = Literal["new", "same", "later", "earlier", "lost", "found"]
"""Against the day that was told last: `new`: none was told; `lost`: there is none any more; `found`: there was none."""
Silence = Literal["", "consents", "cancels", "ends"]
"""To say nothing: agrees to a later day; lets it be cancelled; `ends`: it is cancelled whatever is said, unless a day is told."""
LETTER = "the letter"
IN_ORDER = ("not_running", "open_wait", "on_time", "agreed")
"""States of units of which nobody need be told."""


class LetterError(ValueError):
    """A letter cannot be written, or would not count."""


@dataclass(frozen=True)
class Meaning:
    """What silence means, and the day that it is about: until when one waits, or the last one before it is cancelled."""

    silence: Silence = ""
    day: date | None = None


@dataclass(frozen=True)
class Piece:
    """Open units of a line that share a day of shipment, what was told of them before, and what silence will mean."""

    line: Line
    quantity: int
    ships_on: date | None
    arrives_on: date | None
    told_on: date | None  # the day that was told last; none: that there is none, or nothing was told
    change: Change
    at_hand: bool  # on hand or with the warehouse: it can leave today
    here: bool  # and in time: nothing is told of its day
    missed: bool  # the day that counted is over
    may_end: bool  # and the customer may end the contract now
    meaning: Meaning


def list_pieces(judged: Judged, told: Sequence[Verdict], now: datetime, *, tells: bool = True) -> list[Piece]:
    """List what a letter says of a line, the earliest day first; `told`: the units at the back of which it names a day.

    A page tells nothing, by law: there silence means what it means without it.
    """
    before = list_open(judged.asked.verdicts)
    after = list_open(judge_after(judged, told, now)) if tells else before
    waiting, first_told = len(list_waiting(judged)), len(before) - len(told)
    units = accumulate(verdict.quantity for verdict in before)
    pieces = [
        build_piece(
            judged,
            first,
            read_meaning(first, second) if tells else read_asked(first),
            (last <= judged.here, place < first_told),
        )
        for place, (first, second, last) in enumerate(zip(before, after, units, strict=True))
        if place >= len(before) - waiting
    ]
    return [
        replace(same, quantity=sum(piece.quantity for piece in found))
        for same, found in groupby(pieces, key=lambda piece: replace(piece, quantity=0))
    ]


def list_open(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """List those of units that did not leave."""
    return [verdict for verdict in verdicts if verdict.portion.left is None]


def list_waiting(judged: Judged) -> list[Verdict]:
    """List the verdicts of open units at the back of a line whose money is not due back. Raises LetterError for some behind them."""
    found = list(dropwhile(lambda verdict: verdict.state == "refund_due", list_open(judged.asked.verdicts)))
    due = sum(verdict.quantity for verdict in found if verdict.state == "refund_due")
    if due:
        message = (
            f"line {judged.line.number}: the money for {due:,} of the units that ship last is due back; "
            "cancel them first, for a letter could not name those before them"
        )
        raise LetterError(message)
    return found


def list_told(judged: Judged, here: int) -> list[Verdict]:
    """List the verdicts of the units at the back of which a letter names a day: not of those that are here, and in order.

    `here`: so many open units, at the front, are on hand or with the warehouse.
    """
    waiting = list_waiting(judged)
    place = sum(verdict.quantity for verdict in list_open(judged.asked.verdicts)) - sum(
        verdict.quantity for verdict in waiting
    )
    while waiting and waiting[0].state in IN_ORDER and place + waiting[0].quantity <= here:
        place += waiting.pop(0).quantity
    return waiting


def list_days(told: Sequence[Verdict]) -> list[tuple[date | None, int]]:
    """List the days to tell, the last first, with the units of each."""
    by_day = groupby(told[::-1], key=lambda verdict: verdict.ships_on)
    return [(day, sum(verdict.quantity for verdict in same)) for day, same in by_day]


def judge_after(
    judged: Judged,
    told: Sequence[Verdict],
    now: datetime,
    says: Mapping[date | None, frozenset[str]] | None = None,
) -> Sequence[Verdict]:
    """Judge a line as if the days of some units were told now; `says`: what is said of the units of each day, else all there is."""
    everything = frozenset(consent.CONTENT)
    notices = [
        Notice(LETTER, now, day, everything if says is None else says[day], quantity=units)
        for day, units in list_days(told)
    ]
    facts = replace(judged.facts, notices=(*judged.facts.notices, *notices))
    return consent.judge(facts, judged.rules, now).verdicts


def read_meaning(before: Verdict, after: Verdict) -> Meaning:
    """Read what silence will mean: of several laws what ends first counts."""
    still = [action.by for action in after.actions if action.kind == "tell"]
    if still and any(standing.state == "late" for standing in after.standings):
        return Meaning("ends", min(still))
    asked = read_asked(after)
    if asked.silence:
        return asked
    agreed = [
        second.last_day
        for first, second in zip(before.standings, after.standings, strict=True)
        if second.state == "agreed" and (first.state, first.last_day) != ("agreed", second.last_day)
    ]
    days = [day for day in agreed if day is not None]
    return Meaning("consents", min(days)) if days else Meaning()


def read_asked(verdict: Verdict) -> Meaning:
    """Read by when somebody must agree to wait, or it is cancelled."""
    answers = [standing.answer_by for standing in verdict.standings if standing.answer_by is not None]
    return Meaning("cancels", min(answers)) if answers else Meaning()


def build_piece(judged: Judged, before: Verdict, meaning: Meaning, stands: tuple[bool, bool]) -> Piece:
    """Say what there is to say of units that share one history; `stands`: whether they are at hand, and in time besides."""
    at_hand, here = stands
    day, (_, told_on) = before.ships_on, read_told(before.portion, judged)
    change = find_change(judged, before, here=here)
    states = {standing.state for standing in before.standings}
    return Piece(
        judged.line,
        before.quantity,
        day,
        None if day is None else add_days(day, judged.facts.sale.transit_days),
        told_on,
        change,
        at_hand,
        here,
        not states.isdisjoint({"missed", "may_end"}),
        "may_end" in states,
        meaning,
    )


def find_change(judged: Judged, verdict: Verdict, *, here: bool = False) -> Change:
    """Compare the day of units with the one that was told of them; of those that are here no day is told."""
    known, told_on = read_told(verdict.portion, judged)
    if not known:
        return "new"
    return "same" if here else compare(verdict.ships_on, told_on)


def read_told(portion: Portion, judged: Judged) -> tuple[bool, date | None]:
    """Read the day that was told last of units, by a notice that arrived or when they were bought; first whether one was."""
    arrived = [notice for notice in portion.notices if notice.failed_at is None]
    if arrived:
        return True, arrived[-1].revised_on
    stated = judged.facts.sale.stated_on
    return stated is not None, stated


def compare(day: date | None, told: date | None) -> Change:
    """Compare a day with the one that was told."""
    if day == told:
        return "same"
    if day is None:
        return "lost"
    if told is None:
        return "found"
    return "later" if day > told else "earlier"
