"""The units that are kept for whoever is invited: a hold of an order that is none yet."""

from __future__ import annotations

from datetime import datetime

from backorder.allocation.acceptance.taking import keep_free
from backorder.allocation.services import decide_on
from backorder.care.models import Invitation, Wish
from backorder.orders import services as orders
from backorder.orders.models import Order
from backorder.orders.services.placing import build_order
from backorder.orders.services.wanted import Buyer, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


def keep_units(wish: Wish, units: int, until: datetime, cause: Cause, locked: set[int]) -> Order | None:
    """Keep units for a wish whose item is locked, if all of them are free on hand; else None. Raises Spread or OrderError."""
    buyer = Buyer(customer=wish.customer, customer_class=wish.customer_class, channel=wish.channel)
    hold = build_order(name_hold(wish), buyer, cause)
    hold.held_until = until
    kept = keep_free(locked, hold, Wanted("1", wish.item, units, cause.day), cause, buyer)
    return hold if kept else None


def name_hold(wish: Wish) -> str:
    """Name the next hold of a wish: W-17-1, or what nobody has of it."""
    count = wish.invitations.count() + 1
    while Order.objects.filter(number=f"W-{wish.pk}-{count}").exists():
        count += 1
    return f"W-{wish.pk}-{count}"


def give_units_back(hold: Order, cause: Cause, locked: set[int]) -> None:
    """Give back what a hold keeps, if it keeps anything; its item is locked. Raises Spread."""
    if hold.held_until is not None and hold.lines.filter(quantity_open__gt=0).exists():
        decide_on(orders.cancel_order(hold, cause, what="hold.expired"), locked)


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
