"""Refusals: what was asked and not sold. It was wanted all the same: demand, and who to ask first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ninja import Query
from pydantic import Field

from backorder.api.nouns import Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.values import Day, Instant, Key, Shown
from backorder.orders.models import Refusal
from backorder.orders.selectors import read_refusals

refusals = Noun("refusals", "orders")


class Refused(Shown):
    """Units that a customer asked for and was not sold."""

    sku: str
    location: str | None
    quantity: int
    reason: str = Field(description="As CAP or NOT_ON_HAND.")
    requested_on: Day
    customer: str | None
    customer_class: str | None
    channel: str | None
    order: str = Field(description="The number under which it was asked; there may be no such order.")
    line: str
    at: Instant
    entry: int = Field(description="The number of its entry in the journal.")


class Chosen(Asked):
    """Which refusals."""

    sku: Annotated[Key | None, Field(description="Only of this item.")] = None
    customer: Annotated[Key | None, Field(description="Only of this customer.")] = None
    reason: Annotated[Key | None, Field(description="Only for this reason.")] = None


@refusals.reads("/refusals", Page[Refused])
def list_refusals(chosen: Query[Chosen]) -> Page[Refused]:
    """List what was asked and not sold, the last one first. With what was sold it is the true demand."""
    wanted = {"item__sku": chosen.sku, "customer__code": chosen.customer, "reason": chosen.reason}
    rows = read_refusals().filter(**{name: value for name, value in wanted.items() if value is not None})
    return take_page(rows, "-id", chosen, show_refusals)


def show_refusals(rows: Sequence[Refusal]) -> list[Refused]:
    """Show refusals."""
    return [
        Refused(
            sku=row.item.sku,
            location=row.location.code if row.location else None,
            quantity=row.quantity,
            reason=row.reason,
            requested_on=row.requested_on,
            customer=row.customer.code if row.customer else None,
            customer_class=row.customer_class.code if row.customer_class else None,
            channel=row.channel.code if row.channel else None,
            order=row.order_number,
            line=row.line_number,
            at=row.at,
            entry=row.entry_id,
        )
        for row in rows
    ]
