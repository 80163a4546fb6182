"""Classes, choice and distributions of demand for 10,000 items of 60 periods ÷ sorting and summing the periods of each item."""

from __future__ import annotations

from functools import partial

import numpy as np

from backorder.engine.demand import History, forecast
from measure.clock import read_arguments, report, time_in_turn

PERIODS, STEPS, SEASON = 60, 12, 12
LEVELS = np.arange(1, 10) / 10


def make_history(items: int, seed: int) -> History:
    """Make items that are asked for in one period of twenty up to every one, in sizes of their own."""
    chance = np.random.default_rng(seed)
    came = chance.random((items, PERIODS)) < chance.uniform(0.05, 1.0, (items, 1))
    asked = came * (1 + chance.poisson(chance.gamma(1.0, 5.0, (items, 1)), (items, PERIODS)))
    return History(np.arange(items + 1) * PERIODS, asked.ravel(), np.ones(asked.size))


def floor(asked: np.ndarray) -> np.ndarray:
    """Do the least that a window of the past needs: sort each item's periods, and sum them."""
    table = asked.reshape(-1, PERIODS)
    found: np.ndarray = np.sort(table, axis=1)[:, (LEVELS * PERIODS).astype(int)] + table.sum(
        axis=1, keepdims=True
    )
    return found


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "", lines=10_000)
    history = make_history(given.lines, given.seed)
    for name, steps in (("forecast", 1), ("forecast_12_steps", STEPS)):
        sides = (partial(forecast, history, steps, LEVELS, SEASON), partial(floor, history.asked))
        seconds, least = time_in_turn(sides, given.runs)
        report(
            name,
            None,
            ratio=seconds / least,
            seconds=seconds,
            reach_seconds=2,
            items=given.lines,
            steps=steps,
        )


if __name__ == "__main__":
    main()
