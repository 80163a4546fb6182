"""Safe units: how many can be taken so that all admitted needs can still be met at the same time.

A need asks for units at a place by a day; a unit at a place inside that, ready by that day, meets it. Per item, the places that
needs name form a tree, and the slack of a place by a day is

    units there by that day + what its inner places can pass on by that day - needs there by that day,

where a place can pass on by a day the least slack of that day and all later ones. The needs can be met at the same time exactly
if no slack is below zero (Hall's condition on a chain of days inside a tree of places). For one place this is the familiar
cumulative available-to-promise with look-ahead. Taking a unit and admitting a need lower the slack in the same way.
"""

from __future__ import annotations

from backorder.engine.allocation.desk import Desk
from backorder.engine.compiled import kernel

PLENTY = 2**62


@kernel
def count_safe(desk: Desk, item: int, node: int, group: int, wanted: int) -> int:
    """Count how many of `wanted` units may leave the place `node` from the day `group` on."""
    groups = desk.items[item].groups
    first = desk.nodes[node].slack
    room = wanted
    for g in range(group, groups):
        room = min(room, desk.slack[first + g])
    if room <= 0:
        return 0
    if desk.nodes[node].parent < 0 or fits(desk, item, node, group, room):
        return room
    low, high = 0, room  # low fits, high does not
    while high - low > 1:
        middle = (low + high) // 2
        if fits(desk, item, node, group, middle):
            low = middle
        else:
            high = middle
    return low


@kernel
def fits(desk: Desk, item: int, node: int, group: int, units: int) -> bool:
    """Tell whether every slack stays at or above zero, from this place up to the root."""
    groups = desk.items[item].groups
    delta = desk.delta
    for g in range(groups):
        delta[g] = units if g >= group else 0
    while node >= 0:
        first = desk.nodes[node].slack
        before = after = PLENTY
        for g in range(groups - 1, -1, -1):
            left = desk.slack[first + g] - delta[g]
            if left < 0:
                return False
            before = min(before, desk.slack[first + g])
            after = min(after, left)
            delta[g] = before - after
        node = desk.nodes[node].parent
    return True


@kernel
def lower_slack(desk: Desk, item: int, node: int, group: int, units: int) -> None:
    """Take `units` from the slack of the place and of all above it; a negative number gives them back."""
    groups = desk.items[item].groups
    delta = desk.delta
    if desk.nodes[node].parent < 0:
        first = desk.nodes[node].slack
        for g in range(group, groups):
            desk.slack[first + g] -= units
        return
    for g in range(groups):
        delta[g] = units if g >= group else 0
    while node >= 0:
        first = desk.nodes[node].slack
        before = after = PLENTY
        for g in range(groups - 1, -1, -1):
            before = min(before, desk.slack[first + g])
            desk.slack[first + g] -= delta[g]
            after = min(after, desk.slack[first + g])
            delta[g] = before - after
        node = desk.nodes[node].parent
