"""What came after pasts like this one: the pasts of all items, pooled.

One item of spare parts shows a handful of demands; five thousand show how demand goes on after a handful. Each origin in the past
of each item is a case: how much was asked lately (`slow` and `fast`, two weighted means, in demands of the item's usual size), and
what was then asked in a span like the one to come. Cases are laid into cells by what `slow` expects for the span, then by what
`fast` expects. An item takes the quantiles of its cell, as ratios to (expected + usual size): what sells in hundreds is compared
by its rate, what sells now and then by the size of its demands. An item that was never asked for takes those of all cases of which
nothing had been asked yet.
"""

from __future__ import annotations

import math
from itertools import pairwise
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.compiled import kernel
from backorder.engine.demand.history import Counts, Floats, History

SLOW, FAST = 0.1, 0.3
"""The ends of what smoothing constants are used for demand that comes now and then (see `levels`)."""
CASES = 400
"""A cell holds about so many: four beyond the 99 % quantile."""
CELLS = 12
"""No more groups than this each way: finer ones differ less than their quantiles err."""
ORIGINS, ENOUGH = 12, 50_000
"""Each item gives its latest 12 origins, and more, if there are few items, until there are enough cases."""


def find_alike(
    history: History, prior: Floats, begins: Counts, ends: Counts, levels: Floats
) -> tuple[Floats, Floats]:
    """Give for each item mean and quantiles of demand in the periods `begins` … `ends` to come (1 is the next).

    `prior` is what `find_prior` finds in the same history. Where no item has a past longer than the span, there is no case: all is 0.
    """
    lengths = history.lengths()
    origins = max(ORIGINS, -(-ENOUGH // history.items))
    cases = np.clip(lengths - ends, 0, origins)
    place = np.append(0, np.cumsum(cases))
    table = np.empty((3, place[-1]))
    now = np.empty((3, history.items))
    past = history.rates, history.seen, history.start
    list_cases(past, begins, ends, place, prior, table, now)
    mean, found = np.zeros(history.items), np.zeros((history.items, len(levels)))
    if table.shape[1]:
        cells = min(CELLS, max(1, isqrt(table.shape[1] // CASES)))
        fill_cells(table, now, (cells, levels), (mean, found))
    return mean, found


@kernel
def list_cases(past: Any, begins: Any, ends: Any, place: Any, prior: Any, table: Any, now: Any) -> None:
    """Write what slow and fast expected at each origin, in demands, and what was asked, as a ratio; and what they expect now."""
    rate, seen, start = past
    for item in range(len(begins)):
        first, last = start[item], start[item + 1]
        periods = ends[item] - begins[item] + 1
        cases = place[item + 1] - place[item]
        slow = fast = slow_weight = fast_weight = sizes = demands = 0.0
        for origin in range(first, last + 1):
            size = math.exp((sizes + prior[0] * prior[1]) / (demands + prior[1]))
            expected_slow = slow / slow_weight * periods / size if slow_weight > 0.0 else 0.0
            expected_fast = fast / fast_weight * periods / size if fast_weight > 0.0 else 0.0
            case = origin - (last - ends[item] - cases) - 1
            if 0 <= case < cases:
                asked = 0.0
                for t in range(origin + begins[item] - 1, origin + ends[item]):
                    asked += rate[t]
                table[0, place[item] + case] = expected_slow
                table[1, place[item] + case] = expected_fast
                table[2, place[item] + case] = asked / size / (expected_slow + 1.0)
            if origin == last:
                now[0, item] = expected_slow
                now[1, item] = expected_fast
                now[2, item] = size
                break
            slow = (1.0 - SLOW) * slow + seen[origin] * rate[origin]
            slow_weight = (1.0 - SLOW) * slow_weight + seen[origin]
            fast = (1.0 - FAST) * fast + seen[origin] * rate[origin]
            fast_weight = (1.0 - FAST) * fast_weight + seen[origin]
            if rate[origin] > 0.0:
                sizes = (1.0 - SLOW) * sizes + math.log(rate[origin])
                demands = (1.0 - SLOW) * demands + 1.0


def find_prior(history: History) -> Floats:
    """Find the usual size of demands over all items, and how many demands of its own that weighs for one item; sizes in logarithms.

    The weight is the variance of sizes within an item against that between items (Bühlmann's credibility): where items differ,
    the others say little of one. It is never 0: who was not asked for yet has only the others.
    """
    item = np.repeat(np.arange(history.items), history.lengths())
    rate = history.rates
    asked = rate > 0
    item, size = item[asked], np.log(rate[asked])
    count = np.bincount(item, minlength=history.items)
    total = np.bincount(item, size, history.items)
    had = count > 0
    if had.sum() < 2:
        return np.array([size.mean() if len(size) else 0.0, 1.0])
    mean = total[had] / count[had]
    within = ((size - (total / np.maximum(count, 1))[item]) ** 2).sum() / max(1, len(size) - had.sum())
    between = max(mean.var(ddof=1) - within * (1.0 / count[had]).mean(), 1e-6)
    return np.array([float(np.median(mean)), min(max(within / between, 1e-6), 1e6)])


def fill_cells(table: Floats, now: Floats, asked: tuple[int, Floats], found: tuple[Floats, Floats]) -> None:
    """Write mean and quantiles of each item, from the cell that it falls into; asked are the groups each way, and the levels.

    A cell may hold cases of little demand beside those of none. Who was never asked for is compared with the latter alone.
    """
    groups, levels = asked
    for cases, items in split(table[0], now[0], groups):
        for inner, members in split(table[1][cases], now[1][items], groups):
            fill(table[2][cases[inner]], items[members], (now, levels), found)
    fill(table[2][table[0] == 0.0], np.flatnonzero(now[0] == 0.0), (now, levels), found)


def fill(
    ratios: Floats, chosen: NDArray[np.int64], asked: tuple[Floats, Floats], found: tuple[Floats, Floats]
) -> None:
    """Write mean and quantiles of the chosen items from these ratios, 0 if there are none; asked are `now`, and the levels."""
    now, levels = asked
    means, quantiles = found
    ordered = np.sort(ratios) if len(ratios) else np.zeros(1)
    at = np.ceil(levels * len(ordered) * (1 - 1e-12)).astype(np.int64) - 1
    scale = (now[0][chosen] + 1.0) * now[2][chosen]
    means[chosen] = ordered.mean() * scale
    quantiles[chosen] = np.rint(ordered[np.clip(at, 0, None)] * scale[:, None])


def split(values: Floats, others: Floats, groups: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Split rows into groups of about equal size by value; gives of each its rows, and the rows of `others` that fall into it.

    Equal values are never parted, so that the order of the rows makes no difference; a group is at least half of what it should be.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    kept = [0]
    for border in range(1, groups):
        begin = int(np.searchsorted(ordered, ordered[border * len(values) // groups]))
        if begin - kept[-1] >= len(values) // groups // 2:
            kept.append(begin)
    into = np.searchsorted(ordered[kept[1:]], others, "right")
    return [
        (order[low:high], np.flatnonzero(into == group))
        for group, (low, high) in enumerate(pairwise([*kept, len(values)]))
    ]
