"""100,000 purchase lines learned from and the open ones predicted ÷ sorting the lines and reading their delays off by group."""

from __future__ import annotations

import numpy as np

from backorder.engine.arrival import Purchases, predict
from backorder.engine.tables import NEVER
from measure.clock import read_arguments, report, time_in_turn

LINES = 100_000
TODAY = 20_000
WITHOUT_QUOTE = 0.1
LEVELS = np.array([0.5, 0.8, 0.9])


def make_purchases(lines: int, seed: int) -> Purchases:
    """Make three years of lines: 200 suppliers, 10 lanes, an item for every 20 lines; a tenth has no quote."""
    rng = np.random.default_rng(seed)
    supplier = rng.integers(0, 200, lines)
    ordered_on = TODAY - rng.integers(1, 1_100, lines)
    quoted_on = ordered_on + rng.integers(5, 90, lines)
    delivered_on = np.maximum(
        ordered_on, quoted_on - 5 + rng.negative_binomial(1 + supplier % 5, 0.15, lines)
    )
    return Purchases(
        ordered_on=ordered_on,
        quoted_on=np.where(rng.random(lines) < WITHOUT_QUOTE, NEVER, quoted_on),
        delivered_on=delivered_on,
        supplier=supplier,
        lane=rng.integers(0, 10, lines),
        item=rng.integers(0, max(1, lines // 20), lines),
    )


def read_delays(purchases: Purchases) -> None:
    """Sort by supplier, lane, item and delay: the least that reading quantiles off by group takes."""
    delay = purchases.delivered_on - purchases.ordered_on
    order = np.lexsort((delay, purchases.item, purchases.lane, purchases.supplier))
    delay[order].copy()


def main() -> None:
    """Measure."""
    given = read_arguments(__doc__ or "", LINES)
    purchases = make_purchases(given.lines, given.seed)
    rows = np.flatnonzero(purchases.delivered_on > TODAY)
    today = np.full(len(rows), TODAY)
    sides = (lambda: predict(purchases, rows, today, LEVELS), lambda: read_delays(purchases))
    ours, floor = time_in_turn(sides, given.runs)
    everyone = np.arange(len(purchases))
    rolling, _ = time_in_turn(
        (lambda: predict(purchases, everyone, purchases.ordered_on, LEVELS), lambda: None), 1
    )
    report(
        "arrivals",
        None,
        ratio=ours / floor,
        lines=given.lines,
        open_lines=len(rows),
        seconds=ours,
        floor_seconds=floor,
        rolling_seconds=rolling,
        reach_seconds=3,
    )


if __name__ == "__main__":
    main()
