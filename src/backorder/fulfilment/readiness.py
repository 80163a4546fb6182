"""What may be handed to the warehouse, and if not, why not and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from backorder.fulfilment.covers import Cover, read_covers
from backorder.fulfilment.models import Block
from backorder.fulfilment.refusal import refuse
from backorder.orders.models import Line, Order

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


def choose_units(order: Order, scope: Scope) -> Chosen:
    """Choose the units of an order that may leave: covered on hand, paid or chargeable, consented, not held.

    A complete order leaves only as a whole, all at once; a line that ships complete likewise, and no fewer than its minimum.
    Raises FulfilmentError if nothing may, with every reason.
    """
    order.refresh_from_db()
    lines = list(
        Line.objects.filter(order=order, quantity_unreleased__gt=0)
        .select_related("item", "order", "standing", "location")
        .order_by("id")
    )
    refuse(not lines, f"order {order.number}: all that is open is with the warehouse already")
    hurdles = name_hurdles(order)
    refuse(bool(hurdles), f"order {order.number} {'; it '.join(hurdles)}")
    covers = read_covers(lines)
    if order.ship_policy == "complete":
        faults = [fault for line in lines for fault in name_faults(line, covers[line.pk])]
        if is_early(lines, scope.day):
            faults.append(
                f"it is wanted on {write_day(min(line.requested_on for line in lines))}, not before"
            )
        refuse(bool(faults), f"order {order.number} ships complete, and {'; '.join(faults)}")
        return [(line, cover) for line in lines for cover in covers[line.pk]]
    asked = [line for line in lines if scope.lines is None or line.pk in scope.lines]
    refuse(not asked, f"order {order.number}: what is open of these lines is with the warehouse already")
    chosen: Chosen = []
    reasons: list[str] = []
    for line in asked:
        faults = name_faults(line, covers[line.pk])
        if is_early([line], scope.day):
            faults.append(f"line {line.number} is wanted on {write_day(line.requested_on)}, not before")
        reasons += faults
        if not faults:
            chosen += ((line, cover) for cover in keep_places(line, covers[line.pk], scope))
    why = "; ".join(reasons) or "nothing of it is at this place"
    refuse(not chosen, f"order {order.number}: {why}")
    return chosen


def name_hurdles(order: Order) -> list[str]:
    """Say what keeps a whole order from leaving."""
    found = []
    if order.payment_state == "unpaid":
        found.append("is not paid: note that it is paid, or that it can be charged when it ships")
    held_until = order.held_until
    if held_until is not None:
        found.append(f"is held until {write_day(timezone.localdate(held_until))}: confirm it first")
    blocks = Block.objects.filter(order=order, lift=None).select_related("entry").order_by("id")
    found += (
        f"is blocked by {block.entry.who} since {write_day(timezone.localdate(block.entry.at))}: {block.reason}; "
        "lift the block first"
        for block in blocks
    )
    return found


def name_faults(line: Line, covers: Sequence[Cover]) -> list[str]:
    """Say what keeps the units of a line from leaving."""
    open_units, there = line.quantity_unreleased, sum(cover.quantity for cover in covers)
    least = open_units if goes_whole(line) else min(line.minimum_quantity, open_units)
    faults = []
    if line.consent == "waiting":
        faults.append(f"the customer was asked to wait longer for line {line.number} and has not answered")
    if there == 0:
        faults.append(f"line {line.number}: none of {open_units} units is on hand for it; {say_when(line)}")
    elif there < least:
        what = "ships whole" if least == open_units else f"ships {least} units or more"
        faults.append(
            f"line {line.number} {what}, and {there} of {open_units} units are on hand for it; {say_when(line)}"
        )
    return faults


def goes_whole(line: Line) -> bool:
    """Say whether the open units of a line leave together or not at all."""
    return line.order.ship_policy in {"complete", "line_complete"}


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


def keep_places(line: Line, covers: Sequence[Cover], scope: Scope) -> list[Cover]:
    """Keep what lies at the places that are asked about; what ships together, or no fewer than so many, is kept everywhere."""
    here = [cover for cover in covers if scope.places is None or cover.location in scope.places]
    if here and (goes_whole(line) or line.minimum_quantity > 1):
        return list(covers)
    return here


def write_day(day: date) -> str:
    """Write a day for people, as "3 December 2026"."""
    return f"{day.day} {day:%B %Y}"
