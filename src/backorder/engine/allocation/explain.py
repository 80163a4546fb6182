"""Why a line gets what it gets: each constraint is lifted in turn, and the decision made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.allocate import allocate
from backorder.engine.allocation.part import take_items, take_part
from backorder.engine.allocation.partition import partition
from backorder.engine.allocation.plan import Plan, Reason
from backorder.engine.allocation.policy import Policy
from backorder.engine.allocation.seating.days import available_days, ship_days
from backorder.engine.allocation.seating.places import tour_places
from backorder.engine.allocation.seating.rank import score_terms
from backorder.engine.allocation.snapshot import (
    AS_READY,
    FIRM,
    LOCKED,
    NEVER,
    SOFT,
    Snapshot,
    Supplies,
)

MOST_AHEAD = 10
Facts = tuple[Snapshot, Policy, int]  # the line's row in it


@dataclass(frozen=True)
class Alternative:
    """The outcome of the line when it is asked again without a constraint."""

    constraint: Reason
    promised_on: int
    unallocated: int


@dataclass(frozen=True)
class Explanation:
    """What covers a line, who is before it, what binds it, and what it would get without that."""

    line: int
    pegs: tuple[tuple[int, int, int], ...]  # supply row, quantity, ships_on
    rank: int
    ranked: int
    units_ahead: int
    lines_ahead: int
    reason: Reason
    promised_on: int
    unallocated: int
    binding: Alternative | None  # what holds the line, and what it would get without that; None: nothing does
    alternatives: tuple[Alternative, ...]  # every constraint whose lifting helps, the best first
    ahead: tuple[int, ...]  # lines with units that would have helped, by rank, at most ten
    score: tuple[tuple[str, int], ...]  # term, millionths


def explain(snapshot: Snapshot, policy: Policy, plan: Plan, row: int) -> Explanation:
    """Explain one line. Only what is linked with its item is decided again."""
    outcome = plan.lines
    linked = partition(snapshot)
    part, line_rows, _ = take_items(snapshot, linked == linked[snapshot.lines.item[row]])
    at = int(np.searchsorted(line_rows, row))
    now = (int(outcome.unallocated[row]), int(outcome.promised_on[row]))
    reason = Reason(int(outcome.reason[row]))
    found = []
    if not outcome.in_time[row]:
        ranks = outcome.rank[line_rows]
        for constraint, lift in LIFTS.items():
            asked = lift((part, policy, at), ranks)
            if asked is None:
                continue
            again = allocate(asked[0], asked[1]).lines
            found.append(
                Alternative(constraint, int(again.promised_on[asked[2]]), int(again.unallocated[asked[2]]))
            )
    better = [other for other in found if (other.unallocated, other.promised_on) < now]
    better.sort(
        key=lambda other: (other.unallocated, other.promised_on, other.constraint != reason, other.constraint)
    )
    pegs = plan.pegs.take(plan.pegs.line == row)
    terms = score_terms(part, policy) if policy.rank_mode == "score" else {}
    return Explanation(
        line=row,
        pegs=tuple(zip(pegs.supply.tolist(), pegs.quantity.tolist(), pegs.ships_on.tolist(), strict=True)),
        rank=int(outcome.rank[row]),
        ranked=int((outcome.rank > 0).sum()),
        units_ahead=int(outcome.units_ahead[row]),
        lines_ahead=int(outcome.lines_ahead[row]),
        reason=reason,
        promised_on=now[1],
        unallocated=now[0],
        binding=find_binding(reason, better, found),
        alternatives=tuple(better),
        ahead=find_ahead(snapshot, policy, plan, row),
        score=tuple((term, int(values[at])) for term, values in terms.items()),
    )


def find_binding(reason: Reason, better: list[Alternative], found: list[Alternative]) -> Alternative | None:
    """Name what binds: the line's reason if lifting it helps, else what helps most; if nothing alone does, the reason."""
    own = [other for other in (*better, *found) if other.constraint == reason]
    if own and (own[0] in better or not better):
        return own[0]
    return better[0] if better else None


def find_ahead(snapshot: Snapshot, policy: Policy, plan: Plan, row: int) -> tuple[int, ...]:
    """List the lines that hold units which would have helped this one, best rank first."""
    lines, supplies, places = snapshot.lines, snapshot.supplies, tour_places(snapshot.locations)
    if plan.lines.in_time[row]:
        return ()
    day = ship_days(
        available_days(snapshot, policy), supplies.location, snapshot.closed, policy.handling_days
    )
    place = int(lines.location[row])
    inside = (places.tour[supplies.location] >= places.tour[place]) & (
        places.tour[supplies.location] < places.tour_end[place]
    )
    helps = (
        inside
        & (supplies.item == lines.item[row])
        & (day < plan.lines.promised_on[row])
        & (day <= lines.needed_by[row])
    )
    holders = np.unique(plan.pegs.line[helps[plan.pegs.supply]])
    holders = holders[holders != row]
    return tuple(holders[np.argsort(plan.lines.rank[holders], kind="stable")][:MOST_AHEAD].tolist())


def own_order(snapshot: Snapshot, row: int) -> NDArray[np.bool_]:
    """Mark the lines of the line's order."""
    return snapshot.lines.order == snapshot.lines.order[row]


def stand_first(facts: Facts, ranks: NDArray[np.int64]) -> Facts | None:
    """Leave out all lines of a better rank, but for those of its own order; what has no rank stays where it is."""
    snapshot, policy, row = facts
    before = (ranks > 0) & (ranks < ranks[row]) & ~own_order(snapshot, row)
    if not before.any():
        return None
    rows = np.flatnonzero(~before)
    part = take_part(snapshot, rows, np.arange(len(snapshot.supplies)))
    return part, policy, int(np.searchsorted(rows, row))


def forget_promises(facts: Facts, ranks: NDArray[np.int64]) -> Facts | None:
    """Let nobody else have a promise or, but for what is held, a plan in force."""
    snapshot, policy, row = facts
    lines, now = snapshot.lines, snapshot.current
    others = np.arange(len(lines)) != row
    held = np.isin(lines.commitment, (FIRM, LOCKED)) | (ranks == 0) | ~others
    kept = held[now.line] | (now.ships_on < snapshot.as_of + policy.freeze_days)
    if kept.all() and (lines.promised_on[others] == NEVER).all():
        return None
    lines = replace(lines, promised_on=np.where(others, NEVER, lines.promised_on))
    return replace(snapshot, lines=lines, current=now.take(kept)), policy, row


def change_line(facts: Facts, column: str, value: int) -> Facts | None:
    """Ask again with another value in one column of the line; None if it has that already."""
    snapshot, policy, row = facts
    values = np.array(snapshot.lines.columns()[column])
    if values[row] == value:
        return None
    values[row] = value
    return replace(snapshot, lines=replace(snapshot.lines, **{column: values})), policy, row


def ship_as_ready(facts: Facts, _: NDArray[np.int64]) -> Facts | None:
    """Let its order ship line by line, as units are ready."""
    snapshot, policy, row = facts
    policies = np.where(own_order(snapshot, row), AS_READY, snapshot.lines.ship_policy)
    if (policies == snapshot.lines.ship_policy).all():
        return None
    return replace(snapshot, lines=replace(snapshot.lines, ship_policy=policies)), policy, row


def commit_nobody(facts: Facts, _: NDArray[np.int64]) -> Facts | None:
    """Let every commitment be soft."""
    snapshot, policy, row = facts
    soft = np.full(len(snapshot.lines), SOFT)
    if (snapshot.lines.commitment == soft).all():
        return None
    return replace(snapshot, lines=replace(snapshot.lines, commitment=soft)), policy, row


def add_supply(facts: Facts, _: NDArray[np.int64]) -> Facts | None:
    """Put what the line asks on hand, at the first place that serves it."""
    snapshot, policy, row = facts
    supplies, places = snapshot.supplies, tour_places(snapshot.locations)
    place = int(snapshot.lines.location[row])
    inside = [
        location
        for location in places.by_rank.tolist()
        if places.tour[place] <= places.tour[location] < places.tour_end[place]
    ]
    if not inside:
        return None
    item, quantity = int(snapshot.lines.item[row]), int(snapshot.lines.quantity[row])
    new = {
        "item": item,
        "location": inside[0],
        "inbound": False,
        "quantity": quantity,
        "available_on": snapshot.as_of,
        "position": -1,
    }
    more = Supplies(**{name: np.insert(column, 0, new[name]) for name, column in supplies.columns().items()})
    now = snapshot.current
    moved = replace(now, supply=np.where(now.supply >= 0, now.supply + 1, now.supply))
    return replace(snapshot, supplies=more, current=moved), policy, row


def drop_limits(policy: Policy, kind: str) -> Policy:
    """Leave out all floors, or all ceilings."""
    without: dict[str, Any] = {kind: None, f"{kind}_share": None}
    return replace(policy, guarantees=tuple(replace(group, **without) for group in policy.guarantees))


LIFTS: dict[Reason, Callable[[Facts, NDArray[np.int64]], Facts | None]] = {
    Reason.AFTER_HIGHER_RANK: stand_first,
    Reason.PROMISE_OF_OTHERS: forget_promises,
    Reason.FLOOR_OF_OTHERS: lambda facts, _: (
        (facts[0], drop_limits(facts[1], "floor"), facts[2]) if facts[1].guarantees else None
    ),
    Reason.CEILING: lambda facts, _: (
        (facts[0], drop_limits(facts[1], "ceiling"), facts[2]) if facts[1].guarantees else None
    ),
    Reason.WAITS_FOR_COMPANION: ship_as_ready,
    Reason.MINIMUM_QUANTITY: lambda facts, _: change_line(facts, "minimum_quantity", 1),
    Reason.NOT_BEFORE_NEEDED_BY: lambda facts, _: change_line(facts, "needed_by", NEVER),
    Reason.COMMITTED: commit_nobody,
    Reason.FROZEN: lambda facts, _: (
        (facts[0], replace(facts[1], freeze_days=0), facts[2]) if facts[1].freeze_days else None
    ),
    Reason.STRATEGY: lambda facts, _: (
        (facts[0], replace(facts[1], segments=()), facts[2]) if facts[1].segments else None
    ),
    Reason.KIT_COMPONENT: lambda facts, ranks: (
        add_supply(facts, ranks) if (facts[0].kits.kit == facts[0].lines.item[facts[2]]).any() else None
    ),
    Reason.NO_SUPPLY: add_supply,
    Reason.INBOUND: add_supply,
}
