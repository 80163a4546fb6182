"""The candidates: each way to say how demand over a span is distributed, for all items at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.compiled import kernel
from backorder.engine.demand import analogues, windows
from backorder.engine.demand.classify import ERRATIC, SEASONAL, SMOOTH, classify
from backorder.engine.demand.counts import find_quantiles
from backorder.engine.demand.history import Counts, Floats, History
from backorder.engine.demand.levels import NAMES as METHODS
from backorder.engine.demand.levels import SES, THETA
from backorder.engine.demand.means import Means, find_means
from backorder.engine.demand.seasons import Seasons, remove_seasons

POINTS = (*METHODS, "ses+theta", "analogues")
"""The point methods. "ses+theta" is the mean of both: half the trend of Theta, which often goes too far."""
ALIKE = len(POINTS) - 1
SHAPES = ("negative_binomial", "bootstrap", "window", "analogues", "cover", "mixed")
NEGATIVE_BINOMIAL, BOOTSTRAP, WINDOW, ANALOGUES, COVER, MIXED = range(len(SHAPES))
DECAY = 0.98
"""A window of the past weighs half as much after 34 periods: three years of months, of which spare parts are watched ten."""
RECENT = 18
"""Windows that end within the last 18 periods: a year and a half of months, one and a half seasons."""


@dataclass(frozen=True, eq=False)
class View:
    """What is known of the items at one moment: their past without seasons, their class, what each point method says of them.

    `prior`: the usual size of a demand (see `analogues.find_prior`).
    """

    history: History
    demand_class: NDArray[np.int8]
    seasons: Seasons
    points: tuple[Means, ...]
    prior: Floats


def look(history: History, season: int) -> View:
    """Look at histories as they stand: classes, seasons, and what each point method says."""
    demand_class = classify(history, season)
    plain, seasons = remove_seasons(history, demand_class == SEASONAL, season)
    frequent = np.isin(demand_class, (SMOOTH, ERRATIC, SEASONAL))
    points = [find_means(plain, method, frequent) for method in range(len(METHODS))]
    one, other = points[SES], points[THETA]
    both = Means((one.level + other.level) / 2, other.rise / 2, one.alpha, one.variance)
    return View(plain, demand_class, seasons, (*points, both), analogues.find_prior(plain))


def expect(view: View, begins: Counts, ends: Counts) -> list[Floats]:
    """Give what each of POINTS expects of the span begins … ends, by item, without the season."""
    alike, _ = analogues.find_alike(view.history, view.prior, begins, ends, np.zeros(0))
    return [*(point.of_span(begins, ends) for point in view.points), alike]


def resample(view: View, periods: Counts, levels: Floats) -> tuple[Floats, Floats]:
    """Give the quantiles (items * levels) of demand over so many periods in all of the item's past, and in its latest."""
    boot = windows.find_quantiles(view.history, periods, levels, DECAY, len(view.history.asked))
    return boot, windows.find_quantiles(view.history, periods, levels, 1.0, RECENT)


def distribute(
    view: View,
    point: NDArray[np.int8],
    span: tuple[Counts, Counts],
    levels: Floats,
    resampled: tuple[Floats, Floats],
) -> tuple[Floats, list[Floats]]:
    """Give the mean of demand over the span (begins, ends), and its quantiles (items * levels) by each of SHAPES, without the season.

    `point` is the point method of each item; `resampled` is what `resample` gives for as many periods.
    """
    begins, ends = span
    alike, like = analogues.find_alike(view.history, view.prior, begins, ends, levels)
    expected = np.choose(point, [*(found.of_span(begins, ends) for found in view.points), alike])
    scatter = view.points[SES].scatter(begins, ends)
    counted = np.zeros((view.history.items, len(levels)))
    count_all(expected, scatter, levels, counted)
    boot, recent = resampled
    return expected, [counted, boot, recent, like, np.maximum(counted, boot), (counted + boot + like) / 3]


@kernel
def count_all(expected: Any, scatter: Any, levels: Any, found: Any) -> None:
    """Write the quantiles of the negative binomial distribution of each item."""
    for item in range(len(expected)):
        find_quantiles(expected[item], scatter[item], levels, found[item])
