"""Point methods and distributions against what known libraries said: oracle.json, made by make_oracle.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backorder.engine.demand.counts import find_quantiles
from backorder.engine.demand.history import History
from backorder.engine.demand.levels import IMAPA, SBA, SES, TSB, ses, slope, theta_drift
from backorder.engine.demand.means import find_means

TOLD = json.loads(Path(__file__).with_name("oracle.json").read_text("utf-8"))
SERIES: list[dict[str, Any]] = TOLD["series"]


@pytest.mark.parametrize(("name", "method"), [("ses", SES), ("sba", SBA), ("tsb", TSB), ("imapa", IMAPA)])
def test_a_point_method_says_what_a_known_library_says(name: str, method: int) -> None:
    start = np.append(0, np.cumsum([len(one["asked"]) for one in SERIES]))
    asked = np.concatenate([one["asked"] for one in SERIES])
    found = find_means(History(start, asked, np.ones(len(asked))), method, np.zeros(len(SERIES), bool))
    np.testing.assert_allclose(found.level, [one[name] for one in SERIES], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("number", range(len(SERIES)))
def test_theta_is_smoothing_with_half_the_rise_of_the_line(number: int) -> None:
    asked = np.array(SERIES[number]["asked"])
    seen = np.ones(len(asked))
    level = ses(asked, seen, 0, len(asked), 0.3)[0]
    rise = slope(asked, seen, 0, len(asked))
    first = level + theta_drift(rise, 0.3, len(asked))
    found = [first + step * rise / 2 for step in range(3)]
    np.testing.assert_allclose(found, SERIES[number]["theta"], rtol=1e-6, atol=1e-9)


def test_counts_have_the_quantiles_of_the_negative_binomial_distribution() -> None:
    levels = np.array(TOLD["levels"])
    wrong = []
    for mean, variance, *known in TOLD["counts"]:
        found = np.empty(len(levels))
        find_quantiles(mean, variance, levels, found)
        if found.tolist() != known:
            wrong.append((mean, variance, found.tolist(), known))
    assert wrong == []


def test_demand_that_has_died_for_ten_thousand_days_is_none() -> None:
    """Its mean is so small that the square of it is no number any more."""
    found = np.full(2, np.nan)
    for mean in (1e-120, 1e-170, 5e-324):
        find_quantiles(mean, 0.01, np.array([0.1, 0.999]), found)
        assert found.tolist() == [0.0, 0.0]
