"""What a change led to."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from backorder.allocation.services import Decision
from backorder.api.nouns import Act
from backorder.api.values import Day, Shown
from backorder.orders.selectors import name_lines
from backorder.outbox.models import Entry


class Stand(Shown):
    """How an open line stands in the plan in force."""

    allocated_on_hand: int
    allocated_inbound: int
    unallocated: int = Field(description="Units that no known supply covers.")
    first_ships_on: Day | None
    planned_on: Day | None = Field(
        description="The day when the last unit can ship; null if no day is known."
    )
    in_time: bool
    units_ahead: int
    lines_ahead: int
    reason: str = Field(
        description="A code, as AFTER_HIGHER_RANK; the reference page of decisions explains it."
    )


class Change(Shown):
    """A line that stands otherwise than before."""

    order: str
    line: str
    sku: str
    before: Stand | None = Field(description="Null if the line is new.")
    after: Stand | None = Field(description="Null if the line is no longer open.")


class Outcome(Shown):
    """What a change led to."""

    changed: bool = Field(description="False if it was so already.")
    preview: bool = Field(description="True if it was only tried: nothing was written.")
    entry: int | None = Field(
        description="The number of its entry in the journal; null if nothing was written."
    )
    decision: int | None = Field(description="The number of the entry of the decision that followed.")
    moves: list[Change] = Field(description="The lines that stand otherwise than before.")


def tell(act: Act, decision: Decision | Entry | None) -> Outcome:
    """Tell what a change led to; an entry alone notes that it was so already. What was only tried has no entries."""
    if not isinstance(decision, Decision):
        entry = decision.pk if decision and not act.preview else None
        return Outcome(changed=False, preview=act.preview, entry=entry, decision=None, moves=[])
    names = name_lines(move.line for move in decision.moves)
    moves = [
        Change(
            order=order,
            line=line,
            sku=sku,
            before=show_stand(move.before),
            after=show_stand(move.after),
        )
        for move in decision.moves
        for order, line, sku in [names[move.line]]
    ]
    return Outcome(
        changed=True,
        preview=act.preview,
        entry=None if act.preview else decision.event.pk,
        decision=None if act.preview else decision.entry.pk,
        moves=moves,
    )


def show_stand(stand: dict[str, Any] | None) -> Stand | None:
    """Show how a line stands; what it told a complete order is between the lines of that order."""
    if stand is None:
        return None
    return Stand(**{name: stand[name] for name in Stand.model_fields})
