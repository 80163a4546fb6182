"""What may be handed to the warehouse, and if not, why not and what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from backorder.fulfilment.covers import Cover, read_covers
from backorder.fulfilment.models import Block
from backorder.fulfilment.refusal import FulfilmentError, refuse
from backorder.fulfilment.selectors import read_blocks
from backorder.orders.models import Line, Order
from backorder.orders.together import list_groups
from backorder.payments.selectors import find_debts

Chosen = list[tuple[Line, Cover]]
"""Units to hand over, line by line."""


@dataclass(frozen=True)
class Scope:
    """Which units are asked about; by default all of an order."""

    lines: frozenset[int] | None = None
    places: frozenset[int] | None = None
    day: date | None = (
        None  # lines that are wanted later stay where they are; None: a person asks for them now
    )

    def names(self, line: Line, cover: Cover) -> bool:
        """Tell whether units of a line are asked about."""
        here = self.places is None or cover.location in self.places
        return here and (self.lines is None or line.pk in self.lines)


@dataclass(frozen=True)
class Choice:
    """Units to hand over, order by order, and of which orders none may leave, with every reason."""

    units: Chosen
    refused: Sequence[str]


def choose_units(orders: Sequence[int], scope: Scope) -> Choice:
    """Choose the units of orders, by id, that may leave: covered on hand, paid or chargeable, consented, not held.

    An order that ships whole leaves all at once, and so does a set; a line that ships complete likewise, and no fewer than its
    minimum. Queries do not grow with the orders.
    """
    found, blocks, debts = Order.objects.in_bulk(orders), find_blocks(orders), find_debts(orders)
    lines: dict[int, list[Line]] = {order: [] for order in orders}
    for line in (
        Line.objects.filter(order__in=orders, quantity_unreleased__gt=0)
        .select_related("item", "standing", "location")
        .order_by("id")
    ):
        line.order = found[line.order_id]
        lines[line.order_id].append(line)
    covers = read_covers([line for those in lines.values() for line in those])
    units: Chosen = []
    refused = []
    for order in orders:
        try:
            refuse(
                not lines[order],
                f"order {found[order].number}: all that is open is with the warehouse already",
            )
            check_leaves(found[order], blocks[order], debts.get(order, ()))
            units += choose_of_order(lines[order], covers, scope)
        except FulfilmentError as error:
            refused.append(str(error))
    return Choice(units, refused)


def check_leaves(order: Order, blocks: Iterable[Block], debts: Iterable[str]) -> None:
    """Raise FulfilmentError, with every reason, for an order that is not paid, cannot be charged, is held or blocked."""
    hurdles = name_hurdles(order, blocks, debts)
    refuse(bool(hurdles), f"order {order.number} {'; it '.join(hurdles)}")


def choose_of_order(lines: Sequence[Line], covers: Mapping[int, Sequence[Cover]], scope: Scope) -> Chosen:
    """Choose, of the open lines of an order, the units that may leave. Raises FulfilmentError if none may, with every reason."""
    order = lines[0].order
    if order.ships_whole:
        faults = name_faults_together(lines, covers, scope.day)
        refuse(bool(faults), f"order {order.number} {say_whole(order)}, and {'; '.join(faults)}")
        return [(line, cover) for line in lines for cover in covers[line.pk]]
    wide = scope
    if order.most_shipments is not None and scope.day is not None:
        wide = Scope(day=scope.day)  # one shipment of few is not spent on part of what may leave
    asked = [
        group
        for group in list_groups(order, lines)
        if wide.lines is None or any(line.pk in wide.lines for line in group)
    ]
    refuse(not asked, f"order {order.number}: what is open of these lines is with the warehouse already")
    chosen: Chosen = []
    reasons: list[str] = []
    for group in asked:
        faults = name_faults_of_group(group, covers, wide.day)
        reasons += faults
        if not faults:
            chosen += keep_places(group, covers, wide)
    if chosen or not reasons:
        reasons.append("nothing else of it is at this place")
    refuse(
        not any(scope.names(line, cover) for line, cover in chosen),
        f"order {order.number}: {'; '.join(reasons)}",
    )
    return chosen


def say_whole(order: Order) -> str:
    """Say why all that is open of an order ships at once."""
    if order.ship_policy == "complete":
        return "ships complete"
    return f"has one shipment left of {order.most_shipments}, so all that is open of it ships together"


def find_blocks(orders: Iterable[int]) -> Mapping[int, Sequence[Block]]:
    """Find what holds orders back, by id of the order."""
    found = defaultdict[int, list[Block]](list)
    for block in read_blocks().filter(order__in=orders, lift=None).order_by("id"):
        found[block.order_id].append(block)
    return found


def name_hurdles(order: Order, blocks: Iterable[Block], debts: Iterable[str]) -> list[str]:
    """Say what keeps a whole order from leaving; `debts`: why it cannot be charged."""
    found = list(debts)
    if order.payment_state == "unpaid":
        found.append("is not paid: note that it is paid, or that it can be charged when it ships")
    held_until = order.held_until
    if held_until is not None:
        found.append(f"is held until {write_day(timezone.localdate(held_until))}: confirm it first")
    found += (
        f"is blocked by {block.entry.who} since {write_day(timezone.localdate(block.entry.at))}: {block.reason}; "
        "lift the block first"
        for block in blocks
    )
    return found


def name_faults_of_group(
    group: Sequence[Line], covers: Mapping[int, Sequence[Cover]], day: date | None
) -> list[str]:
    """Say what keeps a set from leaving, or a line that is of none."""
    line = group[0]
    if line.ship_set:
        faults = name_faults_together(group, covers, day)
        return [f"{say_set(group)}, and {'; '.join(faults)}"] if faults else []
    open_units = line.quantity_unreleased
    least = open_units if goes_whole(line) else min(line.minimum_quantity, open_units)
    rule = "ships whole" if least == open_units else f"ships {least} units or more"
    faults = name_faults(line, covers[line.pk], least, rule)
    if is_early(group, day):
        faults.append(f"line {line.number} is wanted on {write_day(line.requested_on)}, not before")
    return faults


def say_set(lines: Sequence[Line]) -> str:
    """Say which lines ship together, and by which name."""
    named = [line.number for line in lines]
    if len(named) == 1:
        return f"line {named[0]} ships whole (set {lines[0].ship_set})"
    return f"lines {', '.join(named[:-1])} and {named[-1]} ship together (set {lines[0].ship_set})"


def name_faults_together(
    lines: Sequence[Line], covers: Mapping[int, Sequence[Cover]], day: date | None
) -> list[str]:
    """Say what keeps lines that leave all at once from leaving."""
    faults = [
        fault for line in lines for fault in name_faults(line, covers[line.pk], line.quantity_unreleased)
    ]
    if is_early(lines, day):
        faults.append(f"it is wanted on {write_day(min(line.requested_on for line in lines))}, not before")
    return faults


def name_faults(line: Line, covers: Sequence[Cover], least: int, rule: str = "") -> list[str]:
    """Say what keeps the units of a line from leaving, no fewer than so many at once; `rule`: why not fewer, if nobody said so yet."""
    open_units, there = line.quantity_unreleased, sum(cover.quantity for cover in covers)
    faults = []
    if line.consent == "waiting":
        faults.append(say_asked(line))
    if there == 0:
        faults.append(f"line {line.number}: none of {open_units} units is on hand for it; {say_when(line)}")
    elif there < least:
        about = f"line {line.number} {rule}, and" if rule else f"line {line.number}:"
        faults.append(f"{about} {there} of {open_units} units are on hand for it; {say_when(line)}")
    return faults


def say_asked(line: Line) -> str:
    """Say that a line waits for what its customer says."""
    return f"the customer was asked to wait longer for line {line.number} and has not answered"


def goes_whole(line: Line) -> bool:
    """Say whether the open units of a line leave together or not at all, whatever is left for its order."""
    return line.order.ship_policy in {"complete", "line_complete"} or bool(line.ship_set)


def say_when(line: Line) -> str:
    """Say when the plan in force has the rest."""
    standing = getattr(line, "standing", None)
    if standing is None or standing.planned_on is None:
        return "no known supply covers it: order more, or offer the customer something else"
    return f"the plan has all of it on {write_day(standing.planned_on)}"


def is_early(lines: Sequence[Line], day: date | None) -> bool:
    """Say whether these lines are wanted later than what is handed over today would ship."""
    if day is None:
        return False
    ships_on = [line.standing.first_ships_on or day for line in lines if hasattr(line, "standing")]
    return min(line.requested_on for line in lines) > max([day, *ships_on])


def keep_places(group: Sequence[Line], covers: Mapping[int, Sequence[Cover]], scope: Scope) -> Chosen:
    """Keep what lies at the places that are asked about; what ships together, or no fewer than so many, is kept everywhere."""
    there = [(line, cover) for line in group for cover in covers[line.pk]]
    here = [(line, cover) for line, cover in there if scope.places is None or cover.location in scope.places]
    if here and any(goes_whole(line) or line.minimum_quantity > 1 for line in group):
        return there
    return here


def write_day(day: date) -> str:
    """Write a day for people, as "3 December 2026"."""
    return f"{day.day} {day:%B %Y}"
