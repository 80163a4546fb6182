"""What an item was asked for in windows as long as the span to come: its own past, resampled."""

from __future__ import annotations

from typing import Any

import numpy as np

from backorder.engine.compiled import array_kernel
from backorder.engine.demand.history import Counts, Floats, History


def find_quantiles(history: History, periods: Counts, levels: Floats, decay: float, most: int) -> Floats:
    """Give for each item the quantiles of demand over `periods` periods, from all windows of that length in its past.

    A window counts by decay ^ age, age in periods, and only if its age is below `most`. An item with a past shorter than that has no
    window: its quantiles are 0.
    """
    found = np.zeros((history.items, len(levels)))
    find_all(history.rates, history.seen, history.start, periods, levels, decay, most, found)
    return found


@array_kernel
def find_all(
    rate: Any, seen: Any, start: Any, periods: Any, levels: Any, decay: float, most: int, found: Any
) -> None:
    """Write the quantiles of each item."""
    longest = 0
    for item in range(len(periods)):
        longest = max(longest, start[item + 1] - start[item])
    sums = np.empty(longest)
    weights = np.empty(longest)
    for item in range(len(periods)):
        first, last, length = start[item], start[item + 1], periods[item]
        windows = 0
        for end in range(last, first + length - 1, -1):
            if last - end >= most:
                break
            amount = 0.0
            shown = 0.0
            for t in range(end - length, end):
                amount += seen[t] * rate[t]
                shown += seen[t]
            if shown > 0.0:
                sums[windows] = amount / shown * length
                weights[windows] = decay ** (last - end) * shown / length
                windows += 1
        if windows == 0:
            continue
        order = np.argsort(sums[:windows], kind="mergesort")
        whole = weights[:windows].sum()
        reached = 0.0
        at = -1
        for j in range(len(levels)):
            while at < windows - 1 and (at < 0 or reached < levels[j] * whole * (1.0 - 1e-12)):
                at += 1
                reached += weights[order[at]]
            found[item, j] = sums[order[at]]
