"""Who comes before whom: segments and strategies, then one total order of all lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.allocation.policy import (
    FAIR_SHARE,
    GAIN,
    NUMERIC_TERMS,
    REDISTRIBUTE,
    SKIP,
    TEXT_TERMS,
    Policy,
    PolicyError,
)
from backorder.engine.allocation.seating.match import find_attribute, match_all
from backorder.engine.allocation.snapshot import COMPLETE, LOCKED, MILLION, NEVER, RESERVED, Snapshot
from backorder.engine.compiled import array_kernel, kernel
from backorder.engine.grouping import list_by_code, sort_rows

LARGEST_SCORE = 2.0**62


@dataclass(frozen=True)
class Ranking:
    """All lines in rank order, those without a rank (skip, locked) first."""

    rows: NDArray[np.int64]  # of Snapshot.lines
    unranked: int  # how many of them have rank 0
    segment: NDArray[np.int8]  # by row; -1 none
    strategy: NDArray[np.int8]  # by row
    grouped: NDArray[np.bool_]  # by row: the line belongs to a complete order


def rank_lines(snapshot: Snapshot, policy: Policy) -> Ranking:
    """Rank all lines: tier, ageing, rank keys or score, order, line; the lines of a complete order behind its best."""
    lines = snapshot.lines
    segment, strategy = choose_strategies(snapshot, policy)
    tier = strategy.astype(np.int64) * (len(policy.segments) + 1)
    tier += np.where(strategy == FAIR_SHARE, segment.astype(np.int64), 0)
    ranked = (strategy != SKIP) & (lines.commitment != LOCKED)
    rows = sort_rows([ranked, tier, *rank_keys(snapshot, policy)], len(lines))

    grouped = find_grouped(snapshot)
    if grouped.any():
        members = rows[grouped[rows]]
        at, start = list_by_code(lines.order[members], int(lines.order[-1]) + 1)
        rows = put_together(rows, grouped, lines.order, (members[at], start))
        follow_best(members[at], start, (segment, strategy, ranked))
    return Ranking(rows, int((~ranked).sum()), segment, strategy, grouped)


@array_kernel
def put_together(rows: Any, grouped: Any, order: Any, members: Any) -> np.ndarray:
    """List the rows again, each complete order as a whole where its best line stands; `members` are listed by order."""
    row_of, start = members
    together = np.empty_like(rows)
    count = 0
    for row in rows:
        if not grouped[row]:
            together[count] = row
            count += 1
        elif row_of[start[order[row]]] == row:
            for at in range(start[order[row]], start[order[row] + 1]):
                together[count] = row_of[at]
                count += 1
    return together


@kernel
def follow_best(row_of: Any, start: Any, chosen: Any) -> None:
    """Let all lines of a complete order take what was chosen for its best."""
    segment, strategy, ranked = chosen
    for order in range(len(start) - 1):
        for at in range(start[order], start[order + 1]):
            best = row_of[start[order]]
            segment[row_of[at]], strategy[row_of[at]], ranked[row_of[at]] = (
                segment[best],
                strategy[best],
                ranked[best],
            )


def find_grouped(snapshot: Snapshot) -> NDArray[np.bool_]:
    """Mark the lines of complete orders: one line of the order says so, and it is not locked itself."""
    lines = snapshot.lines
    complete = np.zeros(int(lines.order[-1]) + 1 if len(lines) else 0, bool)
    complete[lines.order[lines.ship_policy == COMPLETE]] = True
    return complete[lines.order] & (lines.commitment != LOCKED)


def find_linking(snapshot: Snapshot) -> NDArray[np.bool_]:
    """Mark the lines by which complete orders tie items: their members, and locked lines that make an order complete."""
    return find_grouped(snapshot) | (snapshot.lines.ship_policy == COMPLETE)


def choose_strategies(snapshot: Snapshot, policy: Policy) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Give each line its first matching segment and the strategy of that; `reserved` is strategy gain for one line."""
    segment = np.full(len(snapshot.lines), -1, np.int8)
    strategy = np.full(len(snapshot.lines), REDISTRIBUTE, np.int8)
    for number in range(len(policy.segments) - 1, -1, -1):
        met = match_all(snapshot, policy.segments[number].where, f"segment[{number + 1}]")
        segment[met] = number
        strategy[met] = policy.segments[number].strategy
    strategy[(snapshot.lines.commitment == RESERVED) & (strategy != SKIP)] = GAIN
    return segment, strategy


def rank_keys(snapshot: Snapshot, policy: Policy) -> list[NDArray[np.int64]]:
    """List the keys behind the tier, each so that a lower value is served first."""
    lines = snapshot.lines
    keys = []
    if policy.guaranteed_after_days is not None:
        waited = snapshot.as_of - np.maximum(lines.ordered_on, lines.requested_on).astype(np.int64)
        keys.append((waited <= policy.guaranteed_after_days).astype(np.int64))
    if policy.rank_mode == "score":
        keys.append(-sum_score(snapshot, policy))
        return keys
    keys += [rank_key(snapshot, policy, key) for key in policy.rank_keys]
    return keys


def rank_key(snapshot: Snapshot, policy: Policy, key: str) -> NDArray[np.int64]:
    """Turn one column into a key: by its value order, else by value; "-" reverses; blank and unlisted stay last."""
    column = key.removeprefix("-")
    attribute = find_attribute(snapshot, column, "rank.keys")
    values = attribute.values.astype(np.int64)
    order = policy.rank_values.get(column)
    if order is not None:
        if attribute.kind == "text":
            listed = {label: position for position, label in reversed(list(enumerate(order)))}
            place = np.array(
                [listed.get(str(label), len(order)) for label in attribute.labels] or [0], np.int64
            )
            values = place[values]
        else:
            values = rank_by_value_order(attribute.kind, values, order)
    if key.startswith("-"):
        stays_last = values == (len(order) if order is not None else NEVER)
        if order is None and attribute.kind != "day":
            stays_last[:] = False
        values = np.where(stays_last, NEVER, -values)
    return values


def rank_by_value_order(kind: str, values: NDArray[np.int64], order: tuple[str, ...]) -> NDArray[np.int64]:
    """Replace whole-number values by their place in the value order."""
    if kind != "number":
        raise PolicyError("rank.values", f"a value order is for text and whole numbers, not for a {kind}")
    place = np.full(len(values), len(order), np.int64)
    for position in range(len(order) - 1, -1, -1):
        place[values == int(order[position])] = position
    return place


def score_terms(snapshot: Snapshot, policy: Policy) -> dict[str, NDArray[np.int64]]:
    """Compute each term of the score, in whole millionths rounded half up. Raises PolicyError if one outgrows 2^62."""
    lines = snapshot.lines
    terms = {}
    for term, weight in policy.rank_score.items():
        if term == "value":
            money = lines.quantity * lines.unit_price
            refuse_large(term, money, weight / MILLION)
            whole, rest = np.divmod(money, MILLION)
            terms[term] = whole * weight + (rest * weight + MILLION // 2) // MILLION
            continue
        if term in NUMERIC_TERMS:
            measure = {
                "age_days": snapshot.as_of - lines.ordered_on.astype(np.int64),
                "late_days": np.maximum(0, snapshot.as_of - lines.requested_on.astype(np.int64)),
                "quantity": lines.quantity,
                "priority": lines.priority,
            }[term]
        else:
            head, _, label = term.partition(".")
            attribute = find_attribute(snapshot, TEXT_TERMS[head], f"rank.score.{term}")
            codes = [code for code, text in enumerate(attribute.labels) if text == label]
            measure = np.isin(attribute.values, codes).astype(np.int64)
        refuse_large(term, measure, weight)
        terms[term] = measure * weight
    return terms


def sum_score(snapshot: Snapshot, policy: Policy) -> NDArray[np.int64]:
    """Sum the terms exactly."""
    total = np.zeros(len(snapshot.lines), np.int64)
    for values in score_terms(snapshot, policy).values():
        total += values
    return total


def refuse_large(term: str, measure: NDArray[np.int64], weight: float) -> None:
    """Raise PolicyError if a term could leave the numbers that are summed exactly."""
    if len(measure) and float(np.abs(measure).max()) * abs(weight) * 16 > LARGEST_SCORE:
        raise PolicyError(
            f"rank.score.{term}", "weight times value is too large to be summed exactly; use a smaller weight"
        )
