"""The forecast of a file: read, learn, write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from backorder.channels.files.one_file import WRITERS, check_ends
from backorder.channels.files.parse import LAST_DAY
from backorder.channels.files.series import Series, read_series
from backorder.channels.files.summary import list_versions
from backorder.channels.files.target import whole_file
from backorder.engine.demand import CLASSES, POINTS, SHAPES, Forecast, forecast
from backorder.faults import FaultyInputError

STEPS = 3
"""What a forecast tells: reading, learning, writing."""
MOST_NUMBERS = 200_000_000
"""Numbers in a forecast, items * steps * (mean and quantiles): 1.6 GB."""
DIGITS = 6
"""Figures are written with so many: more would differ from machine to machine, and nobody knows the future to a millionth."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of a history: periods ahead, and levels by the names that were given, rising."""

    horizon: int
    levels: dict[str, float]


@dataclass(frozen=True)
class ForecastReport:
    """What a planner is told about a forecast."""

    summary: dict[str, Any]
    notes: tuple[str, ...]


def forecast_file(
    source: Path, wanted: Wanted, target: tuple[Path, bool], tell: Callable[[str], None]
) -> ForecastReport:
    """Forecast the items of a file and write the forecast. Writes nothing on FaultyInputError or OSError.

    The target is a path, and whether a file there may go.
    """
    out = check_ends(source, target[0], force=target[1])
    series = read_series(source, tell)
    if series is None:
        with whole_file(out) as work:
            WRITERS[out.suffix](lay_table(pl.Series([], dtype=pl.String), [], wanted, None), work)
        return ForecastReport(
            summarise(None, wanted, None), (f"{source.name}: has no row, so there is nothing to forecast",)
        )
    periods = list_periods(series, wanted, source.name)
    tell(f"learning from {len(series.history.asked):,} periods of {series.history.items:,} items")
    found = forecast(
        series.history, wanted.horizon, np.array(list(wanted.levels.values())), series.grid.length.season
    )
    tell(f"writing {out.name}")
    with whole_file(out) as work:
        WRITERS[out.suffix](lay_table(series.skus, periods, wanted, found), work)
    return ForecastReport(summarise(series, wanted, found), (*series.notes, *tell_none(found, source.name)))


def list_periods(series: Series, wanted: Wanted, file: str) -> list[date]:
    """List the first days of the periods to come. Raises FaultyInputError for what would be too far or too much."""
    numbers = series.history.items * wanted.horizon * (len(wanted.levels) + 1)
    if numbers > MOST_NUMBERS:
        told = f"{wanted.horizon:,} periods of {series.history.items:,} items are {numbers:,} figures"
        raise FaultyInputError([f"--horizon: {told}; {MOST_NUMBERS:,} can be held"])
    last = series.grid.day(series.last)
    try:
        end = series.grid.day(series.last + wanted.horizon)
    except (ValueError, OverflowError):
        end = date.max
    if end > LAST_DAY:
        told = f"{wanted.horizon:,} {series.grid.length.name}s after {last}, the last of {file}, end after {LAST_DAY.year}"
        raise FaultyInputError([f"--horizon: {told}"])
    return [series.grid.day(series.last + step) for step in range(1, wanted.horizon + 1)]


def lay_table(skus: pl.Series, periods: list[date], wanted: Wanted, found: Forecast | None) -> pl.DataFrame:
    """Build the forecast as a table: a row for each item and step."""
    items, steps = len(skus), len(periods)
    figures = np.zeros((0, len(wanted.levels) + 1))
    if found is not None:
        figures = np.concatenate([found.mean[:, :, None], found.quantiles], axis=2).reshape(items * steps, -1)
    columns = {
        "sku": skus.gather(np.repeat(np.arange(items), steps)),
        "step": np.tile(np.arange(1, steps + 1), items),
        "period": pl.Series(periods, dtype=pl.Date).gather(np.tile(np.arange(steps), items)),
    }
    names = ["mean", *(f"q{name}" for name in wanted.levels)]
    rounded = [
        pl.Series(name, np.ascontiguousarray(column)).round_sig_figs(DIGITS)
        for name, column in zip(names, figures.T, strict=True)
    ]
    return pl.DataFrame(columns).with_columns(rounded)


def summarise(series: Series | None, wanted: Wanted, found: Forecast | None) -> dict[str, Any]:
    """Sum a forecast up: how many items of which class took what."""
    classes = []
    if found is not None:
        counts = np.bincount(found.demand_class, minlength=len(CLASSES)).tolist()
        classes = [
            {
                "class": name,
                "items": count,
                "point": POINTS[found.choice.point[number]],
                "shape": SHAPES[found.choice.shape[number]],
            }
            for number, (name, count) in enumerate(zip(CLASSES, counts, strict=True))
            if count
        ]
    grid = series.grid if series else None
    return {
        "items": series.history.items if series else 0,
        "periods": len(series.history.asked) if series else 0,
        "period": grid.length.name if grid else None,
        "last_period": grid.day(series.last).isoformat() if series and grid else None,
        "horizon": wanted.horizon,
        "quantiles": list(wanted.levels),
        "classes": classes,
        "judged": found.choice.judged if found else 0,
        "versions": list_versions(),
    }


def tell_none(found: Forecast, file: str) -> list[str]:
    """Say what items took that were never asked for."""
    count = int((found.demand_class == 0).sum())
    if not count:
        return []
    subject = (
        "1 item was never asked for: it takes"
        if count == 1
        else f"{count:,} items were never asked for: they take"
    )
    others = "what later came of items that had not been asked for yet"
    if not found.mean[found.demand_class == 0].any():
        others = "0, as nothing ever came of items that had not been asked for yet"
    return [f"{file}: {subject} {others}"]
