"""What is owed, and what goes back, as programs are shown it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from pydantic import Field

from backorder.api.values import (
    Currency,
    Day,
    Instant,
    Shown,
)
from backorder.care.refunds.owed import list_owed
from backorder.orders.models import Order
from backorder.payments.models import Refund, Transfer

MINOR = "In minor units: cents of EUR."


class UnitsCancelled(Shown):
    """Units that were cancelled."""

    cancellation: int
    line: str
    sku: str
    quantity: int


class ShownOwed(Shown):
    """What is owed for what was cancelled of a paid order."""

    order: str
    mark: str = Field(description="Stands for all of it; let it go back by it.")
    amount: int | None = Field(description=f"{MINOR} Null: prices do not say it, a person must.")
    currency: Currency
    due_by: Day = Field(description="The last day on which it may leave.")
    by_law: str = Field(description="Which law says so; blank: the rules of the house.")
    since: Instant
    fault: str = Field(description="Why nobody can say by when a law wants it; blank if one can.")
    cancelled: list[UnitsCancelled]


class ShownTransfer(Shown):
    """One attempt to send money back."""

    transfer: int
    way: str
    amount: int
    state: str = Field(
        description="`waiting`: nobody was asked to send it; `handed`: a provider was asked; `pending`: on its way to the bank; "
        "`sent`; `failed`: for good, it takes another transfer."
    )
    reference: str
    label: str
    said: str = Field(description="By the provider or the bank, where it did not go on.")
    sent_at: Instant | None
    failed_at: Instant | None


class ShownRefund(Shown):
    """So much of an order is to go back."""

    refund: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    currency: Currency
    amount: int = Field(description=f"{MINOR} 0: it was found that nothing goes back.")
    moved: int = Field(
        description="What was sent of it, or is on its way; less than the amount: something failed."
    )
    due_by: Day | None
    cancelled: list[UnitsCancelled] = Field(description="For what; empty: goodwill, or paid twice.")
    paid_twice: bool = Field(
        description="It was paid twice, or is not for this order: it counts as paid no more."
    )
    transfers: list[ShownTransfer]
    at: Instant
    who: str
    why: str
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


def show_owed(rows: Sequence[Order]) -> list[ShownOwed]:
    """Show what is owed of orders."""
    found = list_owed(timezone.now(), rows) if rows else []
    return [
        ShownOwed(
            order=each.order.number,
            mark=each.mark,
            amount=each.amount,
            currency=each.currency,
            due_by=each.due_by,
            by_law=each.by_law,
            since=each.since,
            fault=each.fault,
            cancelled=show_cancelled(each.cancellations),
        )
        for each in sorted(found, key=lambda each: each.order.pk)
    ]


def show_cancelled(rows: Sequence[Any]) -> list[UnitsCancelled]:
    """Show what was cancelled."""
    return [
        UnitsCancelled(
            cancellation=row.pk, line=row.line.number, sku=row.line.item.sku, quantity=row.quantity
        )
        for row in rows
    ]


def show_refunds(rows: Sequence[Refund]) -> list[ShownRefund]:
    """Show refunds."""
    return [
        ShownRefund(
            refund=row.pk,
            order=row.order.number,
            currency=row.currency,
            amount=row.amount,
            moved=row.moved,
            due_by=row.due_by,
            cancelled=show_cancelled([part.cancellation for part in row.parts.all()]),
            paid_twice=row.paid_twice,
            transfers=[show_transfer(each) for each in row.transfers.all()],
            at=row.entry.at,
            who=row.entry.who,
            why=row.entry.why,
            entry=row.entry_id,
        )
        for row in rows
    ]


def show_transfer(row: Transfer) -> ShownTransfer:
    """Show a transfer."""
    same = ("way", "amount", "state", "reference", "label", "said", "sent_at", "failed_at")
    return ShownTransfer(transfer=row.pk, **{name: getattr(row, name) for name in same})
