"""When a purchase line arrives, learned from how late others came: by Kaplan and Meier, shrunk to what is alike.

A delay is counted in days against the quoted date, so that a supplier who quotes long and one who quotes short are compared by
what they kept; where nothing was quoted, from the order date. A line that is still open says that its delay is longer than it is
now: it counts as censored, or suppliers would look better the more they owe. What a supplier, a lane of it or an item on that lane
did is mixed with what all suppliers, the supplier, the lane did, as if that had been seen on `ALIKE` lines more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backorder.engine.compiled import array_kernel, kernel
from backorder.engine.tables import NEVER, Codes, Days, Table

EARLIEST, LATEST = -365, 730
"""Delays beyond are counted as these: a year early, two years late; what is further off is no habit but a slip of the pen."""
DAYS = LATEST - EARLIEST + 1
ALIKE = 10.0
"""So many lines weighs what is alike: after ten lines of its own a lane counts as much as its supplier."""
HALF_LIFE = 365.0
"""A line that was ordered a year before another weighs half: habits change with people and contracts."""


@dataclass(frozen=True, eq=False)
class Purchases(Table):
    """Purchase lines: when ordered, quoted (NEVER: nothing quoted) and delivered (NEVER: open), days; whose, and on what lane."""

    ordered_on: Days
    quoted_on: Days
    delivered_on: Days
    supplier: Codes
    lane: Codes
    item: Codes


class Lines(NamedTuple):
    """The lines that are learned from, sorted by supplier, lane and item: the day that delays count from, when ordered and delivered.

    Of each line also where the lines of its supplier, of its lane and of its item there begin and end.
    """

    base: Any
    ordered_on: Any
    delivered_on: Any
    supplier: Any
    lane: Any
    item: Any


def predict(
    purchases: Purchases, rows: NDArray[Any], as_of: NDArray[Any], levels: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Give the days (rows * levels) by which each of these lines arrives with these chances, as known on its day `as_of`.

    Learned from lines that were ordered before that day; deliveries after it are not known yet. A line that was quoted for a day
    that has passed arrives after `as_of`. NEVER where nothing was ever delivered.
    """
    found = np.full((len(rows), len(levels)), NEVER, np.int64)
    quoted = purchases.quoted_on < NEVER
    everything = np.ones(len(purchases), bool)
    for base, learned, asked in (
        (purchases.quoted_on, quoted, quoted[rows]),
        (purchases.ordered_on, everything, ~quoted[rows]),
    ):
        if asked.any():
            known = np.flatnonzero(learned)
            keys = (purchases.item, purchases.lane, purchases.supplier)
            known = known[np.lexsort(tuple(key[known] for key in keys))]
            place = np.empty(len(purchases), np.int64)
            place[known] = np.arange(len(known))
            lines = Lines(
                *(
                    np.ascontiguousarray(column[known], np.int64)
                    for column in (base, purchases.ordered_on, purchases.delivered_on)
                ),
                *find_groups(keys, known),
            )
            days = np.ascontiguousarray(as_of[asked], np.int64)
            wanted = place[rows[asked]]
            order = np.lexsort((wanted, days))
            result = np.full((len(wanted), len(levels)), NEVER, np.int64)
            predict_all(lines, wanted, days, order, levels, result)
            found[asked] = result
    return found


def find_groups(keys: tuple[NDArray[Any], ...], rows: NDArray[Any]) -> list[NDArray[np.int64]]:
    """Give of each row where the rows of its supplier, lane and item begin and end: three columns pairs."""
    count = len(rows)
    changed = np.zeros(count, bool)
    changed[:1] = True
    groups = []
    for key in keys[::-1]:
        of_row = key[rows]
        changed[1:] |= of_row[1:] != of_row[:-1]
        begins = np.flatnonzero(changed)
        number = np.cumsum(changed) - 1
        groups.append(np.stack([begins[number], np.append(begins[1:], count)[number]]))
    return groups


@array_kernel
def predict_all(lines: Any, wanted: Any, days: Any, order: Any, levels: Any, result: Any) -> None:
    """Answer line by line, in the order of days and groups: a curve is made anew only where day or group change."""
    dead = np.zeros(DAYS + 1)
    open_at = np.zeros(DAYS + 1)
    nothing = np.zeros(DAYS)
    everyone = np.zeros(DAYS)
    curves = np.zeros((3, DAYS))
    begun = np.full(3, -1, np.int64)
    day = -1
    groups = (lines.supplier, lines.lane, lines.item)
    for at in order:
        row = wanted[at]
        if days[at] != day:
            day = days[at]
            begun[:] = -1
            count_lines(lines, 0, len(lines.base), day, dead, open_at)
            blend(dead, open_at, nothing, 0.0, everyone)
        for depth in range(3):
            begin, end = groups[depth][0, row], groups[depth][1, row]
            if begun[depth] != begin:
                begun[depth] = begin
                begun[depth + 1 :] = -1
                count_lines(lines, begin, end, day, dead, open_at)
                blend(dead, open_at, everyone if depth == 0 else curves[depth - 1], ALIKE, curves[depth])
        read_off(curves[2], lines.base[row], day, levels, result[at])


@kernel
def count_lines(lines: Any, begin: int, end: int, as_of: int, dead: Any, open_at: Any) -> None:
    """Count, by weight, on which day of delay lines arrived, and up to which day others are known not to have."""
    dead[:] = 0.0
    open_at[:] = 0.0
    for row in range(begin, end):
        if lines.ordered_on[row] >= as_of:
            continue
        weight = 0.5 ** ((as_of - lines.ordered_on[row]) / HALF_LIFE)
        if lines.delivered_on[row] <= as_of:
            delay = lines.delivered_on[row] - lines.base[row]
            dead[min(max(delay, EARLIEST), LATEST) - EARLIEST] += weight
        else:
            delay = as_of - lines.base[row]
            if delay >= EARLIEST:
                open_at[min(delay, LATEST) - EARLIEST] += weight


@kernel
def blend(dead: Any, open_at: Any, alike: Any, weight: float, curve: Any) -> None:
    """Write the chance of each day of delay: Kaplan and Meier's product over the days, `alike` counting as `weight` lines more.

    What no arrival tells of, because the longest are still open, stands on the last day.
    """
    at_risk = weight
    for day in range(DAYS):
        at_risk += dead[day] + open_at[day]
    left = 1.0
    for day in range(DAYS):
        arrive = dead[day] + weight * alike[day]
        share = min(1.0, arrive / at_risk) if at_risk > 1e-12 else 0.0
        curve[day] = left * share
        left -= curve[day]
        at_risk -= arrive + open_at[day]
    if left < 1.0:
        curve[DAYS - 1] += left


@kernel
def read_off(curve: Any, base: int, as_of: int, levels: Any, found: Any) -> None:
    """Write the first day by which the line has arrived with each chance, given that it has not by `as_of`."""
    known = as_of - base - EARLIEST  # days of delay up to here are over
    left = 0.0
    for day in range(max(0, known + 1), DAYS):
        left += curve[day]
    if left <= 0.0:
        ever = 0.0
        for day in range(DAYS):
            ever += curve[day]
        for j in range(len(levels)):
            if ever > 0.0:
                found[j] = max(as_of + 1, base + LATEST)
        return
    reached = 0.0
    day = max(0, known + 1) - 1
    for j in range(len(levels)):
        while day < DAYS - 1 and reached < levels[j] * left * (1.0 - 1e-12):
            day += 1
            reached += curve[day]
        found[j] = base + EARLIEST + day
