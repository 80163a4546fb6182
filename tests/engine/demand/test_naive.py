"""Windows and analogues against the same rules in plain Python, and what no history may bring about."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backorder.engine.demand import CLASSES, History, analogues, forecast, windows
from backorder.engine.demand.choose import list_cuts
from tests.engine.demand.histories import KINDS, draw_history

LEVELS = np.array([0.05, 0.3, 0.5, 0.9, 0.99])
pasts = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=14), min_size=1, max_size=6)
seeds = st.integers(0, 10_000)


def lay(pasts: Sequence[Sequence[int]]) -> History:
    """Make the history of items that were seen throughout."""
    start = np.append(0, np.cumsum([len(past) for past in pasts]))
    return History(start, np.concatenate([np.array(past, float) for past in pasts]), np.ones(start[-1]))


def find_naively(sums: list[float], weights: list[float], level: float) -> float:
    """Find the smallest sum that all up to it weigh at least the level."""
    reached = 0.0
    for amount, weight in sorted(zip(sums, weights, strict=True)):
        reached += weight
        if reached >= level * sum(weights) * (1 - 1e-12):
            return amount
    return max(sums)


@given(pasts, st.integers(1, 5), st.sampled_from([1.0, 0.9]), st.integers(1, 20))
@settings(max_examples=100)
def test_windows_are_all_sums_of_that_length_in_the_past(
    pasts: list[list[int]], periods: int, decay: float, most: int
) -> None:
    found = windows.find_quantiles(lay(pasts), np.full(len(pasts), periods), LEVELS, decay, most)
    for past, row in zip(pasts, found.tolist(), strict=True):
        ends = [end for end in range(periods, len(past) + 1) if len(past) - end < most]
        sums = [float(sum(past[end - periods : end])) for end in ends]
        weights = [decay ** (len(past) - end) for end in ends]
        assert row == [find_naively(sums, weights, level) if ends else 0.0 for level in LEVELS]


def expect_naively(past: Sequence[int], prior: Sequence[float], periods: int) -> tuple[float, float]:
    """Say what is expected of so many periods, in demands of the usual size, by the slow mean; and that size."""
    weights = [0.9 ** (len(past) - 1 - age) for age in range(len(past))]
    sizes = [math.log(asked) for asked in past if asked]
    of_size = [0.9 ** (len(sizes) - 1 - age) for age in range(len(sizes))]
    logs = sum(weight * size for weight, size in zip(of_size, sizes, strict=True))
    size = math.exp((logs + prior[0] * prior[1]) / (sum(of_size) + prior[1]))
    slow = sum(weight * asked for weight, asked in zip(weights, past, strict=True))
    return (slow / sum(weights) * periods / size if past else 0.0), size


@given(pasts, st.integers(1, 3), st.integers(0, 3))
@settings(max_examples=100)
def test_analogues_are_what_came_after_every_past_in_the_size_of_the_item(
    pasts: list[list[int]], begin: int, more: int
) -> None:
    """With so few cases there is one cell; and one for who was never asked for."""
    history, end = lay(pasts), begin + more
    prior = analogues.find_prior(history)
    count = len(pasts)
    mean, found = analogues.find_alike(history, prior, np.full(count, begin), np.full(count, end), LEVELS)
    cases = []
    for past in pasts:
        for origin in range(1, len(past) - end + 1):
            expected, size = expect_naively(past[:origin], prior.tolist(), more + 1)
            ratio = sum(past[origin + begin - 1 : origin + end]) / size / (expected + 1)
            cases.append((ratio, any(past[:origin])))
    for item, past in enumerate(pasts):
        ratios = sorted(ratio for ratio, had in cases if any(past) or not had)
        expected, size = expect_naively(past, prior.tolist(), more + 1)
        scale = (expected + 1) * size
        if not ratios:
            assert (mean[item], found[item].tolist()) == (0.0, [0.0] * len(LEVELS))
            continue
        assert mean[item] == pytest.approx(sum(ratios) / len(ratios) * scale)
        for level, quantile in zip(LEVELS, found[item], strict=True):
            exact = ratios[math.ceil(level * len(ratios) * (1 - 1e-12)) - 1] * scale
            assert abs(quantile - exact) <= 0.5 + 1e-9
            assert quantile == round(quantile)


def test_equal_pasts_are_never_parted() -> None:
    values = np.array([0.0] * 50 + [1.0] * 3 + [2.0] * 47)
    groups = analogues.split(values, np.array([0.0, 0.5, 1.0, 1.5, 2.0, 9.0]), 4)
    assert [sorted(set(values[rows].tolist())) for rows, _ in groups] == [[0.0], [1.0, 2.0]]
    assert [others.tolist() for _, others in groups] == [[0, 1], [2, 3, 4, 5]]


@given(seeds, st.integers(1, 30), st.integers(1, 40), st.integers(1, 5), st.sampled_from([1, 4, 12]))
@settings(max_examples=40, deadline=None)
def test_whatever_the_history_quantiles_are_numbers_of_at_least_0_that_never_cross(
    seed: int, items: int, periods: int, steps: int, season: int
) -> None:
    found = forecast(draw_history(seed, items, periods), steps, LEVELS, season)
    assert found.mean.shape == (items, steps)
    assert found.quantiles.shape == (items, steps, len(LEVELS))
    assert np.isfinite(found.mean).all()
    assert np.isfinite(found.quantiles).all()
    assert (found.mean >= 0).all()
    assert (found.quantiles >= 0).all()
    assert (np.diff(found.quantiles, axis=2) >= 0).all()


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_the_order_of_items_makes_no_difference(seed: int) -> None:
    history = draw_history(seed, 40, 24)
    order = np.random.default_rng(seed).permutation(history.items)
    rows = np.concatenate([np.arange(history.start[item], history.start[item + 1]) for item in order])
    start = np.append(0, np.cumsum(history.lengths()[order]))
    other = History(start, history.asked[rows], history.seen[rows])
    one, two = (forecast(given, 3, LEVELS, 4) for given in (history, other))
    assert (one.choice.point.tolist(), one.choice.shape.tolist()) == (
        two.choice.point.tolist(),
        two.choice.shape.tolist(),
    )
    assert one.demand_class[order].tolist() == two.demand_class.tolist()
    np.testing.assert_allclose(one.mean[order], two.mean, rtol=1e-9)
    np.testing.assert_allclose(one.quantiles[order], two.quantiles, rtol=1e-9)


@given(seeds, st.integers(1, 6))
@settings(max_examples=15, deadline=None)
def test_what_came_after_a_cut_changes_nothing_of_what_was_known_before(seed: int, back: int) -> None:
    history = draw_history(seed, 20, 24)
    late = np.concatenate([np.arange(end - back, end) for end in history.start[1:]])
    asked = history.asked.copy()
    kept = np.setdiff1d(late, history.start[:-1])  # an item's first period says only that it has begun
    asked[kept] += 1000
    other = History(history.start, asked, history.seen)
    known, items = history.until(back)
    also, others = other.until(back)
    assert items.tolist() == others.tolist()
    one, two = (forecast(given, 2, LEVELS, 4) for given in (known, also))
    assert np.array_equal(one.mean, two.mean)
    assert np.array_equal(one.quantiles, two.quantiles)


def test_a_cut_knows_nothing_of_what_it_is_judged_by() -> None:
    history = draw_history(3, 24, 24)
    span = np.full(history.items, 2)
    for number, cut in enumerate(list_cuts(history, 4, span, span)):
        known, items = history.until(2 + number)
        assert cut.items.tolist() == items.tolist()
        assert cut.view.history.lengths().tolist() == known.lengths().tolist()


def test_an_item_without_demand_takes_what_came_of_others_without_demand() -> None:
    """Half of those that were silent for 10 periods are asked for 4 units in the eleventh."""
    pasts = [[0] * 10 + [4 if item % 2 else 0] for item in range(400)] + [[0] * 10]
    found = forecast(lay(pasts), 1, LEVELS)
    assert CLASSES[found.demand_class[-1]] == "none"
    assert 0 < found.mean[-1, 0] < 4
    assert found.quantiles[-1, 0, 0] == 0


def test_an_item_without_demand_takes_nothing_of_those_that_are_asked_for() -> None:
    others = [[90 + (7 * item + 11 * period) % 20 for period in range(60)] for item in range(5)]
    found = forecast(lay([[0] * 60, *others]), 2, LEVELS)
    assert CLASSES[found.demand_class[0]] == "none"
    assert found.mean[0].tolist() == [0.0, 0.0]
    assert not found.quantiles[0].any()


def test_a_season_is_measured_by_whole_periods() -> None:
    """The first quarter asks 40; on shelves that were empty half of the time one saw 20 of them."""
    asked, seen = np.array([40.0, 10.0, 10.0, 20.0] * 8), np.ones(32)
    half = asked.copy()
    half[::4], shown = 20.0, seen.copy()
    shown[::4] = 0.5
    found = forecast(History([0, 32, 64], np.append(asked, half), np.append(seen, shown)), 4, LEVELS, 4)
    assert [CLASSES[number] for number in found.demand_class] == ["seasonal", "seasonal"]
    np.testing.assert_allclose(found.mean, [[40, 10, 10, 20]] * 2, rtol=1e-6)


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_what_nobody_could_have_changes_nothing(seed: int) -> None:
    history = draw_history(seed, 24, 24)
    other = History(history.start, history.asked + 1000.0 * (history.seen == 0), history.seen)
    one, two = (forecast(given, 2, LEVELS, 4) for given in (history, other))
    assert np.array_equal(one.mean, two.mean)
    assert np.array_equal(one.quantiles, two.quantiles)


def test_where_nothing_was_ever_asked_nothing_is_invented() -> None:
    found = forecast(lay([[0, 0, 0], [0]]), 3, LEVELS)
    assert found.demand_class.tolist() == [0, 0]
    assert not found.mean.any()
    assert not found.quantiles.any()


def test_every_kind_of_history_is_classed() -> None:
    found = forecast(draw_history(1, len(KINDS), 48), 1, LEVELS, 4)
    classes = dict(zip(KINDS, (CLASSES[number] for number in found.demand_class), strict=True))
    assert {kind: classes[kind] for kind in ("none", "constant", "seasonal", "smooth", "late", "dying")} == {
        "none": "none",
        "constant": "smooth",
        "seasonal": "seasonal",
        "smooth": "smooth",
        "late": "new",
        "dying": "dying",
    }
