"""The strategy fair_share: the lines of a segment get equal parts of what they asked, supply after supply."""

from __future__ import annotations

import numpy as np

from backorder.engine.allocation.desk import COUNT_BLOCKED_ON, COUNT_TAKES, SHARED, STOPPED_CEILING, Desk
from backorder.engine.allocation.serving.admit import admit_lines
from backorder.engine.allocation.serving.cells import count_room, use
from backorder.engine.allocation.serving.item_walk import is_live
from backorder.engine.allocation.serving.needs import count_admitted
from backorder.engine.allocation.serving.safe import PLENTY
from backorder.engine.allocation.serving.take import count_takeable, may_use, take
from backorder.engine.allocation.serving.turn import note_inbound, serve_line
from backorder.engine.allocation.snapshot import NEVER
from backorder.engine.compiled import array_kernel, kernel
from backorder.engine.share import share_equally


@kernel
def takes_parts(desk: Desk, i: int) -> bool:
    """Tell whether the line can use any number of units on any day."""
    line = desk.lines[i]
    return line.order < 0 and not line.line_complete and line.minimum <= 1 and not line.kit


@array_kernel
def share_segment(desk: Desk, first: int, last: int, admit_first: bool) -> None:
    """Give the lines that can take parts what they are owed, in rank order, then share item by item."""
    if admit_first:
        admit_lines(desk, first, last, True)
    item = np.empty(last - first, np.int64)
    for i in range(first, last):
        item[i - first] = desk.lines[i].of_item if takes_parts(desk, i) else -1
    for i in range(first, last):
        if takes_parts(desk, i) and desk.lines[i].left > 0:
            owed = count_admitted(desk, i)
            if owed > 0:
                serve_line(desk, i, min(owed, desk.lines[i].left))
    order = np.argsort(item, kind="mergesort")
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and item[order[end]] == item[order[start]]:
            end += 1
        if item[order[start]] >= 0:
            share_item(desk, item[order[start]], order[start:end] + first)
        start = end


@kernel
def share_item(desk: Desk, item: int, members: np.ndarray) -> None:
    """Share the supplies of one item one after another, in the order of supplies, among the members in rank order."""
    for k in range(desk.items[item].first, desk.items[item].last):
        again = True
        while again and desk.supplies[k].free > 0:
            again = share_supply(desk, k, members)
    for i in members:
        line = desk.lines[i]
        line.blocked_on = NEVER
        line.stopped &= ~STOPPED_CEILING
        if count_room(desk, line.cell) < line.left:
            line.stopped |= STOPPED_CEILING
        note_inbound(desk, i)
    for k in range(desk.items[item].first, desk.items[item].last):
        desk.counts[COUNT_BLOCKED_ON] = NEVER
        if is_live(desk, k):
            count_takeable(desk, k, PLENTY, False)
        if desk.counts[COUNT_BLOCKED_ON] < NEVER:
            for i in members:
                if may_use(desk, i, k, desk.lines[i].by):
                    desk.lines[i].blocked_on = min(desk.lines[i].blocked_on, desk.supplies[k].day)


@array_kernel
def share_supply(desk: Desk, k: int, members: np.ndarray) -> bool:
    """Share one supply once; true if ceilings cut a share, so that what is left is shared among the others."""
    count, missing = 0, 0
    who = np.empty(len(members), np.int64)
    have, size = np.empty(len(members), np.int64), np.empty(len(members), np.int64)
    for i in members:
        line = desk.lines[i]
        if line.left > 0 and may_use(desk, i, k, line.by) and count_room(desk, line.cell) > 0:
            who[count] = i
            size[count] = line.quantity
            have[count] = line.quantity - line.left
            missing += line.left
            count += 1
    if count == 0:
        return False
    amount = count_takeable(desk, k, missing, False)
    given = share_equally(amount, have[:count], size[:count])
    cut, moved = False, False
    for seat in range(count):
        i = who[seat]
        units = min(given[seat], count_room(desk, desk.lines[i].cell))
        cut = cut or units < given[seat]
        if units > 0:
            mark = desk.counts[COUNT_TAKES]
            take(desk, i, k, units, -1)
            if desk.counts[COUNT_TAKES] > mark:
                desk.takes[mark].how = SHARED
            desk.lines[i].left -= units
            use(desk, desk.lines[i].cell, units)
            moved = True
    return cut and moved
