"""What is said of purchase lines: as the naive one says, and by the rules that hold for any table."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backorder.engine.arrival import Purchases, predict
from backorder.engine.arrival.habits import HABITS, count_from
from backorder.engine.tables import NEVER
from tests.engine.arrival.naive import Line, foretell
from tests.engine.arrival.purchases import LEVELS, TODAY, draw_purchases, find_open, predict_open

SEEDS = st.integers(0, 10_000)
DAYS = st.one_of(st.integers(TODAY - 400, TODAY + 30), st.integers(TODAY - 40, TODAY + 5))
LINES = st.builds(
    lambda ordered_on, quoted, took, keys: Line(
        ordered_on,
        NEVER if quoted is None else ordered_on + quoted,
        NEVER if took is None else ordered_on + took,
        keys,
    ),
    DAYS,
    st.none() | st.integers(-5, 60),
    st.none() | st.integers(0, 90) | st.integers(0, 1200),
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)),
)


def to_table(lines: list[Line]) -> Purchases:
    columns = np.array([[one.ordered_on, one.quoted_on, one.delivered_on, *one.keys] for one in lines]).T
    names = ("ordered_on", "quoted_on", "delivered_on", "supplier", "lane", "item")
    return Purchases(**dict(zip(names, columns, strict=True)))


def change(purchases: Purchases, **columns: Any) -> Purchases:
    return Purchases(**{**purchases.columns(), **columns})


@settings(max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=9), st.integers(TODAY - 30, TODAY + 5))
def test_it_says_what_the_naive_one_says(lines: list[Line], day: int) -> None:
    found = predict(to_table(lines), np.arange(len(lines)), np.full(len(lines), day), LEVELS)
    said = [foretell(tuple(lines), line, day, tuple(LEVELS.tolist())) for line in lines]
    assert found.tolist() == said


@given(SEEDS)
def test_chances_never_cross_and_no_day_is_over(seed: int) -> None:
    found = predict_open(draw_purchases(50, seed))
    assert (np.diff(found, axis=1) >= 0).all()
    assert (found > TODAY).all()


@given(SEEDS)
def test_a_row_dated_after_the_day_changes_nothing(seed: int) -> None:
    purchases = draw_purchases(60, seed)
    day = TODAY - 60
    known = purchases.take(purchases.ordered_on <= day)
    known = change(known, delivered_on=np.where(known.delivered_on > day, NEVER, known.delivered_on))
    assert predict_open(purchases, day=day).tolist() == predict_open(known, day=day).tolist()


@given(SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    purchases = draw_purchases(60, seed)
    rows = np.random.default_rng(seed).permutation(len(purchases))
    before = predict(purchases, rows, np.full(len(rows), TODAY), LEVELS)
    after = predict(purchases.take(rows), np.arange(len(rows)), np.full(len(rows), TODAY), LEVELS)
    assert after.tolist() == before.tolist()


@given(SEEDS, st.integers(1, 200))
def test_a_later_quote_is_a_later_day_where_no_delay_is_over(seed: int, later: int) -> None:
    purchases = draw_purchases(60, seed)

    def read(quoted_on: int) -> list[int]:
        asked = {"ordered_on": TODAY, "quoted_on": quoted_on, "delivered_on": NEVER}
        more = {**{name: column[0] for name, column in purchases.columns().items()}, **asked}
        columns = {name: np.append(column, [more[name]]) for name, column in purchases.columns().items()}
        return list(map(int, predict(Purchases(**columns), np.array([60]), np.array([TODAY]), LEVELS)[0]))

    before, after = read(TODAY + 200), read(TODAY + 200 + later)
    assert all(then >= now for now, then in zip(before, after, strict=True))


@given(st.integers(-30, 90), st.integers(0, 90), st.sampled_from([habit.trust for habit in HABITS]))
def test_delays_count_from_no_earlier_day_where_the_quote_is_later(
    quoted: int, later: int, trust: int
) -> None:
    days = count_from(np.array([TODAY, TODAY]), TODAY + np.array([quoted, quoted + later]), trust)
    assert days[0] <= days[1]


def test_nothing_delivered_gives_no_day() -> None:
    purchases = draw_purchases(30, 1)
    nothing = change(purchases, delivered_on=np.full(30, NEVER))
    assert (predict_open(nothing) == NEVER).all()
    assert len(find_open(nothing)) == 30


def test_no_line_gives_no_day() -> None:
    nobody = np.zeros(0, np.int64)
    assert predict(Purchases.empty(), nobody, nobody, LEVELS).shape == (0, 4)


def test_a_supplier_who_began_to_be_late_is_known_to_be_within_a_quarter_or_two() -> None:
    rng = np.random.default_rng(5)
    ordered_on = TODAY - 720 + np.arange(720)
    late = np.where(ordered_on < TODAY - 270, 0, 20) + rng.integers(0, 3, 720)
    same = np.zeros(720, np.int64)
    purchases = Purchases(ordered_on, ordered_on + 30, ordered_on + 30 + late, same, same, same)
    asked = np.array([719])
    likely = predict(purchases, asked, np.array([TODAY - 1]), np.array([0.5]))[0, 0]
    assert likely - purchases.quoted_on[719] in {20, 21, 22}
    assert HABITS[0].half_life == 365.0


def test_where_a_longer_quote_says_little_only_part_of_it_counts() -> None:
    rng = np.random.default_rng(6)
    ordered_on = np.sort(TODAY - rng.integers(1, 700, 3000))
    quoted = rng.integers(10, 90, 3000)
    took = 20 + quoted // 2 + rng.integers(0, 5, 3000)
    same = np.zeros(3000, np.int64)
    purchases = Purchases(ordered_on, ordered_on + quoted, ordered_on + took, same, same, same)
    rows = np.arange(2000, 3000)
    found = predict(purchases, rows, purchases.ordered_on[rows], np.array([0.5]))[:, 0]
    assert np.abs(found - purchases.delivered_on[rows]).max() <= 3
