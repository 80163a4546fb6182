"""What comes back."""

from __future__ import annotations

from django.db.models import Sum

from backorder.allocation.services import Decision, decide_after
from backorder.catalog.models import Location
from backorder.fulfilment.models import Return
from backorder.fulfilment.refusal import refuse
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write
from backorder.supply.models import STATUSES, Movement
from backorder.supply.services import move
from backorder.supply.services.stock import lock_level


def accept_return(line: Line, quantity: int, place: tuple[Location, str], cause: Cause) -> Decision | None:
    """Take back units that were shipped, into a location and status. Raises FulfilmentError.

    The line stays shipped: what becomes of its money, or a replacement, is another matter. A kit comes back as a kit.
    """
    return decide_after(lambda: {line.item_id}, lambda: take_in(line, quantity, place, cause))


def take_in(line: Line, quantity: int, place: tuple[Location, str], cause: Cause) -> Entry:
    """Write a return and its movement."""
    location, status = place
    line = (
        Line.objects.select_for_update(of=("self",), no_key=True)
        .select_related("order", "item")
        .get(pk=line.pk)
    )
    name = f"order {line.order.number} line {line.number}"
    refuse(status not in STATUSES, f"{name}: units are {', '.join(STATUSES)}, not {status}")
    back = line.returns.aggregate(units=Sum("quantity"))["units"] or 0
    left = line.quantity_shipped - back
    refuse(not 0 < quantity <= left, f"{name}: {left} shipped units can come back, not {quantity}")
    level = lock_level(line.item, location, status)
    subjects = [("order", line.order.number), ("item", line.item.sku), ("location", location.code)]
    facts = {"line": line.number, "quantity": quantity, "status": status}
    entry = write(cause, "line.returned", subjects, facts)
    Return.objects.create(line=line, level=level, quantity=quantity, entry=entry)
    move(
        Movement(
            item=line.item, location=location, status=status, kind="return", quantity=quantity, entry=entry
        )
    )
    return entry
