"""Holds: units kept for a customer who has not ordered yet, until an instant."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from backorder.orders.models import Line, Order
from backorder.orders.services.allowed import refuse_over
from backorder.orders.services.changing import cancel_order, lock_order
from backorder.orders.services.placing import list_subjects
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


def check_hold(number: str, until: datetime, cause: Cause) -> None:
    """Raise OrderError for a hold that cannot be meant."""
    refuse(until.tzinfo is None, f"hold {number}: {until} has no zone")
    refuse(until <= cause.at, f"hold {number}: {until} has passed; name an instant after {cause.at}")


def keep_from_hand(line: Line) -> Line:
    """Let a line that is not saved yet keep only what is on hand until its hold is confirmed."""
    line.commitment, line.commitment_once_confirmed = "on_hand_only", line.commitment
    return line


@transaction.atomic
def confirm(order: Order, cause: Cause) -> Entry:
    """Note that what is held is ordered: its lines are as firm as was asked from now on. Raises OrderError if the hold is over."""
    order, lines = lock_order(order)
    number = order.number
    refuse(order.held_until is None, f"order {number} is no hold")
    open_lines = [line for line in lines if line.quantity_open]
    refuse_over(order, cause)
    refuse(not open_lines, f"the hold {number} is over; place an order")
    order.held_until = None
    order.save(update_fields=["held_until"])
    held = Line.objects.filter(order=order, commitment_once_confirmed__isnull=False)
    held.update(commitment=F("commitment_once_confirmed"), commitment_once_confirmed=None)
    return write(cause, "order.confirmed", list_subjects(order, lines))


@transaction.atomic
def expire(order: Order, cause: Cause) -> Entry | None:
    """Give back what a hold kept, if it is over and was not confirmed; else None."""
    order, lines = lock_order(order)
    held = order.held_until is not None and order.held_until <= cause.at
    if not (held and any(line.quantity_open for line in lines)):
        return None
    return cancel_order(order, cause, what="hold.expired")
