"""How likely a line arrives on each day of delay, if it has not before: Kaplan and Meier's share, shrunk to what is alike.

A curve is a hazard for each day: of the lines that are still open when it begins, the share that arrives on it. A line that is
open counts among those until the day that it has reached, and says nothing of later ones. Of a supplier, a lane of it, an item
on that lane, each day's share is mixed with that of all suppliers, the supplier, the lane, as if that had been seen on `ALIKE`
lines more. So one more line that is open makes no curve arrive earlier.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from backorder.engine.compiled import array_kernel, kernel
from backorder.engine.tables import NEVER

EARLIEST, LATEST = -365, 730
"""Delays beyond are counted as these: a year early, two years late; what is further off is no habit but a slip of the pen."""
ALIKE = 10.0
"""So many lines weighs what is alike: after ten open lines of its own a lane counts as much as its supplier."""
ROUNDING = 1e-9
"""A chance that is missed by so little is reached: three of four lines are 0.75, however fractions round."""


class Lines(NamedTuple):
    """The lines that are learned from, sorted by supplier, lane and item; days as int64.

    `base` is the day from which the delay of each counts. `supplier`, `lane` and `item` say where the lines of the same begin
    and end.
    """

    base: Any
    ordered_on: Any
    delivered_on: Any
    supplier: Any
    lane: Any
    item: Any


@array_kernel
def predict_all(
    lines: Any, wanted: Any, days: Any, order: Any, levels: Any, weights: Any, alike: float, result: Any
) -> None:
    """Write for each wanted line the days by which it arrives with the chances `levels`, as known on its day.

    Lines are answered in `order`, by day and by group: a curve is made anew only where one of them changes. `weights` are those
    of a line by its age in days.
    """
    first, last = find_span(lines)
    days_of_delay = max(0, last - first + 1)
    dead, left, weight = np.zeros(days_of_delay), np.zeros(days_of_delay), np.zeros(len(lines.base))
    curves = np.zeros((4, days_of_delay))
    groups = (lines.supplier, lines.lane, lines.item)
    begun = np.full(3, -1, np.int64)
    known = np.zeros(4, np.int64)
    day = NEVER
    for at in order:
        row = wanted[at]
        if days[at] != day:
            day = days[at]
            begun[:] = -1
            weigh(lines, day, weights, weight)
            known[0] = count_lines(lines, weight, (0, len(weight)), (day, first), dead, left)
            curves[0] = 0.0
            blend(dead, left, curves[0], 0.0, curves[0])
        for depth in range(3):
            begin, end = groups[depth][0, row], groups[depth][1, row]
            if begun[depth] != begin:
                begun[depth:] = -1
                begun[depth] = begin
                known[depth + 1] = count_lines(lines, weight, (begin, end), (day, first), dead, left)
                if known[depth + 1] == known[depth]:  # what is alike is the same lines: they count once
                    curves[depth + 1] = curves[depth]
                else:
                    blend(dead, left, curves[depth], alike, curves[depth + 1])
        read_off(curves[3], lines.base[row] + first, day, levels, result[at])


@kernel
def find_span(lines: Any) -> tuple[int, int]:
    """Find the first and the last day of delay on which any line arrives: on no other day is there anything to count."""
    first, last = LATEST + 1, EARLIEST - 1
    for row in range(len(lines.base)):
        if lines.delivered_on[row] < NEVER:
            delay = min(max(lines.delivered_on[row] - lines.base[row], EARLIEST), LATEST)
            first, last = min(first, delay), max(last, delay)
    return first, last


@kernel
def weigh(lines: Any, as_of: int, weights: Any, weight: Any) -> None:
    """Weigh each line by its age; what is not ordered before this day is not known."""
    for row in range(len(weight)):
        age = as_of - lines.ordered_on[row]
        weight[row] = weights[age] if age > 0 else 0.0


@kernel
def count_lines(lines: Any, weight: Any, group: Any, since: Any, dead: Any, left: Any) -> int:
    """Count, by weight, on which day of delay lines arrived, and the day that open ones have reached; gives how many are known.

    `since`: the day on which one looks, and the day of delay of the first count. Open lines past the last are at risk on all.
    """
    dead[:] = 0.0
    left[:] = 0.0
    as_of, first = since
    last = len(dead) - 1
    known = 0
    for row in range(group[0], group[1]):
        if weight[row] > 0.0:
            known += 1
            if lines.delivered_on[row] <= as_of:
                dead[min(max(lines.delivered_on[row] - lines.base[row] - first, 0), last)] += weight[row]
            elif last >= 0 and as_of - lines.base[row] >= first:
                left[min(as_of - lines.base[row] - first, last)] += weight[row]
    return known


@kernel
def blend(dead: Any, left: Any, above: Any, alike: float, curve: Any) -> None:
    """Write the share that arrives on each day; the curve `above` counts as `alike` lines more."""
    at_risk = 0.0
    for day in range(
        len(curve) - 1, -1, -1
    ):  # from the last: nothing is taken away, so no rounding is left over
        at_risk += dead[day] + left[day]
        among = at_risk + alike
        curve[day] = (dead[day] + alike * above[day]) / among if among > 0.0 else 0.0


@kernel
def read_off(curve: Any, begins_on: int, as_of: int, levels: Any, found: Any) -> None:
    """Write the first day by which a line has arrived with each chance, given that it has not by `as_of`.

    A chance that was never seen to be reached gets the last day on which any arrived. If that is over too nothing is written:
    the line is open for longer than any that ever came.
    """
    still = 1.0
    at = 0
    last = -1
    for day in range(max(0, as_of + 1 - begins_on), len(curve)):
        if curve[day] > 0.0:
            last = day
            still *= 1.0 - curve[day]
            while at < len(levels) and 1.0 - still >= levels[at] - ROUNDING:
                found[at] = begins_on + day
                at += 1
            if at == len(levels):
                break
    if last >= 0:
        for place in range(at, len(levels)):
            found[place] = begins_on + last
