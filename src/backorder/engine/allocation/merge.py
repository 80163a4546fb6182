"""Putting decisions on some items into the plan of all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.outcome.compare import list_passed_caps
from backorder.engine.allocation.plan import Exceptions, Outcomes, Plan
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.rank import rank_lines
from backorder.engine.allocation.snapshot import Snapshot
from backorder.engine.tables import Table

Rows = TypeVar("Rows", bound=Table)


@dataclass(frozen=True)
class Revision:
    """A decision on some items. All rows are those of the whole; ranks count within these lines."""

    items: NDArray[np.bool_]  # what was decided
    line_rows: NDArray[np.int64]  # a row of plan.lines for each
    supply_rows: NDArray[np.int64]  # a row of plan.free for each
    plan: Plan


def number_rows(
    plan: Plan, inside: NDArray[np.bool_], line_rows: NDArray[np.int64], supply_rows: NDArray[np.int64]
) -> Plan:
    """Give the rows of a part's plan their numbers in the whole, and leave out its lines that are decided elsewhere.

    `inside` marks lines of the whole.
    """
    own = inside[line_rows]

    def renumber(table: Rows) -> Rows:
        kept = table.take(own[table.columns()["line"]] & (table.columns()["line"] >= 0))
        columns = {**kept.columns(), "line": line_rows[kept.columns()["line"]]}
        return type(table)(**columns)

    pegs, changes = renumber(plan.pegs), renumber(plan.changes)
    lent_to = np.append(line_rows, -1)[changes.lent_to]  # -1 is nobody
    return Plan(
        lines=plan.lines.take(own),
        pegs=replace(pegs, supply=supply_rows[pegs.supply]),
        shortages=plan.shortages,
        changes=replace(changes, lent_to=lent_to),
        offers=renumber(plan.offers),
        exceptions=renumber(plan.exceptions),
        companions=renumber(plan.companions),
        free=plan.free,
    )


def merge(snapshot: Snapshot, policy: Policy, before: Plan, revision: Revision) -> Plan:
    """Put a revision in the place of what `before` said on its items. Ranks are counted anew, over all lines."""
    new = revision.plan
    own = np.zeros(len(snapshot.lines), bool)
    own[revision.line_rows] = True
    columns = {name: np.array(column) for name, column in before.lines.columns().items()}
    for name, column in new.lines.columns().items():
        columns[name][revision.line_rows] = column
    ranking = rank_lines(snapshot, policy)
    columns["rank"][ranking.rows] = np.maximum(0, np.arange(len(own)) + 1 - ranking.unranked)
    free = np.array(before.free)
    free[revision.supply_rows] = new.free

    def replace_lines(old: Rows, found: Rows) -> Rows:
        return join_tables(old.take(~own[old.columns()["line"]]), found, "line")

    changes = replace_lines(before.changes, new.changes)
    raised = before.exceptions.take(before.exceptions.line >= 0)
    caps = Exceptions(*list_passed_caps(policy, changes).T)
    kept = before.shortages.take(~revision.items[before.shortages.item])
    return Plan(
        lines=Outcomes(**columns),
        pegs=replace_lines(before.pegs, new.pegs),
        shortages=join_tables(kept, new.shortages, "item"),
        changes=changes,
        offers=replace_lines(before.offers, new.offers),
        exceptions=join_tables(caps, replace_lines(raised, new.exceptions), "line"),
        companions=replace_lines(before.companions, new.companions),
        free=free,
    )


def join_tables(one: Rows, other: Rows, key: str) -> Rows:
    """Put the rows of two tables together, sorted by the key; rows of one key come from one table, in its order."""
    columns = {
        name: np.concatenate([column, other.columns()[name]]) for name, column in one.columns().items()
    }
    rows = np.argsort(columns[key], kind="stable")
    return type(one)(**{name: column[rows] for name, column in columns.items()})
