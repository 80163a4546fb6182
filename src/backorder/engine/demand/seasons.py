"""Histories without their season, and what is forecast with it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.compiled import array_kernel
from backorder.engine.demand.history import Floats, History
from backorder.engine.demand.season import measure


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
