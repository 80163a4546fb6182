"""The units that are kept for whoever is invited: a hold of an order that is none yet."""

from __future__ import annotations

from datetime import datetime

from backorder.allocation.acceptance.taking import keep_free
from backorder.care.models import Invitation, Wish
from backorder.orders.models import Order
from backorder.orders.selectors import find_free_number
from backorder.orders.services.placing import build_order
from backorder.orders.services.wanted import Buyer, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


def keep_units(wish: Wish, units: int, until: datetime, cause: Cause, locked: set[int]) -> Order | None:
    """Keep units for a wish whose item is locked, if all of them are free on hand; else None. Raises Spread or OrderError."""
    buyer = Buyer(customer=wish.customer, customer_class=wish.customer_class, channel=wish.channel)
    hold = build_order(find_free_number(f"W-{wish.pk}", wish.invitations.count()), buyer, cause)
    hold.held_until = until
    kept = keep_free(locked, hold, Wanted("1", wish.item, units, cause.day), cause, buyer)
    return hold if kept else None


def write_about(wish: Wish, what: str, cause: Cause, facts: dict[str, int] | None = None) -> Entry:
    """Tell the journal what became of a wish."""
    return write(cause, what, [("item", wish.item.sku), ("customer", wish.customer.code)], facts)


def end_invitation(invitation: Invitation, outcome: str, at: datetime) -> None:
    """End an invitation."""
    invitation.outcome, invitation.ended_at = outcome, at
    invitation.save(update_fields=["outcome", "ended_at"])


def end_wish(wish: Wish, outcome: str, at: datetime) -> None:
    """End a wish: its customer is off the list."""
    wish.outcome, wish.ended_at = outcome, at
    wish.save(update_fields=["outcome", "ended_at"])
