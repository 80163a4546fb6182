"""What customers are told of lines: by whom they hear it, and what of it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from backorder.api.values import Day, Shown
from backorder.care.models import NoticeLine
from backorder.care.telling import Revised

Medium = Annotated[
    Literal["mail", "phone", "letter", "message", "page"],
    Field(description="How it was said; `message` is a short one, as to a phone."),
]
Content = Literal[
    "day_or_none",
    "specific_delay",
    "right_to_cancel",
    "free_answer",
    "silence_consents",
    "silence_cancels",
    "reason",
    "open_wait",
    "may_set_period",
    "service_only",
]
"""What a notice can say; packs ask for these."""


class ToldOfLine(Shown):
    """What a customer is told of a line, or of units at its back."""

    line: str
    sku: str
    on: Day | None = Field(description="The day on which it ships; null: that no day is known.")
    quantity: int | None = Field(description="Units that ship last; null: all of the line.")
    says: list[str] = Field(description="What else is said of them, as right_to_cancel.")


def show_told(rows: Sequence[Revised | NoticeLine]) -> list[ToldOfLine]:
    """Show what is told of lines."""
    return [
        ToldOfLine(
            line=row.line.number,
            sku=row.line.item.sku,
            on=row.revised_on if isinstance(row, NoticeLine) else row.on,
            quantity=row.quantity,
            says=sorted(row.says),
        )
        for row in rows
    ]
