"""Time two sides in turn, so that a noisy moment falls on both, and print what came of it."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable

Side = Callable[[], object]


def read_arguments(about: str, lines: int = 1_000_000) -> argparse.Namespace:
    """Read `--lines`, `--runs` and `--seed`."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--lines", type=int, default=lines, help="order lines (default: %(default)s)")
    parser.add_argument(
        "--runs", type=int, default=5, help="of which the median counts (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the facts (default: %(default)s)")
    return parser.parse_args()


def time_once(side: Side) -> float:
    """Time one call, in seconds."""
    began = time.perf_counter()
    side()
    return time.perf_counter() - began


def time_in_turn(sides: tuple[Side, ...], runs: int) -> list[float]:
    """Time each side `runs` times, one after another, and give the median of each in seconds. One run before does not count."""
    for side in sides:
        side()
    rounds = [[time_once(side) for side in sides] for _ in range(runs)]
    return [statistics.median(seconds) for seconds in zip(*rounds, strict=True)]


def report(figure: str, reach: float | None, **values: float) -> None:
    """Print one line of JSON; a figure without a reach is for information."""
    rounded = {name: value if isinstance(value, int) else round(value, 4) for name, value in values.items()}
    line = {
        "figure": figure,
        **rounded,
        **({} if reach is None else {"reach": reach}),
        "cores": os.cpu_count(),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
