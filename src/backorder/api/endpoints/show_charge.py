"""By what orders may be charged, and what is charged, as programs are shown it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from backorder.api.endpoints.show_refund import MINOR
from backorder.api.values import Currency, Instant, Shown
from backorder.payments.models import Attempt, Charge, Means


class ShownMeans(Shown):
    """By what an order may be charged."""

    means: int
    order: str
    kind: str = Field(description="`authorisation`: a card holds money for it; `card`: a card is kept.")
    reference: str = Field(description="As the provider knows it.")
    label: str = Field(description="As the customer knows it.")
    state: str = Field(
        description="`open`: it can be charged; `ending`: what is held is let go; `used`: it was taken; `over`."
    )
    currency: str = Field(description="Of what is held; blank: a card takes any.")
    amount: int | None = Field(description=f"{MINOR} Held; null: a card holds nothing.")
    used: int = Field(description="What was taken by it, or is asked for.")
    capture_before: Instant | None = Field(description="As the provider says: after it nothing is held.")
    ends: bool = Field(description="It ends within a day, and a person is to decide.")
    said: str = Field(description="Why it ended.")
    who: str = Field(description="Who noted it.")
    entry: int


class ShownAttempt(Shown):
    """One attempt to take money."""

    attempt: int
    by: str = Field(description="`authorisation`, `card`, or a `link` at which the customer pays.")
    amount: int
    state: str = Field(
        description="`waiting`: nobody was asked; `handed`: a provider was asked; `pending`: the bank or the customer is at it; "
        "`ending`: its link is ended; `taken`; `failed`: for good, it takes another attempt."
    )
    link: str = Field(description="Where the customer pays; blank: nowhere.")
    needs_customer: bool = Field(description="The bank wants to ask the customer.")
    said: str = Field(description="By the provider, where it did not go on.")
    payment: int | None = Field(description="The payment that it became.")
    failed_at: Instant | None


class ShownCharge(Shown):
    """So much of an order is to be charged."""

    charge: int | None = Field(description="Its number; null if it was only tried.")
    order: str
    currency: Currency
    amount: int = Field(description=MINOR)
    moved: int = Field(description="What was taken of it, or is asked for.")
    rest: int = Field(description="What was not taken, and nobody is asked for.")
    called_off: bool = Field(description="Somebody decided that the rest is not charged.")
    keeps_until: Instant | None = Field(
        description="Once it failed: until then the order keeps its place, and nobody need decide."
    )
    attempts: list[ShownAttempt]
    what: str = Field(description="What it is for: `order.shipped`, or what else the journal calls it.")
    at: Instant
    who: str
    why: str
    entry: int | None = Field(
        description="The number of its entry in the journal; null if it was only tried."
    )


def show_means(rows: Sequence[Means]) -> list[ShownMeans]:
    """Show by what orders may be charged."""
    same = (*("kind", "reference", "label", "state", "currency", "amount", "used", "capture_before", "said"),)
    return [
        ShownMeans(
            **{name: getattr(row, name) for name in same},
            means=row.pk,
            order=row.order.number,
            ends=row.told_at is not None and row.state == "open" and not row.used,
            who=row.entry.who,
            entry=row.entry_id,
        )
        for row in rows
    ]


def show_charges(rows: Sequence[Charge]) -> list[ShownCharge]:
    """Show charges."""
    same = ("currency", "amount", "moved", "rest", "keeps_until")
    return [
        ShownCharge(
            **{name: getattr(row, name) for name in same},
            charge=row.pk,
            order=row.order.number,
            called_off=row.called_off_id is not None,
            attempts=[show_attempt(each) for each in row.attempts.all()],
            what=row.entry.what,
            at=row.entry.at,
            who=row.entry.who,
            why=row.entry.why,
            entry=row.entry_id,
        )
        for row in rows
    ]


def show_attempt(attempt: Attempt) -> ShownAttempt:
    """Show an attempt."""
    same = ("amount", "state", "link", "needs_customer", "said", "failed_at")
    return ShownAttempt(
        **{name: getattr(attempt, name) for name in same},
        attempt=attempt.pk,
        by=attempt.kind,
        payment=attempt.payment_id,
    )
