"""Writes lifelines.json: survival by Kaplan and Meier as the library lifelines has it, of invented delays.

Run in an environment that has lifelines: `python -m tests.engine.arrival.make_lifelines`. The tests only read what it wrote.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("lifelines.json")
LEVELS = (0.25, 0.5, 0.75)


def main() -> None:
    """Fit and write."""
    lifelines = importlib.import_module("lifelines")
    cases = []
    for seed, rows in enumerate((1, 5, 40, 400)):
        rng = np.random.default_rng(seed)
        delay = rng.negative_binomial(2, 0.1, rows) - 10
        arrived = rng.random(rows) < 0.7
        fitted = lifelines.KaplanMeierFitter().fit(delay + 100, arrived)  # it knows no delay below 0
        days = list(range(-12, 120))
        cases.append(
            {
                "delay": delay.tolist(),
                "arrived": arrived.tolist(),
                "days": days,
                "open_still": [float(fitted.predict(day + 100)) for day in days],
            }
        )
    text = json.dumps({"lifelines": lifelines.__version__, "cases": cases})
    FILE.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
