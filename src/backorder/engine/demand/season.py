"""Seasons: whether one repeats, and how high each of its periods stands against the mean."""

from __future__ import annotations

import math
from typing import Any

from backorder.engine.compiled import kernel

SURE = 1.645
"""The 90 % test on the correlation with the season before, as the Theta method has it (Assimakopoulos & Nikolopoulos 2000)."""


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
