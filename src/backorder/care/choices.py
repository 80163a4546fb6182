"""What customers choose on their page: offered only if it would count, and noted once, if it is about what they saw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery

from backorder.allocation.services import hold_items
from backorder.care.house import House, look_for_customer
from backorder.care.judging import FactsError, Judged, judge_orders
from backorder.care.letters.pieces import (
    LetterError,
    Piece,
    find_change,
    list_open,
    list_pieces,
    list_told,
    list_waiting,
)
from backorder.care.models import Answer, Callback, Notice, tells_days
from backorder.care.telling import Said, note_answer
from backorder.engine import consent
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_items_of_order
from backorder.orders.services import OrderError
from backorder.orders.services.wanted import refuse
from backorder.outbox.services import Cause

CUSTOMER = "customer"
"""Who chooses on the page of an order."""
CHOICES = 8_021_119
"""Tells our locks from others of the database."""
PAGE = "page"
SOME_TIME = timedelta(days=30)
"""A further period that is tried, to see whether one would count."""


class ChangedError(OrderError):
    """What was chosen about is not so any more."""


@dataclass(frozen=True)
class Seen:
    """What a customer sees of an order."""

    judged: Sequence[Judged]
    pieces: Sequence[Piece]  # of what waits
    lines: Sequence[Line]  # of which something is open
    state: str  # stands for all of it: a choice is about this
    house: House  # as far as its rules can be read
    knows_law: (
        bool  # they say which law holds; else it is taken that the same as when they could be read last
    )


def look(order: Order, now: datetime) -> Seen:
    """Look at an order as its customer does. A line of which nobody can say how it stands has no pieces."""
    house, knows_law = look_for_customer()
    try:
        judged = judge_orders([order], now, house=house)
    except FactsError:
        judged = []
    pieces = [piece for each in judged for piece in list_waiting_pieces(each, now)]
    lines = sorted(order.lines.all(), key=attrgetter("pk"))
    open_lines = [line for line in lines if line.quantity_open]
    return Seen(judged, pieces, open_lines, name_state(order, lines, pieces), house, knows_law)


def list_waiting_pieces(judged: Judged, now: datetime) -> list[Piece]:
    """List the pieces of a line that waits."""
    try:
        if not list_waiting(judged):
            return []
        return list_pieces(judged, list_told(judged, judged.here), now, tells=False)
    except LetterError:
        return []


def name_state(order: Order, lines: Sequence[Line], pieces: Sequence[Piece]) -> str:
    """Name what a customer sees: of each line how much is open and by when, what was told and arrived, what was said."""
    heard = Notice.objects.filter(tells_days(), order=OuterRef("pk"), failure=None)
    said = Answer.objects.filter(line__order=OuterRef("pk"))
    wished = Callback.objects.filter(order=OuterRef("pk"))
    last = Order.objects.filter(pk=order.pk).values_list(*(find_last(rows) for rows in (heard, said, wished)))
    days = [
        (each.line.pk, each.quantity, str(each.ships_on), str(each.told_on), each.change, each.here)
        for each in pieces
    ]
    open_of = [(line.pk, line.quantity_open, line.quantity_released, str(line.needed_by)) for line in lines]
    state = [open_of, days, list(last), order.ship_policy]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]


def find_last(rows: QuerySet[Any]) -> Subquery:
    """Find the last of rows, by its id."""
    return Subquery(rows.order_by("-pk").values("pk")[:1])


def list_agreeable(seen: Seen, now: datetime) -> list[tuple[Judged, int]]:
    """List the lines to whose day a yes would count, and for how many units: told as it is planned, and asked for by some law."""
    found = []
    for each in seen.judged:
        try:
            told = list_told(each, each.here)
        except LetterError:
            continue
        notices = [notice for notice in each.facts.notices if notice.failed_at is None]
        units = sum(verdict.quantity for verdict in told)
        if units and notices and all(find_change(each, verdict) == "same" for verdict in told):
            answer = consent.Answer(now, "accepts", units, notices[-1].name)
            if would_count(each, answer, now):
                found.append((each, units))
    return found


def list_with_period(seen: Seen, until: date, now: datetime) -> list[Judged]:
    """List the lines for which a further period would count, until a day."""
    answer = consent.Answer(now, "period", until=until)
    return [each for each in seen.judged if each.line.quantity_open and would_count(each, answer, now)]


def would_count(judged: Judged, answer: consent.Answer, now: datetime) -> bool:
    """Tell whether the law would make anything of an answer."""
    facts = replace(judged.facts, answers=(*judged.facts.answers, answer))
    after = consent.judge(facts, judged.rules, now)
    before = [(verdict.quantity, verdict.standings) for verdict in list_open(judged.asked.verdicts)]
    return answer not in after.crossed and before != [
        (verdict.quantity, verdict.standings) for verdict in list_open(after.verdicts)
    ]


def wait(order: Order, state: str, cause: Cause, channel: str = PAGE) -> None:
    """Note that the customer agrees to wait as it was told. Raises OrderError."""
    with held(order, state, cause.at) as seen:
        agreeable = list_agreeable(seen, cause.at)
        refuse(not agreeable, f"order {order.number}: there is nothing to agree to")
        for each, units in agreeable:
            note_answer(each.line, Said(cause.at, channel, "accepts", units), cause)


def set_period(order: Order, until: date, state: str, cause: Cause) -> None:
    """Note that the customer sets a further period for what is late. Raises OrderError."""
    with held(order, state, cause.at) as seen:
        lines = list_with_period(seen, until, cause.at)
        refuse(not lines, f"order {order.number}: no further period would count")
        for each in lines:
            note_answer(each.line, Said(cause.at, PAGE, "period", until=until), cause)


def cancel(order: Order, units: Mapping[str, int], state: str, cause: Cause, channel: str = PAGE) -> None:
    """Note that the customer cancels so many units of lines, by number, which goes at once. Raises OrderError."""
    with held(order, state, cause.at):
        lines = {line.number: line for line in list_open_lines(order)}
        wanted = {number: count for number, count in units.items() if count}
        refuse(not wanted, f"order {order.number}: nothing was chosen")
        for number, count in wanted.items():
            most = lines[number].quantity_unreleased if number in lines else 0
            refuse(not 1 <= count <= most, f"order {order.number} line {number}: {most} can be cancelled")

        def note(_locked: set[int]) -> None:
            for number, count in wanted.items():
                note_answer(lines[number], Said(cause.at, channel, "cancels", count), cause)

        # the items of all lines at once, or two would wait in a circle
        hold_items(partial(find_items_of_order, order), note)


def cancel_all(order: Order, cause: Cause, channel: str) -> None:
    """Note that the customer cancels all that is open. Raises OrderError if nothing is, or the warehouse has some of it."""
    units = {line.number: line.quantity_open for line in list_open_lines(order)}
    cancel(order, units, look(order, cause.at).state, cause, channel)


def list_open_lines(order: Order) -> list[Line]:
    """List the lines of an order of which something is open."""
    lines = Line.objects.filter(order=order.pk, quantity_open__gt=0)
    return list(lines.select_related("order", "item", "standing").order_by("id"))


@contextmanager
def held(order: Order, state: str, now: datetime) -> Iterator[Seen]:
    """Let a customer choose one thing at a time, about what was seen. Raises ChangedError."""
    with transaction.atomic():
        hold_choices(order)
        seen = look(Order.objects.get(pk=order.pk), now)
        if seen.state != state:
            message = f"order {order.number} has changed since; look again"
            raise ChangedError(message)
        yield seen


def hold_choices(order: Order) -> None:
    """Let nobody else choose for an order until the transaction ends. This lock comes before those of items."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CHOICES, order.pk % 2**31])
