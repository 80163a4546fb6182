"""How it is shown what becomes of what was asked."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from backorder.allocation.acceptance.answer import Alternative, Answer
from backorder.api.endpoints.outcome import Outcome, tell
from backorder.api.endpoints.show_order import Waiting
from backorder.api.nouns import Act
from backorder.api.values import Day, Shown


class Instead(Shown):
    """Units of a substitute that nobody's plan needs. Nothing is substituted without a yes."""

    kind: str
    sku: str
    location: str
    quantity: int
    available_on: Day


class LineAnswer(Shown):
    """What becomes of a line. Asked = now + later + refused."""

    number: str
    sku: str
    quantity_asked: int
    quantity_now: int = Field(description="On hand for it.")
    quantity_later: int = Field(description="Accepted, and waiting.")
    quantity_refused: int = Field(description="Not sold; they are kept as a refusal.")
    reason: str = Field(description="Why units are refused, as CAP; blank if none are.")
    first_ships_on: Day | None
    promised_on: Day | None = Field(
        description="The day when the last accepted unit can ship; null if no day can be named."
    )
    express: bool = Field(description="Express shipping is granted.")
    alternatives: list[Instead]


class Answered(Shown):
    """What becomes of what was asked, and what it led to."""

    answer: list[LineAnswer] = Field(description="What becomes of each line that was asked.")
    outcome: Outcome | None = Field(
        description="Null if nothing is accepted: then only the refusal is written down."
    )


class Placed(Answered):
    """An order as far as it is accepted, and what it led to."""

    order: Waiting | None = Field(description="Null if nothing of it is accepted: there is no such order.")


def show_answer(answer: Answer) -> list[LineAnswer]:
    """Show what becomes of each line."""
    return [
        LineAnswer(
            number=line.number,
            sku=line.sku,
            quantity_asked=line.quantity_asked,
            quantity_now=line.quantity_now,
            quantity_later=line.quantity_later,
            quantity_refused=line.quantity_refused,
            reason=line.reason,
            first_ships_on=line.first_ships_on,
            promised_on=line.promised_on,
            express=line.express,
            alternatives=show_alternatives(line.alternatives),
        )
        for line in answer.lines
    ]


def show_alternatives(alternatives: Iterable[Alternative]) -> list[Instead]:
    """Show what could be had instead."""
    return [
        Instead(
            kind=one.kind,
            sku=one.sku,
            location=one.location,
            quantity=one.quantity,
            available_on=one.available_on,
        )
        for one in alternatives
    ]


def tell_answer(act: Act, answer: Answer) -> Answered:
    """Tell what becomes of what was asked of an order that stands."""
    refused_all = answer.decision is None and bool(answer.lines)
    return Answered(answer=show_answer(answer), outcome=None if refused_all else tell(act, answer.decision))
