"""How much of each quoted day a supplier keeps, and how soon the past counts less: learned by backtest, each quarter anew.

On a quarter day it is seen how each habit would have foretold, on the four quarter days before it, the lines that were open
then. A line that is open still counts as far as one has waited: an answer and the truth later than the quarter day are both
that day.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backorder.engine.arrival.curves import ALIKE, Lines, predict_all
from backorder.engine.tables import NEVER

QUARTER = 91
"""Days from one choice to the next: thirteen weeks, so that each falls on the same day of the week."""
QUARTERS = 4
"""So many quarter days are judged by: a year, with its seasons."""
JUDGED = 500
"""Open lines that are judged on one quarter day, evenly chosen: enough to tell habits apart, and a large file takes no longer."""
PARTS = 20
JUDGED_BY = np.array([2, 10, 16, 18, 19])
"""Chances by which a habit is judged, in parts of 20: an early day, the likely one, and three by which one is nearly sure."""
TRUSTED = 4
"""A trust is counted in quarters of a day for each quoted day."""


class Habit(NamedTuple):
    """Of each day that is quoted so many quarters count; a line weighs half of one that was ordered so many days later."""

    trust: int
    half_life: float


HABITS = tuple(Habit(trust, half_life) for trust in (4, 3, 2, 0) for half_life in (365.0, 90.0, 30.0))
"""From a quote that is kept as it is, and slow change, to one that says nothing, and change within a month. The first is taken
where nothing can be judged; of equally good ones the one that stands before."""
UNQUOTED = tuple(Habit(0, half_life) for half_life in (365.0, 90.0, 30.0))
"""Habits of lines for which nothing was quoted: their delay counts from the order."""


def count_from(ordered_on: NDArray[np.int64], quoted_on: NDArray[np.int64], trust: int) -> NDArray[np.int64]:
    """Give the days from which delays count: a later quote is never an earlier day."""
    return ordered_on + (quoted_on - ordered_on) * trust // TRUSTED if trust else ordered_on


def answer(
    lines: Lines,
    habit: Habit,
    asked: tuple[NDArray[np.int64], NDArray[np.int64]],
    levels: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Give for lines (their rows, and for each the day on which one asks) the days by which they arrive with these chances."""
    wanted, days = asked
    result = np.full((len(wanted), len(levels)), NEVER, np.int64)
    if len(wanted):
        oldest = max(0, int(days.max() - lines.ordered_on.min()))
        weights = 0.5 ** (np.arange(oldest + 1) / habit.half_life)
        predict_all(lines, wanted, days, np.lexsort((wanted, days)), levels, weights, ALIKE, result)
    return result


def choose_habits(
    lines: dict[int, Lines], habits: tuple[Habit, ...], days: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Choose a habit (its place in `habits`) for each of these days, from what was known on the last quarter day until then.

    `lines` are the same ones by trust: only the days from which delays count differ.
    """
    quarters, of_day = np.unique(days // QUARTER, return_inverse=True)
    first = lines[habits[0].trust]
    judged = np.unique(quarters[:, None] - np.arange(1, QUARTERS + 1))
    judged = judged[judged * QUARTER > first.ordered_on.min(initial=NEVER)]
    rows = [find_open(first, int(quarter) * QUARTER) for quarter in judged]
    wanted = np.concatenate([np.zeros(0, np.int64), *rows])
    quarter_of = np.repeat(judged, [len(found) for found in rows])
    losses = np.zeros((len(habits), len(quarters)), np.int64)
    for place, habit in enumerate(habits):
        foretold = answer(lines[habit.trust], habit, (wanted, quarter_of * QUARTER), JUDGED_BY / PARTS)
        for at, quarter in enumerate(quarters):
            known = (quarter_of < quarter) & (quarter_of >= quarter - QUARTERS)
            losses[place, at] = sum_losses(
                foretold[known], first.delivered_on[wanted[known]], int(quarter) * QUARTER
            )
    return np.argmin(losses, axis=0)[of_day]


def find_open(lines: Lines, day: int) -> NDArray[np.int64]:
    """List lines that are open on a day; of many, some that stand evenly among them."""
    found = np.flatnonzero((lines.ordered_on <= day) & (lines.delivered_on > day))
    return found if len(found) <= JUDGED else found[np.arange(JUDGED) * len(found) // JUDGED]


def sum_losses(foretold: NDArray[np.int64], delivered_on: NDArray[np.int64], known_on: int) -> int:
    """Sum the pinball losses, in parts of a day, as far as is known: a day too early costs the chance, one too late the rest."""
    short = np.minimum(delivered_on, known_on)[:, None] - np.minimum(foretold, known_on)
    return int(np.maximum(JUDGED_BY * short, (JUDGED_BY - PARTS) * short).sum())
