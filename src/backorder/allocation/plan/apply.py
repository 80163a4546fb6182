"""A plan to rows: only what differs from the plan in force is written, all rows of a table at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.allocation.facts.snapshot import Facts, InForce
from backorder.allocation.models import Allocation, Backorder, Promise, Standing
from backorder.allocation.moves import REASONS, STANDING, UNTOLD, Moves
from backorder.allocation.plan.promises import Ledger, write_promises
from backorder.columns import Columns, write_columns
from backorder.engine.allocation.plan import Plan
from backorder.engine.allocation.snapshot import NEVER
from backorder.outbox.models import Entry
from backorder.rows import MANY, learn_size

NOTHING = 0  # no row has this id
DAY = "(date '1970-01-01' + {}::int)"

GIVE_BACK = "DELETE FROM allocation_allocation a USING {rows} WHERE a.id = new.id"
CHANGE = "UPDATE allocation_allocation a SET quantity = new.quantity FROM {rows} WHERE a.id = new.id"
TAKE = f"""
INSERT INTO allocation_allocation (line_id, level_id, inbound_line_id, ships_on, quantity)
SELECT line, nullif(level, 0), nullif(inbound, 0), {DAY.format("ships_on")}, quantity FROM {{rows}}
"""  # noqa: S608 - names of columns and numbers, written here

DECIDED = "UPDATE allocation_standing s SET entry_id = %(entry)s FROM {rows} WHERE s.line_id = new.line"
FORGET = "DELETE FROM allocation_standing s USING {rows} WHERE s.line_id = new.line"
STAND = f"""
INSERT INTO allocation_standing (line_id, item_id, entry_id, {", ".join(STANDING)})
SELECT line, line_item, %(entry)s, allocated_on_hand, allocated_inbound, unallocated,
    {DAY.format(f"nullif(first_ships_on, {NEVER})")}, {DAY.format(f"nullif(planned_on, {NEVER})")},
    in_time::int::boolean, units_ahead, lines_ahead, (%(reasons)s::text[])[reason + 1],
    nullif(whole, {UNTOLD})::int::boolean, nullif(pins, {UNTOLD})::int::boolean, nullif(ready_on, {UNTOLD}),
    nullif(last_on, {UNTOLD}), nullif(tight, {UNTOLD})::int::boolean
FROM {{rows}}
ON CONFLICT (line_id) DO UPDATE SET (entry_id, {", ".join(STANDING)}) = ROW (
    excluded.entry_id, {", ".join(f"excluded.{name}" for name in STANDING)})
"""  # noqa: S608 - names of columns and numbers, written here

CLOSE = """
UPDATE allocation_backorder b SET closed_by_id = %(entry)s FROM {rows} WHERE b.line_id = new.line AND b.closed_by_id IS NULL
"""
OPEN = "INSERT INTO allocation_backorder (line_id, opened_by_id) SELECT line, %(entry)s FROM {rows}"


@dataclass(frozen=True)
class Applied:
    """What a plan changed: lines that stand otherwise than before, and days promised."""

    moves: Moves
    promises: int


def apply_plan(plan: Plan, entry: Entry, ledger: Ledger) -> Applied:
    """Put the plan in force for the items that were decided."""
    facts = ledger.facts
    other_days = write_allocations(facts, plan)
    moves = compare_standings(facts, plan)
    write_standings(moves, other_days, entry)
    promises = write_promises(ledger, plan, entry)
    write_backorders(facts, plan, entry)
    if len(moves) >= MANY:
        for model in (Allocation, Standing, Promise, Backorder):
            learn_size(model._meta)  # noqa: SLF001 - Django's name for it
    return Applied(moves, promises)


def read_in_force(facts: Facts) -> InForce:
    """Give the rows that the facts were read with. Raises ValueError for facts that were kept: other rows are in force since."""
    if facts.in_force is None:
        message = "a plan is put in force from facts that were read under its locks"
        raise ValueError(message)
    return facts.in_force


def write_allocations(facts: Facts, plan: Plan) -> NDArray[np.int64]:
    """Give back what the plan no longer has, then take what is new; gives the lines of which other units ship on some day."""
    held = read_in_force(facts).held
    pegs, levels = plan.pegs, len(facts.levels)
    supplies = np.concatenate([facts.levels, facts.inbound])
    on_hand = pegs.supply < levels
    new = {
        "line": facts.lines[pegs.line],
        "level": np.where(on_hand, supplies[pegs.supply], NOTHING),
        "inbound": np.where(on_hand, NOTHING, supplies[pegs.supply]),
        "ships_on": pegs.ships_on.astype(np.int64),
        "quantity": pegs.quantity,
    }
    was, now = pair_rows(held, new, ("line", "level", "inbound", "ships_on"))
    stays = held["quantity"][was] == new["quantity"][now]
    gone, added = leave_out(len(held["id"]), was), leave_out(len(new["line"]), now)
    if len(gone):
        write_columns(GIVE_BACK, {"id": held["id"][gone]})
    if not stays.all():
        write_columns(CHANGE, {"id": held["id"][was[~stays]], "quantity": new["quantity"][now[~stays]]})
    if len(added):
        write_columns(TAKE, {name: values[added] for name, values in new.items()})
    less, more = (
        {name: rows[name][which] for name in ("line", "ships_on", "quantity")}
        for rows, which in (
            (held, np.concatenate([gone, was[~stays]])),
            (new, np.concatenate([added, now[~stays]])),
        )
    )
    return find_other_days(less, more)


def find_other_days(less: Columns, more: Columns) -> NDArray[np.int64]:
    """Find the lines of which on some day not as many units come as go: by another supply on the same day nothing is later."""
    lines, days = (np.concatenate([less[name], more[name]]) for name in ("line", "ships_on"))
    if not len(lines):
        return lines
    units, order = np.concatenate([-less["quantity"], more["quantity"]]), np.lexsort((days, lines))
    lines, days = lines[order], days[order]
    begins = np.flatnonzero(np.concatenate([[True], (lines[1:] != lines[:-1]) | (days[1:] != days[:-1])]))
    differs = np.add.reduceat(units[order], begins) != 0
    return np.unique(lines[begins][differs])


def pair_rows(
    held: Columns, new: Columns, keys: tuple[str, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair the rows of two tables that have equal keys, each at most once: the rows of the one, and of the other."""
    count = len(held[keys[0]])
    both = [np.concatenate([held[key], new[key]]) for key in keys]
    order = np.lexsort(both[::-1])  # stable: of equal ones that of `held` comes first
    same = np.ones(max(0, len(order) - 1), bool)
    for column in both:
        same &= column[order[1:]] == column[order[:-1]]
    first = np.flatnonzero(same)
    return order[first], order[first + 1] - count


def leave_out(count: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """List the rows that are none of these."""
    left = np.ones(count, bool)
    left[rows] = False
    return np.flatnonzero(left)


def write_standings(moves: Moves, other_days: NDArray[np.int64], entry: Entry) -> None:
    """Write how lines stand that do not stand as before, and forget those that are no longer open.

    A line of which a delivery between its first and its last moved stands as before, and was decided again all the same.
    """
    closed = np.setdiff1d(moves.before["line"], moves.after["line"])
    if len(closed):
        write_columns(FORGET, {"line": closed})
    if len(moves.after["line"]):
        write_columns(STAND, moves.after, {"entry": entry.pk, "reasons": REASONS})
    only_between = np.setdiff1d(other_days, moves.after["line"])
    if len(only_between):
        write_columns(DECIDED, {"line": only_between}, {"entry": entry.pk})


def compare_standings(facts: Facts, plan: Plan) -> Moves:
    """Find the lines that stand otherwise by the plan than they do now."""
    before = read_in_force(facts).stood
    after = list_standings(facts, plan)
    was, now = pair_rows(before, after, ("line",))
    differs = np.zeros(len(now), bool)
    for name in STANDING:
        differs |= before[name][was] != after[name][now]
    closed, new = leave_out(len(before["line"]), was), leave_out(len(after["line"]), now)
    left, come = np.concatenate([was[differs], closed]), np.sort(np.concatenate([now[differs], new]))
    return Moves(
        {name: before[name][left] for name in ("line", "line_item", *STANDING)},
        {name: values[come] for name, values in after.items()},
    )


def list_standings(facts: Facts, plan: Plan) -> Columns:
    """List how each line stands by the plan, by the names of Standing."""
    rows = np.flatnonzero(facts.inside)
    lines, told = plan.lines.take(rows), plan.companions
    said = {
        name: np.full(len(facts.inside), UNTOLD) for name in ("whole", "pins", "ready_on", "last_on", "tight")
    }
    for name, values in said.items():
        values[told.line] = told.columns()[name]
    columns: dict[str, Any] = {
        "line": facts.lines[rows],
        "line_item": facts.line_items[rows],
        **{name: lines.columns()[name].astype(np.int64) for name in STANDING if name in lines.columns()},
        "planned_on": lines.promised_on.astype(np.int64),
        **{name: values[rows] for name, values in said.items()},
    }
    return {name: columns[name] for name in ("line", "line_item", *STANDING)}


def write_backorders(facts: Facts, plan: Plan, entry: Entry) -> None:
    """Open the record of a line that waits, and close it when all its units are on hand or the line is no longer open."""
    waits = facts.inside & (plan.lines.allocated_on_hand < facts.snapshot.lines.quantity)
    waiting = facts.lines[waits]
    known = read_in_force(facts).waiting
    for statement, lines in (
        (CLOSE, np.setdiff1d(known, waiting)),
        (OPEN, np.setdiff1d(waiting, known)),
    ):
        if len(lines):
            write_columns(statement, {"line": lines}, {"entry": entry.pk})
