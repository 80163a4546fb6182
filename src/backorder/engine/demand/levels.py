"""Point forecasts of demand a period: exponential smoothing and its kin for demand that comes now and then.

Each takes the periods first … last - 1 of one item (`rate`: what a whole period would have shown; `seen`: its weight) and gives the
mean that a coming period will ask. What was not seen changes nothing; what was seen in part moves the mean by that part.
"""

from __future__ import annotations

from typing import Any

from backorder.engine.compiled import kernel

SMOOTHING = 0.1
"""Of demand that comes now and then: the value of Croston (1972) and of all who compared methods since."""
LOWEST, HIGHEST = 0.1, 0.3
"""The bounds of smoothing constants that are found by fit for intermittent demand (Petropoulos & Kourentzes 2015)."""
GOLDEN = 0.6180339887498949
NAMES = ("ses", "sba", "tsb", "imapa", "theta")
SES, SBA, TSB, IMAPA, THETA = range(len(NAMES))


@kernel
def ses(rate: Any, seen: Any, first: int, last: int, alpha: float) -> tuple[float, float]:
    """Smooth simply: level += alpha * (rate - level); gives the level, and the sum of squared errors of one step."""
    level = 0.0
    errors = 0.0
    begun = False
    for t in range(first, last):
        if seen[t] > 0.0:
            if begun:
                error = rate[t] - level
                errors += seen[t] * error * error
                level += alpha * seen[t] * error
            else:
                level = rate[t]
                begun = True
    return level, errors


@kernel
def fit_alpha(rate: Any, seen: Any, first: int, last: int, low: float, high: float) -> float:
    """Find the smoothing constant with the least squared error of one step, by golden section to 1e-8."""
    left = high - GOLDEN * (high - low)
    right = low + GOLDEN * (high - low)
    at_left = ses(rate, seen, first, last, left)[1]
    at_right = ses(rate, seen, first, last, right)[1]
    while high - low > 1e-8:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = ses(rate, seen, first, last, left)[1]
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = ses(rate, seen, first, last, right)[1]
    return (low + high) / 2


@kernel
def sba(rate: Any, seen: Any, first: int, last: int, alpha: float) -> float:
    """Smooth sizes and intervals apart, size / interval, less Croston's bias of alpha / 2 (Syntetos & Boylan 2005)."""
    size = 0.0
    interval = 0.0
    since = 0.0
    begun = False
    for t in range(first, last):
        since += seen[t]
        if rate[t] > 0.0:
            if begun:
                size += alpha * (rate[t] - size)
                interval += alpha * (since - interval)
            else:
                size, interval, begun = rate[t], since, True
            since = 0.0
    return (1.0 - alpha / 2.0) * size / interval if begun else 0.0


@kernel
def tsb(rate: Any, seen: Any, first: int, last: int, alpha: float) -> float:
    """Smooth the chance of a demand each period, and sizes when there is one (Teunter, Syntetos & Babai 2011)."""
    size = 0.0
    chance = 0.0
    begun = False
    sized = False
    for t in range(first, last):
        if seen[t] > 0.0:
            came = 1.0 if rate[t] > 0.0 else 0.0
            chance = chance + alpha * seen[t] * (came - chance) if begun else came
            begun = True
            if rate[t] > 0.0:
                size = size + alpha * (rate[t] - size) if sized else rate[t]
                sized = True
    return size * chance


@kernel
def imapa(rate: Any, seen: Any, first: int, last: int, room: Any) -> float:
    """Smooth sums over 1, 2, … periods, up to the mean interval of demands, and average (Petropoulos & Kourentzes 2015).

    `room` holds at least four rows of last - first + 1 numbers; it is written over. Sums are differences of sums from the beginning:
    with one demand in ten thousand periods each period would be added up ten thousand times.
    """
    demands = 0
    last_demand = first - 1
    for t in range(first, last):
        if rate[t] > 0.0:
            demands += 1
            last_demand = t
    if demands == 0:
        return 0.0
    most = int(round((last_demand + 1 - first) / demands))  # noqa: RUF046 - numba gives a float
    total = 0.0
    sums, weights, amounts, shares = room[0], room[1], room[2], room[3]
    amounts[0] = shares[0] = 0.0
    for t in range(first, last):
        amounts[t - first + 1] = amounts[t - first] + seen[t] * rate[t]
        shares[t - first + 1] = shares[t - first] + seen[t]
    for periods in range(1, most + 1):
        count = (last - first) // periods
        begin = last - first - count * periods
        for j in range(count):
            low, high = begin + j * periods, begin + (j + 1) * periods
            weights[j] = (shares[high] - shares[low]) / periods
            sums[j] = (amounts[high] - amounts[low]) / weights[j] if weights[j] > 0.0 else 0.0
        alpha = fit_alpha(sums, weights, 0, count, LOWEST, HIGHEST)
        total += ses(sums, weights, 0, count, alpha)[0] / periods
    return total / most


@kernel
def slope(rate: Any, seen: Any, first: int, last: int) -> float:
    """Fit a straight line by least squares, each period with its weight; gives what it rises a period."""
    weight = mean_at = mean_of = 0.0
    for t in range(first, last):
        weight += seen[t]
        mean_at += seen[t] * (t - first)
        mean_of += seen[t] * rate[t]
    if weight <= 0.0:
        return 0.0
    mean_at /= weight
    mean_of /= weight
    above = below = 0.0
    for t in range(first, last):
        off = t - first - mean_at
        above += seen[t] * off * (rate[t] - mean_of)
        below += seen[t] * off * off
    return above / below if below > 0.0 else 0.0


@kernel
def theta_drift(rise: float, alpha: float, periods: int) -> float:
    """Say what the Theta method adds to the level for the first step; each later step adds rise / 2 more.

    Half the rise of the straight line, and what smoothing lags behind it (Hyndman & Billah 2003, formula 6).
    """
    return rise / 2.0 * (1.0 - (1.0 - alpha) ** periods) / alpha
