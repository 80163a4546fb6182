"""What happens to a shop. Each event is a change of facts and the decision that follows from it, in one transaction.

Pages and programs call these. Receipts, and what the warehouse does, are in `fulfilment.services`; an import writes what
its files change by itself, and decides once. None is given if the event changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from django.db import transaction

from backorder.allocation.acceptance.amending import add_line, amend_line
from backorder.allocation.acceptance.taking import Purchase, buy, disclose_plan, hold, place_order
from backorder.allocation.services import Decision, decide_after, decide_all, decide_on, hold_items
from backorder.catalog.locks import lock_all_items
from backorder.catalog.models import Item, Location
from backorder.catalog.selectors import find_families, find_items
from backorder.catalog.services import Saved
from backorder.orders import services as orders
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_items_of_order, find_touched_items, list_holds_over
from backorder.orders.services import Buyer, OrderChange, ShipTo, Told, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause
from backorder.supply import services as supply
from backorder.supply.models import InboundLine
from backorder.supply.services import Expected, Origin, Part

__all__ = [
    "Purchase",
    "add_line",
    "adjust",
    "amend_line",
    "amend_order",
    "buy",
    "cancel_line",
    "cancel_order",
    "cancel_rest",
    "change_address",
    "change_items",
    "change_kits",
    "change_places",
    "change_status",
    "confirm",
    "count",
    "expect",
    "expire_holds",
    "hold",
    "place_inbound",
    "place_order",
    "record_order",
    "split",
]

Place = tuple[Item, Location, str]
"""An item at a location in a status."""
SHOWN = 3
"""So many failures are named in one line."""


def record_order(
    number: str, lines: Sequence[Wanted], cause: Cause, buyer: Buyer | None = None, told: Told | None = None
) -> Decision | None:
    """Note an order that was accepted elsewhere: no rule refuses any of it. Raises OrderError.

    `told`: what the customer was told. That was not the day which is planned here, so it does not count as shown.
    """
    return decide_after(
        lambda: {line.item.pk for line in lines},
        lambda: orders.place(number, lines, cause, buyer),
        partial(disclose_plan, number, told and replace(told, shown=False)),
    )


def cancel_line(line: Line, quantity: int, cause: Cause, by: str = "buyer") -> Decision | None:
    """Cancel so many units of a line. Raises OrderError."""
    return decide_after(partial(find_touched_items, line), lambda: orders.cancel(line, quantity, cause, by))


def cancel_order(order: Order, cause: Cause, by: str = "buyer") -> Decision | None:
    """Cancel what is open of an order. Raises OrderError."""
    return decide_after(partial(find_items_of_order, order), lambda: orders.cancel_order(order, cause, by))


def amend_order(order: Order, change: OrderChange, cause: Cause) -> Decision | None:
    """Change an order's priority or how it ships. Raises OrderError."""
    return decide_after(partial(find_items_of_order, order), lambda: orders.amend_order(order, change, cause))


def change_address(order: Order, to: ShipTo, cause: Cause) -> Entry | None:
    """Change where an order goes; nothing is decided again. Raises OrderError."""
    return orders.change_address(order, to, cause)


def confirm(order: Order, cause: Cause, told: Told | None = None) -> Decision | None:
    """Make a hold an order; `told`: what the customer was told. Raises OrderError if the hold is over."""
    return decide_after(
        partial(find_items_of_order, order),
        lambda: orders.confirm(order, cause),
        partial(disclose_plan, order.number, told),
    )


def change_kits(items: Iterable[int], change: Callable[[], Saved]) -> Decision | None:
    """Change what kits are made of, or what stands in for what, and decide their items again. Raises CatalogError."""
    return decide_after(partial(find_families, list(items)), lambda: change().entry)


def change_items(skus: Iterable[str], change: Callable[[], Saved]) -> Decision | None:
    """Create or change items, and decide them again: rules may rank by what an item is called or costs. Raises CatalogError."""
    return change_kits(find_items(skus).values(), change)


@transaction.atomic
def change_places(change: Callable[[], Saved]) -> Decision | None:
    """Create or change locations, close or open days, and decide about everything. Raises CatalogError."""
    items = lock_all_items()
    entry = change().entry
    return decide_all(items, entry) if entry else None


def expire_holds(cause: Cause) -> list[Decision]:
    """Give back what holds keep that are over, each in its own transaction. Done twice, nothing happens the second time.

    One that fails keeps no other; what failed is raised at the end, as one ExceptionGroup.
    """
    found, failed = [], dict[str, Exception]()
    for order in list_holds_over(cause.at):
        try:
            decision = decide_after(partial(find_items_of_order, order), partial(orders.expire, order, cause))
        except Exception as error:  # noqa: BLE001 - whatever it is, the next hold has nothing to do with it
            failed[order.number] = error
            continue
        if decision:
            found.append(decision)
    if failed:
        told = [f"{number}: {error}" for number, error in failed.items()]
        more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
        message = f"holds that are over still keep their units ({'; '.join(told[:SHOWN])}{more})"
        raise ExceptionGroup(message, list(failed.values()))
    return found


def place_inbound(
    number: str,
    lines: Sequence[Expected],
    cause: Cause,
    origin: Origin | None = None,
) -> Decision | None:
    """Put units on order: bought, made, moved or printed. Raises SupplyError."""
    return decide_after(
        lambda: {line.item.pk for line in lines}, lambda: supply.place_inbound(number, lines, cause, origin)
    )


def expect(line: InboundLine, on: date, source: str, cause: Cause) -> Decision | None:
    """Note the day on which an inbound line is expected now. Raises SupplyError."""
    return decide_after(lambda: {line.item_id}, lambda: supply.expect(line, on, source, cause))


def cancel_rest(line: InboundLine, quantity: int, cause: Cause) -> Decision | None:
    """Note that so many units of an inbound line will not come. Raises SupplyError."""
    return decide_after(lambda: {line.item_id}, lambda: supply.cancel_rest(line, quantity, cause))


def split(line: InboundLine, parts: Sequence[Part], source: str, cause: Cause) -> Decision | None:
    """Divide what is still to come of an inbound line among days. Raises SupplyError."""
    return decide_after(lambda: {line.item_id}, lambda: supply.split(line, parts, source, cause))


def adjust(place: Place, quantity: int, kind: str, cause: Cause) -> Decision | None:
    """Move units in or out, as a return or an adjustment. Raises SupplyError."""
    return decide_after(lambda: {place[0].pk}, lambda: supply.adjust(place, quantity, kind, cause))


def count(place: Place, found: int, cause: Cause) -> Decision | Entry:
    """Note what a count found; where the record said so already nothing moves, and nothing is decided. Raises SupplyError."""

    def act(locked: set[int]) -> Decision | Entry:
        entry = supply.count(place, found, cause)
        return entry if entry.stock_count.agrees else decide_on(entry, locked)

    return hold_items(lambda: {place[0].pk}, act)


def change_status(place: Place, to: str, quantity: int, cause: Cause) -> Decision | None:
    """Move units from one status to another. Raises SupplyError."""
    return decide_after(lambda: {place[0].pk}, lambda: supply.change_status(place, to, quantity, cause))
