"""Portions: units of a line that share one history, so that each unit has one clock.

Units leave, and are cancelled, from the front; who agrees to wait for some of them agrees for those at the back. So units leave
first for which nobody agreed to wait, and what is agreed stays agreed for as many units as possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from backorder.engine.consent.facts import Answer, Cancellation, Facts, FactsError, Refund, Shipment

Leave = Shipment | Cancellation


@dataclass(frozen=True)
class Portion:
    """So many units, the answers that concern them, how they left, and when they were paid back."""

    quantity: int
    answers: tuple[Answer, ...] = ()
    left: Leave | None = None
    refunded_at: datetime | None = None


@dataclass(frozen=True)
class Span:
    """Units from one number to another of a line."""

    begin: int
    end: int


def split(facts: Facts) -> tuple[list[Portion], list[Answer]]:
    """Split a line into portions, from the front; and list the answers that came when nothing was open any more.

    Raises FactsError if more units left, or were paid back, than there are.
    """
    total, front = facts.sale.quantity, 0
    left: list[tuple[Span, Leave]] = []
    answered: list[tuple[Span, Answer]] = []
    crossed: list[Answer] = []
    happened: list[Leave | Answer] = [*facts.shipments, *facts.cancellations, *facts.answers]
    for event in sorted(happened, key=lambda each: each.at):
        if isinstance(event, Answer):
            units = min(total - front, total if event.quantity is None else event.quantity)
            if units:
                answered.append((Span(total - units, total), event))
            else:
                crossed.append(event)
            continue
        if event.quantity > total - front:
            message = f"{event.quantity} units leave where {total - front} of {total} are open"
            raise FactsError(message)
        left.append((Span(front, front + event.quantity), event))
        front += event.quantity
    by_kind = sorted(
        left, key=lambda each: isinstance(each[1], Shipment)
    )  # cancelled units first; a stable order
    refunded = match_refunds([span for span, _ in by_kind], facts.refunds)
    spans = [*(span for span, _ in left), *(span for span, _ in answered), *(span for span, _ in refunded)]
    cuts = sorted({0, total, *(span.begin for span in spans), *(span.end for span in spans)})
    portions = [
        Portion(
            end - begin,
            tuple(answer for span, answer in answered if span.begin <= begin < span.end),
            next((event for span, event in left if span.begin <= begin < span.end), None),
            next((refund.at for span, refund in refunded if span.begin <= begin < span.end), None),
        )
        for begin, end in pairwise(cuts)
    ]
    return portions, crossed


def match_refunds(left: list[Span], refunds: tuple[Refund, ...]) -> list[tuple[Span, Refund]]:
    """Match refunds with units, in their order. Raises FactsError for a refund of more than left."""
    matched: list[tuple[Span, Refund]] = []
    spans = list(left)
    for refund in sorted(refunds, key=lambda each: each.at):
        units = refund.quantity
        while units:
            if not spans:
                message = f"{units} units are paid back that are still open"
                raise FactsError(message)
            taken = min(units, spans[0].end - spans[0].begin)
            span = Span(spans[0].begin, spans[0].begin + taken)
            matched.append((span, refund))
            units -= taken
            spans = [*([Span(span.end, spans[0].end)] if span.end < spans[0].end else []), *spans[1:]]
    return matched
