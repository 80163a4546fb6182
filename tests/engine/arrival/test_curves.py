"""A curve is Kaplan and Meier's where nothing is alike and all lines weigh the same, and moves the right way otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.engine.arrival.curves import blend, read_off
from backorder.engine.tables import NEVER

FIRST, DAYS = -50, 200
"""Of the curves here: the day of delay with which they begin, and how many there are."""
CASES = json.loads(Path(__file__).with_name("lifelines.json").read_text("utf-8"))["cases"]
DELAYS = st.lists(st.tuples(st.integers(-20, 40), st.booleans()), max_size=30)


def make_curve(delays: list[tuple[int, bool]], above: Any = None, alike: float = 0.0) -> Any:
    """Make the curve of delays, of which each has arrived or is open."""
    dead, left, curve = np.zeros(DAYS), np.zeros(DAYS), np.zeros(DAYS)
    for delay, arrived in delays:
        (dead if arrived else left)[delay - FIRST] += 1.0
    blend(dead, left, np.zeros(DAYS) if above is None else above, alike, curve)
    return curve


def read_days(curve: Any, as_of: int = FIRST - 1) -> list[int]:
    """Read the days of a line whose delay counts from day 0."""
    found = np.full(3, NEVER, np.int64)
    read_off(curve, FIRST, as_of, np.array([0.25, 0.5, 0.75]), found)
    return list(map(int, found))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{len(case['delay'])} lines")
def test_alone_it_is_what_a_known_library_says(case: dict[str, Any]) -> None:
    curve = make_curve(list(zip(case["delay"], case["arrived"], strict=True)))
    still = np.cumprod(1.0 - curve)[np.array(case["days"]) - FIRST]
    assert np.abs(still - case["open_still"]).max() < 1e-12


def test_a_line_that_is_open_counts_until_the_day_it_has_reached() -> None:
    curve = make_curve([(1, True), (1, False), (2, True), (3, True)])
    assert curve[np.array([0, 1, 2, 3, 4]) - FIRST].tolist() == [0.0, 0.25, 0.5, 1.0, 0.0]


def test_what_is_alike_counts_as_so_many_lines() -> None:
    above = make_curve([(2, True), (5, True)])
    curve = make_curve([(5, True)], above, 3.0)
    assert curve[np.array([2, 5]) - FIRST].tolist() == [(0 + 3 * 0.5) / (1 + 3), 1.0]


def test_a_chance_that_none_reached_gets_the_last_day_and_a_line_past_it_gets_none() -> None:
    curve = make_curve([(4, True), (9, False), (9, False)])
    assert read_days(curve) == [4, 4, 4]
    assert read_days(curve, 3) == [4, 4, 4]
    assert read_days(curve, 4) == [NEVER, NEVER, NEVER]


@given(DELAYS, DELAYS, st.integers(-20, 40), st.integers(-25, 45))
def test_one_more_open_line_makes_no_day_earlier(
    mine: list[tuple[int, bool]], others: list[tuple[int, bool]], more: int, as_of: int
) -> None:
    def read(added: list[tuple[int, bool]]) -> list[int]:
        above = make_curve([*mine, *others, *added])
        return read_days(make_curve([*mine, *added], above, 10.0), as_of)

    before, after = read([]), read([(more, False)])
    assert all(later >= earlier for earlier, later in zip(before, after, strict=True))


@given(DELAYS, st.integers(-25, 45))
def test_days_rise_with_the_chance_and_are_still_to_come(delays: list[tuple[int, bool]], as_of: int) -> None:
    days = read_days(make_curve(delays), as_of)
    assert days == sorted(days)
    assert days[0] > as_of
