"""When a purchase line arrives, learned from how late others came.

A delay counts against the quoted date, or from a day between order and quote where suppliers keep less of a longer quote; where
nothing was quoted, from the order. A line that is still open says that its delay is longer than it is now: it counts as
censored, or suppliers would look better the more they owe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backorder.engine.arrival.curves import Lines
from backorder.engine.arrival.habits import HABITS, UNQUOTED, Habit, answer, choose_habits, count_from
from backorder.engine.tables import NEVER, Codes, Days, Table


@dataclass(frozen=True, eq=False)
class Purchases(Table):
    """Purchase lines: days on which ordered, quoted (NEVER: nothing quoted) and delivered (NEVER: open); whose, and how it comes."""

    ordered_on: Days
    quoted_on: Days
    delivered_on: Days
    supplier: Codes
    lane: Codes
    item: Codes


def predict(
    purchases: Purchases, rows: NDArray[Any], as_of: NDArray[Any], levels: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Give the days (rows * levels, which rise) by which each of these lines arrives with these chances, as known on `as_of`.

    Learned from lines that were ordered before that day; deliveries after it are not known yet. Every day given is after
    `as_of`. NEVER for a line that is open for longer than any that was delivered, or if none was.
    """
    found = np.full((len(rows), len(levels)), NEVER, np.int64)
    quoted = purchases.quoted_on < NEVER
    asked = quoted[rows]
    days = np.ascontiguousarray(as_of, np.int64)
    if asked.any():
        found[asked] = learn(purchases, np.flatnonzero(quoted), HABITS, (rows[asked], days[asked], levels))
    if not asked.all():
        everything = np.arange(len(purchases))
        found[~asked] = learn(purchases, everything, UNQUOTED, (rows[~asked], days[~asked], levels))
    return found


def learn(
    purchases: Purchases,
    learned: NDArray[np.int64],
    habits: tuple[Habit, ...],
    asked: tuple[NDArray[Any], NDArray[np.int64], NDArray[np.float64]],
) -> NDArray[np.int64]:
    """Answer about some lines (rows, their days, levels) from `learned` ones, each by the habit that is chosen for its day."""
    rows, days, levels = asked
    keys = (purchases.item, purchases.lane, purchases.supplier)
    # Last by their days, so that sums of fractions do not depend on the order of the rows.
    within = (purchases.delivered_on, purchases.quoted_on, purchases.ordered_on)
    known = learned[np.lexsort([key[learned] for key in (*within, *keys)])]
    place = np.zeros(len(purchases), np.int64)
    place[known] = np.arange(len(known))
    ordered_on, quoted_on, delivered_on = (
        column[known].astype(np.int64)
        for column in (purchases.ordered_on, purchases.quoted_on, purchases.delivered_on)
    )
    groups = find_groups([key[known] for key in reversed(keys)])
    lines = {
        trust: Lines(count_from(ordered_on, quoted_on, trust), ordered_on, delivered_on, *groups)
        for trust in {habit.trust for habit in habits}
    }
    chosen = choose_habits(lines, habits, days)
    found = np.full((len(rows), len(levels)), NEVER, np.int64)
    for number, habit in enumerate(habits):
        mine = chosen == number
        found[mine] = answer(lines[habit.trust], habit, (place[rows[mine]], days[mine]), levels)
    return found


def find_groups(keys: list[NDArray[Any]]) -> list[NDArray[np.int64]]:
    """Give for each key where the rows that agree in it and in those before it begin and end (2 * rows); rows are sorted so."""
    count = len(keys[0])
    changed = np.zeros(count, bool)
    changed[:1] = True
    groups = []
    for key in keys:
        changed[1:] |= key[1:] != key[:-1]
        begins = np.flatnonzero(changed)
        number = np.cumsum(changed) - 1
        groups.append(np.stack([begins[number], np.append(begins[1:], count)[number]]))
    return groups
