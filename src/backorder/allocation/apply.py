"""A plan to rows: only what differs from the plan in force is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from backorder.allocation.models import Allocation, Backorder, Promise, Standing
from backorder.allocation.snapshot import EPOCH, Facts
from backorder.engine.allocation.plan import Plan, Reason
from backorder.engine.allocation.snapshot import NEVER
from backorder.outbox.models import Entry

STANDING = (
    *("allocated_on_hand", "allocated_inbound", "unallocated", "first_ships_on", "planned_on", "in_time"),
    *("units_ahead", "lines_ahead", "reason", "whole", "pins", "ready_on", "last_on", "tight"),
)


@dataclass(frozen=True)
class Move:
    """How a line stood and how it stands, by the names of Standing; none before if it is new, none after if it is not open."""

    line: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def apply_plan(facts: Facts, plan: Plan, entry: Entry) -> list[Move]:
    """Put the plan in force for the items that were decided. Gives the lines that stand otherwise than before, by id."""
    rows = np.flatnonzero(facts.inside).tolist()
    write_allocations(facts, plan)
    moves = write_standings(facts, plan, rows, entry)
    write_promises(facts, plan, rows, entry)
    write_backorders(facts, plan, rows, entry)
    return moves


def write_allocations(facts: Facts, plan: Plan) -> None:
    """Give back what the plan no longer has, then take what is new."""
    pegs, levels = plan.pegs, len(facts.levels)
    planned: dict[tuple[int, int | None, int | None, date], int] = {}
    table = zip(
        pegs.line.tolist(), pegs.supply.tolist(), pegs.quantity.tolist(), pegs.ships_on.tolist(), strict=True
    )
    for line, supply, quantity, day in table:
        on_hand = supply < levels
        planned[
            int(facts.lines[line]),
            int(facts.levels[supply]) if on_hand else None,
            None if on_hand else int(facts.inbound[supply - levels]),
            date.fromordinal(day + EPOCH),
        ] = quantity
    gone, moved = [], []
    for allocation in Allocation.objects.filter(line__item__in=facts.items.tolist()):
        key = (allocation.line_id, allocation.level_id, allocation.inbound_line_id, allocation.ships_on)
        quantity = planned.pop(key, 0)
        if quantity == 0:
            gone.append(allocation.pk)
        elif quantity != allocation.quantity:
            allocation.quantity = quantity
            moved.append(allocation)
    Allocation.objects.filter(pk__in=gone).delete()
    Allocation.objects.bulk_update(moved, ["quantity"])
    Allocation.objects.bulk_create(
        Allocation(line_id=line, level_id=level, inbound_line_id=inbound, ships_on=day, quantity=quantity)
        for (line, level, inbound, day), quantity in planned.items()
    )


def write_standings(facts: Facts, plan: Plan, rows: list[int], entry: Entry) -> list[Move]:
    """Write how each line stands, where that is not how it stood."""
    told = plan.companions
    said = {
        row: values
        for row, *values in zip(
            told.line.tolist(),
            told.whole.tolist(),
            told.pins.tolist(),
            told.ready_on.tolist(),
            told.last_on.tolist(),
            told.tight.tolist(),
            strict=True,
        )
    }
    lines = plan.lines
    before = {
        values[0]: values[1:]
        for values in Standing.objects.filter(line__item__in=facts.items.tolist()).values_list(
            "line_id", *STANDING
        )
    }
    changed, moves = [], []
    for row in rows:
        line = int(facts.lines[row])
        values: tuple[Any, ...] = (
            int(lines.allocated_on_hand[row]),
            int(lines.allocated_inbound[row]),
            int(lines.unallocated[row]),
            read_day(lines.first_ships_on[row]),
            read_day(lines.promised_on[row]),
            bool(lines.in_time[row]),
            int(lines.units_ahead[row]),
            int(lines.lines_ahead[row]),
            Reason(int(lines.reason[row])).name,
            *said.get(row, [None] * 5),
        )
        was, named = before.pop(line, None), dict(zip(STANDING, values, strict=True))
        if was != values:
            changed.append(Standing(line_id=line, entry=entry, **named))
            moves.append(Move(line, was and dict(zip(STANDING, was, strict=True)), named))
    Standing.objects.filter(line__in=list(before)).delete()  # these are no longer open
    moves += [Move(line, dict(zip(STANDING, was, strict=True)), None) for line, was in before.items()]
    Standing.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["line"], update_fields=[*STANDING, "entry"]
    )
    return sorted(moves, key=lambda move: move.line)


def write_promises(facts: Facts, plan: Plan, rows: list[int], entry: Entry) -> None:
    """Promise a day where there is none, and a later one where it cannot be kept; an earlier one stays as it was told."""
    inbound: dict[int, list[int]] = {}
    for row, supply in zip(plan.pegs.line.tolist(), plan.pegs.supply.tolist(), strict=True):
        if supply >= len(facts.levels):
            inbound.setdefault(row, []).append(int(facts.inbound[supply - len(facts.levels)]))
    lines = facts.lines[rows].tolist()
    last = {
        promise.line_id: promise
        for promise in Promise.objects.filter(line__in=lines).order_by("line", "-id").distinct("line")
    }
    new = []
    for row, line in zip(rows, lines, strict=True):
        day = read_day(plan.lines.promised_on[row])
        known = last.get(line)
        if known is None or (
            known.promised_on != day and (known.promised_on is None or day is None or day > known.promised_on)
        ):
            reason = Reason(int(plan.lines.reason[row])).name
            evidence = {"inbound_lines": sorted(set(inbound.get(row, [])))}
            new.append(Promise(line_id=line, promised_on=day, reason=reason, evidence=evidence, entry=entry))
    Promise.objects.bulk_create(new)


def write_backorders(facts: Facts, plan: Plan, rows: list[int], entry: Entry) -> None:
    """Open the record of a line that waits, and close it when all its units are on hand or the line is no longer open."""
    waits = plan.lines.allocated_on_hand < facts.snapshot.lines.quantity
    waiting = {int(facts.lines[row]) for row in rows if waits[row]}
    open_now = Backorder.objects.filter(closed_by=None, line__item__in=facts.items.tolist())
    known = set(open_now.values_list("line_id", flat=True))
    open_now.filter(line__in=known - waiting).update(closed_by=entry)
    Backorder.objects.bulk_create(
        Backorder(line_id=line, opened_by=entry) for line in sorted(waiting - known)
    )


def read_day(number: int | np.integer) -> date | None:
    """Read a day of the engine; NEVER is none."""
    return None if int(number) == NEVER else date.fromordinal(int(number) + EPOCH)
