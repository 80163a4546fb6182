"""What the customer of an order is to be told: the difference between what was told last and what is planned now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backorder.care.judging import Judged
from backorder.care.letters.parts import QUIET
from backorder.care.letters.pieces import (
    LetterError,
    find_change,
    judge_after,
    list_days,
    list_told,
    read_told,
)
from backorder.care.models import Notice, tells_days
from backorder.care.post.rules import KINDS, Sending
from backorder.engine.consent import Verdict
from backorder.engine.consent.days import add_days
from backorder.orders.models import Order

AHEAD = 1
"""So many days before the one that was named a customer hears again: that day may begin while we sleep."""
CALM = timedelta(days=7)
"""So long after the last message good news wait; later days never do."""

NO_DAY = (
    "its customer was told that no day is known, which the law there does not count: name a day, or cancel"
)


@dataclass(frozen=True)
class Heard:
    """What a customer heard last of an order."""

    at: datetime
    said_next: date | None  # by which it was said that the customer hears again

    @property
    def next_on(self) -> date:
        """By when the customer hears again, also if nobody said so."""
        return self.said_next or (self.at + QUIET).date()


@dataclass(frozen=True)
class Due:
    """What is to be told."""

    kind: str  # of KINDS
    news: str  # stands for all that there is to tell
    tell_by: date | None  # the last day on which it counts by law
    fault: str = ""  # why nothing can be written


def read_heard(orders: Sequence[Order]) -> dict[int, Heard]:
    """Read what the customers of orders heard last, and got, by order."""
    rows = Notice.objects.filter(tells_days(), order__in=[order.pk for order in orders], failure=None)
    told = rows.order_by("told_at", "id").values_list("order", "told_at", "next_on")
    return {order: Heard(at, said_next) for order, at, said_next in told}


def find_due(
    order: Order, judged: Sequence[Judged], heard: Heard | None, sending: Sending, now: datetime
) -> Due | None:
    """Find what is to be told of an order, all lines of which are judged; None: nothing."""
    lines, faults = list[tuple[Judged, list[Verdict]]](), list[str]()
    for each in judged:
        try:
            lines.append((each, list_told(each, each.here)))
        except LetterError as error:
            faults.append(str(error))
    told = [(each, verdict) for each, verdicts in lines for verdict in verdicts]
    if not told:
        return Due("required", "", None, "; ".join(faults)) if faults else None
    today = now.astimezone(judged[0].rules.place.zone).date()
    kinds = {kind for each, verdict in told for kind in list_kinds(each, verdict, heard, sending, now)}
    if heard is None and order.ordered_on >= (sending.since or date.min):
        kinds.add("opening")
    if heard is not None and heard.next_on <= add_days(today, AHEAD):
        kinds.add("on_track")
    asked = [action.by for _, verdict in told for action in verdict.actions if action.kind == "tell"]
    if (asked and not has_heard(told)) or any(would_count(*each, now) for each in lines):
        kinds.add("required")
    elif asked and not kinds:
        return Due("required", name_news("required", lines, heard), min(asked), "; ".join([*faults, NO_DAY]))
    if not kinds:
        return None
    kind = min(kinds, key=list(KINDS).index)
    return Due(kind, name_news(kind, lines, heard), min(asked, default=None), "; ".join(faults))


def has_heard(told: Sequence[tuple[Judged, Verdict]]) -> bool:
    """Tell whether the days of units are those that their customer heard last."""
    return all(find_change(each, verdict) == "same" for each, verdict in told)


def would_count(judged: Judged, told: Sequence[Verdict], now: datetime) -> bool:
    """Tell whether a law that wants a line told would want less if it were told now: some take no notice that names no day."""
    asks = count_asked(judged.asked.verdicts)
    return asks > 0 and count_asked(judge_after(judged, told, now)) < asks


def count_asked(verdicts: Sequence[Verdict]) -> int:
    """Count the units that a law wants told."""
    return sum(each.quantity for each in verdicts if any(action.kind == "tell" for action in each.actions))


def list_kinds(
    judged: Judged, verdict: Verdict, heard: Heard | None, sending: Sending, now: datetime
) -> Iterator[str]:
    """List what the day of units is beside the one that was told last."""
    change = find_change(judged, verdict)
    if change in ("lost", "later", "found"):
        yield change
    _, told_on = read_told(verdict.portion, judged)
    if change == "earlier" and verdict.ships_on is not None and told_on is not None:
        gained, calm = told_on - verdict.ships_on, heard is None or now - heard.at >= CALM
        if calm and gained.days >= sending.gain_days:
            yield change


def name_news(kind: str, lines: Sequence[tuple[Judged, list[Verdict]]], heard: Heard | None) -> str:
    """Name all that there is to tell: other news have another name."""
    days: Mapping[str, list[tuple[str, int]]] = {
        each.line.number: [(str(day), units) for day, units in list_days(told)] for each, told in lines
    }
    said = json.dumps([kind, days, str(heard and heard.next_on)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
