"""The mean of demand to come by each point method, for all items at once, and how far one period scatters around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.compiled import array_kernel
from backorder.engine.demand.history import Floats, History
from backorder.engine.demand.levels import (
    IMAPA,
    SBA,
    SES,
    SMOOTHING,
    THETA,
    TSB,
    fit_alpha,
    imapa,
    sba,
    ses,
    slope,
    theta_drift,
    tsb,
)

SLOWEST, FASTEST = 0.05, 0.95
"""The bounds of the smoothing constant of what is asked for in most periods: nearly all that there are."""


@dataclass(frozen=True, eq=False)
class Means:
    """What one method says of each item.

    level: units a period; rise: units by which each further step rises; alpha: how much of an error moves the level;
    variance: of one period around what was expected of it, units squared.
    """

    level: Floats
    rise: Floats
    alpha: Floats
    variance: Floats

    def of_step(self, step: int) -> Floats:
        """Give the mean of one coming period, 1 being the next; never below 0."""
        return np.maximum(self.level + self.rise * (step - 1), 0.0)

    def of_span(self, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> Floats:
        """Give the mean of the sum over the coming periods begins … ends; never below 0."""
        count = ends - begins + 1
        return np.maximum(count * (self.level + self.rise * ((begins + ends) / 2 - 1)), 0.0)

    def scatter(self, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> Floats:
        """Give the variance of that sum: an error of period j moves the level, and so all periods of the span after it.

        Variance * sum over j of (alpha * periods of the span after j, and 1 if j is in the span itself) ^ 2
        (Hyndman, Koehler, Ord & Snyder 2008, 6.2 for simple smoothing).
        """
        count = ends - begins + 1
        before = begins - 1
        whole = before * (self.alpha * count) ** 2
        a = self.alpha
        n = count - 1.0  # sum over i = 0 … n of (1 + a i) ^ 2
        return self.variance * (whole + count + a * n * (n + 1) + a * a * n * (n + 1) * (2 * n + 1) / 6)


def find_means(history: History, method: int, frequent: NDArray[np.bool_]) -> Means:
    """Ask one method (a number of `levels.NAMES`) about each item; `frequent` are those whose smoothing constant is fitted."""
    level, rise, alpha, variance = np.zeros((4, history.items))
    columns = level, rise, alpha, variance
    fill_means((history.rates, history.seen, history.start), method, frequent, columns)
    return Means(*columns)


@array_kernel
def fill_means(past: Any, method: int, frequent: Any, columns: Any) -> None:
    """Write level, rise, smoothing constant and variance of each item."""
    rate, seen, start = past
    level, rise, alpha, variance = columns
    longest = 0
    for item in range(len(level)):
        longest = max(longest, start[item + 1] - start[item])
    room = np.empty((4, longest + 1))
    for item in range(len(level)):
        first, last = start[item], start[item + 1]
        alpha[item] = SMOOTHING
        if frequent[item]:
            alpha[item] = fit_alpha(rate, seen, first, last, SLOWEST, FASTEST)
        level[item], errors = ses(rate, seen, first, last, alpha[item])
        weight = 0.0
        for t in range(first, last):
            weight += seen[t]
        if weight > 1.0:
            variance[item] = errors / (weight - 1.0)
        if method == SBA:
            level[item] = sba(rate, seen, first, last, SMOOTHING)
        elif method == TSB:
            level[item] = tsb(rate, seen, first, last, SMOOTHING)
        elif method == IMAPA:
            level[item] = imapa(rate, seen, first, last, room)
        elif method == THETA:
            rise[item] = slope(rate, seen, first, last) / 2.0
            level[item] += theta_drift(2.0 * rise[item], alpha[item], last - first)


__all__ = ["SES", "Means", "find_means"]
