"""How an inbound order is shown."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from backorder.api.endpoints.outcome import Outcome
from backorder.api.values import Day, Shown
from backorder.supply.models import InboundOrder


class ComingLine(Shown):
    """Units of one item on the way to one location."""

    number: str
    sku: str
    location: str
    quantity_ordered: int
    quantity_received: int = Field(description="May be more than ordered.")
    quantity_cancelled: int = Field(description="Units that will not come.")
    remaining: int = Field(description="Units that are still to come.")
    allocated: int = Field(description="Of them: set aside for lines.")
    expected_on: Day


class Coming(Shown):
    """An order of units that will come."""

    number: str
    kind: str
    supplier: str | None
    source: str | None = Field(description="Of a transfer: the location that the units leave.")
    placed_on: Day
    lines: list[ComingLine]


class Ordered(Shown):
    """An inbound order that was placed, and what it led to."""

    inbound: Coming
    outcome: Outcome


def show_inbound(rows: Sequence[InboundOrder]) -> list[Coming]:
    """Show inbound orders with all their lines."""
    return [
        Coming(
            number=row.number,
            kind=row.kind,
            supplier=row.supplier.code if row.supplier else None,
            source=row.source.code if row.source else None,
            placed_on=row.placed_on,
            lines=[
                ComingLine(
                    number=line.number,
                    sku=line.item.sku,
                    location=line.location.code,
                    quantity_ordered=line.quantity_ordered,
                    quantity_received=line.quantity_received,
                    quantity_cancelled=line.quantity_cancelled,
                    remaining=line.remaining,
                    allocated=line.allocated,
                    expected_on=line.expected_on,
                )
                for line in row.lines.all()
            ],
        )
        for row in rows
    ]
