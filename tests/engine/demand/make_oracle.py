"""Makes oracle.json: what known libraries say of generated histories.

Run by hand, in an environment of its own with statsforecast 2.1.1 and scipy: `python tests/engine/demand/make_oracle.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import scipy.stats  # type: ignore[import-not-found, import-untyped, unused-ignore]
from statsforecast import models, theta  # type: ignore[import-not-found, unused-ignore]

SERIES = 20
LEVELS = (0.05, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999)


def draw(number: int) -> np.ndarray:
    """Draw a history: every other one with empty periods, some with a trend."""
    chance = np.random.default_rng(number)
    length = int(chance.integers(12, 60))
    sizes = 1.0 + chance.poisson(chance.gamma(2.0, 8.0), length)
    if number % 2:
        return sizes * (chance.random(length) < chance.uniform(0.1, 0.7))
    return np.round(sizes + number % 5 * np.arange(length))


def forecast(asked: np.ndarray) -> dict[str, object]:
    """Ask each method."""
    found: dict[str, object] = {"asked": asked.tolist()}
    for name, model in (
        ("ses", models.SimpleExponentialSmoothing(alpha=0.1)),
        ("sba", models.CrostonSBA()),
        ("tsb", models.TSB(alpha_d=0.1, alpha_p=0.1)),
        ("imapa", models.IMAPA()),
    ):
        found[name] = float(model.forecast(asked, 1)["mean"][0])
    return found


def forecast_by_theta(asked: np.ndarray) -> list[float]:
    """Ask the standard Theta method for three steps, smoothing by 0.3; the smoothed line begins with its first period."""
    _, begin = np.polyfit(np.arange(len(asked)), asked, 1)
    fitted = theta.thetamodel(asked, 1, "STM", asked[0] - begin / 2, 0.3, 2.0, 3)
    return [float(step) for step in theta.forecast_theta(fitted, 3)["mean"]]


def count_quantiles() -> list[list[float]]:
    """List mean, variance and the quantiles of the negative binomial distribution; Poisson's where the variance is the mean."""
    rows = []
    for mean in (0.01, 0.3, 1.0, 4.0, 37.5, 400.0, 2500.0, 20_000.0):
        for ratio in (1.0, 1.1, 2.5, 8.0, 60.0):
            shape = mean / (ratio - 1.0) if ratio > 1.0 else 0.0
            known = scipy.stats.nbinom(shape, 1.0 / ratio) if shape else scipy.stats.poisson(mean)
            rows.append([mean, mean * ratio, *(float(known.ppf(level)) for level in LEVELS)])
    return rows


def main() -> None:
    """Write the file."""
    series = [draw(number) for number in range(SERIES)]
    told = {
        "levels": LEVELS,
        "counts": count_quantiles(),
        "series": [{**forecast(asked), "theta": forecast_by_theta(asked)} for asked in series],
    }
    Path(__file__).with_name("oracle.json").write_text(json.dumps(told) + "\n", "utf-8")


if __name__ == "__main__":
    main()
