"""What is kept for good beside an order: what the customer was told, what was refused, and what was cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backorder.orders.models import Cancellation, Disclosure, Line, Refusal
from backorder.orders.services.wanted import Told
from backorder.outbox.models import Entry
from backorder.rows import insert_rows

NOTHING_SHOWN = Told(shown=False)


@dataclass(frozen=True)
class Refused:
    """Units of a line that are not sold, and why."""

    line: Line  # saved or not
    quantity: int
    reason: str


@dataclass(frozen=True)
class Outlook:
    """What a customer is told to get of a line, and when."""

    line: Line
    quantity_now: int
    quantity_later: int
    promised_on: date | None


def note_refusals(refused: Iterable[tuple[Refused, Entry]]) -> None:
    """Keep what was asked and not sold, each with the entry that tells of it, in the caller's transaction."""
    Refusal.objects.bulk_create(
        Refusal(
            item=each.line.item,
            location=each.line.location,
            quantity=each.quantity,
            reason=each.reason,
            requested_on=each.line.requested_on,
            customer=each.line.order.customer,
            customer_class=each.line.order.customer_class,
            channel=each.line.order.channel,
            order_number=each.line.order.number,
            line_number=each.line.number,
            at=entry.at,
            entry=entry,
        )
        for each, entry in refused
    )


def disclose(outlooks: Iterable[Outlook], told: Told | None, entry: Entry) -> None:
    """Keep what the customer was told, in the caller's transaction; `told`: what else was, none if nobody says anything was."""
    disclose_each((each, told, entry) for each in outlooks)


def disclose_each(outlooks: Iterable[tuple[Outlook, Told | None, Entry]]) -> None:
    """Keep what customers were told, each as `disclose` would."""
    shown = ((each, told or NOTHING_SHOWN, entry) for each, told, entry in outlooks)
    Disclosure.objects.bulk_create(
        Disclosure(
            line=each.line,
            quantity_now=each.quantity_now,
            quantity_later=each.quantity_later,
            promised_on=each.promised_on,
            confidence=told.confidence,
            payment=told.payment,
            cancellation=told.cancellation,
            rule_pack=told.rule_pack,
            language=told.language,
            shown=told.shown,
            at=entry.at,
            entry=entry,
        )
        for each, told, entry in shown
    )


def keep_cancelled(cancelled: Iterable[tuple[int, int, Entry]], by: str) -> None:
    """Keep how many units of lines, by id, were cancelled if any, in the caller's transaction; a trigger adds them up."""
    insert_rows(
        [
            Cancellation(line_id=line, quantity=units, by=by, entry=entry)
            for line, units, entry in cancelled
            if units > 0
        ]
    )
