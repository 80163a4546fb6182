"""Complete orders: units shipped in time ÷ the exact optimum of plans that serve ranks in the same strict order.

The optimum is lexicographic. An order is served whole or not at all: rank 1 in time if any plan can do that, else on its
earliest day; then rank 2, as long as rank 1 keeps its day; and so on. The freedom is which supplies each takes. An integer
program is solved for each rank, with what was reached before held as constraints.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import highspy
import numpy as np

from backorder.engine.allocation import Policy, Snapshot, allocate
from backorder.engine.allocation.snapshot import ANYWHERE, COMPLETE, NEVER, SOFT, Lines, Locations, Supplies
from measure.clock import read_arguments, report

CASES = 200
PARENT = (ANYWHERE, 0, 0, ANYWHERE, 3)
ITEMS = 3
DAYS = range(10)
LONG = 100
INBOUND_SHARE = 0.6


def make_case(chance: np.random.Generator) -> Snapshot:
    """Make at most twelve complete orders of one to four lines that compete for few units of three items."""
    order = np.repeat(np.arange(12), chance.integers(1, 5, 12))[: int(chance.integers(8, 30))]
    count, supplies = len(order), int(chance.integers(6, 16))
    orders = int(order[-1]) + 1
    requested_on = chance.integers(0, 10, orders)[order]
    inbound = np.sort(chance.random(supplies) < INBOUND_SHARE)
    return Snapshot(
        as_of=0,
        items=ITEMS,
        lines=Lines(
            order=order,
            item=chance.integers(0, ITEMS, count),
            location=chance.integers(ANYWHERE, len(PARENT), count),
            quantity=chance.integers(1, 6, count),
            ordered_at=np.zeros(count),
            ordered_on=np.zeros(count),
            requested_on=requested_on,
            needed_by=np.full(count, NEVER),
            priority=np.full(count, 100),
            unit_price=np.zeros(count),
            ship_policy=np.full(count, COMPLETE),
            minimum_quantity=np.ones(count),
            commitment=np.full(count, SOFT),
            promised_on=np.full(count, NEVER),
        ),
        supplies=Supplies(
            item=chance.integers(0, ITEMS, supplies),
            location=chance.integers(0, len(PARENT), supplies),
            inbound=inbound,
            quantity=chance.integers(1, 12, supplies),
            available_on=np.where(inbound, chance.integers(1, 10, supplies), 0),
            position=np.arange(supplies),
        ),
        locations=Locations(parent=PARENT, rank=np.full(len(PARENT), NEVER)),
    )


def is_inside(location: int, place: int) -> bool:
    """Tell whether a location is the place or below it."""
    while location not in (ANYWHERE, place):
        location = PARENT[location]
    return location == place


def find_optimum(facts: Snapshot, ranked: list[int]) -> int:
    """Count the units in time of the best plan in strict order: order by rank, each in time, else as early as it can be whole."""
    lines, supplies = facts.lines, facts.supplies
    model = highspy.Highs()  # type: ignore[no-untyped-call] # carries no types
    model.silent()
    ends = {order: {day: model.addBinary() for day in DAYS} for order in ranked}
    given: dict[int, list[highspy.highs.highs_var]] = {k: [] for k in range(len(supplies))}
    for order, by_day in ends.items():
        model.addConstr(model.qsum(by_day.values()) <= 1)
        for row in np.flatnonzero(lines.order == order).tolist():
            wanted, taken = int(lines.quantity[row]), []
            for k in np.flatnonzero(supplies.item == lines.item[row]).tolist():
                if is_inside(int(supplies.location[k]), int(lines.location[row])):
                    units = model.addIntegral(lb=0, ub=wanted)
                    from_then = [by_day[day] for day in DAYS if day >= supplies.available_on[k]]
                    model.addConstr(units <= wanted * model.qsum(from_then))
                    taken.append(units)
                    given[k].append(units)
            model.addConstr(model.qsum(taken) == wanted * model.qsum(by_day.values()))
    for k, taken in given.items():
        if taken:
            model.addConstr(model.qsum(taken) <= int(supplies.quantity[k]))
    reached = 0
    for order in ranked:
        due = int(lines.requested_on[lines.order == order][0])
        worth = {day: LONG if day <= due else len(DAYS) - day for day in DAYS}
        model.maximize(model.qsum(worth[day] * end for day, end in ends[order].items()))
        got = max((worth[day] for day, end in ends[order].items() if round(model.val(end))), default=0)
        model.addConstr(
            model.qsum(end for day, end in ends[order].items() if worth[day] == got) == int(got > 0)
        )
        if not got:
            model.addConstr(model.qsum(ends[order].values()) == 0)
        reached += (got == LONG) * int(lines.quantity[lines.order == order].sum())
    return reached


@contextmanager
def keep_quiet() -> Iterator[None]:
    """Drop what the solver itself writes to standard output: it prints a banner that no option turns off."""
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "")
    chance = np.random.default_rng(given.seed)
    ratios = []
    for _ in range(min(CASES, given.lines)):
        facts = make_case(chance)
        plan = allocate(facts, Policy())
        ranked = list(dict.fromkeys(facts.lines.order[np.argsort(plan.lines.rank)].tolist()))
        with keep_quiet():
            optimum = find_optimum(facts, ranked)
        if optimum:
            ratios.append(int(facts.lines.quantity[plan.lines.in_time].sum()) / optimum)
    report(
        "complete_orders",
        0.98,
        ratio=float(np.mean(ratios)),
        least=min(ratios),
        most=max(ratios),
        below_one=sum(ratio < 1 for ratio in ratios),
        cases=len(ratios),
    )


if __name__ == "__main__":
    main()
