"""The figures of a plan: how much is served in time, and what moved. Formulas: decision.md, Summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import mul

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.plan import LATER, LOST, Plan, Reason
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.days import first_days
from backorder.engine.allocation.seating.places import tour_places
from backorder.engine.allocation.snapshot import MILLION, Snapshot


@dataclass(frozen=True)
class Figures:
    """Whole numbers, and rates rounded to six decimals; a rate of nothing is None."""

    counts: Mapping[str, int]
    units: Mapping[str, int]
    fill_rate: Mapping[str, float | None]
    lines_by_reason: Mapping[str, int]
    lines_worsened: int
    notices: int


def measure(snapshot: Snapshot, policy: Policy, plan: Plan) -> Figures:
    """Count a plan. A unit is in time if it ships by the line's due day."""
    lines, outcomes = snapshot.lines, plan.lines
    in_time = count_units_in_time(snapshot, policy, plan)
    whole = outcomes.in_time
    asked, served = int(lines.quantity.sum()), int(in_time.sum())
    orders = int(lines.order[-1]) + 1 if len(lines) else 0
    late = np.zeros(orders, bool)
    late[lines.order[~whole]] = True
    short = outcomes.unallocated > 0
    return Figures(
        counts={
            "orders": orders,
            "lines": len(lines),
            "lines_in_time": int(whole.sum()),
            "lines_late": int((~whole & ~short).sum()),
            "lines_short": int(short.sum()),
            "items": snapshot.items,
            "supplies": len(snapshot.supplies),
            "pegs": len(plan.pegs),
            "shortages": len(plan.shortages),
            "changes": len(plan.changes),
            "offers": len(plan.offers),
            "exceptions": len(plan.exceptions),
        },
        units={
            "asked": asked,
            "in_time": served,
            "late": asked - served - int(outcomes.unallocated.sum()),
            "on_hand": int(outcomes.allocated_on_hand.sum()),
            "inbound": int(outcomes.allocated_inbound.sum()),
            "unallocated": int(outcomes.unallocated.sum()),
        },
        fill_rate={
            "unit": rate(served, asked),
            "line": rate(int(whole.sum()), len(lines)),
            "order": rate(int((~late).sum()), orders),
            "value": rate(weigh(in_time, lines.unit_price), weigh(lines.quantity, lines.unit_price)),
        },
        lines_by_reason=count_reasons(plan),
        lines_worsened=int(np.isin(plan.changes.change, (LOST, LATER)).sum()),
        notices=int(plan.changes.tell_customer.sum()),
    )


def count_reasons(plan: Plan) -> dict[str, int]:
    """Count the lines of each reason that occurs, in the order of the reasons."""
    counts = np.bincount(plan.lines.reason, minlength=len(Reason)).tolist()
    return {reason.name: counts[reason] for reason in Reason if counts[reason]}


def weigh(units: NDArray[np.int64], price: NDArray[np.int64]) -> int:
    """Sum units times price exactly: all lines together may be worth more than 64 bits hold."""
    return sum(map(mul, units.tolist(), price.tolist()))


def rate(part: int, whole: int) -> float | None:
    """Divide to six decimals, half up, the same on every machine."""
    return (2 * part * MILLION + whole) // (2 * whole) / MILLION if whole else None


def count_units_in_time(snapshot: Snapshot, policy: Policy, plan: Plan) -> NDArray[np.int64]:
    """Count each line's units that ship by its due day."""
    lines = snapshot.lines
    first = first_days(snapshot, policy, tour_places(snapshot.locations))
    due = np.maximum(lines.requested_on, first[lines.location])  # anywhere is -1: the last entry
    line, late, units = count_units_by(snapshot, plan, plan.pegs.ships_on > due[plan.pegs.line])
    in_time = np.zeros(len(lines), np.int64)
    in_time[line[late == 0]] = units[late == 0]
    return in_time


def count_units_by(
    snapshot: Snapshot, plan: Plan, span: NDArray[np.generic]
) -> tuple[NDArray[np.int32], NDArray[np.generic], NDArray[np.int64]]:
    """Count units by line and span of days; spans are numbers that grow with the day.

    The pegs of a kit line may name components. All levels down, one kit holds a fixed number of parts, so
    that the parts pegged, divided by that number, are its kits.
    """
    line = plan.pegs.line
    if len(line) == 0:
        return line, span, plan.pegs.quantity
    parts = count_parts(snapshot)
    taken = plan.pegs.quantity * parts[snapshot.supplies.item[plan.pegs.supply]]
    # Pegs are sorted by line and day, so that equal ones stand together.
    starts = np.flatnonzero(np.append(True, (line[1:] != line[:-1]) | (span[1:] != span[:-1])))
    units = np.add.reduceat(taken, starts) // parts[snapshot.lines.item[line[starts]]]
    return line[starts], span[starts], units


def count_parts(snapshot: Snapshot) -> NDArray[np.int64]:
    """Count the parts that are no kits in one unit of each item; an item that is no kit is one part."""
    parts = np.ones(snapshot.items, np.int64)
    kits = snapshot.kits
    waiting = np.bincount(kits.kit, minlength=snapshot.items)
    is_kit = waiting > 0
    parts[is_kit] = 0
    left = np.ones(len(kits), bool)
    while left.any():
        ready = left & (waiting[kits.component] == 0)
        np.add.at(parts, kits.kit[ready], kits.quantity[ready] * parts[kits.component[ready]])
        np.subtract.at(waiting, kits.kit[ready], 1)
        left &= ~ready
    return parts
