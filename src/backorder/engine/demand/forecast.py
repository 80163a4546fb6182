"""The forecast of each item: how much each coming period will ask, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backorder.engine.demand.candidates import View, distribute, look, resample
from backorder.engine.demand.choose import Choice, choose
from backorder.engine.demand.history import Counts, Floats, History

JUDGED_AT = np.arange(1, 10) / 10
"""Shapes are judged at these levels where none are asked for."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """Means (items * steps) and quantiles (items * steps * levels), units a period; the class of each item, and what it took."""

    mean: Floats
    quantiles: Floats
    demand_class: NDArray[np.int8]
    choice: Choice


def forecast(history: History, steps: int, levels: Floats, season: int = 1) -> Forecast:
    """Forecast the next periods of each item, one by one; levels rise, each above 0 and below 1.

    Point method and shape are chosen by class, for the middle one of the steps. Quantiles never fall from one level to the next
    and are never below 0.
    """
    middle = np.full(history.items, (steps + 1) // 2, np.int64)
    choice = choose(history, season, middle, middle, levels if len(levels) else JUDGED_AT)
    view = look(history, season)
    resampled = resample(view, np.ones(history.items, np.int64), levels)
    mean = np.empty((history.items, steps))
    quantiles = np.empty((history.items, steps, len(levels)))
    for step in range(1, steps + 1):
        span = np.full(history.items, step, np.int64)
        found = distribute_span(view, choice, (span, span), levels, resampled)
        mean[:, step - 1], quantiles[:, step - 1] = found
    return Forecast(mean, quantiles, view.demand_class, choice)


def distribute_span(
    view: View,
    choice: Choice,
    span: tuple[Counts, Counts],
    levels: Floats,
    resampled: tuple[Floats, Floats],
) -> tuple[Floats, Floats]:
    """Give mean and quantiles of demand over the span, by the point method and the shape of each item's class."""
    expected, shapes = distribute(view, choice.point[view.demand_class], span, levels, resampled)
    index = view.seasons.of_span(*span)
    chosen = np.choose(choice.shape[view.demand_class][:, None], shapes) * index[:, None]
    return expected * index, np.maximum.accumulate(np.maximum(chosen, 0.0), axis=1)
