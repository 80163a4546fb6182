"""What is kept is handed to another line of the same item, so that nobody comes between, or is given back."""

from __future__ import annotations

from django.db.models import Max
from django.utils import timezone

from backorder.allocation.models import Allocation, Promise
from backorder.allocation.services import decide_on
from backorder.orders import services as orders
from backorder.orders.models import Line, Order
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause


def hand_over(held: Line, line: Line, entry: Entry) -> None:
    """Let a line that was written in this transaction have the units, and the day, that the plan in force keeps for another.

    Its units are no longer those of the other, which must be closed before the decision that follows: it then stands as that one did,
    with a promise that others may not break either. What was kept for some days is promised for the day on which it ships now.
    """
    kept = Allocation.objects.filter(line=held.pk)
    ships_on = kept.aggregate(last=Max("ships_on"))["last"]
    kept.update(line=line)
    last = Promise.objects.filter(line=held.pk).order_by("-id").first()
    if last is not None and last.promised_on is not None and ships_on is not None:
        Promise.objects.create(
            line=line,
            promised_on=max(
                last.promised_on, ships_on, timezone.localdate(entry.at)
            ),  # never a day before the yes
            reason=last.reason,
            evidence=last.evidence,
            entry=entry,
        )


def give_units_back(hold: Order, cause: Cause, locked: set[int]) -> None:
    """Give back what a hold keeps, if it keeps anything; its items are locked. Raises Spread."""
    if hold.held_until is not None and hold.lines.filter(quantity_open__gt=0).exists():
        decide_on(orders.cancel_order(hold, cause, what="hold.expired"), locked)
