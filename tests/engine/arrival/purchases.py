"""Invented purchase lines: suppliers with habits of their own, some lines open, some without a quote."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.arrival import Purchases, predict
from backorder.engine.tables import NEVER

TODAY = 20_000
LEVELS = np.array([0.1, 0.5, 0.8, 0.95])


def draw_purchases(rows: int, seed: int, days: int = 800) -> Purchases:
    """Draw lines of the days before TODAY; a tenth has no quote, and what comes after TODAY is in the table too."""
    rng = np.random.default_rng(seed)
    supplier = rng.integers(0, 4, rows)
    lane = rng.integers(0, 3, rows)
    ordered_on = TODAY - rng.integers(1, days, rows)
    quoted_on = ordered_on + rng.integers(5, 60, rows)
    late = rng.negative_binomial(1 + supplier, 0.2, rows) - 4 + lane
    delivered_on = np.maximum(ordered_on, quoted_on + late)
    return Purchases(
        ordered_on=ordered_on,
        quoted_on=np.where(rng.random(rows) < 0.1, NEVER, quoted_on),
        delivered_on=np.where(rng.random(rows) < 0.02, NEVER, delivered_on),
        supplier=supplier,
        lane=lane,
        item=rng.integers(0, 9, rows),
    )


def find_open(purchases: Purchases, day: int = TODAY) -> NDArray[np.int64]:
    """List the lines that are open on a day."""
    return np.flatnonzero((purchases.ordered_on <= day) & (purchases.delivered_on > day))


def predict_open(purchases: Purchases, levels: NDArray[Any] = LEVELS, day: int = TODAY) -> NDArray[np.int64]:
    """Say when the lines that are open on a day arrive."""
    rows = find_open(purchases, day)
    return predict(purchases, rows, np.full(len(rows), day), levels)


def spell_arrivals() -> str:
    """Write down what is said of drawn lines: as of today, and each as of its own order."""
    purchases = draw_purchases(60, 3)
    rows = np.arange(len(purchases))
    rolling = predict(purchases, rows, purchases.ordered_on, LEVELS)
    return f"{predict_open(purchases).tolist()} {rolling.tolist()}"
