"""Safe units: how many can be taken so that all admitted needs can still be met at the same time.

A need asks for units at a place by a day; a unit at a place inside that, ready by that day, meets it. Per item, the places that
needs name form a tree, and the slack of a place by a day is

    units there by that day + what its inner places can pass on by that day - needs there by that day,

where a place can pass on by a day the least slack of that day and all later ones. The needs can be met at the same time exactly
if no slack is below zero (Hall's condition on a chain of days inside a tree of places). For one place this is the familiar
cumulative available-to-promise with look-ahead. Taking a unit and admitting a need lower the slack in the same way.

A unit that is ready from a day on counts in the slack of its place on that day and all later ones, and so it does in each place
above. On earlier days it counts above only as far as those later days, and not an earlier one, limit what is passed on.
"""

from __future__ import annotations

import numpy as np

from backorder.engine.allocation.desk import Desk
from backorder.engine.compiled import kernel

PLENTY = 2**62

# Loops over slack count with unsigned numbers: of those the compiler knows that they do not count from the end, and takes eight
# days at once.


@kernel
def count_safe(desk: Desk, item: int, node: int, group: int, wanted: int) -> int:
    """Count how many of `wanted` units may leave the place `node` from the day `group` on.

    The buffer of a day is how many units can leave the inner place before it passes on less by that day.
    """
    groups = desk.items[item].groups
    buffer, low, room = desk.by_day, group, wanted
    while node >= 0 and room > 0:
        first = desk.nodes[node].slack
        passed = PLENTY
        for at in range(np.uint64(first + group), np.uint64(first + groups)):
            passed = min(passed, desk.slack[at])
        leaves = passed  # most units that may leave by this day's slack and that of later ones
        for g in range(group - 1, low - 1, -1):
            leaves = min(leaves, desk.slack[first + g] + buffer[g])
            passed = min(passed, desk.slack[first + g])
            buffer[g] = leaves - passed
        room = min(room, leaves)
        while low > 0 and leaves - passed < room:
            low -= 1
            passed = min(passed, desk.slack[first + low])
            buffer[low] = leaves - passed
        node = desk.nodes[node].parent
    return max(0, room)


@kernel
def lower_slack(desk: Desk, item: int, node: int, group: int, units: int) -> None:
    """Take `units` from the slack of the place and of all above it; a negative number gives them back."""
    groups = desk.items[item].groups
    less, low = desk.by_day, group
    while node >= 0:
        first = desk.nodes[node].slack
        before = PLENTY
        for at in range(np.uint64(first + group), np.uint64(first + groups)):
            before = min(before, desk.slack[at])
            desk.slack[at] -= units
        after = before - units
        for g in range(group - 1, low - 1, -1):
            before = min(before, desk.slack[first + g])
            desk.slack[first + g] -= less[g]
            after = min(after, desk.slack[first + g])
            less[g] = before - after
        while low > 0 and before != after:
            low -= 1
            before = min(before, desk.slack[first + low])
            after = min(after, desk.slack[first + low])
            less[low] = before - after
        node = desk.nodes[node].parent
