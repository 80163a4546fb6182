"""Forecasts of real demand, each learned from what came before: our figure, the one to beat, and the naive one.

Car parts: weighted quantile loss of the last 12 of 51 months, nine levels, all series; months that are missing are 0. M1: mean of
200 * |forecast - came| / (forecast + came) over the last 18 months of each of 617 series (sMAPE).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from backorder.engine.demand import History, forecast
from backorder.engine.demand.candidates import look
from backorder.engine.demand.history import from_table
from backorder.engine.demand.levels import SES, THETA
from measure.clock import read_arguments, report

LEVELS = np.arange(1, 10) / 10
MONTHS, SEASON = 12, 12
RECENT = 18
DATA = Path(os.environ.get("BACKORDER_DATA") or Path(__file__).parents[2] / "shared" / "data")


def main() -> None:
    """Measure."""
    read_arguments(__doc__ or "")
    for name, file, measure in (
        ("carparts_wql", "carparts/carparts_monthly.parquet", measure_carparts),
        ("m1_monthly_smape", "mcomp/m1_all.parquet", measure_m1),
    ):
        if (DATA / file).is_file():
            measure(name, pl.read_parquet(DATA / file))
        else:
            told = {
                "figure": name,
                "skipped": f"there is no {file} in {DATA}; BACKORDER_DATA names the folder",
            }
            sys.stdout.write(json.dumps(told) + "\n")


def measure_carparts(name: str, table: pl.DataFrame) -> None:
    """Forecast the last year from all that came before."""
    skus, months = table["unique_id"].unique().sort(), table["ds"].unique().sort()
    asked = np.zeros((len(skus), len(months)))
    asked[skus.search_sorted(table["unique_id"]).to_numpy(), months.search_sorted(table["ds"]).to_numpy()] = (
        table["y"].fill_null(0)
    )
    past, came = asked[:, :-MONTHS], asked[:, -MONTHS:]
    began = time.perf_counter()
    found = forecast(from_table(past), MONTHS, LEVELS, SEASON)
    seconds = time.perf_counter() - began
    season = np.repeat(past[:, -SEASON:, None], len(LEVELS), axis=2)
    recent = np.quantile(past[:, -RECENT:], LEVELS, axis=1, method="inverted_cdf").T[:, None, :]
    report(
        name,
        0.88,
        ours=weigh(found.quantiles, came),
        seasonal_naive=weigh(season, came),
        window_of_18=weigh(np.repeat(recent, MONTHS, axis=1), came),
        series=len(skus),
        seconds=seconds,
    )


def weigh(quantiles: np.ndarray, came: np.ndarray) -> float:
    """Give the weighted quantile loss: twice the pinball loss, averaged over the levels, by the units that came."""
    missing = came[:, :, None] - quantiles
    return float(2 * np.maximum(LEVELS * missing, (LEVELS - 1) * missing).sum() / len(LEVELS) / came.sum())


def measure_m1(name: str, table: pl.DataFrame) -> None:
    """Forecast the months that the competition asked for; smoothing and Theta by the same code, each for all series."""
    monthly = table.filter(pl.col("period") == "MONTHLY")
    pasts = [np.array(past) for past in monthly["train"]]
    came = np.array([np.array(one) for one in monthly["test"]])
    history = History(
        np.append(0, np.cumsum([len(past) for past in pasts])),
        np.concatenate(pasts),
        np.ones(sum(map(len, pasts))),
    )
    began = time.perf_counter()
    found = forecast(history, came.shape[1], LEVELS, SEASON)
    seconds = time.perf_counter() - began
    view = look(history, SEASON)
    alone = {}
    for method in (SES, THETA):
        steps = [np.full(history.items, step) for step in range(1, came.shape[1] + 1)]
        means = [view.points[method].of_span(step, step) * view.seasons.of_span(step, step) for step in steps]
        alone[method] = compare(np.stack(means, axis=1), came)
    naive = np.stack([past[-SEASON:][np.arange(came.shape[1]) % SEASON] for past in pasts])
    report(
        name,
        round(min(alone.values()), 4),
        ours=compare(found.mean, came),
        ses=alone[SES],
        theta=alone[THETA],
        seasonal_naive=compare(naive, came),
        series=len(pasts),
        seconds=seconds,
    )


def compare(forecasts: np.ndarray, came: np.ndarray) -> float:
    """Give the symmetric mean absolute percentage error, averaged by series."""
    return float((200 * np.abs(forecasts - came) / (np.abs(forecasts) + np.abs(came))).mean(axis=1).mean())


if __name__ == "__main__":
    main()
