"""One receipt decided again ÷ deciding everything: without complete orders, and with one order in twenty complete."""

from __future__ import annotations

import statistics
from dataclasses import replace
from functools import partial

import numpy as np

from backorder.engine.allocation import Plan, Policy, Snapshot, again, allocate
from measure.clock import read_arguments, report, time_once
from measure.facts import Size, make_facts

RECEIPTS = 50


def receive(facts: Snapshot, row: int, units: int) -> Snapshot:
    """Let one supply have more units."""
    quantity = facts.supplies.quantity.copy()
    quantity[row] += units
    return replace(facts, supplies=replace(facts.supplies, quantity=quantity))


def measure(facts: Snapshot, plan: Plan, rows: list[int]) -> tuple[list[float], list[int]]:
    """Decide one receipt after another again; gives the seconds and how many items were decided."""
    times, decided = [], []
    for row in rows:
        new = receive(facts, row, 10)
        touched = np.arange(facts.items) == facts.supplies.item[row]
        times.append(time_once(partial(again, new, Policy(), plan, touched)))
        decided.append(int(again(new, Policy(), plan, touched).items.sum()))
    return times, decided


def main() -> None:
    """Measure both."""
    given = read_arguments(__doc__ or "")
    for share in (0.0, 0.05):
        facts = make_facts(Size(given.lines, given.seed, complete_orders=share))
        plan = allocate(facts, Policy())
        full = statistics.median(time_once(partial(allocate, facts, Policy())) for _ in range(given.runs))
        chance = np.random.default_rng(given.seed)
        order = chance.permutation(len(facts.supplies))
        first = np.sort(np.unique(facts.supplies.item[order], return_index=True)[1])[:RECEIPTS]
        rows = order[first].tolist()
        measure(facts, plan, rows[:1])
        times, decided = measure(facts, plan, rows)
        middle, p95 = np.percentile(times, (50, 95))
        report(
            "one_receipt",
            0.02,
            complete_orders=share,
            ratio=float(middle) / full,
            ratio_p95=float(p95) / full,
            lines=given.lines,
            seconds=float(middle),
            full_seconds=full,
            items_median=int(np.median(decided)),
            items_most=max(decided),
        )


if __name__ == "__main__":
    main()
