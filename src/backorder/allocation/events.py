"""What happens to a shop. Each event is a change of facts and the decision that follows from it, in one transaction.

Everybody who makes something happen, by page, program or file, calls these. None is given if the event changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from backorder.allocation.acceptance.answer import Answer
from backorder.allocation.services import Decision, decide_after, hold_items
from backorder.allocation.taking import admit, take
from backorder.catalog.models import Item, Location, Supplier
from backorder.orders import services as orders
from backorder.orders.models import Line
from backorder.orders.selectors import find_touched_items
from backorder.orders.services import Buyer, Told, Wanted
from backorder.orders.services.placing import build_line, build_order
from backorder.orders.services.wanted import check_order
from backorder.outbox.services import Cause
from backorder.supply import services as supply
from backorder.supply.models import SELLABLE, InboundLine
from backorder.supply.services import Expected

Place = tuple[Item, Location, str]
"""An item at a location in a status."""


def place_order(
    number: str, lines: Sequence[Wanted], cause: Cause, buyer: Buyer | None = None, told: Told | None = None
) -> Answer:
    """Take an order as far as the rules of acceptance let it in; `told`: what else the customer was told. Raises OrderError."""
    buyer = buyer or Buyer()
    check_order(number, lines, buyer)

    def act(locked: set[int]) -> Answer:
        order = build_order(number, buyer, cause)
        asked = admit(locked, order, [build_line(order, line) for line in lines], cause)
        return take(locked, asked, cause, buyer, told or Told())

    return hold_items({line.item.pk for line in lines}, act)


def record_order(
    number: str, lines: Sequence[Wanted], cause: Cause, buyer: Buyer | None = None
) -> Decision | None:
    """Note an order that was accepted elsewhere: no rule refuses any of it. Raises OrderError."""
    return decide_after({line.item.pk for line in lines}, lambda: orders.place(number, lines, cause, buyer))


def cancel_line(line: Line, quantity: int, cause: Cause) -> Decision | None:
    """Cancel so many units of a line. Raises OrderError."""
    return decide_after(find_touched_items(line), lambda: orders.cancel(line, quantity, cause))


def place_inbound(
    number: str,
    lines: Sequence[Expected],
    cause: Cause,
    *,
    kind: str = "purchase",
    supplier: Supplier | None = None,
) -> Decision | None:
    """Put units on order: bought, made, moved or printed. Raises SupplyError."""
    return decide_after(
        {line.item.pk for line in lines},
        lambda: supply.place_inbound(number, lines, cause, kind=kind, supplier=supplier),
    )


def receive(line: InboundLine, quantity: int, cause: Cause, *, status: str = SELLABLE) -> Decision | None:
    """Take in units of an inbound line. Raises SupplyError."""
    return decide_after({line.item_id}, lambda: supply.receive(line, quantity, cause, status=status))


def expect(line: InboundLine, on: date, source: str, cause: Cause) -> Decision | None:
    """Note the day on which an inbound line is expected now. Raises SupplyError."""
    return decide_after({line.item_id}, lambda: supply.expect(line, on, source, cause))


def cancel_rest(line: InboundLine, quantity: int, cause: Cause) -> Decision | None:
    """Note that so many units of an inbound line will not come. Raises SupplyError."""
    return decide_after({line.item_id}, lambda: supply.cancel_rest(line, quantity, cause))


def adjust(place: Place, quantity: int, kind: str, cause: Cause) -> Decision | None:
    """Move units in or out, as a return or an adjustment. Raises SupplyError."""
    return decide_after({place[0].pk}, lambda: supply.adjust(place, quantity, kind, cause))


def count(place: Place, found: int, cause: Cause) -> Decision | None:
    """Note what a count found. Raises SupplyError."""
    return decide_after({place[0].pk}, lambda: supply.count(place, found, cause))


def change_status(place: Place, to: str, quantity: int, cause: Cause) -> Decision | None:
    """Move units from one status to another. Raises SupplyError."""
    return decide_after({place[0].pk}, lambda: supply.change_status(place, to, quantity, cause))
