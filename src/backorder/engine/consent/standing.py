"""Where a case stands, and what is to be done by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from backorder.engine.consent.facts import Answer

State = Literal[
    "settled",
    "not_running",
    "shipped",
    "open_wait",
    "on_time",
    "agreed",
    "told",
    "asked",
    "late",
    "missed",
    "may_end",
    "refund_due",
]
STATES: tuple[State, ...] = get_args(State)
"""From the best to the worst: of several packs the worst counts.

`settled`: cancelled or kept, and nothing is left to pay back. `not_running`: the order is not complete and payable, or no law sets
a day. `open_wait`: the buyer waits without a day and may cancel until it ships. `on_time`: planned by the day that counts.
`agreed`: the same, with a later day that the buyer agreed to. `told`: the buyer knows that it will miss the day, and was asked
nothing. `asked`: who says nothing lets it be cancelled. `late`: planned later than the day that counts, and the buyer must be told
before. `missed`: the day has passed and the buyer may set a further period. `may_end`: it has passed and the buyer may end the
contract. `refund_due`: to be cancelled, and the money sent back.
"""

ActionKind = Literal["ship", "ship_or_tell", "tell", "cancel", "refund", "ask_a_person"]


@dataclass(frozen=True)
class Action:
    """What is to be done by a day, and where the law says so."""

    kind: ActionKind
    by: date
    should_by: date  # when it should be done, so that there is time left
    citations: tuple[str, ...]
    must_say: frozenset[str] = frozenset()  # of a notice
    needs_day: bool = False  # a notice must name a day

    @property
    def order(self) -> tuple[date, date, str]:
        """What is due first comes first."""
        return self.by, self.should_by, self.kind


@dataclass(frozen=True)
class Standing:
    """Where one portion stands under one pack."""

    pack: str
    state: State
    moment: str  # the rule from which that comes
    citation: str
    last_day: date | None = (
        None  # that is in order: of shipment, or of delivery where that counts; none: there is none any more
    )
    answer_by: date | None = None  # by which the buyer answers, or silence counts
    vested_on: date | None = None  # since when money is due back
    refund_by: date | None = None  # by which it is sent
    actions: tuple[Action, ...] = ()
    crossed: tuple[Answer, ...] = ()  # that this pack could make nothing of
