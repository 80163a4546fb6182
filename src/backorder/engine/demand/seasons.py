"""Seasons: whether one repeats, how high its periods stand against the mean, histories without it, and what is forecast with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.compiled import array_kernel, kernel
from backorder.engine.demand.history import Floats, History

SURE = 1.645
"""The 90 % test on the correlation with the season before, as the Theta method has it (Assimakopoulos & Nikolopoulos 2000)."""


@dataclass(frozen=True, eq=False)
class Seasons:
    """How high each place of the season stands against its mean, by item (items * season); `at` is the place of the next period."""

    index: Floats
    at: NDArray[np.int64]

    def of_span(self, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> Floats:
        """Give the mean index over the coming periods begins … ends, by item."""
        season = self.index.shape[1]
        if season == 1:
            return np.ones(len(self.at))
        summed = np.cumsum(np.concatenate([np.zeros((len(self.at), 1)), self.index], axis=1), axis=1)
        item = np.arange(len(self.at))

        def until(count: Any) -> Floats:
            """Sum the index of the first `count` periods from place 0 of the season on."""
            return count // season * summed[:, -1] + summed[item, count % season]

        return (until(self.at + ends) - until(self.at + begins - 1)) / (ends - begins + 1)


def remove_seasons(history: History, seasonal: NDArray[np.bool_], season: int) -> tuple[History, Seasons]:
    """Divide the demand of seasonal items by their season; the others stay as they are."""
    index = np.ones((history.items, season))
    asked = history.asked.copy()
    if season > 1 and seasonal.any():
        divide(asked, (history.rates, history.start), seasonal, index)
    return History(history.start, asked, history.seen), Seasons(index, history.lengths() % season)


@array_kernel
def divide(asked: Any, past: Any, seasonal: Any, index: Any) -> None:
    """Measure the season of each seasonal item, as whole periods show it, and divide its demand by it, in place."""
    rate, start = past
    season = index.shape[1]
    counted = np.empty(season)
    for item in range(len(seasonal)):
        if seasonal[item] and measure(rate, start[item], start[item + 1], season, index[item], counted):
            for t in range(start[item], start[item + 1]):
                asked[t] /= index[item, (t - start[item]) % season]


@kernel
def repeats(rate: Any, seen: Any, first: int, last: int, season: int) -> bool:
    """Test whether demand of one season ago says something of demand now; never with less than three seasons.

    Correlation at the season's lag against its deviation if only shorter lags were correlated (Bartlett's formula).
    """
    length = last - first
    if season < 2 or length < 3 * season:
        return False
    mean = 0.0
    for t in range(first, last):
        if seen[t] <= 0.0:
            return False
        mean += rate[t]
    mean /= length
    below = 0.0
    for t in range(first, last):
        below += (rate[t] - mean) ** 2
    if below <= 0.0:
        return False
    shorter = 0.0
    found = 0.0
    for lag in range(1, season + 1):
        found = 0.0
        for t in range(first + lag, last):
            found += (rate[t] - mean) * (rate[t - lag] - mean)
        found /= below
        if lag < season:
            shorter += found * found
    return abs(found) > SURE * math.sqrt((1.0 + 2.0 * shorter) / length)


@kernel
def measure(rate: Any, first: int, last: int, season: int, index: Any, counted: Any) -> bool:
    """Write into `index` how each place of the season stands against the mean of a season around it; the mean index is 1.

    Place j is that of period first + j. Ratios to centred means over one season, averaged by place. Says whether all of them
    are above a hundredth: else there is no season to divide by, and the index is 1 throughout.
    """
    half = season // 2
    for j in range(season):
        index[j] = 0.0
        counted[j] = 0.0
    for t in range(first + half, last - half):
        around = 0.0
        if season % 2 == 0:
            around = (rate[t - half] + rate[t + half]) / 2.0
            for s in range(t - half + 1, t + half):
                around += rate[s]
        else:
            for s in range(t - half, t + half + 1):
                around += rate[s]
        around /= season
        if around > 0.0:
            place = (t - first) % season
            index[place] += rate[t] / around
            counted[place] += 1.0
    total = 0.0
    fit = True
    for j in range(season):
        index[j] = index[j] / counted[j] if counted[j] > 0.0 else 1.0
        total += index[j]
    for j in range(season):
        index[j] = index[j] * season / total if total > 0.0 else 0.0
        if index[j] < 0.01:
            fit = False
    if not fit:
        for j in range(season):
            index[j] = 1.0
    return fit
