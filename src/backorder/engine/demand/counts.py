"""The negative binomial distribution by its mean and variance: how demand scatters that comes in bursts.

With variance not above the mean it is Poisson's. The chance of at most k is a regularised incomplete beta function.
"""

from __future__ import annotations

import math
from typing import Any

from backorder.engine.compiled import kernel

WALKED = 400
"""So many values are added up one by one; what lies beyond is found by halving, each step of which is dearer."""
POISSON = 1.0 + 1e-6
"""A variance above the mean by no more than this makes no difference to any quantile of a count."""
MOST = 1e15
NOTHING = 1e-100
"""A mean below this is 0: demand that has been silent for thousands of periods, of which the square would be no number any more."""
LARGE = 1e5
"""A mean above this is no longer counted one by one: the logarithms of factorials would lose the digits that matter."""
NEARLY_NORMAL = 1e3
"""From so many successes on, a large mean is normal but for its skewness (2 / sqrt of them)."""


@kernel
def find_quantiles(mean: float, variance: float, levels: Any, found: Any) -> None:
    """Write for each level (rising, each below 1) the smallest count that is exceeded with a chance of at most 1 - level."""
    if mean < NOTHING:
        for j in range(len(levels)):
            found[j] = 0.0
        return
    excess = max(variance, mean * POISSON) - mean
    shape = mean * mean / excess  # successes r
    if mean > LARGE:
        find_large(mean, shape, levels, found)
        return
    find_quantiles_of(mean, shape, levels, found)


@kernel
def find_quantiles_of(mean: float, shape: float, levels: Any, found: Any) -> None:
    """Write the quantiles of so many failures before `shape` successes, by counting up; the mean is above 0."""
    chance = shape / (shape + mean)  # of success p
    term = math.exp(shape * math.log(chance))
    below = term
    count = 0
    j = 0
    while j < len(levels) and count < WALKED:
        if below >= levels[j]:
            found[j] = count
            j += 1
        else:
            count += 1
            term *= (count - 1 + shape) / count * (1.0 - chance)
            below += term
    low = float(count)
    for rest in range(j, len(levels)):
        low = halve(shape, chance, levels[rest], low)
        found[rest] = low


@kernel
def find_large(mean: float, shape: float, levels: Any, found: Any) -> None:
    """Write the quantiles of a mean above LARGE: of the normal distribution with its skewness, else those of LARGE, stretched.

    The first are quantile + skewness * (quantile^2 - 1) / 6 (Cornish & Fisher 1938). With few successes the counting itself adds next
    to nothing to the variance, so that the distribution keeps its form whatever the unit.
    """
    if shape < NEARLY_NORMAL:
        find_quantiles_of(LARGE, shape, levels, found)
        for j in range(len(levels)):
            found[j] = math.floor(found[j] * (mean / LARGE) + 0.5)
        return
    variance = mean + mean * mean / shape
    skewness = (1.0 + 2.0 * mean / shape) / math.sqrt(variance)
    for j in range(len(levels)):
        z = normal_quantile(levels[j])
        found[j] = max(
            0.0, math.floor(mean + math.sqrt(variance) * (z + skewness * (z * z - 1.0) / 6.0) + 0.5)
        )


@kernel
def normal_quantile(level: float) -> float:
    """Find the quantile of the standard normal distribution by halving, to about 1e-12."""
    low = -40.0
    high = 40.0
    for _ in range(46):
        middle = (low + high) / 2.0
        if math.erfc(-middle / math.sqrt(2.0)) / 2.0 < level:
            low = middle
        else:
            high = middle
    return high


@kernel
def halve(shape: float, chance: float, level: float, low: float) -> float:
    """Find the smallest count from `low` on whose chance of at most it reaches the level."""
    if at_most(shape, chance, low) >= level:
        return low
    high = 2.0 * low + 1.0
    while high < MOST and at_most(shape, chance, high) < level:
        low = high
        high = 2.0 * high
    while high - low > 1.0:
        middle = math.floor((low + high) / 2.0)
        if at_most(shape, chance, middle) < level:
            low = middle
        else:
            high = middle
    return high


@kernel
def at_most(shape: float, chance: float, count: float) -> float:
    """Give the chance of at most `count`: I(chance; shape, count + 1)."""
    return incomplete_beta(chance, shape, count + 1.0)


@kernel
def incomplete_beta(x: float, a: float, b: float) -> float:
    """Give the regularised incomplete beta function I(x; a, b), 0 < x < 1, by its continued fraction (DLMF 8.17.22)."""
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1.0) / (a + b + 2.0):
        return front * fraction(x, a, b) / a
    return 1.0 - front * fraction(1.0 - x, b, a) / b


@kernel
def fraction(x: float, a: float, b: float) -> float:
    """Give 1 / (1 + d1 / (1 + d2 / (1 + …))), by Lentz's method."""
    tiny = 1e-300
    c = 1.0
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    whole = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        d = 1.0 + even * d
        d = 1.0 / (d if abs(d) > tiny else tiny)
        c = 1.0 + even / (c if abs(c) > tiny else tiny)
        whole *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        d = 1.0 + odd * d
        d = 1.0 / (d if abs(d) > tiny else tiny)
        c = 1.0 + odd / (c if abs(c) > tiny else tiny)
        step = c * d
        whole *= step
        if abs(step - 1.0) < 1e-14:
            break
    return whole
