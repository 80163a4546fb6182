"""The units that an offer keeps: a hold of an order that is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from backorder.allocation.acceptance.taking import keep_free
from backorder.allocation.models import Standing
from backorder.care.models import Offer
from backorder.care.offers.finding import Choice, name_buyer
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_free_number
from backorder.orders.services.placing import build_order
from backorder.orders.services.wanted import Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


def keep_units(line: Line, choice: Choice, until: datetime, cause: Cause, locked: set[int]) -> Order | None:
    """Keep units for a line whose items are locked, if all of them are free on hand; else None. Raises Spread or OrderError."""
    buyer = name_buyer(line.order)
    hold = build_order(find_free_number(f"I-{line.pk}", line.offers.count()), buyer, cause)
    hold.held_until = until
    wanted = Wanted(
        "1",
        choice.substitute.substitute,
        choice.units,
        cause.day,
        location=choice.location,
        unit_price=choice.unit_price,
    )
    return hold if keep_free(locked, hold, wanted, cause, buyer) else None


def when_kept_ships() -> Subquery:
    """Ask of an offer when what it keeps would ship; none: it keeps nothing, or not all of it is on hand any more."""
    kept = Standing.objects.filter(
        line__order=OuterRef("hold"),
        line__order__held_until__isnull=False,
        line__quantity_open=OuterRef("units"),
        allocated_on_hand=OuterRef("units"),
    )
    return Subquery(kept.values("planned_on")[:1])


def write_about(offer: Offer, what: str, cause: Cause, facts: Mapping[str, Any] | None = None) -> Entry:
    """Tell the journal what became of an offer."""
    line = offer.line
    subjects = [
        ("order", line.order.number),
        ("item", line.item.sku),
        ("item", offer.item.sku),
        ("order", offer.hold.number),
    ]
    said = {"line": line.number, "units": offer.units, "sku": offer.item.sku, "hold": offer.hold.number}
    return write(cause, what, subjects, {**said, **(facts or {})})


def end(offer: Offer, outcome: str, at: datetime) -> None:
    """End an offer."""
    offer.outcome, offer.ended_at = outcome, at
    offer.save(update_fields=["outcome", "ended_at", "taken", "cancellation"])
