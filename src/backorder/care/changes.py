"""What customers change themselves on their page: that what is ready ships, where it goes, and until when it is of use.

Each is offered only while the warehouse has none of what it is about. What was changed is taken back within a day, while nothing
followed from it. What was cancelled stays so: its units went to whoever came next in the same moment, and its money is owed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from backorder.allocation import events
from backorder.allocation.services import hold_items
from backorder.care.choices import CUSTOMER, held, list_open_lines
from backorder.fulfilment.models import Release
from backorder.orders.models import Address, Line, Order
from backorder.orders.selectors import find_items_of_order
from backorder.orders.services import OrderChange, ShipTo
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from backorder.outbox.services import Cause

WINDOW = timedelta(days=1)
"""So long what was changed can be taken back."""
AS_READY = "as_ready"
AMENDED = ("order.amended", "line.amended")


@dataclass(frozen=True)
class Undo:
    """What a customer changed, and can take back; until when, or why not."""

    entry: Entry
    until: datetime
    line: Line | None  # none: it is about how the order ships
    is_packed: bool  # the warehouse has some of it since: it stays


@dataclass(frozen=True)
class Changeable:
    """What a customer can change of an order."""

    ships_ready: bool  # it waits to be complete, and need not
    address: Address | None  # where it goes, if that can be changed
    lines: Sequence[Line]  # of which the last day of use can be changed
    undoable: Sequence[Undo]


def list_changeable(order: Order, lines: Sequence[Line], now: datetime) -> Changeable:
    """List what a customer can change of an order; `lines`: those of which something is open."""
    return Changeable(
        ships_ready=may_ship_ready(order, lines),
        address=find_open_address(order, lines),
        lines=list_dated(lines),
        undoable=list_undoable(order, lines, now),
    )


def may_ship_ready(order: Order, lines: Sequence[Line]) -> bool:
    """Tell whether an order waits to be complete only because it was ordered so, and not because it may leave just once more."""
    once = order.most_shipments is not None and order.most_shipments <= order.shipments_begun + 1
    units = sum(line.quantity_unreleased for line in lines)
    return order.ship_policy != AS_READY and not once and units > 1


def find_open_address(order: Order, lines: Sequence[Line]) -> Address | None:
    """Find where an order goes; None if nothing of it is to go, or the warehouse packs it already."""
    if not lines or any(line.quantity_released for line in lines):
        return None
    return Address.objects.filter(order=order.pk).first()


def list_dated(lines: Sequence[Line]) -> list[Line]:
    """List the lines of which the warehouse has nothing."""
    return [line for line in lines if not line.quantity_released]


def ship_ready(order: Order, state: str, cause: Cause) -> None:
    """Let an order ship as it is ready. Raises OrderError."""
    with held(order, state, cause.at):
        order = Order.objects.get(pk=order.pk)
        refuse(not may_ship_ready(order, list_open_lines(order)), f"order {order.number} ships as it can")
        events.amend_order(order, OrderChange(ship_policy=AS_READY), cause)


def redirect(order: Order, to: ShipTo, state: str, cause: Cause) -> None:
    """Let an order go elsewhere in the same country: another one has other laws, taxes and ways. Raises OrderError."""
    with held(order, state, cause.at):

        def change(_locked: set[int]) -> None:
            address = find_open_address(
                order, list_open_lines(order)
            )  # nothing is released while its items are held
            refuse(address is None, f"order {order.number} is being packed; nobody changes where it goes")
            assert address is not None
            refuse(to.country != address.country, f"order {order.number} stays in {address.country}")
            events.change_address(order, to, cause)

        hold_items(partial(find_items_of_order, order), change)


def set_last_day(order: Order, day: date | None, state: str, cause: Cause) -> None:
    """Note until when what the warehouse does not have is of use; none: always. Raises OrderError."""
    with held(order, state, cause.at):

        def change(_locked: set[int]) -> None:
            lines = [line for line in list_dated(list_open_lines(order)) if line.needed_by != day]
            refuse(not lines, f"order {order.number}: there is no line of which that is not so")
            for line in lines:
                events.amend_line(line, {"needed_by": day}, cause)

        hold_items(partial(find_items_of_order, order), change)


def list_undoable(order: Order, lines: Sequence[Line], now: datetime) -> list[Undo]:
    """List what a customer changed within the window and is still as it was changed, the last first."""
    entries = Entry.objects.filter(
        pk__in=read_story("order", order.number).values("pk"),
        who=CUSTOMER,
        what__in=AMENDED,
        at__gt=now - WINDOW,
        caused_by=None,  # what takes something back is caused by that
    )
    kept = entries.exclude(causes__what__in=AMENDED).order_by("-id")
    found = (find_undo(entry, order, lines) for entry in kept)
    return [undo for undo in found if undo is not None]


def find_undo(entry: Entry, order: Order, lines: Sequence[Line]) -> Undo | None:
    """Find how an entry is taken back; None if it cannot be, as it is not so any more."""
    after, until = entry.facts["to"], entry.at + WINDOW
    if after.keys() == {"ship_policy"} and after["ship_policy"] == order.ship_policy and lines:
        released = Release.objects.filter(line__order=order.pk, entry__gt=entry.pk).exists()
        return Undo(entry, until, None, is_packed=released)
    line = next((each for each in lines if each.number == entry.facts.get("line")), None)
    if line is None or after.keys() != {"needed_by"} or read_fact_day(after["needed_by"]) != line.needed_by:
        return None
    return Undo(entry, until, line, is_packed=bool(line.quantity_released))


def take_back(order: Order, number: int, state: str, cause: Cause) -> None:
    """Take back what was changed by an entry of the journal. Raises OrderError."""
    with held(order, state, cause.at):

        def change(_locked: set[int]) -> None:
            now = Order.objects.get(pk=order.pk)
            undoable = list_undoable(now, list_open_lines(now), cause.at)
            undo = next((each for each in undoable if each.entry.pk == number and not each.is_packed), None)
            refuse(undo is None, f"order {order.number}: that cannot be taken back any more")
            assert undo is not None
            before, again = undo.entry.facts["from"], replace(cause, caused_by=undo.entry)
            if undo.line is None:
                events.amend_order(now, OrderChange(ship_policy=before["ship_policy"]), again)
            else:
                day = read_fact_day(before["needed_by"])
                events.amend_line(undo.line, {"needed_by": day}, again)

        hold_items(partial(find_items_of_order, order), change)


def read_fact_day(text: str | None) -> date | None:
    """Read a day that the journal holds."""
    return date.fromisoformat(text) if text else None
