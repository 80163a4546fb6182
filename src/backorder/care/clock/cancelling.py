"""What a law wants cancelled is cancelled: nobody agreed to wait in time, or nobody was told in time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from backorder.allocation.services import decide_after
from backorder.care.choices import hold_choices
from backorder.care.clock.deadlines import list_deadlines
from backorder.care.judging import judge_orders
from backorder.care.models import LAPSED, Deadline
from backorder.care.replies.selectors import list_unread
from backorder.orders import services as orders
from backorder.orders.models import Line, Order
from backorder.orders.selectors import find_items_of_order
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause


@dataclass(frozen=True)
class Overdue:
    """An order of which a law wants units cancelled."""

    order: Order
    deadlines: Sequence[Deadline]
    unread: bool = False  # its customer answered by mail, or too late, and nobody dealt with it

    @property
    def since(self) -> date:
        """The day since which it is to be cancelled."""
        return min(each.by for each in self.deadlines)

    @property
    def lines(self) -> Mapping[Line, int]:
        """The units of each line that are to be cancelled."""
        found: dict[Line, int] = {}
        for each in self.deadlines:
            found[each.line] = found.get(each.line, 0) + each.quantity
        return found

    @property
    def at_hand(self) -> Mapping[Line, int]:
        """Those of them that the warehouse does not have; the others must be taken back first."""
        units = {line: min(quantity, line.quantity_unreleased) for line, quantity in self.lines.items()}
        return {line: quantity for line, quantity in units.items() if quantity}

    @property
    def citations(self) -> list[str]:
        """The places in the laws."""
        return list(dict.fromkeys(citation for each in self.deadlines for citation in each.citations))

    @property
    def mark(self) -> str:
        """A name for all of it: whoever lets it go has read this, and nothing else."""
        units = sorted((line.pk, quantity) for line, quantity in self.lines.items())
        return hashlib.sha256(json.dumps(units).encode()).hexdigest()[:16]


def list_overdue(orders: Sequence[Order] | None = None) -> list[Overdue]:
    """List the orders, or some of them, of which units are to be cancelled, as they were looked at last, the longest overdue first."""
    crossed = Deadline.objects.filter(kind="crossed").values_list("line__order", flat=True)
    unread = {*list_unread().order_by().values_list("message__order", flat=True), *crossed}
    rows = list_to_cancel().select_related("line__order__customer", "line__item")
    found = gather(rows if orders is None else rows.filter(line__order__in=orders))
    return [replace(each, unread=each.order.pk in unread) for each in found]


def list_to_cancel() -> QuerySet[Deadline]:
    """List what is to be cancelled."""
    return Deadline.objects.filter(kind="cancel").order_by("by", "line__order", "line")


def gather(deadlines: Iterable[Deadline]) -> list[Overdue]:
    """Gather deadlines by order."""
    found: dict[int, list[Deadline]] = {}
    for each in deadlines:
        found.setdefault(each.line.order_id, []).append(each)
    return [Overdue(few[0].line.order, few) for few in found.values()]


@transaction.atomic
def cancel_overdue(order: Order, mark: str, cause: Cause) -> Entry:
    """Cancel what a law wants cancelled of an order, as whoever lets it go has read it. Raises OrderError, FactsError.

    What the warehouse has stays, until it is taken back or ships.
    """
    about = f"order {order.number}"
    hold_choices(order)

    def cancel() -> Entry:
        overdue = find_overdue(order, cause.at)
        refuse(
            overdue is None or overdue.mark != mark,
            f"{about}: what is to be cancelled has changed since you read it; read it again",
        )
        assert overdue is not None
        units = {line.pk: quantity for line, quantity in overdue.at_hand.items()}
        refuse(not units, f"{about}: the warehouse has all of it; take it back first, or ship it")
        return orders.cancel_units(order, units, cause, LAPSED, {"laws": overdue.citations})

    decision = decide_after(partial(find_items_of_order, order), cancel)
    assert decision is not None
    return decision.event


def find_overdue(order: Order, now: datetime) -> Overdue | None:
    """Find what is to be cancelled of an order now, whatever was kept of it. Raises FactsError."""
    judged = judge_orders([Order.objects.get(pk=order.pk)], now)
    asked = [deadline for each in judged for deadline in list_deadlines(each) if deadline.kind == "cancel"]
    return next(iter(gather(asked)), None)
