"""What if: the same decision on other facts or by other rules, kept to be looked at, and without effect.

A simulation reads, decides and compares; it locks nothing and changes no row. What it adds is its own: an entry in the journal, a
run that is not in force, and the lines that would stand otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from backorder.allocation.days import number_day
from backorder.allocation.facts.snapshot import Facts
from backorder.allocation.models import PolicyVersion, SimulatedLine, Simulation
from backorder.allocation.moves import REASONS, Moves
from backorder.allocation.plan.apply import DAY, compare_standings
from backorder.allocation.plan.promises import find_news
from backorder.allocation.policies.publications import Draft, parse, read_terms
from backorder.allocation.policies.terms import Terms
from backorder.allocation.runs import Worked, write_run
from backorder.allocation.services import WHOLE, read_all, read_steadily, work_out
from backorder.catalog.selectors import list_ids
from backorder.columns import Columns, write_columns
from backorder.engine.allocation import PolicyError
from backorder.engine.allocation.part import take_part
from backorder.engine.allocation.plan import CAPS, FIRST_CAP, LATER, LOST
from backorder.engine.allocation.snapshot import NEVER
from backorder.outbox.services import Cause, name_subjects, write
from backorder.supply.models import EARLIEST, LATEST, InboundLine

COMPARED = ("allocated", "planned_on", "in_time")
WRITE = f"""
INSERT INTO allocation_simulatedline (simulation_id, line_id, allocated_before, allocated_after, planned_before, planned_after,
    in_time_before, in_time_after, reason, worsened, told)
SELECT %(simulation)s, line, allocated_before, allocated_after, {DAY.format(f"nullif(planned_before, {NEVER})")},
    {DAY.format(f"nullif(planned_after, {NEVER})")}, in_time_before::int::boolean, in_time_after::int::boolean,
    (%(reasons)s::text[])[reason + 1], worsened::int::boolean, told::int::boolean
FROM {{rows}}
"""  # noqa: S608 - names of columns and numbers, written here


class SimulationError(ValueError):
    """A what-if that cannot be asked or published; the text says why and what would be possible."""


@dataclass(frozen=True)
class Otherwise:
    """An inbound line, taken to come on another day or with fewer units."""

    line: InboundLine
    expected_on: date | None = None  # none: as it is
    remaining: int | None = None


def simulate(draft: Draft | None, cause: Cause, changes: Sequence[Otherwise] = ()) -> Simulation:
    """Decide everything by other rules (none: those in force) and on other facts, without effect.

    Raises SimulationError, or FaultyInputError for rules that cannot be read.
    """
    terms = read_terms() if draft is None else read_draft(draft)
    with read_steadily():
        for change in changes:
            refuse_change(change)
        facts = change_facts(read_all(list_ids(), cause.day, terms), changes)
        worked = try_out(facts, terms)
        difference = compare(worked)
        news, _ = find_news(worked.ledger, worked.plan)
        told = [describe_change(change) for change in changes]
        entry = write(cause, "plan.simulated", [WHOLE], {"as_of": worked.as_of.isoformat(), "changes": told})
        simulation = Simulation.objects.create(
            run=write_run(entry, worked, len(news), in_force=False),
            text=None if draft is None else draft.text,
            hysteresis_days=terms.hysteresis_days,
            gain_days=terms.gain_days,
            changes=told,
            caps=list_passed_caps(worked),
        )
        name_subjects(entry, "simulation", [str(simulation.pk)])
        if len(difference["line"]):
            write_columns(WRITE, difference, {"simulation": simulation.pk, "reasons": REASONS})
    return simulation


def read_draft(draft: Draft) -> Terms:
    """Read rules that are not in force. Raises FaultyInputError, SimulationError."""
    refuse(draft.hysteresis_days < 0, f"{draft.hysteresis_days} days of hysteresis: name 0 or more")
    refuse(
        draft.gain_days is not None and draft.gain_days < 1,
        f"an earlier day is told from 1 day on, not from {draft.gain_days}",
    )
    version = PolicyVersion.objects.filter(text=draft.text).values_list("pk", flat=True).first()
    return Terms(parse(draft.text), version, draft.hysteresis_days, draft.gain_days)


def try_out(facts: Facts, terms: Terms) -> Worked:
    """Decide everything. Raises SimulationError for rules that name what orders and items do not have."""
    try:
        return work_out(facts, terms, whole=True)
    except PolicyError as error:
        raise SimulationError(str(error)) from error


def refuse_change(change: Otherwise) -> None:
    """Raise SimulationError for what could not become a fact."""
    line, name = change.line, f"inbound {change.line.order.number} line {change.line.number}"
    day, left = change.expected_on, change.remaining
    refuse(line.remaining == 0, f"{name}: nothing of it is still to come")
    refuse(day is not None and not EARLIEST <= day <= LATEST, f"{name}: {day} cannot be meant")
    refuse(
        left is not None and not 0 <= left <= line.remaining,
        f"{name}: {line.remaining} units are still to come; fewer can be taken to come, not {left}",
    )
    moved = line.order.kind == "transfer" and left is not None
    refuse(moved, f"{name}: units of a transfer that do not arrive are at its source again; change its day")


def change_facts(facts: Facts, changes: Sequence[Otherwise]) -> Facts:
    """Take inbound lines to be otherwise; one of which nothing comes is no supply."""
    if not changes:
        return facts
    levels, supplies = len(facts.levels), facts.snapshot.supplies
    row = {line: levels + at for at, line in enumerate(facts.inbound.tolist())}
    day, quantity = supplies.available_on.copy(), supplies.quantity.copy()
    for change in changes:
        at = row[change.line.pk]
        day[at] = day[at] if change.expected_on is None else number_day(change.expected_on)
        quantity[at] = quantity[at] if change.remaining is None else change.remaining
    there = np.flatnonzero((quantity > 0) | ~supplies.inbound)
    snapshot = replace(facts.snapshot, supplies=replace(supplies, available_on=day, quantity=quantity))
    snapshot = take_part(snapshot, np.arange(len(snapshot.lines)), there)
    snapshot = replace(snapshot, supplies=replace(snapshot.supplies, position=np.arange(len(there))))
    return replace(facts, snapshot=snapshot, inbound=facts.inbound[there[there >= levels] - levels])


def compare(worked: Worked) -> Columns:
    """List the lines that would stand otherwise than in the plan in force, by the names of SimulatedLine."""
    moves = compare_standings(worked.facts, worked.plan)
    changes, lines = worked.plan.changes, worked.facts.lines
    was, now = line_up(moves)
    told = lines[changes.line[changes.tell_customer]]
    worse = lines[changes.line[np.isin(changes.change, (LOST, LATER))]]
    line = now["line"]
    differs = np.isin(line, np.concatenate([told, worse]))
    for name in COMPARED:
        differs |= was[name] != now[name]
    columns: dict[str, Any] = {
        "line": line,
        **{f"{name.removesuffix('_on')}_before": was[name] for name in COMPARED},
        **{f"{name.removesuffix('_on')}_after": now[name] for name in COMPARED},
        "reason": now["reason"],
        "worsened": np.isin(line, worse).astype(np.int64),
        "told": np.isin(line, told).astype(np.int64),
    }
    return {name: values[differs] for name, values in columns.items()}


def line_up(moves: Moves) -> tuple[Columns, Columns]:
    """Give before and after the same rows: the open lines. One that was not decided yet had nothing."""
    after = moves.after
    at = {line: row for row, line in enumerate(moves.before["line"].tolist())}
    rows = np.array([at.get(line, -1) for line in after["line"].tolist()], np.int64)
    nothing = {"planned_on": NEVER}
    before = {
        name: np.append(values, nothing.get(name, 0))[rows]  # -1 is the row appended
        for name, values in moves.before.items()
    }
    for columns in (before, after):
        columns["allocated"] = columns["allocated_on_hand"] + columns["allocated_inbound"]
    return before, after


def list_passed_caps(worked: Worked) -> dict[str, dict[str, int]]:
    """List the caps on changes that a decision passes: what is allowed, and what there is."""
    raised = worked.plan.exceptions
    raised = raised.take(raised.line < 0)
    rows = zip(raised.strategy.tolist(), raised.wanted.tolist(), raised.got.tolist(), strict=True)
    return {CAPS[cap - FIRST_CAP]: {"allowed": allowed, "is": found} for cap, allowed, found in rows}


def describe_change(change: Otherwise) -> dict[str, Any]:
    """Write a changed fact as the journal keeps it."""
    return {
        "id": change.line.pk,
        "inbound": change.line.order.number,
        "line": change.line.number,
        "expected_on": change.expected_on and change.expected_on.isoformat(),
        "remaining": change.remaining,
    }


def list_lines(simulation: Simulation) -> dict[int, tuple[Any, ...]]:
    """List how the lines of a simulation would stand: units, day, whether in time."""
    rows = SimulatedLine.objects.filter(simulation=simulation).values_list(
        "line_id", "allocated_after", "planned_after", "in_time_after"
    )
    return {row[0]: row[1:] for row in rows}


def refuse(wrong: bool, message: str) -> None:  # noqa: FBT001 - what is wrong, then what to say
    """Raise SimulationError."""
    if wrong:
        raise SimulationError(message)
